#define _GNU_SOURCE
#include "count_calls.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc's allocator under the names that interposing leaves alone.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static atomic_ulong allocations, frees, mappings, unmappings, system_calls;
static atomic_int forbidden;

void count_reset(void) {
    atomic_store(&allocations, 0);
    atomic_store(&frees, 0);
    atomic_store(&mappings, 0);
    atomic_store(&unmappings, 0);
    atomic_store(&system_calls, 0);
}

CallCounts count_read(void) {
    return (CallCounts){atomic_load(&allocations), atomic_load(&frees), atomic_load(&mappings),
                        atomic_load(&unmappings), atomic_load(&system_calls)};
}

unsigned long count_total(CallCounts counts) {
    return counts.allocations + counts.frees + counts.mappings + counts.unmappings + counts.system_calls;
}

void count_forbid(int value) { atomic_store(&forbidden, value); }

static void put(const char *text) {
    ssize_t ignored = write(2, text, strlen(text));
    (void)ignored;
}

static void put_number(unsigned long number, unsigned base) {
    char digits[24], *first = digits + sizeof digits - 1;
    *first = 0;
    do *--first = "0123456789abcdef"[number % base];
    while (number /= base);
    put(first);
}

static void count(atomic_ulong *counter, const char *name, void *caller) {
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
    if (!atomic_load_explicit(&forbidden, memory_order_relaxed)) return;
    atomic_store(&forbidden, 0);
    put("count_calls: ");
    put(name);
    put(" called from 0x");
    put_number((uintptr_t)caller, 16);
    put("\n");
    abort();
}

#define COUNT(counter) count(&counter, __func__, __builtin_return_address(0))

void *malloc(size_t size) {
    COUNT(allocations);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    COUNT(allocations);
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    COUNT(allocations);
    return __libc_realloc(block, size);
}

void *reallocarray(void *block, size_t number, size_t size) {
    size_t bytes;
    COUNT(allocations);
    if (__builtin_mul_overflow(number, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t size) {
    COUNT(allocations);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    COUNT(allocations);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    COUNT(allocations);
    if (alignment % sizeof(void *) || !alignment || alignment & (alignment - 1)) return EINVAL;
    void *result = __libc_memalign(alignment, size);
    if (!result) return ENOMEM;
    *block = result;
    return 0;
}

void *valloc(size_t size) {
    COUNT(allocations);
    return __libc_memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

void free(void *block) {
    if (!block) return;
    COUNT(frees);
    __libc_free(block);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    COUNT(mappings);
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

// On 64-bit systems off64_t is off_t; both names are called.
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
    COUNT(mappings);
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

void *mremap(void *address, size_t old_length, size_t length, int flags, ...) {
    void *target = NULL;
    COUNT(mappings);
    if (flags & MREMAP_FIXED) {
        __builtin_va_list rest;
        __builtin_va_start(rest, flags);
        target = __builtin_va_arg(rest, void *);
        __builtin_va_end(rest);
    }
    return (void *)syscall(SYS_mremap, address, old_length, length, flags, target);
}

int munmap(void *address, size_t length) {
    COUNT(unmappings);
    return (int)syscall(SYS_munmap, address, length);
}

#if defined(__linux__) && defined(__x86_64__)
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <ucontext.h>

// The one place from which the filter lets the counted system calls through.
long count_calls_raw(long number, long a, long b, long c, long d, long e, long f);
extern const char count_calls_allowed[];
__asm__(".text\n"
        ".globl count_calls_raw\n"
        ".type count_calls_raw, @function\n"
        "count_calls_raw:\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    mov %rdx, %rsi\n"
        "    mov %rcx, %rdx\n"
        "    mov %r8, %r10\n"
        "    mov %r9, %r8\n"
        "    mov 8(%rsp), %r9\n"
        "    syscall\n"
        ".globl count_calls_allowed\n"
        "count_calls_allowed:\n"  // the address that the kernel reports: behind the instruction
        "    ret\n"
        ".size count_calls_raw, . - count_calls_raw\n");

static void on_system_call(int signal, siginfo_t *info, void *context) {
    (void)signal;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    count(&system_calls, "system call", info->si_call_addr);
    registers[REG_RAX] = count_calls_raw(info->si_syscall, registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                                         registers[REG_R10], registers[REG_R8], registers[REG_R9]);
}

int count_system_calls(void) {
    uint64_t allowed = (uintptr_t)count_calls_allowed;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 10),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_brk, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(allowed >> 32), 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_system_call;
    // No deferral and no alternate stack needed: the handler is short, and may run inside another handler.
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    if (sigaction(SIGSYS, &action, NULL)) return 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 0;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#else
int count_system_calls(void) { return 0; }
#endif

// As a preloaded object: totals of the whole program, if MOTE_COUNT_CALLS is set.
__attribute__((constructor)) static void begin(void) {
    const char *wanted = getenv("MOTE_COUNT_CALLS");
    if (wanted && !strcmp(wanted, "system")) count_system_calls();
}

__attribute__((destructor)) static void report(void) {
    if (!getenv("MOTE_COUNT_CALLS")) return;
    CallCounts counts = count_read();
    const unsigned long numbers[] = {counts.allocations, counts.frees, counts.mappings, counts.unmappings,
                                     counts.system_calls};
    static const char *const names[] = {" allocations, ", " frees, ", " mappings, ", " unmappings, ", " system calls\n"};
    put("count_calls: ");
    for (int i = 0; i < 5; i++) {
        put_number(numbers[i], 10);
        put(names[i]);
    }
}
