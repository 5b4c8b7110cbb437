// Copies 64 KiB by bytes, by words and by double words, n times each, as plain loops: loads and stores.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { size = 65536 };
static u64 source[size / 8], target[size / 8];

__attribute__((noinline)) static void copy_bytes(u8 *to, const u8 *from, u32 count) {
    for (u32 i = 0; i < count; i++) to[i] = from[i];
}

__attribute__((noinline)) static void copy_words(u32 *to, const u32 *from, u32 count) {
    for (u32 i = 0; i < count; i++) to[i] = from[i];
}

__attribute__((noinline)) static void copy_double_words(u64 *to, const u64 *from, u32 count) {
    for (u32 i = 0; i < count; i++) to[i] = from[i];
}

__attribute__((export_name("run"), noinline)) int run(int n) {
    u8 *from = (u8 *)source, *to = (u8 *)target;
    u32 state = 1, sum = 0;
    for (u32 i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        from[i] = state >> 24;
    }
    for (int round = 0; round < n; round++) {
        copy_bytes(to, from, size);
        from[round & (size - 1)] ^= to[(round * 7) & (size - 1)];
        copy_words((u32 *)to, (u32 *)from, size / 4);
        from[(round * 3) & (size - 1)] += to[round & (size - 1)];
        copy_double_words((u64 *)to, (u64 *)from, size / 8);
        sum = sum * 31 + to[round & (size - 1)];
    }
    return (int)sum;
}
