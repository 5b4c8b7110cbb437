// Pools from tiny to sufficient: whatever is too little is said at the call that wanted it, with the region's name, and
// never crashes; handles that are null, given back or of another kind make calls fail.
#include "check.h"

#ifndef UNDER_MEMCHECK
#define UNDER_MEMCHECK 0
#endif

static char error[256];
static int null_device;

// Runs a program as far as the pool allows; the number of the stage that failed, 0 for none. *told: whether the failure
// came with a text.
static int attempt(const Fixture *source, uint32_t size, const char *function, uint32_t cells[], uint32_t count,
                   bool *told) {
    *told = true;
    error[0] = 0;
    if (!start_with(size, NULL, 0)) return 1;
    int stage = 0;
    mem_alloc_info_t before, after;
    wasm_runtime_get_mem_alloc_info(&before);
    wasm_module_t module = wasm_runtime_load(source->bytes, source->size, error, sizeof error);
    wasm_module_inst_t instance = NULL;
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, NULL, 0, NULL, 0, NULL, 0, null_device, null_device, null_device);
    if (!module) {
        stage = 2;
        *told = strstr(error, "region ") != NULL;
    } else {
        instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
        if (!instance) {
            stage = 3;
            *told = strstr(error, "region ") != NULL;
        } else {
            wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
            if (!environment) {
                stage = 4;
            } else if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, function), count,
                                               cells)) {
                stage = 5;
                snprintf(error, sizeof error, "%s", wasm_runtime_get_exception(instance));
                *told = strstr(error, "region ") != NULL;
            }
        }
    }
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_get_mem_alloc_info(&after);
    // The table of types is the runtime's, and stays.
    if (after.total_free_size + 4096 < before.total_free_size) *told = false;
    wasm_runtime_destroy();
    return stage;
}

static void sweep(const char *name, const char *function, uint32_t first, uint32_t second, uint32_t count,
                  uint32_t largest) {
    Fixture source = fixture(name);
    char detail[400];
    uint32_t sufficient = 0, reached = 0;
    bool clean = true;
    for (uint32_t size = 0; size <= largest; size += size < 16384 ? 16 : size < 90000 ? 48 : 1000) {
        uint32_t cells[2] = {first, second};
        bool told;
        int stage = attempt(&source, size, function, cells, count, &told);
        if (!told && clean) {
            clean = false;
            snprintf(detail, sizeof detail, "pool of %u bytes: stage %d, %s", size, stage, error);
            expect(false, name, detail);
        }
        reached |= 1u << stage;
        if (stage == 0 && !sufficient) sufficient = size;
    }
    snprintf(detail, sizeof detail, "stages reached %x, sufficient from %u bytes on", reached, sufficient);
    printf("%s: %s\n", name, detail);
    expect(clean, name, "every failure is told and leaves nothing behind");
    expect(sufficient > 0 && (reached & 0xE) == 0xE, name, detail);
}

static void handles(void) {
    Fixture source = fixture("onepage");
    uint32_t cells[2] = {1, 2};
    start_with(sizeof pool, NULL, 0);
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    wasm_function_inst_t add = wasm_runtime_lookup_function(instance, "add");
    void *wrong = environment;

    expect(!wasm_runtime_instantiate(NULL, 0, 0, error, sizeof error), "handles", "instantiate null");
    expect(!wasm_runtime_instantiate(wrong, 0, 0, error, sizeof error), "handles", "instantiate a wrong one");
    expect(!wasm_runtime_create_exec_env(NULL, 4096), "handles", "create_exec_env null");
    expect(!wasm_runtime_create_exec_env(wrong, 4096), "handles", "create_exec_env a wrong one");
    expect(!wasm_runtime_call_wasm(NULL, add, 2, cells), "handles", "call without an environment");
    expect(!wasm_runtime_call_wasm((wasm_exec_env_t)(void *)instance, add, 2, cells), "handles", "call in an instance");
    expect(!wasm_runtime_call_wasm(environment, NULL, 2, cells), "handles", "call null");
    expect(!wasm_runtime_call_wasm(environment, add, 2, NULL), "handles", "call without cells");
    wasm_runtime_clear_exception(instance);
    expect(!wasm_runtime_call_wasm_a(environment, add, 1, NULL, 2, NULL), "handles", "call_wasm_a without values");
    wasm_runtime_clear_exception(instance);
    expect(!wasm_runtime_lookup_function(NULL, "add"), "handles", "lookup in null");
    expect(!wasm_runtime_get_exception(NULL), "handles", "exception of null");
    expect(!wasm_runtime_get_module_inst(NULL) && !wasm_runtime_get_module(NULL), "handles", "owner of null");
    expect(!wasm_runtime_register_natives(NULL, NULL, 0), "handles", "natives null");
    expect(!wasm_runtime_full_init(NULL), "handles", "init null");
    expect(!wasm_application_execute_main(NULL, 0, NULL), "handles", "main of null");
    expect(!wasm_memory_get_base_address(NULL) && !wasm_memory_enlarge(NULL, 1), "handles", "memory null");
    expect(!wasm_runtime_validate_app_addr(NULL, 0, 0), "handles", "address in null");
    wasm_runtime_set_exception(NULL, "x"), wasm_runtime_clear_exception(NULL), wasm_runtime_terminate(NULL);
    wasm_runtime_deinstantiate(NULL), wasm_runtime_unload(NULL), wasm_runtime_destroy_exec_env(NULL);
    wasm_runtime_set_wasi_args(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0);
    wasm_runtime_set_instruction_count_limit(NULL, 1);
    wasm_runtime_free(NULL);

    // Two instances do not share environments.
    wasm_module_inst_t another = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    wasm_exec_env_t foreign = wasm_runtime_create_exec_env(another, 4096);
    expect(!wasm_runtime_call_wasm(foreign, add, 2, cells), "handles", "a function of another instance");
    const char *exception = wasm_runtime_get_exception(another);
    expect(exception && !strcmp(exception, "Exception: invalid exec env"), "handles", "its exception");

    // The pool has not been used since, so what was given back is still told.
    wasm_runtime_destroy_exec_env(environment);
    expect(!wasm_runtime_call_wasm(environment, add, 2, cells), "handles", "an environment that was given back");
    wasm_runtime_deinstantiate(instance);
    expect(!wasm_runtime_get_exception(instance), "handles", "an instance that was given back");
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    wasm_runtime_destroy();

    // Without a runtime nothing is looked at.
    expect(!wasm_runtime_load(source.bytes, source.size, error, sizeof error), "handles", "load without a runtime");
    expect(!wasm_runtime_malloc(1) && !wasm_runtime_realloc(NULL, 1), "handles", "malloc without a runtime");
    expect(!wasm_runtime_get_module(another), "handles", "an instance without a runtime");
}

static unsigned long taken;
static long held, countdown = -1;
static void *host_malloc(unsigned size) {
    if (countdown >= 0 && countdown-- == 0) return NULL;
    void *block = malloc(size);
    return taken++, held += block != NULL, block;
}
static void *host_realloc(void *block, unsigned size) {
    if (countdown >= 0 && countdown-- == 0) return NULL;
    return taken++, realloc(block, size);
}
static void host_free(void *block) { held -= block != NULL, free(block); }

static int32_t native_add(wasm_exec_env_t env, int32_t one, int32_t other) { return (void)env, one + other; }
static NativeSymbol natives[] = {{"add", (void *)native_add, "(ii)i", NULL}};

// Everything that asks for memory; false at the first failure.
static bool everything(const Fixture *bare, const Fixture *wasi) {
    RuntimeInitArgs arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.mem_alloc_type = Alloc_With_Allocator;
    arguments.mem_alloc_option.allocator.malloc_func = (void *)host_malloc;
    arguments.mem_alloc_option.allocator.realloc_func = (void *)host_realloc;
    arguments.mem_alloc_option.allocator.free_func = (void *)host_free;
    arguments.native_module_name = "env";
    arguments.native_symbols = natives;
    arguments.n_native_symbols = 1;
    if (!wasm_runtime_full_init(&arguments)) return false;
    bool went = false;
    uint32_t cells[1] = {4};
    const char *directories[] = {"/tmp"}, *maps[] = {"guest::/tmp"}, *variables[] = {"K=V"};
    char *words[] = {(char *)"hello", NULL};
    wasm_module_t module = wasm_runtime_load(bare->bytes, bare->size, error, sizeof error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "sum_to"), 1, cells)) goto end;
    void *block = wasm_runtime_malloc(10000), *larger = wasm_runtime_realloc(block, 50000);
    wasm_runtime_free(larger ? larger : block);
    if (!larger) goto end;
    module = wasm_runtime_load(wasi->bytes, wasi->size, error, sizeof error);
    wasm_runtime_set_wasi_args_ex(module, directories, 1, maps, 1, variables, 1, words, 1, null_device, null_device,
                                  null_device);
    instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    went = wasm_application_execute_main(instance, 0, NULL);
end:
    wasm_runtime_destroy();
    return went;
}

static int open_descriptors(void) {
    int count = 0;
    for (int i = 0; i < 256; i++) count += fcntl(i, F_GETFD) >= 0;
    return count;
}

// Lets the first, the second, the third ... request fail until none does: nothing stays allocated or open.
static void failing_allocator(void) {
    Fixture bare = fixture("hostcalls"), wasi = fixture("hello");
    char detail[300] = "";
    int open_before = open_descriptors();
    long turn = 0;
    for (; turn < 10000; turn++) {
        countdown = turn;
        held = 0;
        bool went = everything(&bare, &wasi), all = countdown >= 0;
        countdown = -1;
        // Some failures are made good: an arena asks again for less.
        if (held || open_descriptors() != open_before || (all && !went)) {
            snprintf(detail, sizeof detail, "request %ld: %ld blocks and %d descriptors stay, %s", turn, held,
                     open_descriptors() - open_before, error);
            break;
        }
        if (all) break;
    }
    printf("failing allocator: %ld requests\n", turn);
    expect(!*detail && turn > 20 && turn < 10000, "failing allocator", detail);
}

// The other two sources of the global heap.
static void sources(void) {
    Fixture source = fixture("grow");
    for (int kind = 0; kind < 4; kind++) {
        RuntimeInitArgs arguments;
        memset(&arguments, 0, sizeof arguments);
        arguments.mem_alloc_type = kind < 2 ? Alloc_With_Allocator : Alloc_With_System_Allocator;
        arguments.mem_alloc_option.allocator.malloc_func = (void *)host_malloc;
        arguments.mem_alloc_option.allocator.realloc_func = kind == 0 ? (void *)host_realloc : NULL;
        arguments.mem_alloc_option.allocator.free_func = (void *)host_free;
        expect(kind == 3 ? wasm_runtime_init() : wasm_runtime_full_init(&arguments), "sources", "init");
        wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
        wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
        wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
        uint32_t cells[1] = {15};
        expect(wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "grow_and_check"), 1, cells)
                   && cells[0] == 15, "sources", error);
        cells[0] = 0xFFFFFFFC;
        // Memcheck takes a fault in a guard page, which is what tells of this, for an error.
        if (kind < 2 || !UNDER_MEMCHECK)
            expect(!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "peek"), 1, cells),
                   "sources", "a load behind the memory");
        mem_alloc_info_t info;
        expect(!wasm_runtime_get_mem_alloc_info(&info), "sources", "numbers of a pool");
        wasm_runtime_destroy();
    }
    expect(taken > 0, "sources", "the host's allocator");
    RuntimeInitArgs bad;
    memset(&bad, 0, sizeof bad);
    bad.mem_alloc_type = Alloc_With_Allocator;
    bad.mem_alloc_option.allocator.malloc_func = (void *)host_malloc;
    expect(!wasm_runtime_full_init(&bad), "sources", "an allocator that cannot free");
    bad.mem_alloc_type = (mem_alloc_type_t)9;
    expect(!wasm_runtime_full_init(&bad), "sources", "an unknown kind");
}

int main(void) {
    // Thousands of pools are too small.
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    setvbuf(stdout, NULL, _IONBF, 0);
    null_device = open("/dev/null", O_RDWR);
    sweep("onepage", "add", 1, 2, 2, 120000);
    sweep("grow", "grow", 3, 0, 1, 400000);
    sweep("hello", "_start", 0, 0, 0, 400000);
    handles();
    sources();
    failing_allocator();
    return verdict();
}
