// Vector operations for which Swift's own types give no short code: values in, values out.
#ifndef MOTE_VECTOR_H
#define MOTE_VECTOR_H

#include <stdint.h>

// Swift sees these as SIMD16<Int8> and so on.
typedef int8_t mote_i8x16 __attribute__((ext_vector_type(16)));
typedef int16_t mote_i16x8 __attribute__((ext_vector_type(8)));
typedef int32_t mote_i32x4 __attribute__((ext_vector_type(4)));
typedef int64_t mote_i64x2 __attribute__((ext_vector_type(2)));
typedef uint8_t mote_u8x16 __attribute__((ext_vector_type(16)));
typedef uint16_t mote_u16x8 __attribute__((ext_vector_type(8)));
typedef int8_t mote_i8x8 __attribute__((ext_vector_type(8)));
typedef uint8_t mote_u8x8 __attribute__((ext_vector_type(8)));
typedef float mote_f32x4 __attribute__((ext_vector_type(4)));
typedef double mote_f64x2 __attribute__((ext_vector_type(2)));

static inline mote_i8x16 mote_add_sat_i8x16(mote_i8x16 a, mote_i8x16 b) { return __builtin_elementwise_add_sat(a, b); }
static inline mote_i8x16 mote_sub_sat_i8x16(mote_i8x16 a, mote_i8x16 b) { return __builtin_elementwise_sub_sat(a, b); }
static inline mote_i16x8 mote_add_sat_i16x8(mote_i16x8 a, mote_i16x8 b) { return __builtin_elementwise_add_sat(a, b); }
static inline mote_i16x8 mote_sub_sat_i16x8(mote_i16x8 a, mote_i16x8 b) { return __builtin_elementwise_sub_sat(a, b); }

// Swift makes calls of conversions of eight lanes.
static inline mote_i16x8 mote_extend_i8x8(mote_i8x8 a) { return __builtin_convertvector(a, mote_i16x8); }
static inline mote_u16x8 mote_extend_u8x8(mote_u8x8 a) { return __builtin_convertvector(a, mote_u16x8); }
static inline mote_i16x8 mote_extend_low_i8x16(mote_i8x16 a) { return mote_extend_i8x8(a.lo); }
static inline mote_i16x8 mote_extend_high_i8x16(mote_i8x16 a) { return mote_extend_i8x8(a.hi); }
static inline mote_u16x8 mote_extend_low_u8x16(mote_u8x16 a) { return mote_extend_u8x8(a.lo); }
static inline mote_u16x8 mote_extend_high_u8x16(mote_u8x16 a) { return mote_extend_u8x8(a.hi); }

// Without libm's errno for negative lanes.
static inline mote_f32x4 mote_square_root_f32x4(mote_f32x4 a) { return __builtin_elementwise_sqrt(a); }
static inline mote_f64x2 mote_square_root_f64x2(mote_f64x2 a) { return __builtin_elementwise_sqrt(a); }

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint32_t mote_bitmask_i8x16(mote_i8x16 a) { return (uint32_t)_mm_movemask_epi8((__m128i)a); }
static inline uint32_t mote_bitmask_i16x8(mote_i16x8 a) {
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16((__m128i)a, _mm_setzero_si128()));
}
static inline uint32_t mote_bitmask_i32x4(mote_i32x4 a) { return (uint32_t)_mm_movemask_ps((__m128)a); }
static inline uint32_t mote_bitmask_i64x2(mote_i64x2 a) { return (uint32_t)_mm_movemask_pd((__m128d)a); }

static inline mote_i8x16 mote_narrow_i16x8_s(mote_i16x8 a, mote_i16x8 b) {
    return (mote_i8x16)_mm_packs_epi16((__m128i)a, (__m128i)b);
}
static inline mote_i8x16 mote_narrow_i16x8_u(mote_i16x8 a, mote_i16x8 b) {
    return (mote_i8x16)_mm_packus_epi16((__m128i)a, (__m128i)b);
}
static inline mote_i16x8 mote_narrow_i32x4_s(mote_i32x4 a, mote_i32x4 b) {
    return (mote_i16x8)_mm_packs_epi32((__m128i)a, (__m128i)b);
}
// Negative lanes to 0, then the others, shifted into the signed range, packed and shifted back.
static inline __m128i mote_biased_i32x4(mote_i32x4 a) {
    __m128i positive = _mm_andnot_si128(_mm_srai_epi32((__m128i)a, 31), (__m128i)a);
    return _mm_sub_epi32(positive, _mm_set1_epi32(0x8000));
}
static inline mote_i16x8 mote_narrow_i32x4_u(mote_i32x4 a, mote_i32x4 b) {
    __m128i packed = _mm_packs_epi32(mote_biased_i32x4(a), mote_biased_i32x4(b));
    return (mote_i16x8)_mm_xor_si128(packed, _mm_set1_epi16((short)0x8000));
}

// (a * b + 0x4000) >> 15, of which only -1 * -1 does not fit.
static inline mote_i16x8 mote_rounded_product_i16x8(mote_i16x8 a, mote_i16x8 b) {
    __m128i high = _mm_mulhi_epi16((__m128i)a, (__m128i)b), low = _mm_mullo_epi16((__m128i)a, (__m128i)b);
    __m128i half = _mm_and_si128(_mm_srli_epi16(low, 14), _mm_set1_epi16(1));
    __m128i z = _mm_add_epi16(_mm_add_epi16(_mm_add_epi16(high, high), _mm_srli_epi16(low, 15)), half);
    return (mote_i16x8)_mm_xor_si128(z, _mm_cmpeq_epi16(z, _mm_set1_epi16((short)0x8000)));
}

// The instruction: what does not fit is 0x80000000.
static inline mote_i32x4 mote_truncate_f32x4_s(mote_f32x4 a) { return (mote_i32x4)_mm_cvttps_epi32((__m128)a); }
static inline mote_i32x4 mote_truncate_f64x2_s(mote_f64x2 a) { return (mote_i32x4)_mm_cvttpd_epi32((__m128d)a); }

static inline mote_i32x4 mote_saturate_f32x4_s(mote_f32x4 value) {
    __m128 a = _mm_and_ps((__m128)value, _mm_cmpord_ps((__m128)value, (__m128)value));
    __m128i isLarge = _mm_castps_si128(_mm_cmpge_ps(a, _mm_set1_ps(0x1p31f)));
    // 0x80000000 inverted is the largest.
    return (mote_i32x4)_mm_xor_si128(_mm_cvttps_epi32(a), isLarge);
}
static inline mote_i32x4 mote_saturate_f32x4_u(mote_f32x4 value) {
    // The instruction gives its second operand for a NaN.
    __m128 a = _mm_max_ps((__m128)value, _mm_setzero_ps());
    __m128 upper = _mm_cmpge_ps(a, _mm_set1_ps(0x1p31f));
    __m128i isLarge = _mm_castps_si128(_mm_cmpge_ps(a, _mm_set1_ps(0x1p32f)));
    __m128i low = _mm_cvttps_epi32(_mm_sub_ps(a, _mm_and_ps(upper, _mm_set1_ps(0x1p31f))));
    __m128i high = _mm_slli_epi32(_mm_castps_si128(upper), 31);
    return (mote_i32x4)_mm_or_si128(_mm_xor_si128(low, high), isLarge);
}
static inline mote_i32x4 mote_saturate_f64x2_s(mote_f64x2 value) {
    __m128d a = _mm_and_pd((__m128d)value, _mm_cmpord_pd((__m128d)value, (__m128d)value));
    return (mote_i32x4)_mm_cvttpd_epi32(_mm_min_pd(a, _mm_set1_pd(2147483647.0)));
}

#else

static inline uint32_t mote_bitmask_i8x16(mote_i8x16 a) {
    uint32_t z = 0;
    for (int i = 0; i < 16; i++) z |= (uint32_t)(a[i] < 0) << i;
    return z;
}
static inline uint32_t mote_bitmask_i16x8(mote_i16x8 a) {
    uint32_t z = 0;
    for (int i = 0; i < 8; i++) z |= (uint32_t)(a[i] < 0) << i;
    return z;
}
static inline uint32_t mote_bitmask_i32x4(mote_i32x4 a) {
    uint32_t z = 0;
    for (int i = 0; i < 4; i++) z |= (uint32_t)(a[i] < 0) << i;
    return z;
}
static inline uint32_t mote_bitmask_i64x2(mote_i64x2 a) {
    return (uint32_t)(a[0] < 0) | (uint32_t)(a[1] < 0) << 1;
}

static inline mote_i8x16 mote_narrow_i16x8(mote_i16x8 a, mote_i16x8 b, int16_t low, int16_t high) {
    mote_i8x16 z;
    for (int i = 0; i < 16; i++) {
        int16_t x = i < 8 ? a[i] : b[i - 8];
        z[i] = (int8_t)(x < low ? low : x > high ? high : x);
    }
    return z;
}
static inline mote_i8x16 mote_narrow_i16x8_s(mote_i16x8 a, mote_i16x8 b) {
    return mote_narrow_i16x8(a, b, -0x80, 0x7F);
}
static inline mote_i8x16 mote_narrow_i16x8_u(mote_i16x8 a, mote_i16x8 b) { return mote_narrow_i16x8(a, b, 0, 0xFF); }

static inline mote_i16x8 mote_rounded_product_i16x8(mote_i16x8 a, mote_i16x8 b) {
    mote_i16x8 z;
    for (int i = 0; i < 8; i++) {
        int32_t x = (a[i] * b[i] + 0x4000) >> 15;
        z[i] = (int16_t)(x > 0x7FFF ? 0x7FFF : x);
    }
    return z;
}

static inline mote_i16x8 mote_narrow_i32x4(mote_i32x4 a, mote_i32x4 b, int32_t low, int32_t high) {
    mote_i16x8 z;
    for (int i = 0; i < 8; i++) {
        int32_t x = i < 4 ? a[i] : b[i - 4];
        z[i] = (int16_t)(x < low ? low : x > high ? high : x);
    }
    return z;
}
static inline mote_i16x8 mote_narrow_i32x4_s(mote_i32x4 a, mote_i32x4 b) {
    return mote_narrow_i32x4(a, b, -0x8000, 0x7FFF);
}
static inline mote_i16x8 mote_narrow_i32x4_u(mote_i32x4 a, mote_i32x4 b) { return mote_narrow_i32x4(a, b, 0, 0xFFFF); }

static inline int32_t mote_saturate_to_int32(double a) {
    return a != a ? 0 : a <= -0x1p31 ? INT32_MIN : a >= 0x1p31 ? INT32_MAX : (int32_t)a;
}
static inline mote_i32x4 mote_saturate_f32x4_s(mote_f32x4 a) {
    mote_i32x4 z;
    for (int i = 0; i < 4; i++) z[i] = mote_saturate_to_int32(a[i]);
    return z;
}
static inline mote_i32x4 mote_saturate_f32x4_u(mote_f32x4 a) {
    mote_i32x4 z;
    for (int i = 0; i < 4; i++) z[i] = (int32_t)(a[i] >= 0x1p32f ? UINT32_MAX : a[i] > 0 ? (uint32_t)a[i] : 0);
    return z;
}
static inline mote_i32x4 mote_saturate_f64x2_s(mote_f64x2 a) {
    return (mote_i32x4){mote_saturate_to_int32(a[0]), mote_saturate_to_int32(a[1]), 0, 0};
}
static inline mote_i32x4 mote_truncate_f32x4_s(mote_f32x4 a) { return mote_saturate_f32x4_s(a); }
static inline mote_i32x4 mote_truncate_f64x2_s(mote_f64x2 a) { return mote_saturate_f64x2_s(a); }

#endif

static inline uint32_t mote_saturate_to_uint32(double a) {
    return a >= 0x1p32 ? UINT32_MAX : a > 0 ? (uint32_t)(int64_t)a : 0;
}
static inline mote_i32x4 mote_saturate_f64x2_u(mote_f64x2 a) {
    return (mote_i32x4){(int32_t)mote_saturate_to_uint32(a[0]), (int32_t)mote_saturate_to_uint32(a[1]), 0, 0};
}

#endif
