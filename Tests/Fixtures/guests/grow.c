// memory.size and memory.grow, with what was there kept and what is new zero. Declares 1 to 16 pages.
enum { page = 65536 };

__attribute__((export_name("size"))) int size(void) { return __builtin_wasm_memory_size(0); }

__attribute__((export_name("grow"))) int grow(int pages) { return __builtin_wasm_memory_grow(0, pages); }

__attribute__((export_name("peek"))) unsigned peek(unsigned address) { return *(volatile unsigned *)address; }

__attribute__((export_name("poke"))) void poke(unsigned address, unsigned value) { *(volatile unsigned *)address = value; }

// Grows by `pages`, one at a time, marks each, checks all marks: the number of pages gained, or -1 on a wrong byte.
__attribute__((export_name("grow_and_check"))) int grow_and_check(int pages) {
    int first = __builtin_wasm_memory_size(0), gained = 0;
    for (; gained < pages && (int)__builtin_wasm_memory_grow(0, 1) >= 0; gained++) {
        volatile unsigned *fresh = (volatile unsigned *)((unsigned)(first + gained) * page);
        for (unsigned i = 0; i < page / 4; i += 64) {
            if (fresh[i]) return -1;
        }
        fresh[0] = fresh[page / 4 - 1] = 0xA5A50000u + (unsigned)gained;
    }
    for (int i = 0; i < gained; i++) {
        volatile unsigned *marked = (volatile unsigned *)((unsigned)(first + i) * page);
        if (marked[0] != 0xA5A50000u + (unsigned)i || marked[page / 4 - 1] != marked[0]) return -1;
    }
    return gained;
}
