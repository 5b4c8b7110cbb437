// The C library, as ring 0 may use it: Embedded Swift has no Glibc module, and macros that are casts or
// varargs do not import. scripts/ring0-symbols.txt lists every libc symbol these may end in.
#ifndef MOTE_SYSTEM_H
#define MOTE_SYSTEM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct MoteLock {
    pthread_mutex_t mutex;
} MoteLock;

static inline void mote_lock_init(MoteLock *lock) { pthread_mutex_init(&lock->mutex, NULL); }
static inline void mote_lock_destroy(MoteLock *lock) { pthread_mutex_destroy(&lock->mutex); }
static inline void mote_lock_acquire(MoteLock *lock) { pthread_mutex_lock(&lock->mutex); }
static inline void mote_lock_release(MoteLock *lock) { pthread_mutex_unlock(&lock->mutex); }

// Tells threads apart while they live; never 0.
static inline uintptr_t mote_thread_id(void) {
#if defined(__linux__) && defined(__x86_64__)
    uintptr_t identity;
    __asm__("movq %%fs:0, %0" : "=r"(identity));
    return identity;
#else
    return (uintptr_t)pthread_self();
#endif
}

static inline int mote_errno(void) { return errno; }

#endif
