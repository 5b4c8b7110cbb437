// A WebAssembly function in 128 KiB: everything that the runtime needs, the module's page of memory included, lies in
// one static buffer. Needs libmote and libc, nothing else.
#include <stdio.h>
#include <string.h>

#include "onepage.h"  // the module as an array; Examples/c/run makes it from Tests/Fixtures/wasm/onepage.wasm
#include "resident.h"
#include "wasm_export.h"

#ifndef RESIDENT_LIMIT_IN_KIB
#define RESIDENT_LIMIT_IN_KIB 2048
#endif

static _Alignas(16) char pool[128 * 1024];

int main(void) {
    char error[128];
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_Pool,
                                 .mem_alloc_option.pool = {.heap_buf = pool, .heap_size = sizeof pool}};
    if (!wasm_runtime_full_init(&arguments)) return fprintf(stderr, "the pool is too small\n"), 1;
    wasm_module_t module = wasm_runtime_load(onepage_wasm, sizeof onepage_wasm, error, sizeof error);
    if (!module) return fprintf(stderr, "%s\n", error), 1;
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 2048, 0, error, sizeof error);
    if (!instance) return fprintf(stderr, "%s\n", error), 1;
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);

    // The module tells where its buffer is; the host writes text into it, and the module reverses it.
    uint32_t cells[2] = {0};
    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "buffer"), 0, cells);
    char *text = wasm_runtime_addr_app_to_native(instance, cells[0]);
    strcpy(text, "desserts");
    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "reverse"), 1, cells);
    printf("reversed: %s\n", text);

    cells[0] = 40, cells[1] = 2;
    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "add"), 2, cells);
    printf("40 + 2 = %u\n", cells[0]);

    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "overrun"), 0, cells);
    printf("%s\n", wasm_runtime_get_exception(instance));

    mem_alloc_info_t memory;
    wasm_runtime_get_mem_alloc_info(&memory);
    printf("%u of %zu bytes used at most\n", memory.highmark_size, sizeof pool);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return resident_report(RESIDENT_LIMIT_IN_KIB);
}
