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

#pragma clang assume_nonnull end

#endif
