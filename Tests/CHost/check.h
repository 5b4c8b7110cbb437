// What the C hosts of the tests share: verdicts, fixtures, a pool.
#ifndef CHECK_H
#define CHECK_H

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasm_export.h"

static int passed, failed;

static inline void expect(bool condition, const char *what, const char *detail) {
    if (condition) {
        passed++;
    } else {
        failed++;
        printf("FAILED %s: %s\n", what, detail);
    }
}

static inline int verdict(void) {
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}

// The bytes of Tests/Fixtures/wasm/NAME.wasm; the programs run in the repository's root.
typedef struct {
    uint8_t *bytes;
    uint32_t size;
} Fixture;

static inline Fixture fixture(const char *name) {
    char path[256];
    struct stat status;
    snprintf(path, sizeof path, "Tests/Fixtures/wasm/%s.wasm", name);
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status)) {
        printf("cannot open %s\n", path);
        exit(2);
    }
    Fixture result = {malloc((size_t)status.st_size), (uint32_t)status.st_size};
    if (read(file, result.bytes, result.size) != (ssize_t)result.size) exit(2);
    // A module borrows them: they stay until the process ends, and reachable.
    static uint8_t *kept[1024];
    static unsigned kept_count;
    kept[kept_count++ % 1024] = result.bytes;
    close(file);
    return result;
}

static _Alignas(16) uint8_t pool[4 << 20];

static inline bool start_with(uint32_t size, NativeSymbol *natives, uint32_t count) {
    RuntimeInitArgs arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.mem_alloc_type = Alloc_With_Pool;
    arguments.mem_alloc_option.pool.heap_buf = pool;
    arguments.mem_alloc_option.pool.heap_size = size;
    arguments.native_module_name = "env";
    arguments.native_symbols = natives;
    arguments.n_native_symbols = count;
    return wasm_runtime_full_init(&arguments);
}

#endif
