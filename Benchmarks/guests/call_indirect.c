// n calls through a table of 8 functions, chosen by a random generator.
typedef unsigned (*function)(unsigned);

static unsigned f0(unsigned x) { return x + 1; }
static unsigned f1(unsigned x) { return x ^ 0x55555555u; }
static unsigned f2(unsigned x) { return x * 3; }
static unsigned f3(unsigned x) { return x >> 1; }
static unsigned f4(unsigned x) { return x - 7; }
static unsigned f5(unsigned x) { return x << 3 | x >> 29; }
static unsigned f6(unsigned x) { return ~x; }
static unsigned f7(unsigned x) { return x & 0x7FFFFFFFu; }
static const function table[8] = {f0, f1, f2, f3, f4, f5, f6, f7};

__attribute__((export_name("run"), noinline)) int run(int n) {
    unsigned state = 12345, value = 1;
    for (int i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        value = table[state >> 29](value);
    }
    return (int)value;
}
