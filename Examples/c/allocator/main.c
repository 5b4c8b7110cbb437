// The runtime's memory from functions of the host's, which keep count and hand out so many bytes at once. What a guest
// cannot get is an error; all is given back. The functions are told what a block is for, and get a pointer of the host's.
#define WASM_MEM_ALLOC_WITH_USAGE 1
#define WASM_MEM_ALLOC_WITH_USER_DATA 1

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"  // guest.wat as an array; Examples/c/make-guests
#include "wasm_export.h"

// A block knows its size; what follows is aligned as malloc aligns.
typedef union {
    size_t size;
    max_align_t alignment;
} Header;

// What the host says with the functions, and gets back with each call.
typedef struct {
    size_t limit, in_use, peak, blocks, linear_memory;
} Budget;

static void *my_malloc(mem_alloc_usage_t usage, void *user_data, unsigned int size) {
    Budget *budget = user_data;
    Header *block = size <= budget->limit - budget->in_use ? malloc(sizeof(Header) + size) : NULL;
    if (!block) return NULL;
    block->size = size;
    budget->in_use += size;
    budget->blocks++;
    if (budget->in_use > budget->peak) budget->peak = budget->in_use;
    if (usage == Alloc_For_LinearMemory) budget->linear_memory += size;
    return block + 1;
}

static void my_free(mem_alloc_usage_t usage, void *user_data, void *pointer) {
    Budget *budget = user_data;
    (void)usage;
    if (!pointer) return;
    Header *block = (Header *)pointer - 1;
    budget->in_use -= block->size;
    budget->blocks--;
    free(block);
}

static void *my_realloc(mem_alloc_usage_t usage, bool is_mapped, void *user_data, void *pointer, unsigned int size) {
    (void)is_mapped;
    void *moved = my_malloc(usage, user_data, size);
    if (!moved || !pointer) return moved;
    size_t before = ((Header *)pointer - 1)->size;
    memcpy(moved, pointer, before < size ? before : size);
    my_free(usage, user_data, pointer);
    return moved;
}

// Makes an instance, which needs memory, and lets it compute. False: `error` says what was not to be had.
static bool compute(uint32_t cells[1], char *error, uint32_t error_size) {
    wasm_module_t module = wasm_runtime_load(guest_wasm, sizeof guest_wasm, error, error_size);
    if (!module) return false;
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, error_size);
    if (!instance) return wasm_runtime_unload(module), false;
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    wasm_function_inst_t sum = wasm_runtime_lookup_function(instance, "sum");
    bool good = environment && sum && wasm_runtime_call_wasm(environment, sum, 1, cells);
    if (!good) {
        const char *exception = wasm_runtime_get_exception(instance);
        snprintf(error, error_size, "%s", exception ? exception : "no execution environment");
    }
    if (environment) wasm_runtime_destroy_exec_env(environment);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    return good;
}

// Whether the guest ran in a budget.
static bool runs_in(Budget *budget) {
    char error[128] = "";
    uint32_t cells[1] = {100};
    RuntimeInitArgs arguments = {
        .mem_alloc_type = Alloc_With_Allocator,
        .mem_alloc_option.allocator = {.malloc_func = (void *)my_malloc,
                                       .realloc_func = (void *)my_realloc,
                                       .free_func = (void *)my_free,
                                       .user_data = budget}};
    if (!wasm_runtime_full_init(&arguments)) return false;
    bool good = compute(cells, error, sizeof error);
    wasm_runtime_destroy();
    if (good && cells[0] != 5050) fprintf(stderr, "wrong sum %" PRIu32 "\n", cells[0]);
    if (!good && !*error) fprintf(stderr, "no reason given\n");
    return good;
}

int main(void) {
    // From too little for anything to just enough.
    size_t failures = 0;
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);  // every failure would be told
    Budget budget = {.limit = 64};
    while (!runs_in(&budget)) {
        if (budget.in_use || budget.blocks)
            return printf("%zu bytes in %zu blocks were kept\n", budget.in_use, budget.blocks), 1;
        if (budget.limit > 1 << 20) return printf("does not run\n"), 1;
        budget = (Budget){.limit = budget.limit + 64};
        failures++;
    }
    printf("runs with %zu bytes, of which %zu were in use at once\n", budget.limit, budget.peak);
    printf("of them linear memory: %zu\n", budget.linear_memory);
    printf("failed with less: %s\n", failures > 10 ? "many times" : "hardly");
    printf("kept at the end: %zu bytes in %zu blocks\n", budget.in_use, budget.blocks);
    return budget.in_use || budget.blocks;
}
