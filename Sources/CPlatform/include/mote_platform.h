// Pages, address space and clocks for MotePlatform and MoteMemory.
#ifndef MOTE_PLATFORM_H
#define MOTE_PLATFORM_H

#include "mote_system.h"
#include <time.h>

static inline uint64_t mote_monotonic_ns(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t mote_realtime_ns(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// CPU time of the calling thread.
static inline uint64_t mote_thread_cpu_ns(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

// Address space without access and without memory; null when there is none.
static inline void *mote_reserve(size_t sizeInBytes) {
    void *start = mmap(NULL, sizeInBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? NULL : start;
}

// Makes whole pages of a reservation readable and writable; they are zero until written.
static inline bool mote_commit(void *start, size_t sizeInBytes) {
    return mprotect(start, sizeInBytes, PROT_READ | PROT_WRITE) == 0;
}

// Gives the memory of committed pages back and takes access away; they are zero when committed again.
static inline bool mote_decommit(void *start, size_t sizeInBytes) {
#ifdef __linux__
    return madvise(start, sizeInBytes, MADV_DONTNEED) == 0 && mprotect(start, sizeInBytes, PROT_NONE) == 0;
#else
    // Elsewhere MADV_DONTNEED does not promise zeroes; a fresh mapping over the range does.
    return mmap(start, sizeInBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0)
        == start;
#endif
}

// Gives the memory of committed pages back, which are zero when they are touched again; false where that cannot be had.
static inline bool mote_discard(void *start, size_t sizeInBytes) {
#ifdef __linux__
    return madvise(start, sizeInBytes, MADV_DONTNEED) == 0;
#else
    return false;
#endif
}

static inline void mote_release(void *start, size_t sizeInBytes) { munmap(start, sizeInBytes); }

#endif
