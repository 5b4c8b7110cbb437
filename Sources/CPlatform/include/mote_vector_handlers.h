// Handlers of the interpreter for instructions that the processor may have although the build does not count on it.
//
// A Swift function cannot be compiled for more than the build's processor, so these are C. They have the handlers'
// signature and jump on as those do; the translator writes them only where mote_has_byte_shuffle says so.
#ifndef MOTE_VECTOR_HANDLERS_H
#define MOTE_VECTOR_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_layout.h"

#pragma clang assume_nonnull begin

// Whether bytes can be shuffled by one instruction (SSSE3). Asks the processor once.
bool mote_has_byte_shuffle(void);

// i8x16.swizzle: result @8, bytes @10, indices @12; 16 bytes.
intptr_t mote_swizzle(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r, double d)
    __attribute__((swift_name("swizzleAtOnce(_:_:_:_:_:_:)")));

// i8x16.shuffle: result @8, operands @10 @12; for each operand 16 indices, 0x80 where the lane is the other's, @16 @32;
// 48 bytes.
intptr_t mote_shuffle(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r, double d)
    __attribute__((swift_name("shuffleAtOnce(_:_:_:_:_:_:)")));

// The same with one operand: result @8, operand @10, indices @16; 32 bytes.
intptr_t mote_shuffle_one(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r, double d)
    __attribute__((swift_name("shuffleOneAtOnce(_:_:_:_:_:_:)")));

#pragma clang assume_nonnull end

#endif
