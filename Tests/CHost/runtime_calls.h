// The scenarios of the runtime itself, for api_calls_test.c alone.
#ifndef MOTE_RUNTIME_CALLS_H
#define MOTE_RUNTIME_CALLS_H

static void test_wasm_runtime_set_log_level(void) {
    // What is written is what log_test.c looks at.
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_VERBOSE);
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    wasm_runtime_free(NULL);
}
static void test_wasm_runtime_get_version(void) {
    uint32_t major = 0, minor = 0, patch = 0;
    wasm_runtime_get_version(&major, &minor, &patch);
    CHECK(major == 2 && minor == 4 && patch == 3);
    wasm_runtime_get_version(NULL, NULL, NULL);
}
static void test_wasm_runtime_is_running_mode_supported(void) {
    CHECK(wasm_runtime_is_running_mode_supported(Mode_Interp));
    CHECK(wasm_runtime_is_running_mode_supported((RunningMode)0));
    CHECK(!wasm_runtime_is_running_mode_supported(Mode_Fast_JIT));
    CHECK(!wasm_runtime_is_running_mode_supported((RunningMode)99));
}
static void test_wasm_runtime_set_default_running_mode(void) {
    CHECK(wasm_runtime_set_default_running_mode(Mode_Interp));
    CHECK(!wasm_runtime_set_default_running_mode(Mode_Multi_Tier_JIT));
}
static void test_wasm_runtime_set_running_mode(void) {
    CHECK(open_module(onepage) && wasm_runtime_set_running_mode(instance, Mode_Interp));
    CHECK(!wasm_runtime_set_running_mode(instance, Mode_LLVM_JIT));
    CHECK(wasm_runtime_get_running_mode(instance) == Mode_Interp);
    CHECK(!wasm_runtime_set_running_mode(NULL, Mode_Interp) && wasm_runtime_get_running_mode(NULL) == 0);
}
#define test_wasm_runtime_get_running_mode test_wasm_runtime_set_running_mode
static void test_wasm_runtime_aligned_alloc(void) {
    mem_alloc_info_t before, after;
    wasm_runtime_get_mem_alloc_info(&before);
    char *first = wasm_runtime_aligned_alloc(8192, 4096), *second = wasm_runtime_aligned_alloc(64, 64);
    char *small = wasm_runtime_aligned_alloc(8, 1), *empty = wasm_runtime_aligned_alloc(0, 256);
    CHECK(first && (uintptr_t)first % 4096 == 0 && second && (uintptr_t)second % 64 == 0);
    CHECK(small && (uintptr_t)small % 8 == 0 && empty && (uintptr_t)empty % 256 == 0);
    memset(first, 1, 8192), memset(second, 2, 64), memset(empty, 3, 256);
    CHECK(!wasm_runtime_aligned_alloc(100, 0) && !wasm_runtime_aligned_alloc(96, 24));
    CHECK(!wasm_runtime_aligned_alloc(65, 64) && !wasm_runtime_aligned_alloc(1 << 20, 1 << 20));
    CHECK(!wasm_runtime_realloc(second, 1000) && second[63] == 2);
    wasm_runtime_free(second), wasm_runtime_free(first), wasm_runtime_free(empty), wasm_runtime_free(small);
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}

// What it prints is what command_test.c looks at: here it prints nothing.
static void test_wasm_application_execute_func(void) {
    CHECK(open_module(onepage) && !wasm_application_execute_func(instance, "none", 0, NULL));
    CHECK(excepted("Exception: lookup function none failed"));
    CHECK(!wasm_application_execute_func(NULL, "add", 0, NULL));
}

static int ended_contexts;
static void end_context(wasm_module_inst_t inst, void *context) {
    if (wasm_runtime_get_module(inst) && context) ended_contexts++;
}
static void test_wasm_runtime_create_context_key(void) {
    void *keys[9];
    for (int i = 0; i < 9; i++) keys[i] = wasm_runtime_create_context_key(i ? NULL : end_context);
    CHECK(keys[0] && keys[7] && keys[7] != keys[0] && !keys[8]);
    wasm_runtime_destroy_context_key(keys[7]);
    CHECK(wasm_runtime_create_context_key(NULL) == keys[7]);
    CHECK(open_module(onepage) && !wasm_runtime_get_context(instance, keys[0]));
    wasm_runtime_set_context(instance, keys[0], &zero);
    wasm_runtime_set_context_spread(instance, keys[1], &ended_contexts);
    CHECK(wasm_runtime_get_context(instance, keys[0]) == &zero);
    CHECK(wasm_runtime_get_context(instance, keys[1]) == &ended_contexts);
    // Wrong keys and instances.
    wasm_runtime_set_context(NULL, keys[0], &zero), wasm_runtime_set_context(instance, NULL, &zero);
    wasm_runtime_set_context(instance, (void *)99, &zero), wasm_runtime_destroy_context_key((void *)99);
    CHECK(!wasm_runtime_get_context(instance, (void *)99) && !wasm_runtime_get_context(NULL, keys[0]));
    // The destructor runs once for what was set, also when the runtime goes.
    ended_contexts = 0;
    wasm_runtime_deinstantiate(instance);
    CHECK(ended_contexts == 1);
    CHECK(open_module(onepage));
    wasm_runtime_set_context(instance, keys[0], &zero);
    wasm_runtime_set_context(instance, keys[0], NULL);
    wasm_runtime_deinstantiate(instance);
    CHECK(ended_contexts == 1);
}
#define test_wasm_runtime_destroy_context_key test_wasm_runtime_create_context_key
#define test_wasm_runtime_set_context test_wasm_runtime_create_context_key
#define test_wasm_runtime_set_context_spread test_wasm_runtime_create_context_key
#define test_wasm_runtime_get_context test_wasm_runtime_create_context_key

static void test_wasm_runtime_instantiation_args_create(void) {
    struct InstantiationArgs2 *args = NULL;
    CHECK(!wasm_runtime_instantiation_args_create(NULL) && wasm_runtime_instantiation_args_create(&args) && args);
    wasm_runtime_instantiation_args_set_default_stack_size(args, 4096);
    wasm_runtime_instantiation_args_set_max_memory_pages(args, 5);
    wasm_runtime_instantiation_args_set_custom_data(args, &zero);
    module = wasm_runtime_load(grow.bytes, grow.size, error, sizeof error);
    instance = wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
    CHECK(instance && wasm_runtime_get_custom_data(instance) == &zero);
    CHECK(wasm_memory_get_max_page_count(wasm_runtime_get_default_memory(instance)) == 5);
    wasm_runtime_instantiation_args_set_host_managed_heap_size(args, 512);
    instance = wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
    CHECK(wasm_runtime_module_malloc(instance, 500, NULL));
    CHECK(!wasm_runtime_instantiate_ex2(module, NULL, error, sizeof error));
    CHECK(!wasm_runtime_instantiate_ex2(NULL, args, error, sizeof error));
    wasm_runtime_instantiation_args_destroy(args);
    wasm_runtime_instantiation_args_destroy(NULL);
    wasm_runtime_instantiation_args_set_custom_data(NULL, &zero);
}
static void test_wasm_runtime_instantiation_args_set_wasi_arg(void) {
    struct InstantiationArgs2 *args = NULL;
    const char *variables[] = {"K=V"}, *directories[] = {"/nowhere/at/all"}, *pool[] = {"127.0.0.1/32"};
    char *arguments[] = {"hello", "one", NULL};
    CHECK(wasm_runtime_instantiation_args_create(&args));
    wasm_runtime_instantiation_args_set_wasi_arg(args, arguments, 2);
    wasm_runtime_instantiation_args_set_wasi_env(args, variables, 1);
    wasm_runtime_instantiation_args_set_wasi_stdio(args, null_device, null_device, null_device);
    wasm_runtime_instantiation_args_set_wasi_addr_pool(args, pool, 1);
    wasm_runtime_instantiation_args_set_wasi_ns_lookup_pool(args, pool, 1);
    module = wasm_runtime_load(hello.bytes, hello.size, error, sizeof error);
    instance = wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
    CHECK(instance && wasm_application_execute_main(instance, 0, NULL));
    wasm_runtime_instantiation_args_set_wasi_dir(args, directories, 1, NULL, 0);
    CHECK(!wasm_runtime_instantiate_ex2(module, args, error, sizeof error));
    CHECK(strstr(error, "error while pre-opening directory 0: 2"));
    // Not both.
    wasm_runtime_set_wasi_addr_pool(module, NULL, 0);
    CHECK(!wasm_runtime_instantiate_ex2(module, args, error, sizeof error));
    CHECK(strstr(error, "WASI configuration was given via both of module and InstantiationArgs2"));
    wasm_runtime_instantiation_args_destroy(args);
    CHECK(wasm_runtime_instantiation_args_create(&args));
    CHECK(wasm_runtime_instantiate_ex2(module, args, error, sizeof error));
    wasm_runtime_set_wasi_ns_lookup_pool(module, pool, 1);
    wasm_runtime_set_wasi_ns_lookup_pool(NULL, pool, 1), wasm_runtime_set_wasi_addr_pool(NULL, pool, 1);
}
#define test_wasm_runtime_instantiate_ex2 test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_destroy test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_set_default_stack_size test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_set_host_managed_heap_size test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_set_max_memory_pages test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_set_custom_data test_wasm_runtime_instantiation_args_create
#define test_wasm_runtime_instantiation_args_set_wasi_env test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_instantiation_args_set_wasi_dir test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_instantiation_args_set_wasi_stdio test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_instantiation_args_set_wasi_addr_pool test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_instantiation_args_set_wasi_ns_lookup_pool test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_set_wasi_addr_pool test_wasm_runtime_instantiation_args_set_wasi_arg
#define test_wasm_runtime_set_wasi_ns_lookup_pool test_wasm_runtime_instantiation_args_set_wasi_arg

#endif
