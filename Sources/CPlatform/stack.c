#define _GNU_SOURCE
#include "mote_stack.h"
#include "mote_system.h"

#include <pthread.h>
#include <string.h>

typedef struct {
    uintptr_t lowest;
    uintptr_t end;
    int isKnown; // 1 once it was asked for; lowest is 0 where nobody knows
} NativeStack;

static __thread NativeStack stack __attribute__((tls_model("initial-exec")));

#ifdef __linux__
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The first thread's stack: the kernel puts the program's name at its very end, and lets it grow down to its limit.
static void findMain(NativeStack *found) {
    const char *name = (const char *)getauxval(AT_EXECFN);
    struct rlimit limit;
    long page = sysconf(_SC_PAGESIZE);
    if (name == NULL || page <= 0 || getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    uintptr_t end = ((uintptr_t)name + strlen(name) + sizeof(void *) + (uintptr_t)page) & ~((uintptr_t)page - 1);
    if (limit.rlim_cur >= end) return;
    found->end = end;
    // One page less: the kernel leaves a gap below.
    found->lowest = end - (uintptr_t)limit.rlim_cur + (uintptr_t)page;
}

static void find(NativeStack *found) {
    if (syscall(SYS_gettid) == getpid()) return findMain(found);
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0, guard = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    if (pthread_attr_getstack(&attributes, &lowest, &size) == 0) {
        // Some C libraries count the guard pages as part of the stack.
        if (pthread_attr_getguardsize(&attributes, &guard) != 0 || guard >= size) guard = 0;
        found->lowest = (uintptr_t)lowest + guard;
        found->end = (uintptr_t)lowest + size;
    }
    pthread_attr_destroy(&attributes);
}
#else
static void find(NativeStack *found) { (void)found; }
#endif

uintptr_t mote_native_stack_lowest(size_t *sizeInBytes) {
    if (!stack.isKnown) {
        stack.isKnown = 1;
        find(&stack);
    }
    uintptr_t here = mote_native_stack_pointer();
    // Elsewhere: the thread runs on another stack than its own.
    if (here < stack.lowest || here >= stack.end) return 0;
    *sizeInBytes = stack.end - stack.lowest;
    return stack.lowest;
}

uintptr_t mote_native_stack_boundary(size_t reserveInBytes) {
    size_t size = 0;
    uintptr_t lowest = mote_native_stack_lowest(&size);
    if (lowest == 0) return 0;
    size_t most = size / 4;
    return lowest + (reserveInBytes < most ? reserveInBytes : most);
}

static __thread bool isReporting __attribute__((tls_model("initial-exec")));

bool mote_begin_growth_report(void) {
    if (isReporting) return false;
    isReporting = true;
    return true;
}

void mote_end_growth_report(void) { isReporting = false; }
