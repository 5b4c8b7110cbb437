// Atomic accesses of guests to linear memory, sequentially consistent; addresses are aligned. And waiting on a word.
#ifndef MOTE_GUEST_ATOMICS_H
#define MOTE_GUEST_ATOMICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define MOTE_GUEST_MODIFY(name, function, bits)                                                                \
    static inline uint##bits##_t mote_guest_##name##_##bits(void *address, uint##bits##_t value) {             \
        return function((_Atomic(uint##bits##_t) *)address, value);                                            \
    }
#define MOTE_GUEST_WIDTH(bits)                                                                                 \
    static inline uint##bits##_t mote_guest_load_##bits(const void *address) {                                 \
        return atomic_load((_Atomic(uint##bits##_t) *)address);                                                \
    }                                                                                                          \
    static inline void mote_guest_store_##bits(void *address, uint##bits##_t value) {                          \
        atomic_store((_Atomic(uint##bits##_t) *)address, value);                                               \
    }                                                                                                          \
    MOTE_GUEST_MODIFY(add, atomic_fetch_add, bits)                                                             \
    MOTE_GUEST_MODIFY(subtract, atomic_fetch_sub, bits)                                                        \
    MOTE_GUEST_MODIFY(and, atomic_fetch_and, bits)                                                             \
    MOTE_GUEST_MODIFY(or, atomic_fetch_or, bits)                                                               \
    MOTE_GUEST_MODIFY(xor, atomic_fetch_xor, bits)                                                             \
    MOTE_GUEST_MODIFY(exchange, atomic_exchange, bits)                                                         \
    static inline uint##bits##_t mote_guest_compare_exchange_##bits(                                           \
        void *address, uint##bits##_t expected, uint##bits##_t desired) {                                      \
        atomic_compare_exchange_strong((_Atomic(uint##bits##_t) *)address, &expected, desired);                \
        return expected;                                                                                       \
    }

MOTE_GUEST_WIDTH(8)
MOTE_GUEST_WIDTH(16)
MOTE_GUEST_WIDTH(32)
MOTE_GUEST_WIDTH(64)

#undef MOTE_GUEST_WIDTH
#undef MOTE_GUEST_MODIFY

static inline void mote_guest_fence(void) { atomic_thread_fence(memory_order_seq_cst); }

// Sleeps while the word is `expected`, until woken or the monotonic clock reaches `deadline` (ns; UINT64_MAX: never);
// may come back for no reason. False where the time was over.
bool mote_word_wait(const void *word, uint32_t expected, uint64_t deadline);
// Wakes who sleeps on the word; async-signal-safe.
void mote_word_wake(void *word);

#endif
