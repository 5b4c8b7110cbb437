// Products of 4x4 matrices of floats, 1024 of them, n times: splats from memory, products and sums of f32x4.
#include <wasm_simd128.h>

enum { count = 1024 };
static float left[count][16], right[16], result[count][16];

__attribute__((export_name("run"), noinline)) int run(int n) {
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < 16; k++) left[i][k] = (float)((i + k) % 11) * 0.125f;
    }
    for (int k = 0; k < 16; k++) right[k] = (float)(k % 5) * 0.5f;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < count; i++) {
            for (int row = 0; row < 4; row++) {
                const float *l = left[i] + 4 * row;
                v128_t sum = wasm_f32x4_mul(wasm_v128_load32_splat(l), wasm_v128_load(right));
                sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load32_splat(l + 1), wasm_v128_load(right + 4)));
                sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load32_splat(l + 2), wasm_v128_load(right + 8)));
                sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load32_splat(l + 3), wasm_v128_load(right + 12)));
                wasm_v128_store(result[i] + 4 * row, sum);
            }
        }
        right[round % 16] += 0.125f;
    }
    float check = 0;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < 16; k++) check += result[i][k];
    }
    return (int)check;
}
