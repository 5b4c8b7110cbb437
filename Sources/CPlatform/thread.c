#define _GNU_SOURCE
#include "mote_thread.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static __thread bool isReady __attribute__((tls_model("initial-exec")));

bool mote_thread_is_ready(void) { return isReady; }
void mote_thread_set_ready(bool ready) { isReady = ready; }

bool mote_thread_start(uintptr_t *thread, size_t stackSizeInBytes, MoteThreadBody body, void *argument) {
    long least = sysconf(_SC_THREAD_STACK_MIN), page = sysconf(_SC_PAGESIZE);
    size_t size = least > 0 && stackSizeInBytes < (size_t)least ? (size_t)least : stackSizeInBytes;
    if (page > 0) size = (size + (size_t)page - 1) & ~((size_t)page - 1);
    pthread_attr_t attributes;
    pthread_t made;
    if (pthread_attr_init(&attributes) != 0) return false;
    bool isMade = pthread_attr_setstacksize(&attributes, size) == 0
        && pthread_create(&made, &attributes, body, argument) == 0;
    pthread_attr_destroy(&attributes);
    if (isMade) *thread = (uintptr_t)made;
    return isMade;
}

void mote_thread_join(uintptr_t thread) { pthread_join((pthread_t)thread, NULL); }

static void doNothing(int number) { (void)number; }

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) {
    struct sigaction action;
    if (sigaction(SIGUSR1, NULL, &action) != 0) return;
    if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return;
    action.sa_handler = doNothing;
    sigemptyset(&action.sa_mask);
    // Without SA_RESTART: calls are to return.
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
}

void mote_prepare_wake_signal(void) { pthread_once(&once, prepare); }

void mote_thread_wake(uintptr_t thread) { pthread_kill((pthread_t)thread, SIGUSR1); }
