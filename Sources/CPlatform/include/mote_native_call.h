// Calling a C function whose type is known only at run time.
#ifndef MOTE_NATIVE_CALL_H
#define MOTE_NATIVE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOTE_NATIVE_INTEGERS = 6, MOTE_NATIVE_FLOATS = 8, MOTE_NATIVE_STACK = 64 };

// What goes into registers and onto the stack (System V x86-64), and what came back.
typedef struct MoteNativeCall {
    void *function;                            // 0
    uint64_t integers[MOTE_NATIVE_INTEGERS];   // 8
    uint64_t floats[MOTE_NATIVE_FLOATS];       // 56
    uint64_t stackCount;                       // 120
    uint64_t stack[MOTE_NATIVE_STACK];         // 128
    uint64_t integerResult;                    // 640
    uint64_t floatResult;                      // 648  bits; an f32 in the low half
    uint32_t integerCount;                     // 656
    uint32_t floatCount;                       // 660
} MoteNativeCall;
_Static_assert(offsetof(MoteNativeCall, stackCount) == 120, "MoteNativeCall.stackCount");
_Static_assert(offsetof(MoteNativeCall, integerResult) == 640, "MoteNativeCall.integerResult");

// Whether this processor is one it is written for.
#if defined(__x86_64__) && !defined(_WIN32)
enum { MOTE_NATIVE_CALLS = 1 };
void mote_native_call(MoteNativeCall *call);
#else
enum { MOTE_NATIVE_CALLS = 0 };
static inline void mote_native_call(MoteNativeCall *call) { (void)call; }
#endif

static inline void mote_native_begin(MoteNativeCall *call, void *function, void *first) {
    call->function = function;
    call->integers[0] = (uintptr_t)first;
    call->integerCount = 1;
    call->floatCount = 0;
    call->stackCount = 0;
}

// Adds a parameter; false when the stack's share is full.
static inline bool mote_native_add(MoteNativeCall *call, uint64_t bits, bool isFloat) {
    if (isFloat && call->floatCount < MOTE_NATIVE_FLOATS) {
        call->floats[call->floatCount++] = bits;
    } else if (!isFloat && call->integerCount < MOTE_NATIVE_INTEGERS) {
        call->integers[call->integerCount++] = bits;
    } else if (call->stackCount < MOTE_NATIVE_STACK) {
        call->stack[call->stackCount++] = bits;
    } else {
        return false;
    }
    return true;
}

#endif
