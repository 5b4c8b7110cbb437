// Modules and engines of the standard C API and WAMR's additions: serialized, shared between threads, loaded
// in every way; engines on pools and on the host's allocator; placeholders for what the library has.
#include <pthread.h>

#include "count_calls.h"
#include "standard_host.h"

static const char *bytes_of(const uint8_t *bytes) { return (const char *)bytes; }

static void serialized(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = GUEST(store, counter);
    wasm_byte_vec_t bytes;
    wasm_module_serialize(module, &bytes);
    expect(bytes.size > sizeof counter_guest, "serialized", "more than the module's bytes");
    wasm_module_delete(module);
    module = wasm_module_deserialize(store, &bytes);
    Linked linked = link_all(store, module, NULL, 0);
    same(call_number(linked.exports.data[1], 0, NULL), 1, "a call of a deserialized module");
    unlink_all(&linked);
    // Nothing that differs from it anywhere is taken.
    int taken = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        bytes.data[i] ^= 0x10;
        module = wasm_module_deserialize(store, &bytes);
        if (module) taken++;
        wasm_module_delete(module);
        bytes.data[i] ^= 0x10;
    }
    same(taken, 0, "damaged bytes that were taken");
    size_t size = bytes.size;
    for (bytes.size = 0; bytes.size < size; bytes.size++)
        if (wasm_module_deserialize(store, &bytes)) taken++;
    same(taken, 0, "cut bytes that were taken");
    wasm_byte_vec_delete(&bytes);
    wasm_byte_vec_t plain = {sizeof counter_guest, (wasm_byte_t *)counter_guest, 0, 0, NULL};
    expect(!wasm_module_deserialize(store, &plain), "plain bytes", "are not serialized ones");
    expect(!wasm_module_deserialize(store, NULL) && !wasm_module_deserialize(NULL, &plain), "null", "deserialize");
    wasm_module_serialize(NULL, &bytes);
    same((int64_t)bytes.size, 0, "bytes of no module");
    wasm_store_delete(store);
}

// ---- A module in several threads, a store in each

enum { THREADS = 4, ROUNDS = 25 };
static wasm_engine_t *shared_engine;
static wasm_shared_module_t *shared_module;
static void *thread(void *argument) {
    int *wrong = argument;
    for (int round = 0; round < ROUNDS; round++) {
        wasm_store_t *store = wasm_store_new(shared_engine);
        wasm_module_t *module = wasm_module_obtain(store, shared_module);
        wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
        wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
        wasm_instance_exports(instance, &exports);
        for (int i = 1; i <= 10; i++) {
            wasm_val_t result;
            wasm_val_vec_t arguments = WASM_EMPTY_VEC, results = {1, &result, 0, 0, NULL};
            if (wasm_func_call(wasm_extern_as_func(exports.data[1]), &arguments, &results)) ++*wrong;
            if (result.of.i32 != i) ++*wrong;
        }
        wasm_functype_t *type = wasm_func_type(wasm_extern_as_func(exports.data[1]));
        if (wasm_functype_results(type)->size != 1) ++*wrong;
        wasm_functype_delete(type);
        wasm_extern_vec_delete(&exports);
        wasm_instance_delete(instance);
        wasm_module_delete(module);
        wasm_store_delete(store);
    }
    return NULL;
}
static void threads(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = GUEST(store, counter);
    shared_engine = engine;
    shared_module = wasm_module_share(module);
    wasm_module_t *again = wasm_module_obtain(store, shared_module);
    expect(wasm_module_same(module, again), "module", "is the same after sharing");
    wasm_module_delete(again);
    wasm_module_delete(module);
    wasm_store_delete(store);
    pthread_t all[THREADS];
    int wrong[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) pthread_create(&all[i], NULL, thread, &wrong[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(all[i], NULL);
        same(wrong[i], 0, "wrong answers in a thread");
    }
    wasm_shared_module_delete(shared_module);
    wasm_shared_module_delete(NULL);
    expect(!wasm_module_share(NULL) && !wasm_module_obtain(NULL, NULL), "null", "share");
}

// ---- WAMR's additions

static void loaded(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    for (int kept = 0; kept < 2; kept++) {
        wasm_byte_vec_t bytes;
        wasm_byte_vec_new(&bytes, sizeof counter_guest, bytes_of(counter_guest));
        LoadArgs args = {.name = "counter", .clone_wasm_binary = kept};
        wasm_module_t *module = wasm_module_new_ex(store, &bytes, &args);
        expect(wasm_module_is_underlying_binary_freeable(module), "bytes", "are the host's again");
        memset(bytes.data, 0xFF, bytes.size);
        wasm_byte_vec_delete(&bytes);
        expect(!strcmp(wasm_module_get_name(module), "counter"), "name", wasm_module_get_name(module));
        expect(wasm_module_set_name(module, "other"), "name", "is set");
        expect(!strcmp(wasm_module_get_name(module), "other"), "name", wasm_module_get_name(module));
        wasm_module_serialize(module, &bytes);
        same(bytes.size > 0, kept, "whether the bytes are still there");
        wasm_byte_vec_delete(&bytes);
        wasm_extern_vec_t none = WASM_EMPTY_VEC;
        wasm_trap_t *trap = NULL;
        InstantiationArgs limits = {.default_stack_size = KILOBYTE(8), .max_memory_pages = 1};
        wasm_instance_t *instances[] = {
            wasm_instance_new_with_args(store, module, &none, &trap, KILOBYTE(4), KILOBYTE(4)),
            wasm_instance_new_with_args_ex(store, module, &none, &trap, &limits),
            wasm_instance_new_with_args_ex(store, module, NULL, NULL, NULL),
        };
        for (int i = 0; i < 3; i++) {
            wasm_extern_vec_t exports;
            wasm_instance_exports(instances[i], &exports);
            same((int64_t)exports.size, 2, "exports");
            same(call_number(exports.data[1], 0, NULL), 1, "a call");
            expect(wasm_instance_sum_wasm_exec_time(instances[i]) == 0, "time", "is not measured");
            expect(wasm_instance_get_wasm_func_exec_time(instances[i], "next") == 0, "time", "is not measured");
            wasm_memory_t *memory = wasm_extern_as_memory(exports.data[0]);
            same(wasm_memory_size(memory), 1, "pages, with an app heap or without");
            wasm_extern_vec_delete(&exports);
            wasm_instance_delete(instances[i]);
        }
        wasm_module_delete(module);
    }
    wasm_module_t *module = GUEST(store, counter);
    expect(!*wasm_module_get_name(module), "name", "is empty");
    expect(!wasm_module_set_name(NULL, "x") && !wasm_module_set_name(module, NULL), "null", "name");
    expect(!wasm_module_get_name(NULL) && !wasm_module_is_underlying_binary_freeable(NULL), "null", "module");
    expect(!wasm_module_new_ex(store, NULL, NULL), "null", "bytes");
    expect(!wasm_instance_new_with_args(store, NULL, NULL, NULL, 0, 0), "null", "instance");
    wasm_module_delete(module);
    wasm_store_delete(store);
}

// A stack of its own bounds an instance's recursion.
static void bounded(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_extern_t *imports[] = {wasm_extern_new_empty(store, WASM_EXTERN_FUNC)};
    expect(imports[0] && !wasm_extern_new_empty(store, WASM_EXTERN_MEMORY), "placeholder", "for functions");
    expect(!wasm_extern_new_empty(NULL, WASM_EXTERN_FUNC), "null", "placeholder");
    wasm_extern_vec_t vector = WASM_ARRAY_VEC(imports);
    wasm_module_t *module = GUEST(store, traps);
    wasm_instance_t *instance = wasm_instance_new_with_args(store, module, &vector, NULL, 2048, 0);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t result;
    says(call(exports.data[5], 0, NULL, 1, &result), "Exception: wasm operand stack overflow", "a stack of 2 KiB");
    // What the library does not have traps when it is called.
    expect(strstr(text_of(call(exports.data[0], 0, NULL, 1, &result)), "unlinked") != NULL, "placeholder", "traps");
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_extern_delete(imports[0]);
    wasm_store_delete(store);
}

// Programs that import WASI and libc-builtin, with placeholders.
static void programs(wasm_engine_t *engine) {
    static const struct {
        const char *name, *start, *text;
    } all[] = {{"exitcode", "_start", "Exception: wasi proc exit"}, {"builtin", NULL, NULL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Fixture source = fixture(all[i].name);
        wasm_store_t *store = wasm_store_new(engine);
        wasm_module_t *module = load(store, source.bytes, source.size);
        free(source.bytes);
        wasm_importtype_vec_t imports;
        wasm_module_imports(module, &imports);
        wasm_extern_t *given[64];
        expect(imports.num_elems == imports.size && imports.size > 0 && imports.size <= 64, all[i].name, "imports");
        for (size_t k = 0; k < imports.num_elems; k++) {
            wasm_importtype_t *copy = wasm_importtype_copy(imports.data[k]);
            expect(wasm_importtype_is_linked(copy), all[i].name, wasm_importtype_name(copy)->data);
            wasm_importtype_delete(copy);
            given[k] = wasm_extern_new_empty(store, WASM_EXTERN_FUNC);
        }
        wasm_extern_vec_t vector = {imports.size, given, imports.size, sizeof *given, NULL};
        wasm_trap_t *trap = NULL;
        wasm_instance_t *instance = wasm_instance_new(store, module, &vector, &trap);
        expect(instance != NULL, all[i].name, text_of(trap));
        for (size_t k = 0; k < imports.size; k++) wasm_extern_delete(given[k]);
        wasm_exporttype_vec_t types;
        wasm_module_exports(module, &types);
        wasm_extern_vec_t exports;
        wasm_instance_exports(instance, &exports);
        for (size_t k = 0; k < types.size && all[i].start; k++) {
            const wasm_name_t *name = wasm_exporttype_name(types.data[k]);
            if (name->size == strlen(all[i].start) && !memcmp(name->data, all[i].start, name->size))
                says(call(exports.data[k], 0, NULL, 0, NULL), all[i].text, all[i].name);
        }
        wasm_extern_vec_delete(&exports);
        wasm_exporttype_vec_delete(&types);
        wasm_importtype_vec_delete(&imports);
        wasm_instance_delete(instance);
        wasm_module_delete(module);
        wasm_store_delete(store);
    }
}

// ---- Where an engine's memory comes from

static bool use(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = GUEST(store, counter);
    wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasm_instance_new(store, module, &none, &trap);
    wasm_trap_delete(trap);
    wasm_instance_exports(instance, &exports);
    bool good = false;
    if (exports.size == 2) {
        wasm_val_t result = {.kind = WASM_I32};
        trap = call(exports.data[1], 0, NULL, 1, &result);
        good = !trap && result.of.i32 == 1;
        wasm_trap_delete(trap);
        wasm_functype_t *type = wasm_func_type(wasm_extern_as_func(exports.data[1]));
        good = good && type;
        wasm_functype_delete(type);
    }
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    return good;
}

// A pool: nothing is asked of the C library; what does not fit fails, and leaves the pool as it was.
static void pools(void) {
    MemAllocOption option = {.pool = {pool, sizeof pool}};
    count_reset();
    wasm_config_t *config = wasm_config_set_mem_alloc_opt(wasm_config_new(), Alloc_With_Pool, &option);
    config = wasm_config_set_segue_flags(wasm_config_set_linux_perf_opt(config, true), 0x1F1F);
    wasm_engine_t *engine = wasm_engine_new_with_config(config);
    wasm_config_delete(config);    // an engine has taken it
    bool good = use(engine);
    wasm_engine_delete(engine);
    same((int64_t)count_total(count_read()), 0, "calls of the C library's memory functions");
    expect(good, "pool", "is enough");

    // From nothing to enough. Twice in each: what failed must not have taken anything.
    uint32_t sufficient = 0;
    for (uint32_t size = 0; size <= 400000 && !sufficient; size += size < 20000 ? 64 : 700) {
        option.pool.heap_size = size;
        engine = wasm_engine_new_with_args(Alloc_With_Pool, &option);
        if (!engine) continue;
        bool first = use(engine), second = use(engine);
        expect(first == second, "pool", "is the same the second time");
        if (first) sufficient = size;
        wasm_engine_delete(engine);
    }
    printf("a pool of %u bytes is enough for a call\n", sufficient);
    expect(sufficient > 65536 && sufficient < 140000, "pool", "of the smallest size that is enough");
    wasm_config_t on_stack = {.mem_alloc_type = Alloc_With_Pool};
    expect(!wasm_engine_new_with_config(&on_stack), "pool", "that is nowhere");
    on_stack.mem_alloc_type = (mem_alloc_type_t)9;
    expect(!wasm_engine_new_with_config(&on_stack), "allocation", "of no kind");
    expect(!wasm_config_set_mem_alloc_opt(NULL, Alloc_With_Pool, NULL), "null", "config");
    expect(!wasm_config_set_linux_perf_opt(NULL, true) && !wasm_config_set_segue_flags(NULL, 0), "null", "config");
}

static long blocks, allowed;
static void *host_malloc(unsigned int size) {
    if (allowed == 0) return NULL;
    allowed--;
    blocks++;
    return malloc(size);
}
static void *host_realloc(void *block, unsigned int size) {
    if (allowed == 0) return NULL;
    allowed--;
    return realloc(block, size);
}
static void host_free(void *block) {
    blocks -= block != NULL;
    free(block);
}

// The host's allocator: each block comes back, whichever allocation fails.
static void allocators(void) {
    long needed = -1;
    for (int with_realloc = 0; with_realloc < 2; with_realloc++) {
        MemAllocOption option = {0};
        option.allocator.malloc_func = (void *)host_malloc;
        option.allocator.realloc_func = with_realloc ? (void *)host_realloc : NULL;
        option.allocator.free_func = (void *)host_free;
        for (long limit = 0; limit < 1000; limit++) {
            allowed = limit;
            wasm_engine_t *engine = wasm_engine_new_with_args(Alloc_With_Allocator, &option);
            bool good = engine && use(engine);
            wasm_engine_delete(engine);
            if (blocks != 0) break;
            if (good) {
                needed = limit;
                break;
            }
        }
        same(blocks, 0, "blocks that did not come back");
        expect(needed > 10, "allocator", "was swept to success");
    }
}

// Engines beside each other, and types that stay when theirs goes.
static void several(void) {
    wasm_engine_t *engines[3];
    MemAllocOption option = {.pool = {pool, sizeof pool}};
    engines[0] = wasm_engine_new();
    engines[1] = wasm_engine_new_with_args(Alloc_With_Pool, &option);
    engines[2] = wasm_engine_new_with_config(wasm_config_new());
    wasm_functype_t *type = wasm_functype_new_1_0(wasm_valtype_new_f32());
    wasm_store_t *stores[3];
    for (int i = 0; i < 3; i++) stores[i] = wasm_store_new(engines[i]);
    wasm_module_t *module = GUEST(stores[0], counter);
    wasm_shared_module_t *shared = wasm_module_share(module);
    expect(!wasm_module_obtain(stores[1], shared), "module", "of another engine");
    expect(!wasm_instance_new(stores[2], module, NULL, NULL), "instance", "of another engine's module");
    wasm_shared_module_delete(shared);
    wasm_module_delete(module);
    for (int i = 0; i < 3; i++) expect(use(engines[i]), "engine", "works beside others");
    wasm_engine_delete(engines[2]);
    same((int64_t)wasm_functype_params(type)->size, 1, "a type after its engine's handle");
    wasm_functype_delete(type);
    for (int i = 0; i < 3; i++) wasm_store_delete(stores[i]);
    expect(use(engines[0]) && use(engines[1]), "engines", "work when others have gone");
    wasm_engine_delete(engines[0]);
    wasm_engine_delete(engines[1]);
    wasm_config_t *many[20];
    int made = 0;
    for (int i = 0; i < 20; i++) made += (many[i] = wasm_config_new()) != NULL;
    same(made, 16, "configs at once");
    for (int i = 0; i < 20; i++) wasm_config_delete(many[i]);
}

int main(void) {
    pools();
    allocators();
    wasm_engine_t *engine = wasm_engine_new();
    serialized(engine);
    threads(engine);
    loaded(engine);
    bounded(engine);
    programs(engine);
    printf("\n");    // behind what the programs print
    wasm_engine_delete(engine);
    several();
    return verdict();
}
