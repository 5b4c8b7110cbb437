// Two operations that Swift wraps in checks or library calls.
#ifndef MOTE_ARITHMETIC_H
#define MOTE_ARITHMETIC_H

#include <stdint.h>

// Truncation of a value that the caller has found to lie in (-2^63, 2^63): one instruction. Swift's Int64(Double)
// keeps three tests that end the process.
static inline int64_t mote_truncate_to_integer(double value) { return (int64_t)value; }

// The instruction, without the call into libm that sets errno for negative values.
static inline double mote_square_root(double value) { return __builtin_elementwise_sqrt(value); }
static inline float mote_square_root_float(float value) { return __builtin_elementwise_sqrt(value); }

#endif
