// Where the interpreter's handlers are, in builds whose table of them is in assembly.
#ifndef MOTE_HANDLERS_H
#define MOTE_HANDLERS_H

#include <stdint.h>

#pragma clang assume_nonnull begin

// Distances from the table itself, by raw value of InternalOpcode (handler_offsets.S).
extern const int32_t mote_handler_offsets[];

// The handler with a raw value, which must be one of the table's.
static inline const void *mote_handler(uint16_t raw_value) {
    return (const char *)mote_handler_offsets + mote_handler_offsets[raw_value];
}

#ifdef __x86_64__
// What handlers that save no register end with in builds for size. A sibling call becomes the same, but ten bytes long
// instead of two, since no compiler folds the load into the jump. scripts/check-handlers looks at all who use it.

// Runs the instruction at `pc`.
static inline __attribute__((always_inline, noreturn)) void mote_jump(const void *pc, void *fp, void *memory,
                                                                      void *environment, uint64_t r, double d) {
    register uint64_t accumulator __asm__("r8") = r;
    register double number __asm__("xmm0") = d;
    __asm__ volatile("jmpq *(%%rdi)"
                     :
                     : "D"(pc), "S"(fp), "d"(memory), "c"(environment), "r"(accumulator), "x"(number)
                     : "memory");
    __builtin_unreachable();
}

// Runs the instruction that the distance behind `pc` leads to, unless the environment is to stop (mote_interrupted).
static inline __attribute__((always_inline, noreturn)) void mote_branch(const void *pc, void *fp, void *memory,
                                                                        void *environment, uint64_t r, double d) {
    register uint64_t accumulator __asm__("r8") = r;
    register double number __asm__("xmm0") = d;
    __asm__ volatile("cmpl $0, 40(%%rcx)\n\tjne mote_interrupted\n\t"
                     "movslq 12(%%rdi), %%rax\n\taddq %%rax, %%rdi\n\tjmpq *(%%rdi)"
                     :
                     : "D"(pc), "S"(fp), "d"(memory), "c"(environment), "r"(accumulator), "x"(number)
                     : "rax", "memory");
    __builtin_unreachable();
}
#endif

#pragma clang assume_nonnull end

#endif
