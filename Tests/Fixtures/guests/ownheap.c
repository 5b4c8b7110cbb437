// A program without a library that brings its own allocator, as a libc does: hosts place arguments and data with it.
typedef __SIZE_TYPE__ size_t;

static unsigned char arena[8192] __attribute__((aligned(16)));
static size_t used;
static unsigned live, most;

// Hands out from the front; all is free again when the last block is. 666 bytes trap.
__attribute__((export_name("malloc"))) void *allocate(size_t size) {
    if (size == 666) __builtin_trap();
    size = (size + 15) & ~(size_t)15;
    if (size > sizeof arena - used) return 0;
    used += size;
    if (++live > most) most = live;
    return arena + used - size;
}

__attribute__((export_name("free"))) void release(void *block) {
    if (block && --live == 0) used = 0;
}

__attribute__((export_name("live"))) unsigned living(void) { return live; }

__attribute__((export_name("most"))) unsigned mostLiving(void) { return most; }

__attribute__((export_name("main"))) int start(int argc, char **argv) {
    int result = argc * 1000;
    for (int i = 0; i < argc; i++)
        for (const char *text = argv[i]; *text; text++) result++;
    return argv[argc] ? -1 : result;
}
