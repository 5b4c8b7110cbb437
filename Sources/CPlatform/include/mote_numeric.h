// How each numeric instruction is translated: numeric.c, which Tools/generate-handlers writes.
#ifndef MOTE_NUMERIC_H
#define MOTE_NUMERIC_H

#include <stdint.h>

// Opcodes from 0x45 to 0xC4, and behind them the saturating truncations.
#define MOTE_NUMERIC_FIRST 0x45
#define MOTE_NUMERIC_ROW_COUNT 136

// Bits 0-10 first handler of the instruction's family, 11-12 result type (i32, i64, f32, f64), 13-15 shape.
extern const uint16_t mote_numeric_rows[MOTE_NUMERIC_ROW_COUNT];

// The row of an opcode, which must be one of those.
static inline uint16_t mote_numeric_row(uint8_t opcode) {
    return mote_numeric_rows[opcode - MOTE_NUMERIC_FIRST];
}

#endif
