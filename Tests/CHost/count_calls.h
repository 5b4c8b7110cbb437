// Counts calls of the C library's memory functions, and the system calls below them, in a C host's process.
//
// Two ways to use it: link count_calls.c into the program (its definitions come before the library's, also for
// calls that the library itself makes), or build it as a shared object for LD_PRELOAD (scripts/interpose does) to
// have the totals of any program printed when it ends.
//
// What the names see: every call of malloc, calloc, realloc, reallocarray, free, the aligned allocators, mmap, munmap,
// mremap, brk and sbrk that goes through the dynamic linker: ours, and the library's own calls of the malloc family
// (stdio, opendir, getaddrinfo, qsort, ...), which glibc makes interposable. What they do not see: mmap, munmap and
// brk that the library calls by internal names (thread stacks, malloc's own arenas, the dynamic linker), and inline
// system calls. The system-call counter sees those too: a seccomp filter turns each into a signal that counts it and
// carries it out. Neither sees a statically linked C library's calls, nor memory the kernel gives without a call
// (stack growth, page faults inside a mapping).
#ifndef COUNT_CALLS_H
#define COUNT_CALLS_H

typedef struct {
    unsigned long allocations;    // malloc, calloc, realloc, reallocarray and the aligned ones
    unsigned long frees;          // free of anything but NULL
    unsigned long mappings;       // mmap, mremap, brk, sbrk by name
    unsigned long unmappings;     // munmap by name
    unsigned long system_calls;   // mmap, munmap, mremap, brk, as the kernel sees them; see count_system_calls
} CallCounts;

// Sets all counters to zero.
void count_reset(void);

// What has been counted in all threads since count_reset.
CallCounts count_read(void);

// The sum of all counters: 0 is what a pool promises.
unsigned long count_total(CallCounts counts);

// Starts counting system calls in this thread and those it makes later; cannot be undone. 1 if it works here
// (Linux on x86-64 with seccomp), else 0 and nothing is changed. Takes SIGSYS, and does not survive exec: a program
// started from this process dies at its first such call.
int count_system_calls(void);

// While not 0, a counted call prints its name and its caller's address on standard error and aborts: for finding
// the call that should not be there.
void count_forbid(int forbidden);

#endif
