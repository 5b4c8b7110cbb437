// Dot products of 4096 floats, n times: loads, products and sums of f32x4, four sums at once.
#include <wasm_simd128.h>

enum { count = 4096 };
static float a[count], b[count];

__attribute__((export_name("run"), noinline)) int run(int n) {
    for (int i = 0; i < count; i++) {
        a[i] = (float)(i % 17) * 0.25f;
        b[i] = (float)(i % 13) * 0.5f;
    }
    float total = 0;
    for (int round = 0; round < n; round++) {
        v128_t sums[4] = {wasm_f32x4_const_splat(0), wasm_f32x4_const_splat(0), wasm_f32x4_const_splat(0),
                          wasm_f32x4_const_splat(0)};
        for (int i = 0; i < count; i += 16) {
            for (int k = 0; k < 4; k++) {
                v128_t product = wasm_f32x4_mul(wasm_v128_load(a + i + 4 * k), wasm_v128_load(b + i + 4 * k));
                sums[k] = wasm_f32x4_add(sums[k], product);
            }
        }
        v128_t sum = wasm_f32x4_add(wasm_f32x4_add(sums[0], sums[1]), wasm_f32x4_add(sums[2], sums[3]));
        total = wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) + wasm_f32x4_extract_lane(sum, 2)
                + wasm_f32x4_extract_lane(sum, 3);
        a[round % count] += 0.25f;
    }
    return (int)total;
}
