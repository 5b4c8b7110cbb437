// A WASI program in the plan that `mote tune` found for it: counts the words of standard input in one static buffer.
#include <stdio.h>

#include "wasm_export.h"
#include "wordcount.h"  // the module as an array; Examples/c/run makes it

static char pool[192 * 1024] __attribute__((aligned(16)));

int main(void) {
    char error[128];
    char *arguments[] = {"wordcount"};
    RuntimeInitArgs init = {
        .mem_alloc_type = Alloc_With_Pool,
        .mem_alloc_option.pool = {.heap_buf = pool, .heap_size = sizeof pool},
    };
    InstantiationArgs limits = {.default_stack_size = 2048, .max_memory_pages = 1};
    if (!wasm_runtime_full_init(&init)) return fprintf(stderr, "the pool is too small\n"), 1;
    wasm_module_t module = wasm_runtime_load(wordcount_wasm, sizeof wordcount_wasm, error, sizeof error);
    if (!module) return fprintf(stderr, "%s\n", error), 1;
    wasm_runtime_set_wasi_args(module, NULL, 0, NULL, 0, NULL, 0, arguments, 1);
    wasm_module_inst_t instance = wasm_runtime_instantiate_ex(module, &limits, error, sizeof error);
    if (!instance) return fprintf(stderr, "%s\n", error), 1;
    if (!wasm_application_execute_main(instance, 1, arguments))
        return fprintf(stderr, "%s\n", wasm_runtime_get_exception(instance)), 1;
    mem_alloc_info_t memory;
    wasm_runtime_get_mem_alloc_info(&memory);
    printf("%u of %zu bytes used at most\n", memory.highmark_size, sizeof pool);
    wasm_runtime_destroy();
    return 0;
}
