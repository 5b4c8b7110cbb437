// Calls over the border between C and a guest, as often as it is told: scripts/check-c-calls counts what they take.
//   call_cost WAY COUNT
#include "check.h"
#include <time.h>

static int32_t add(wasm_exec_env_t env, int32_t one, int32_t other) {
    (void)env;
    return one + other;
}
static int32_t touch(wasm_exec_env_t env, uint8_t *bytes, uint32_t size) {
    (void)env;
    return (int32_t)(bytes[0] + size);
}
static double scale(wasm_exec_env_t env, int64_t factor, double offset) {
    (void)env;
    return (double)factor + offset;
}
static NativeSymbol natives[] = {
    {"add", (void *)add, "(ii)i", NULL},
    {"touch", (void *)touch, "(*~)i", NULL},
    {"scale", (void *)scale, "(IF)F", NULL},
    {"raw", (void *)add, "(ii)i", NULL},
};

int main(int argc, char **argv) {
    char error[200] = "";
    const char *way = argc > 1 ? argv[1] : "sum";
    uint32_t count = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 1000;
    Fixture source = fixture("costs");
    if (!start_with(sizeof pool, natives, sizeof natives / sizeof natives[0])) return 2;
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    wasm_exec_env_t env = wasm_runtime_create_exec_env(instance, 16384);
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance, way);
    uint32_t cells[4] = {1, 0, 1, 0};
    if (!function || !wasm_runtime_call_wasm(env, function, wasm_func_get_param_count(function, instance), cells)) {
        if (!function || strcmp(way, "mixed")) {
            printf("%s: %s\n", error, instance ? wasm_runtime_get_exception(instance) : "");
            return 2;
        }
        wasm_runtime_clear_exception(instance);
    }
    bool is_loop = strstr(way, "loop") != NULL;
    uint32_t cell_count = !strcmp(way, "mixed") ? 4 : is_loop ? 1 : !strcmp(way, "nothing") ? 0 : 2;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    if (is_loop) {
        cells[0] = count;
        if (!wasm_runtime_call_wasm(env, function, cell_count, cells)) return 2;
    } else {
        for (uint32_t index = 0; index < count; index++) {
            cells[1] = index;
            if (!wasm_runtime_call_wasm(env, function, cell_count, cells)) return 2;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    double seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) * 1e-9;
    printf("%.1f\n", seconds * 1e9 / (count ? count : 1));
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return 0;
}
