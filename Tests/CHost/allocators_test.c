// Allocators of the host's in all four shapes that the header's macros choose: what they are told, and that every byte
// comes back.
#define WASM_MEM_ALLOC_WITH_USAGE 1
#define WASM_MEM_ALLOC_WITH_USER_DATA 1
#include "check.h"

// The other entries, under names of this file's.
extern bool init_plain(RuntimeInitArgs *) __asm("wasm_runtime_full_init");
extern bool init_with_usage(RuntimeInitArgs *) __asm("wasm_runtime_full_init_with_usage");
extern bool init_with_data(RuntimeInitArgs *) __asm("wasm_runtime_full_init_with_user_data");

static int live, linear, wrong;
static char data;

static void *take(int usage, unsigned size) {
    live++;
    if (usage == Alloc_For_LinearMemory) linear++;
    return aligned_alloc(16, (size + 15) & ~15u);
}
static void *again(void *block, unsigned size) {
    if (!block) live++;
    return realloc(block, size);
}
static void give(void *block) {
    if (block) live--;
    free(block);
}
static void check(mem_alloc_usage_t usage, void *user) {
    if (user != &data || (usage != Alloc_For_Runtime && usage != Alloc_For_LinearMemory)) wrong++;
}

static void *plain_malloc(unsigned size) { return take(0, size); }
static void *plain_realloc(void *block, unsigned size) { return again(block, size); }
static void plain_free(void *block) { give(block); }

static void *data_malloc(void *user, unsigned size) { return check(0, user), take(0, size); }
static void *data_realloc(void *user, void *block, unsigned size) { return check(0, user), again(block, size); }
static void data_free(void *user, void *block) { check(0, user), give(block); }

static void *usage_malloc(mem_alloc_usage_t usage, unsigned size) { return check(usage, &data), take(usage, size); }
static void *usage_realloc(mem_alloc_usage_t usage, bool full, void *block, unsigned size) {
    return check(full ? 99 : usage, &data), again(block, size);
}
static void usage_free(mem_alloc_usage_t usage, void *block) { check(usage, &data), give(block); }

static void *both_malloc(mem_alloc_usage_t usage, void *user, unsigned size) {
    return check(usage, user), take(usage, size);
}
static void *both_realloc(mem_alloc_usage_t usage, bool full, void *user, void *block, unsigned size) {
    return check(full ? 99 : usage, user), again(block, size);
}
static void both_free(mem_alloc_usage_t usage, void *user, void *block) { check(usage, user), give(block); }

static Fixture grow;

static void run(const char *name, bool (*init)(RuntimeInitArgs *), void *malloc_func, void *realloc_func,
                void *free_func, bool has_usage) {
    char error[256] = "";
    live = linear = wrong = 0;
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_Allocator};
    arguments.mem_alloc_option.allocator.malloc_func = malloc_func;
    arguments.mem_alloc_option.allocator.realloc_func = realloc_func;
    arguments.mem_alloc_option.allocator.free_func = free_func;
    arguments.mem_alloc_option.allocator.user_data = &data;
    expect(init(&arguments), name, "init");
    mem_alloc_info_t info;
    expect(!wasm_runtime_get_mem_alloc_info(&info), name, "numbers of a pool");
    wasm_module_t module = wasm_runtime_load(grow.bytes, grow.size, error, sizeof error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 8192, 0, error, sizeof error);
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 8192);
    uint32_t cells[1] = {5};
    expect(wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "grow_and_check"), 1, cells),
           name, error);
    expect(cells[0] == 5, name, "pages");
    // 64 bytes on: what may be freed comes from the same functions.
    char *block = wasm_runtime_malloc(64), *aligned = wasm_runtime_aligned_alloc(4096, 4096);
    expect(block && aligned && (uintptr_t)aligned % 4096 == 0, name, "blocks");
    block = wasm_runtime_realloc(block, 100000);
    wasm_runtime_free(block), wasm_runtime_free(aligned);
    expect((linear > 0) == has_usage, name, "linear memory");
    expect(live > 0, name, "nothing was asked for");
    wasm_runtime_destroy();
    expect(live == 0 && wrong == 0, name, "at the end");
}

int main(void) {
    grow = fixture("grow");
    run("plain", init_plain, (void *)plain_malloc, (void *)plain_realloc, (void *)plain_free, false);
    run("without realloc", init_plain, (void *)plain_malloc, NULL, (void *)plain_free, false);
    run("user data", init_with_data, (void *)data_malloc, (void *)data_realloc, (void *)data_free, false);
    run("usage", init_with_usage, (void *)usage_malloc, (void *)usage_realloc, (void *)usage_free, true);
    run("usage and user data", wasm_runtime_full_init, (void *)both_malloc, (void *)both_realloc, (void *)both_free, true);
    return verdict();
}
