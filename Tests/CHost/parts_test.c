// Modules that want a part of the runtime: loaded where the library has it, refused by its name where it was built
// without (scripts/check-lean says which on the command line). And one that wants none, which `--work COUNT` runs.
#include "check.h"

#define MODULE(text) (const uint8_t *)("\0asm\1\0\0\0" text), sizeof("\0asm\1\0\0\0" text) - 1
#define FUNCTION "\1\4\1\x60\0\0" "\3\2\1\0"

typedef struct {
    const char *part;     // as in MOTE_WITHOUT
    const char *message;  // its beginning
    const uint8_t *bytes;
    size_t size;
} Case;

static const Case cases[] = {
    // (func v128.const i64x2 0 0 drop)
    {"simd", "WASM module load failed: feature is not in this build: simd",
        MODULE(FUNCTION "\x0A\x17\1\x15\0\xFD\x0C\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1A\x0B")},
    // (func (local v128))
    {"simd", "WASM module load failed: feature is not in this build: simd",
        MODULE(FUNCTION "\x0A\6\1\4\1\1\x7B\x0B")},
    // (type (struct))
    {"gc", "WASM module load failed: feature is not in this build: gc", MODULE("\1\3\1\x5F\0")},
    // (func i32.const 0 ref.i31 drop)
    {"gc", "WASM module load failed: feature is not in this build: gc",
        MODULE(FUNCTION "\x0A\x09\1\7\0\x41\0\xFB\x1C\x1A\x0B")},
    // (tag)
    {"exceptions", "WASM module load failed: feature is not in this build: exceptions",
        MODULE("\1\4\1\x60\0\0" "\x0D\3\1\0\0")},
    // (func try_table end)
    {"exceptions", "WASM module load failed: feature is not in this build: exceptions",
        MODULE(FUNCTION "\x0A\x08\1\6\0\x1F\x40\0\x0B\x0B")},
    // (memory 1 1 shared)
    {"threads", "WASM module load failed: feature is not in this build: threads", MODULE("\5\4\1\3\1\1")},
    // (func atomic.fence)
    {"threads", "WASM module load failed: feature is not in this build: threads",
        MODULE(FUNCTION "\x0A\7\1\5\0\xFE\3\0\x0B")},
    // (memory i64 1)
    {"memory64", "WASM module load failed: feature is not in this build: memory64", MODULE("\5\3\1\4\1")},
    // (memory 1) (memory 1)
    {"multi-memory", "WASM module load failed: feature is not in this build: multi-memory",
        MODULE("\5\5\2\0\1\0\1")},
    // (memory 1 (pagesize 1))
    {"custom-page-sizes", "WASM module load failed: feature is not in this build: custom-page-sizes",
        MODULE("\5\4\1\x08\1\0")},
    // (func i64.const 0 i64.const 0 i64.mul_wide_s drop drop)
    {"wide-arithmetic", "WASM module load failed: feature is not in this build: wide-arithmetic",
        MODULE(FUNCTION "\x0A\x0C\1\x0A\0\x42\0\x42\0\xFC\x15\x1A\x1A\x0B")},
    // (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    {"wasi", "WASM module load failed: WASI is not in this build",
        MODULE("\1\5\1\x60\0\1\x7F" "\2\x26\1\x16wasi_snapshot_preview1\x0Bsched_yield\0\0")},
};

// Sums, products, loads, stores, conversions in a loop, and a recursion: the export "work" of i32 -> i32.
static const uint8_t work_module[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f, 0x03, 0x03,
    0x02, 0x00, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x08, 0x01, 0x04, 0x77, 0x6f, 0x72, 0x6b, 0x00, 0x01,
    0x0a, 0x81, 0x01, 0x02, 0x1c, 0x00, 0x20, 0x00, 0x41, 0x02, 0x49, 0x04, 0x7f, 0x20, 0x00, 0x05, 0x20, 0x00,
    0x41, 0x01, 0x6b, 0x10, 0x00, 0x20, 0x00, 0x41, 0x02, 0x6b, 0x10, 0x00, 0x6a, 0x0b, 0x0b, 0x62, 0x02, 0x03,
    0x7f, 0x01, 0x7c, 0x02, 0x40, 0x03, 0x40, 0x20, 0x01, 0x20, 0x00, 0x4f, 0x0d, 0x01, 0x20, 0x01, 0x41, 0x02,
    0x74, 0x41, 0xfc, 0xff, 0x03, 0x71, 0x21, 0x03, 0x20, 0x02, 0x41, 0x1f, 0x6c, 0x20, 0x03, 0x28, 0x02, 0x00,
    0x6a, 0x20, 0x01, 0x73, 0x21, 0x02, 0x20, 0x03, 0x41, 0xfc, 0xff, 0x01, 0x71, 0x20, 0x02, 0x36, 0x02, 0x04,
    0x20, 0x04, 0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xe0, 0x3f, 0xa2, 0x20, 0x02, 0xb8, 0xa0, 0x21, 0x04,
    0x20, 0x01, 0x41, 0x01, 0x6a, 0x21, 0x01, 0x0c, 0x00, 0x0b, 0x0b, 0x20, 0x02, 0x20, 0x04, 0xfc, 0x02, 0x6a,
    0x41, 0x0f, 0x10, 0x00, 0x6a, 0x0b,
};

static char error[256];

// The result, or 0 and a message in `error`.
static uint32_t work(uint32_t count) {
    static uint8_t bytes[sizeof work_module];
    memcpy(bytes, work_module, sizeof bytes);
    uint32_t cells[1] = {count};
    wasm_module_t module = wasm_runtime_load(bytes, sizeof bytes, error, sizeof error);
    wasm_module_inst_t instance = module ? wasm_runtime_instantiate(module, 8192, 0, error, sizeof error) : NULL;
    if (!instance) return 0;
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);
    bool is_done = wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "work"), 1, cells);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    return is_done ? cells[0] : 0;
}

static bool is_among(const char *part, int count, char **words) {
    for (int index = 1; index < count; index++)
        if (!strcmp(words[index], part)) return true;
    return false;
}

// Natives of the host's own answer imports of WASI in a library without it.
static int32_t host_yield(wasm_exec_env_t environment) {
    (void)environment;
    return 7;
}

static bool loads(const Case *test) {
    uint8_t *bytes = malloc(test->size);
    memcpy(bytes, test->bytes, test->size);
    error[0] = 0;
    wasm_module_t module = wasm_runtime_load(bytes, (uint32_t)test->size, error, sizeof error);
    if (module) wasm_runtime_unload(module);
    free(bytes);
    return module != NULL;
}

int main(int count, char **words) {
    if (!start_with(1 << 20, NULL, 0)) return 2;
    if (count == 3 && !strcmp(words[1], "--work")) {
        printf("%d\n", (int32_t)work((uint32_t)atoi(words[2])));
        return 0;
    }
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const Case *test = &cases[index];
        bool is_left_out = is_among(test->part, count, words);
        bool is_loaded = loads(test);
        expect(is_loaded != is_left_out, test->part, is_loaded ? "was loaded" : error);
        if (!is_loaded) expect(!strncmp(error, test->message, strlen(test->message)), test->part, error);
    }
    static NativeSymbol own[] = {{"sched_yield", (void *)host_yield, "()i", NULL}};
    expect(wasm_runtime_register_natives("wasi_snapshot_preview1", own, 1), "natives", "are registered");
    expect(loads(&cases[sizeof cases / sizeof cases[0] - 1]), "natives", "stand in for WASI");
    expect(work(1000) == 1003351432, "a module without proposals", error);
    SharedHeapInitArgs heap = {65536, NULL};
    expect((wasm_runtime_create_shared_heap(&heap) == NULL) == is_among("shared-heap", count, words), "shared-heap",
        "is made or not");
    wasm_runtime_destroy();
    return verdict();
}
