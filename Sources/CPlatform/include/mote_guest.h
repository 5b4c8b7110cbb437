// Accesses to linear memory by the interpreter: unaligned, little-endian, and volatile, because Swift's optimiser
// deletes a load whose value is unused, and with it the fault that is the guest's trap.
// Signed loads give the value extended to the width that the name says; the upper half of a slot is zero for i32.
#ifndef MOTE_GUEST_H
#define MOTE_GUEST_H

#include <stdint.h>

#define MOTE_GUEST_ACCESS(name, type)                                                                                 \
    typedef struct __attribute__((packed)) { type value; } mote_packed_##name;                                        \
    static inline type mote_guest_read_##name(const void *base, uint64_t address) {                                   \
        return ((const volatile mote_packed_##name *)((const char *)base + address))->value;                          \
    }                                                                                                                 \
    static inline void mote_guest_store_##name(void *base, uint64_t address, uint64_t value) {                        \
        ((volatile mote_packed_##name *)((char *)base + address))->value = (type)value;                               \
    }
MOTE_GUEST_ACCESS(u8, uint8_t)
MOTE_GUEST_ACCESS(u16, uint16_t)
MOTE_GUEST_ACCESS(u32, uint32_t)
MOTE_GUEST_ACCESS(u64, uint64_t)
#undef MOTE_GUEST_ACCESS

#define MOTE_GUEST_LOAD(name, read, expression)                                                                       \
    static inline uint64_t mote_guest_load_##name(const void *base, uint64_t address) {                               \
        uint64_t value = mote_guest_read_##read(base, address);                                                       \
        return expression;                                                                                            \
    }
MOTE_GUEST_LOAD(u8, u8, value)
MOTE_GUEST_LOAD(u16, u16, value)
MOTE_GUEST_LOAD(u32, u32, value)
MOTE_GUEST_LOAD(u64, u64, value)
MOTE_GUEST_LOAD(s8x32, u8, (uint32_t)(int32_t)(int8_t)value)
MOTE_GUEST_LOAD(s16x32, u16, (uint32_t)(int32_t)(int16_t)value)
MOTE_GUEST_LOAD(s8, u8, (uint64_t)(int64_t)(int8_t)value)
MOTE_GUEST_LOAD(s16, u16, (uint64_t)(int64_t)(int16_t)value)
MOTE_GUEST_LOAD(s32, u32, (uint64_t)(int64_t)(int32_t)value)
#undef MOTE_GUEST_LOAD

#endif
