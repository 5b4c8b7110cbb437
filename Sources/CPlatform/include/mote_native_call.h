// Calling a C function whose type is known only at run time.
#ifndef MOTE_NATIVE_CALL_H
#define MOTE_NATIVE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOTE_NATIVE_INTEGERS = 6, MOTE_NATIVE_FLOATS = 8, MOTE_NATIVE_STACK = 64 };

// What goes into registers and onto the stack (System V x86-64), and what came back.
typedef struct MoteNativeCall {
    void *function;               // 0
    uint64_t registers[14];       // 8    integers, from 56 on floats
    const uint64_t *stack;        // 120
    uint64_t stackCount;          // 128
    uint64_t integerResult;       // 136
    uint64_t floatResult;         // 144  bits; an f32 in the low half
} MoteNativeCall;
_Static_assert(offsetof(MoteNativeCall, stackCount) == 128, "MoteNativeCall.stackCount");
_Static_assert(offsetof(MoteNativeCall, floatResult) == 144, "MoteNativeCall.floatResult");

// Whether this processor is one it is written for.
#if defined(__x86_64__) && !defined(_WIN32)
enum { MOTE_NATIVE_CALLS = 1 };
void mote_native_call(MoteNativeCall *call);
#else
enum { MOTE_NATIVE_CALLS = 0 };
static inline void mote_native_call(MoteNativeCall *call) { (void)call; }
#endif

#endif
