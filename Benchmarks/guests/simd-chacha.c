// ChaCha20 blocks, 16 at each of n times: sums, exclusive ors, rotations by shifts and shuffles of i32x4.
#include <wasm_simd128.h>

static v128_t rotate(v128_t x, int count) {
    return wasm_v128_or(wasm_i32x4_shl(x, count), wasm_u32x4_shr(x, 32 - count));
}

static void quarter(v128_t *a, v128_t *b, v128_t *c, v128_t *d) {
    *a = wasm_i32x4_add(*a, *b);
    *d = wasm_v128_xor(*d, *a);
    *d = wasm_i8x16_shuffle(*d, *d, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    *c = wasm_i32x4_add(*c, *d);
    *b = rotate(wasm_v128_xor(*b, *c), 12);
    *a = wasm_i32x4_add(*a, *b);
    *d = wasm_v128_xor(*d, *a);
    *d = wasm_i8x16_shuffle(*d, *d, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
    *c = wasm_i32x4_add(*c, *d);
    *b = rotate(wasm_v128_xor(*b, *c), 7);
}

static unsigned stream[16];

__attribute__((export_name("run"), noinline)) int run(int n) {
    unsigned check = 0;
    v128_t constants = wasm_i32x4_const(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
    v128_t first = wasm_i32x4_const(1, 2, 3, 4), second = wasm_i32x4_const(5, 6, 7, 8);
    for (int block = 0; block < 16 * n; block++) {
        v128_t counter = wasm_i32x4_make(block, 0, 0x4a000000, 0);
        v128_t a = constants, b = first, c = second, d = counter;
        for (int round = 0; round < 10; round++) {
            quarter(&a, &b, &c, &d);
            b = wasm_i32x4_shuffle(b, b, 1, 2, 3, 0);
            c = wasm_i32x4_shuffle(c, c, 2, 3, 0, 1);
            d = wasm_i32x4_shuffle(d, d, 3, 0, 1, 2);
            quarter(&a, &b, &c, &d);
            b = wasm_i32x4_shuffle(b, b, 3, 0, 1, 2);
            c = wasm_i32x4_shuffle(c, c, 2, 3, 0, 1);
            d = wasm_i32x4_shuffle(d, d, 1, 2, 3, 0);
        }
        wasm_v128_store(stream, wasm_i32x4_add(a, constants));
        wasm_v128_store(stream + 4, wasm_i32x4_add(b, first));
        wasm_v128_store(stream + 8, wasm_i32x4_add(c, second));
        wasm_v128_store(stream + 12, wasm_i32x4_add(d, counter));
        check ^= stream[block % 16];
    }
    return (int)check;
}
