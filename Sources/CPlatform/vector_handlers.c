#include "mote_vector_handlers.h"

#include <stdatomic.h>
#include <string.h>

typedef intptr_t (*Handler)(const void *, uint64_t *, void *, MoteEnvironment *, uint64_t, double);

static inline const uint8_t *slot(const void *pc, uint64_t *fp, int field) {
    int16_t index;
    memcpy(&index, (const uint8_t *)pc + field, sizeof index);
    return (const uint8_t *)(fp + index);
}

static inline Handler handler_at(const uint8_t *pc) {
    Handler next;
    memcpy(&next, pc, sizeof next);
    return next;
}

// A jump, also where nothing is optimised.
#define GO_ON(size)                                  \
    do {                                             \
        const uint8_t *next = (const uint8_t *)pc + (size); \
        __attribute__((musttail)) return handler_at(next)(next, fp, memory, environment, r, d); \
    } while (0)

#if defined(__x86_64__)

#include <cpuid.h>
#include <tmmintrin.h>

bool mote_has_byte_shuffle(void) {
    // 0 not asked yet, 1 no, 2 yes: whoever asks twice finds the same.
    static _Atomic int known;
    int state = atomic_load_explicit(&known, memory_order_relaxed);
    if (state == 0) {
        unsigned a, b, c, d;
        state = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) ? 2 : 1;
        atomic_store_explicit(&known, state, memory_order_relaxed);
    }
    return state == 2;
}

#define SHUFFLING __attribute__((target("ssse3")))
typedef __m128i Bytes;

static inline SHUFFLING Bytes load(const void *from) { return _mm_loadu_si128((const __m128i *)from); }
static inline SHUFFLING void store(const uint8_t *to, Bytes value) { _mm_storeu_si128((__m128i *)(uintptr_t)to, value); }
static inline SHUFFLING Bytes shuffle(Bytes a, Bytes indices) { return _mm_shuffle_epi8(a, indices); }
static inline SHUFFLING Bytes either(Bytes a, Bytes b) { return _mm_or_si128(a, b); }
// Indices above 15 get their highest bit, which makes the lane zero.
static inline SHUFFLING Bytes limited(Bytes indices) { return _mm_adds_epu8(indices, _mm_set1_epi8(0x70)); }

#else

bool mote_has_byte_shuffle(void) { return false; }

#define SHUFFLING
typedef uint8_t Bytes __attribute__((ext_vector_type(16)));

static inline Bytes load(const void *from) {
    Bytes value;
    memcpy(&value, from, sizeof value);
    return value;
}
static inline void store(const uint8_t *to, Bytes value) { memcpy((void *)(uintptr_t)to, &value, sizeof value); }
static inline Bytes shuffle(Bytes a, Bytes indices) {
    Bytes value;
    for (int i = 0; i < 16; i++) value[i] = indices[i] < 0x80 ? a[indices[i] & 15] : 0;
    return value;
}
static inline Bytes either(Bytes a, Bytes b) { return a | b; }
static inline Bytes limited(Bytes indices) { return indices | ((indices > 15) & 0x80); }

#endif

SHUFFLING intptr_t mote_swizzle(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r,
                                double d) {
    store(slot(pc, fp, 8), shuffle(load(slot(pc, fp, 10)), limited(load(slot(pc, fp, 12)))));
    GO_ON(16);
}

SHUFFLING intptr_t mote_shuffle(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r,
                                double d) {
    const uint8_t *code = pc;
    Bytes left = shuffle(load(slot(pc, fp, 10)), load(code + 16));
    store(slot(pc, fp, 8), either(left, shuffle(load(slot(pc, fp, 12)), load(code + 32))));
    GO_ON(48);
}

SHUFFLING intptr_t mote_shuffle_one(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment,
                                    uint64_t r, double d) {
    store(slot(pc, fp, 8), shuffle(load(slot(pc, fp, 10)), load((const uint8_t *)pc + 16)));
    GO_ON(32);
}
