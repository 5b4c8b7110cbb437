// Alpha blending of 64 Ki bytes over others, n times: u8x16 widened, multiplied, rounded, narrowed.
#include <wasm_simd128.h>

enum { size = 65536 };
static unsigned char under[size], over[size], alpha[size];

static v128_t divide_by_255(v128_t x) {
    x = wasm_i16x8_add(x, wasm_i16x8_const_splat(128));
    return wasm_u16x8_shr(wasm_i16x8_add(x, wasm_u16x8_shr(x, 8)), 8);
}

__attribute__((export_name("run"), noinline)) int run(int n) {
    for (int i = 0; i < size; i++) {
        under[i] = (unsigned char)(i * 7);
        over[i] = (unsigned char)(i * 13 + 5);
        alpha[i] = (unsigned char)(i * 3);
    }
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < size; i += 16) {
            v128_t u = wasm_v128_load(under + i), o = wasm_v128_load(over + i), a = wasm_v128_load(alpha + i);
            v128_t rest = wasm_v128_not(a);
            v128_t low = wasm_i16x8_add(wasm_u16x8_extmul_low_u8x16(o, a), wasm_u16x8_extmul_low_u8x16(u, rest));
            v128_t high = wasm_i16x8_add(wasm_u16x8_extmul_high_u8x16(o, a), wasm_u16x8_extmul_high_u8x16(u, rest));
            wasm_v128_store(under + i, wasm_u8x16_narrow_i16x8(divide_by_255(low), divide_by_255(high)));
        }
        over[round % size] ^= 0x55;
    }
    unsigned check = 0;
    for (int i = 0; i < size; i++) check = check * 31 + under[i];
    return (int)check;
}
