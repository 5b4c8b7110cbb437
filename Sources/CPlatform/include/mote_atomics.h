// C11 atomics on raw addresses: a Swift struct that holds an Atomic cannot be copied, so shared words go through here.
#ifndef MOTE_ATOMICS_H
#define MOTE_ATOMICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Also where code is compiled for size: a call is longer.
#define MOTE_INLINE __attribute__((always_inline)) static inline

MOTE_INLINE uint32_t mote_load_relaxed_u32(const void *address) {
    return atomic_load_explicit((_Atomic(uint32_t) *)address, memory_order_relaxed);
}
MOTE_INLINE uint32_t mote_load_acquire_u32(const void *address) {
    return atomic_load_explicit((_Atomic(uint32_t) *)address, memory_order_acquire);
}
MOTE_INLINE uint64_t mote_load_relaxed_u64(const void *address) {
    return atomic_load_explicit((_Atomic(uint64_t) *)address, memory_order_relaxed);
}
MOTE_INLINE uint64_t mote_load_acquire_u64(const void *address) {
    return atomic_load_explicit((_Atomic(uint64_t) *)address, memory_order_acquire);
}
MOTE_INLINE void mote_store_release_u64(void *address, uint64_t value) {
    atomic_store_explicit((_Atomic(uint64_t) *)address, value, memory_order_release);
}
MOTE_INLINE void mote_store_release_u32(void *address, uint32_t value) {
    atomic_store_explicit((_Atomic(uint32_t) *)address, value, memory_order_release);
}
MOTE_INLINE uint32_t mote_exchange_u32(void *address, uint32_t value) {
    return atomic_exchange_explicit((_Atomic(uint32_t) *)address, value, memory_order_seq_cst);
}
MOTE_INLINE uint32_t mote_or_u32(void *address, uint32_t bits) {
    return atomic_fetch_or_explicit((_Atomic(uint32_t) *)address, bits, memory_order_seq_cst);
}
MOTE_INLINE uint32_t mote_add_u32(void *address, uint32_t value) {
    return atomic_fetch_add_explicit((_Atomic(uint32_t) *)address, value, memory_order_seq_cst);
}
MOTE_INLINE bool mote_compare_exchange_u32(void *address, uint32_t expected, uint32_t desired) {
    return atomic_compare_exchange_strong_explicit(
        (_Atomic(uint32_t) *)address, &expected, desired, memory_order_acq_rel, memory_order_acquire);
}
MOTE_INLINE bool mote_compare_exchange_seq_u32(void *address, uint32_t expected, uint32_t desired) {
    return atomic_compare_exchange_strong_explicit(
        (_Atomic(uint32_t) *)address, &expected, desired, memory_order_seq_cst, memory_order_seq_cst);
}
MOTE_INLINE uint32_t mote_load_seq_u32(const void *address) {
    return atomic_load_explicit((_Atomic(uint32_t) *)address, memory_order_seq_cst);
}
MOTE_INLINE int32_t mote_load_seq_i32(const void *address) {
    return atomic_load_explicit((_Atomic(int32_t) *)address, memory_order_seq_cst);
}
MOTE_INLINE void mote_store_seq_i32(void *address, int32_t value) {
    atomic_store_explicit((_Atomic(int32_t) *)address, value, memory_order_seq_cst);
}
MOTE_INLINE bool mote_compare_exchange_seq_pointer(void *address, void *expected, void *desired) {
    return atomic_compare_exchange_strong_explicit(
        (_Atomic(void *) *)address, &expected, desired, memory_order_seq_cst, memory_order_seq_cst);
}
MOTE_INLINE void *mote_load_relaxed_pointer(const void *address) {
    return atomic_load_explicit((_Atomic(void *) *)address, memory_order_relaxed);
}
MOTE_INLINE void *mote_load_acquire_pointer(const void *address) {
    return atomic_load_explicit((_Atomic(void *) *)address, memory_order_acquire);
}
MOTE_INLINE void mote_store_release_pointer(void *address, void *value) {
    atomic_store_explicit((_Atomic(void *) *)address, value, memory_order_release);
}

#endif
