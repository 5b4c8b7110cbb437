#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "mote_guest_atomics.h"
#include "mote_platform.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>

bool mote_word_wait(const void *word, uint32_t expected, uint64_t deadline) {
    struct timespec end = {(time_t)(deadline / 1000000000u), (long)(deadline % 1000000000u)};
    // With the bit set the time is absolute, of the monotonic clock.
    return syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline == UINT64_MAX ? NULL : &end, NULL,
                   FUTEX_BITSET_MATCH_ANY) == 0
        || errno != ETIMEDOUT;
}

void mote_word_wake(void *word) {
    int before = errno;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
    errno = before;
}
#else
#include <sched.h>

bool mote_word_wait(const void *word, uint32_t expected, uint64_t deadline) {
    (void)word;
    (void)expected;
    if (mote_monotonic_ns() >= deadline) return false;
    sched_yield();
    return true;
}

void mote_word_wake(void *word) { (void)word; }
#endif
