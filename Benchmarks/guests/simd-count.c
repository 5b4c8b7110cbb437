// Characters of 64 KiB of UTF-8, and the first byte of a value, n times: comparisons, masks and sums of i8x16.
#include <wasm_simd128.h>

enum { size = 65536 };
static unsigned char text[size];

static int characters(void) {
    int total = 0;
    for (int i = 0; i < size; i += 16) {
        // Bytes that continue a character are 0x80 to 0xBF: the smallest as signed ones.
        v128_t begins = wasm_i8x16_gt(wasm_v128_load(text + i), wasm_i8x16_const_splat(-65));
        total += __builtin_popcount(wasm_i8x16_bitmask(begins));
    }
    return total;
}

static int find(unsigned char value) {
    v128_t sought = wasm_i8x16_splat((signed char)value);
    for (int i = 0; i < size; i += 16) {
        v128_t found = wasm_i8x16_eq(wasm_v128_load(text + i), sought);
        if (wasm_v128_any_true(found)) return i + __builtin_ctz(wasm_i8x16_bitmask(found));
    }
    return -1;
}

__attribute__((export_name("run"), noinline)) int run(int n) {
    for (int i = 0; i < size; i++) text[i] = (unsigned char)(i % 5 == 1 ? 0xC3 : i % 5 == 2 ? 0xA4 : 'a' + i % 20);
    text[size - 7] = 0xF0;
    int check = 0;
    for (int round = 0; round < n; round++) {
        check += characters() + find(0xF0);
        text[round % size] ^= 1;
    }
    return check;
}
