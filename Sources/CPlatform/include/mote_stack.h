// The native stack of the calling thread: where it ends, and how far it is used.
#ifndef MOTE_STACK_H
#define MOTE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An address in the frame that asks, or in one just above it.
__attribute__((always_inline)) static inline uintptr_t mote_native_stack_pointer(void) {
#if defined(__x86_64__)
    uintptr_t here;
    // Unlike the frame's address, no frame pointer is wanted for it.
    __asm__ volatile("movq %%rsp, %0" : "=r"(here));
    return here;
#else
    return (uintptr_t)__builtin_frame_address(0);
#endif
}

// Lowest usable address and size of the stack that the calling thread runs on; 0 where that is not known: on a fiber's
// stack, with an unlimited main stack, or on a platform that does not tell. No page of it is touched. Asked once per
// thread. Of a thread other than the main one the C library is asked, and glibc takes and gives back up to 1 KiB for
// its answer; for the main thread nothing is allocated and no file read.
uintptr_t mote_native_stack_lowest(size_t *sizeInBytes);

// The address above which `reserveInBytes`, or a quarter of a stack smaller than four times that, are left; 0 where
// the stack is not known.
uintptr_t mote_native_stack_boundary(size_t reserveInBytes);

// Whether the calling thread may tell of a memory that did not grow; false while it does so already.
bool mote_begin_growth_report(void);
void mote_end_growth_report(void);

#endif
