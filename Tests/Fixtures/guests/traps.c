// One export per trap that a C compiler can produce, and an endless loop for fuel and interruption.
typedef int (*function)(int);

static int one(int value) { return value; }
static int two(int value) { return -value; }
static void other(void) {}
static volatile function table[] = {one, two, (function)(void *)other};
static volatile int sink;

__attribute__((export_name("unreachable"))) void unreachable_(void) { __builtin_trap(); }

__attribute__((export_name("divide"))) int divide(int numerator, int denominator) { return numerator / denominator; }

__attribute__((export_name("remainder"))) int remainder_(int numerator, int denominator) { return numerator % denominator; }

__attribute__((export_name("truncate"))) int truncate_(double value) { return __builtin_wasm_trunc_s_i32_f64(value); }

__attribute__((export_name("load"))) int load(unsigned address) { return *(volatile int *)address; }

__attribute__((export_name("store"))) void store(unsigned address, int value) { *(volatile int *)address = value; }

// 0 and 1 work; 2 has another signature.
__attribute__((export_name("indirect"))) int indirect(int index, int value) { return table[index](value); }

// Any number as table index: uninitialised elements and past the end.
__attribute__((export_name("indirect_raw"))) int indirect_raw(unsigned element, int value) { return ((function)element)(value); }

__attribute__((export_name("recurse"))) int recurse(int depth) {
    int below = recurse(depth + 1);
    sink = below;
    return below + 1;
}

__attribute__((export_name("spin"))) void spin(void) {
    for (;;) sink++;
}

// Counts to `count` and returns: for fuel that is enough or not.
__attribute__((export_name("count"))) int count(int limit) {
    for (sink = 0; sink < limit; sink++) {}
    return sink;
}
