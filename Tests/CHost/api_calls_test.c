// Each call of the interface does what its header says, and from after the init to after the destroy nothing of the
// C library's memory functions is called when the runtime lives in a pool: one scenario a call, named after it.
#include "check.h"
#include "count_calls.h"

static char error[256];
static wasm_module_t module;
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static Fixture onepage, traps, grow, hostcalls, hello, exitcode, arguments, ownheap;
static const char *current;

// A condition inside a scenario; printing waits until counting is over.
static const char *broken;
static int broken_line;
#define CHECK(condition) \
    do { \
        if (!(condition) && !broken) broken = #condition, broken_line = __LINE__; \
    } while (0)

static bool open_with_heap(Fixture source, uint32_t heap) {
    module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    if (!module) return false;
    instance = wasm_runtime_instantiate(module, 8192, heap, error, sizeof error);
    environment = instance ? wasm_runtime_create_exec_env(instance, 8192) : NULL;
    return environment != NULL;
}

static bool open_module(Fixture source) { return open_with_heap(source, 0); }

// Where memory 0 ends: in a pool it is truncated at the heap's base, if the module tells it.
static uint64_t top(void) {
    uint64_t end = 0;
    wasm_runtime_get_app_addr_range(instance, 0, NULL, &end);
    return end;
}

static bool call(const char *name, uint32_t count, uint32_t cells[]) {
    return wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, name), count, cells);
}

static bool excepted(const char *text) {
    const char *exception = wasm_runtime_get_exception(instance);
    return exception && !strcmp(exception, text);
}

#include "hostcalls_natives.h"

// ---- scenarios
static void test_wasm_runtime_init(void) {
    CHECK(wasm_runtime_init());
    wasm_runtime_destroy();
}
static void test_wasm_runtime_full_init(void) {
    // Counted: the arguments of a second one are ignored.
    CHECK(start_with(16, NULL, 0));
    wasm_runtime_destroy();
    CHECK(wasm_runtime_malloc(8) != NULL);
}
static void native_destroy(wasm_exec_env_t env, const char *text, uint32_t size) {
    (void)text, (void)size;
    wasm_runtime_destroy_exec_env(env);
    wasm_runtime_deinstantiate(wasm_runtime_get_module_inst(env));
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
}
static void test_wasm_runtime_destroy(void) {
    // Not from inside; what is open goes with it afterwards.
    NativeSymbol symbols[] = {{"log", (void *)native_destroy, "(*~)", NULL}};
    CHECK(wasm_runtime_register_natives("env", symbols, 1));
    CHECK(open_module(hostcalls) && call("greet", 0, NULL) && !wasm_runtime_get_exception(instance));
}
static void test_wasm_runtime_malloc(void) {
    char *block = wasm_runtime_malloc(100), *empty = wasm_runtime_malloc(0);
    CHECK(block && empty && (uintptr_t)block % 8 == 0);
    if (block) memset(block, 1, 100);
    CHECK(!wasm_runtime_malloc(0xFFFFFFFF));
}
static void test_wasm_runtime_realloc(void) {
    char *block = wasm_runtime_realloc(NULL, 10);
    if (block) memcpy(block, "kept", 5);
    block = wasm_runtime_realloc(block, 5000);
    CHECK(block && !strcmp(block, "kept"));
    CHECK(!wasm_runtime_realloc(block, 0xFFFFFFFF));
    wasm_runtime_free(block);
}
static void test_wasm_runtime_free(void) {
    mem_alloc_info_t before, after;
    wasm_runtime_get_mem_alloc_info(&before);
    for (int i = 0; i < 1000; i++) wasm_runtime_free(wasm_runtime_malloc(100000));
    wasm_runtime_free(NULL);
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}
static void test_wasm_runtime_get_mem_alloc_info(void) {
    mem_alloc_info_t info;
    CHECK(wasm_runtime_get_mem_alloc_info(&info));
    CHECK(info.total_size > info.total_free_size && info.total_free_size > 0 && info.highmark_size > 0);
    CHECK(!wasm_runtime_get_mem_alloc_info(NULL));
}
static void test_wasm_runtime_load(void) {
    CHECK(wasm_runtime_load(onepage.bytes, onepage.size, error, sizeof error));
    uint8_t other[] = "not a module";
    CHECK(!wasm_runtime_load(other, sizeof other, error, sizeof error));
    CHECK(!strncmp(error, "WASM module load failed: magic header not detected", 50));
    CHECK(!wasm_runtime_load(NULL, 0, error, 8) && strlen(error) == 7);
    CHECK(!wasm_runtime_load(other, sizeof other, NULL, 0));
}
static void test_wasm_runtime_unload(void) {
    mem_alloc_info_t before, after;
    // The first load makes the runtime's table of types, which stays.
    wasm_runtime_unload(wasm_runtime_load(onepage.bytes, onepage.size, error, sizeof error));
    wasm_runtime_get_mem_alloc_info(&before);
    for (int i = 0; i < 10; i++) {
        wasm_runtime_unload(wasm_runtime_load(onepage.bytes, onepage.size, error, sizeof error));
    }
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
    // With an instance it is deferred.
    CHECK(open_module(onepage));
    wasm_runtime_unload(module);
    uint32_t cells[2] = {1, 2};
    CHECK(call("add", 2, cells) && cells[0] == 3);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}
static int null_device;
static bool run_hello(void) {
    module = wasm_runtime_load(hello.bytes, hello.size, error, sizeof error);
    const char *variables[] = {"K=V"};
    char *arguments[] = {"hello", "one", NULL};
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, NULL, 0, variables, 1, arguments, 2, null_device, null_device,
                                  null_device);
    instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    return instance && wasm_application_execute_main(instance, 0, NULL);
}
static void test_wasm_runtime_set_wasi_args(void) {
    module = wasm_runtime_load(hello.bytes, hello.size, error, sizeof error);
    const char *directories[] = {"/nowhere/at/all"}, *mapped[] = {"guest::/tmp", "bad"};
    wasm_runtime_set_wasi_args(module, directories, 1, NULL, 0, NULL, 0, NULL, 0);
    CHECK(!wasm_runtime_instantiate(module, 16384, 0, error, sizeof error));
    CHECK(strstr(error, "error while pre-opening directory 0: 2"));
    wasm_runtime_set_wasi_args(module, NULL, 0, mapped, 2, NULL, 0, NULL, 0);
    CHECK(wasm_runtime_instantiate(module, 16384, 0, error, sizeof error));
}
static void test_wasm_runtime_set_wasi_args_ex(void) { CHECK(run_hello()); }
static void test_wasm_runtime_is_wasi_mode(void) {
    CHECK(open_module(onepage) && !wasm_runtime_is_wasi_mode(instance));
    CHECK(open_module(hello) && wasm_runtime_is_wasi_mode(instance));
}
static void test_wasm_runtime_lookup_wasi_start_function(void) {
    CHECK(open_module(onepage) && !wasm_runtime_lookup_wasi_start_function(instance));
    CHECK(open_module(hello) && wasm_runtime_lookup_wasi_start_function(instance));
}
static void test_wasm_runtime_get_wasi_exit_code(void) {
    module = wasm_runtime_load(exitcode.bytes, exitcode.size, error, sizeof error);
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, NULL, 0, NULL, 0, NULL, 0, null_device, null_device, null_device);
    instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    CHECK(wasm_application_execute_main(instance, 0, NULL));
    CHECK(wasm_runtime_get_wasi_exit_code(instance) == 7 && !wasm_runtime_get_exception(instance));
}
static void test_wasm_application_execute_main(void) {
    CHECK(run_hello() && wasm_runtime_get_wasi_exit_code(instance) == 0);
    CHECK(open_module(onepage) && !wasm_application_execute_main(instance, 0, NULL));
    CHECK(excepted("Exception: lookup the entry point symbol (like _start, main, _main, __main_argc_argv) failed"));
    // Arguments lie in the app heap, or in what the guest's own malloc gives; the first one's place takes the result.
    char *list[] = {"program", "of three", ""};
    CHECK(open_with_heap(arguments, 256) && wasm_application_execute_main(instance, 3, list));
    CHECK(*(int32_t *)list == 3015 && !wasm_runtime_get_exception(instance));
    CHECK(wasm_application_execute_main(instance, 0, NULL));
    // All of it was given back.
    CHECK(wasm_runtime_module_malloc(instance, 256, NULL) != 0);
    uint32_t cells[1] = {0};
    list[0] = "main";
    CHECK(open_module(ownheap) && wasm_application_execute_main(instance, 2, list) && *(int32_t *)list == 2012);
    CHECK(call("live", 0, cells) && cells[0] == 0 && call("most", 0, cells) && cells[0] == 1);
    // No heap, and one that is too small.
    list[0] = "a name that is longer than the whole heap, so that it cannot be placed in it at all";
    CHECK(open_module(arguments) && !wasm_application_execute_main(instance, 1, list));
    const char *exception = wasm_runtime_get_exception(instance);
    CHECK(exception && strstr(exception, "Exception: allocate memory failed: there is neither an app heap"));
    CHECK(strstr(exception, "host_managed_heap_size helps"));
    CHECK(open_with_heap(arguments, 64) && !wasm_application_execute_main(instance, 1, list));
    exception = wasm_runtime_get_exception(instance);
    CHECK(exception && strstr(exception, "at most 64 free; a larger host_managed_heap_size helps"));
}
#include "dump_calls.h"
#include "heap_calls.h"
#include "loading_calls.h"
#include "parts_calls.h"
#include "runtime_calls.h"
#include "shared_heap_calls.h"
#include "stack_calls.h"
#include "value_calls.h"
static void test_wasm_runtime_instantiate(void) {
    module = wasm_runtime_load(onepage.bytes, onepage.size, error, sizeof error);
    CHECK(wasm_runtime_instantiate(module, 0, 0, error, sizeof error));
    // An unresolved function is not an error until it is called.
    CHECK(open_module(hostcalls));
    uint32_t cells[1] = {3};
    CHECK(!call("sum_to", 1, cells));
    CHECK(excepted("Exception: failed to call unlinked import function (env, add)"));
}
static void test_wasm_runtime_instantiate_ex(void) {
    module = wasm_runtime_load(grow.bytes, grow.size, error, sizeof error);
    InstantiationArgs arguments = {.default_stack_size = 4096, .max_memory_pages = 3};
    instance = wasm_runtime_instantiate_ex(module, &arguments, error, sizeof error);
    CHECK(wasm_memory_get_max_page_count(wasm_runtime_get_default_memory(instance)) == 3);
    CHECK(!wasm_runtime_instantiate_ex(module, NULL, error, sizeof error));
}
static void test_wasm_runtime_deinstantiate(void) {
    mem_alloc_info_t before, after;
    CHECK(open_module(onepage));
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_get_mem_alloc_info(&before);
    for (int i = 0; i < 100; i++) {
        instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
        wasm_runtime_create_exec_env(instance, 4096);
        wasm_runtime_deinstantiate(instance);
    }
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}
static void test_wasm_runtime_get_module(void) {
    CHECK(open_module(onepage) && wasm_runtime_get_module(instance) == module);
}
static void test_wasm_runtime_set_custom_data(void) {
    CHECK(open_module(onepage));
    wasm_runtime_set_custom_data(instance, &zero);
    CHECK(wasm_runtime_get_custom_data(instance) == &zero);
}
#define test_wasm_runtime_get_custom_data test_wasm_runtime_set_custom_data
static void test_wasm_runtime_create_exec_env(void) {
    CHECK(open_module(traps));
    uint32_t cells[1] = {0};
    CHECK(!call("recurse", 1, cells) && excepted("Exception: wasm operand stack overflow"));
    // Room for nothing: made, and every call overflows.
    wasm_exec_env_t none = wasm_runtime_create_exec_env(instance, 0);
    CHECK(none != NULL);
    wasm_runtime_clear_exception(instance);
    environment = none;
    cells[0] = 1;
    CHECK(!call("count", 1, cells) && excepted("Exception: wasm operand stack overflow"));
}
static void test_wasm_runtime_destroy_exec_env(void) {
    mem_alloc_info_t before, after;
    CHECK(open_module(onepage));
    wasm_runtime_get_mem_alloc_info(&before);
    for (int i = 0; i < 100; i++) wasm_runtime_destroy_exec_env(wasm_runtime_create_exec_env(instance, 4096));
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}
static void test_wasm_runtime_get_exec_env_singleton(void) {
    CHECK(open_module(onepage));
    environment = wasm_runtime_get_exec_env_singleton(instance);
    CHECK(environment && environment == wasm_runtime_get_exec_env_singleton(instance));
    uint32_t cells[2] = {1, 2};
    CHECK(call("add", 2, cells) && cells[0] == 3);
    wasm_runtime_destroy_exec_env(environment);
    CHECK(wasm_runtime_get_exec_env_singleton(instance));
}
static void test_wasm_runtime_get_module_inst(void) {
    CHECK(open_module(onepage) && wasm_runtime_get_module_inst(environment) == instance);
}
static void test_wasm_runtime_set_user_data(void) {
    CHECK(open_module(onepage));
    wasm_runtime_set_user_data(environment, &zero);
    CHECK(wasm_runtime_get_user_data(environment) == &zero);
}
#define test_wasm_runtime_get_user_data test_wasm_runtime_set_user_data
static void test_wasm_runtime_get_function_attachment(void) {
    static int32_t hundred = 100;
    NativeSymbol other[] = {{"add", (void *)native_add, "(ii)i", &hundred}};
    CHECK(wasm_runtime_register_natives("env", other, 1));
    CHECK(open_module(hostcalls));
    uint32_t cells[1] = {3};
    CHECK(call("sum_to", 1, cells) && cells[0] == 306);
    CHECK(!wasm_runtime_get_function_attachment(environment));
}
static void test_wasm_runtime_set_instruction_count_limit(void) {
    CHECK(open_module(traps));
    uint32_t cells[1] = {10};
    CHECK(call("count", 1, cells) && cells[0] == 10);
    wasm_runtime_set_instruction_count_limit(environment, 1000);
    CHECK(!call("spin", 0, NULL) && excepted("Exception: instruction limit exceeded"));
    wasm_runtime_clear_exception(instance);
    wasm_runtime_set_instruction_count_limit(environment, 100000);
    cells[0] = 100;
    CHECK(call("count", 1, cells) && cells[0] == 100);
    wasm_runtime_set_instruction_count_limit(environment, -1);
    cells[0] = 100000;
    CHECK(call("count", 1, cells) && cells[0] == 100000);
}
static void test_wasm_runtime_lookup_function(void) {
    CHECK(open_module(onepage) && wasm_runtime_lookup_function(instance, "add"));
    CHECK(!wasm_runtime_lookup_function(instance, "ad") && !wasm_runtime_lookup_function(instance, "memory"));
    CHECK(!wasm_runtime_lookup_function(instance, NULL));
}
static void test_wasm_func_get_param_types(void) {
    CHECK(open_module(onepage));
    wasm_function_inst_t add = wasm_runtime_lookup_function(instance, "add");
    wasm_valkind_t kinds[2] = {9, 9};
    wasm_func_get_param_types(add, instance, kinds);
    CHECK(wasm_func_get_param_count(add, instance) == 2 && kinds[0] == WASM_I32 && kinds[1] == WASM_I32);
    kinds[0] = 9;
    wasm_func_get_result_types(add, instance, kinds);
    CHECK(wasm_func_get_result_count(add, instance) == 1 && kinds[0] == WASM_I32);
}
#define test_wasm_func_get_param_count test_wasm_func_get_param_types
#define test_wasm_func_get_result_types test_wasm_func_get_param_types
#define test_wasm_func_get_result_count test_wasm_func_get_param_types
static void test_wasm_runtime_call_wasm(void) {
    CHECK(open_module(onepage));
    uint32_t cells[2] = {40, 2};
    CHECK(call("add", 2, cells) && cells[0] == 42);
    CHECK(!call("add", 1, cells));
    CHECK(excepted("Exception: invalid argument count 1, must be no smaller than 2"));
    // The exception stays, and calls fail.
    CHECK(!call("add", 2, cells));
    wasm_runtime_clear_exception(instance);
    CHECK(!call("overrun", 0, NULL) && excepted("Exception: out of bounds memory access"));
    wasm_runtime_clear_exception(instance);
    CHECK(!call("nothing", 0, NULL));
    CHECK(open_module(traps));
    cells[0] = 1, cells[1] = 0;
    CHECK(!call("divide", 2, cells) && excepted("Exception: integer divide by zero"));
}
static void test_wasm_runtime_call_wasm_a(void) {
    NativeSymbol scale[] = {{"scale", (void *)native_scale, "(IfF)F", NULL}};
    CHECK(wasm_runtime_register_natives("env", scale, 1));
    CHECK(open_module(hostcalls));
    wasm_val_t result, argument = {.kind = WASM_I64, .of.i64 = -7};
    wasm_function_inst_t scaled = wasm_runtime_lookup_function(instance, "scaled");
    CHECK(wasm_runtime_call_wasm_a(environment, scaled, 1, &result, 1, &argument));
    CHECK(result.kind == WASM_F64 && result.of.f64 == -3.25);
    argument.kind = WASM_F64;
    CHECK(!wasm_runtime_call_wasm_a(environment, scaled, 1, &result, 1, &argument));
    CHECK(excepted("Exception: the arguments conversion is failed"));
}
static void test_wasm_runtime_register_natives(void) {
    CHECK(wasm_runtime_register_natives("env", natives, 4));
    CHECK(open_module(hostcalls));
    uint32_t cells[2] = {4};
    CHECK(call("greet", 0, NULL) && !strcmp(logged, "hello, host"));
    CHECK(call("sum_to", 1, cells) && cells[0] == 10);
    cells[0] = 21;
    CHECK(call("through_host", 1, cells) && cells[0] == 43);
    CHECK(!call("greet_badly", 0, NULL) && excepted("Exception: out of bounds memory access"));
    wasm_runtime_clear_exception(instance);
    cells[0] = 1000;
    CHECK(!call("through_host", 1, cells) && excepted("Exception: the host says no"));
}
static void test_wasm_runtime_unregister_natives(void) {
    CHECK(wasm_runtime_register_natives("env", natives, 4) && wasm_runtime_unregister_natives("env", natives));
    CHECK(!wasm_runtime_unregister_natives("env", natives));
    CHECK(open_module(hostcalls) && !call("greet", 0, NULL));
}
static void test_wasm_runtime_get_exception(void) {
    CHECK(open_module(traps) && !wasm_runtime_get_exception(instance));
    CHECK(!call("unreachable", 0, NULL) && excepted("Exception: unreachable"));
}
static void test_wasm_runtime_set_exception(void) {
    CHECK(open_module(onepage));
    wasm_runtime_set_exception(instance, "mine");
    CHECK(excepted("Exception: mine"));
    char text[500];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    wasm_runtime_set_exception(instance, text);
    CHECK(strlen(wasm_runtime_get_exception(instance)) == 191);
}
static void test_wasm_runtime_clear_exception(void) {
    CHECK(open_module(onepage));
    wasm_runtime_set_exception(instance, "mine");
    wasm_runtime_clear_exception(instance);
    uint32_t cells[2] = {1, 2};
    CHECK(!wasm_runtime_get_exception(instance) && call("add", 2, cells));
}
static void test_wasm_runtime_lookup_memory(void) {
    CHECK(open_module(onepage));
    CHECK(wasm_runtime_lookup_memory(instance, "memory") == wasm_runtime_get_default_memory(instance));
    CHECK(!wasm_runtime_lookup_memory(instance, "add"));
}
static void test_wasm_runtime_get_default_memory(void) {
    CHECK(open_module(onepage));
    wasm_memory_inst_t memory = wasm_runtime_get_default_memory(instance);
    CHECK(wasm_memory_get_cur_page_count(memory) == 1 && wasm_memory_get_max_page_count(memory) == 1);
    CHECK(wasm_memory_get_bytes_per_page(memory) == 65536 && !wasm_memory_get_shared(memory));
    uint8_t *base = wasm_memory_get_base_address(memory);
    CHECK(base > pool && base + top() <= pool + sizeof pool);  // in the pool, as everything
}
#define test_wasm_memory_get_cur_page_count test_wasm_runtime_get_default_memory
#define test_wasm_memory_get_max_page_count test_wasm_runtime_get_default_memory
#define test_wasm_memory_get_bytes_per_page test_wasm_runtime_get_default_memory
#define test_wasm_memory_get_shared test_wasm_runtime_get_default_memory
#define test_wasm_memory_get_base_address test_wasm_runtime_get_default_memory
static void test_wasm_runtime_get_memory(void) {
    CHECK(open_module(onepage));
    CHECK(wasm_runtime_get_memory(instance, 0) && !wasm_runtime_get_memory(instance, 1));
}
static void test_wasm_memory_enlarge(void) {
    CHECK(open_module(grow));
    CHECK(wasm_memory_enlarge(wasm_runtime_get_default_memory(instance), 2));
    CHECK(!wasm_memory_enlarge(wasm_runtime_get_default_memory(instance), 100));
    uint32_t cells[1];
    CHECK(call("size", 0, cells) && cells[0] == 3);
    cells[0] = 13;
    CHECK(call("grow_and_check", 1, cells) && cells[0] == 13);
}
static void test_wasm_runtime_validate_app_addr(void) {
    CHECK(open_module(onepage));
    CHECK(wasm_runtime_validate_app_addr(instance, 0, top()) && wasm_runtime_validate_app_addr(instance, top(), 0));
    CHECK(!wasm_runtime_get_exception(instance));
    CHECK(!wasm_runtime_validate_app_addr(instance, top(), 1) && excepted("Exception: out of bounds memory access"));
    CHECK(!wasm_runtime_validate_app_addr(instance, ~0ull, 2));
}
static void test_wasm_runtime_validate_app_str_addr(void) {
    CHECK(open_module(onepage) && wasm_runtime_validate_app_str_addr(instance, 1));
    memset(wasm_runtime_addr_app_to_native(instance, top() - 536), 'x', 536);
    CHECK(!wasm_runtime_validate_app_str_addr(instance, top() - 535));
    CHECK(!wasm_runtime_validate_app_str_addr(instance, ~0ull));
}
static void test_wasm_runtime_validate_native_addr(void) {
    CHECK(open_module(onepage));
    uint8_t *base = wasm_runtime_addr_app_to_native(instance, 0);
    CHECK(wasm_runtime_validate_native_addr(instance, base + top() - 1, 1));
    CHECK(!wasm_runtime_validate_native_addr(instance, base + top() - 1, 2));
    CHECK(!wasm_runtime_validate_native_addr(instance, base - 1, 1));
    CHECK(!wasm_runtime_validate_native_addr(instance, NULL, 0));
}
static void test_wasm_runtime_addr_app_to_native(void) {
    CHECK(open_module(onepage));
    uint8_t *base = wasm_runtime_addr_app_to_native(instance, 0);
    CHECK(base && wasm_runtime_addr_app_to_native(instance, top() - 1) == base + top() - 1);
    CHECK(!wasm_runtime_addr_app_to_native(instance, top()) && !wasm_runtime_addr_app_to_native(instance, ~0ull));
    CHECK(wasm_runtime_addr_native_to_app(instance, base + 9) == 9);
    CHECK(!wasm_runtime_addr_native_to_app(instance, base + top()) && !wasm_runtime_addr_native_to_app(instance, NULL));
}
#define test_wasm_runtime_addr_native_to_app test_wasm_runtime_addr_app_to_native
static void test_wasm_runtime_get_app_addr_range(void) {
    CHECK(open_module(onepage));
    uint64_t first = 1, end = 0;
    CHECK(wasm_runtime_get_app_addr_range(instance, 5, &first, &end) && first == 0);
    CHECK(end % 8 == 0 && end > 1024 && end < 65536);  // the heap's base, which the module exports
    CHECK(wasm_runtime_get_app_addr_range(instance, 5, NULL, NULL));
    CHECK(!wasm_runtime_get_app_addr_range(instance, top(), &first, &end));
}
static void test_wasm_runtime_get_native_addr_range(void) {
    CHECK(open_module(onepage));
    uint8_t *base = wasm_runtime_addr_app_to_native(instance, 0), *first, *end;
    CHECK(wasm_runtime_get_native_addr_range(instance, base + 7, &first, &end));
    CHECK(first == base && end == base + top());
    CHECK(!wasm_runtime_get_native_addr_range(instance, base + top(), NULL, NULL));
}

// One row a call; api_calls.h is made from the headers, so that a call without a scenario does not compile.
#define SCENARIO(name) {#name, test_##name},
static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
#include "api_calls.h"
};

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    onepage = fixture("onepage"), traps = fixture("traps"), grow = fixture("grow"), hostcalls = fixture("hostcalls");
    hello = fixture("hello"), exitcode = fixture("exitcode"), arguments = fixture("arguments"), ownheap = fixture("ownheap");
    null_device = open("/dev/null", O_RDWR);
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);  // lines are system calls
    if (!count_system_calls()) puts("system calls cannot be counted here");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        current = scenarios[i].name;
        broken = NULL;
        error[0] = 0;
        memset(pool, 0xA5, sizeof pool);
        bool started = start_with(sizeof pool, NULL, 0);
        count_reset();
        if (started) scenarios[i].run();
        wasm_runtime_destroy();
        CallCounts counts = count_read();
        bool ended = !wasm_runtime_malloc(1);
        char detail[400];
        if (!started) broken = "wasm_runtime_full_init";
        snprintf(detail, sizeof detail, "line %d: %s (last error: %s)", broken_line, broken ? broken : "", error);
        expect(!broken, current, detail);
        snprintf(detail, sizeof detail, "%lu allocations, %lu frees, %lu mappings, %lu unmappings, %lu system calls",
                 counts.allocations, counts.frees, counts.mappings, counts.unmappings, counts.system_calls);
        expect(count_total(counts) == 0, current, detail);
        expect(ended, current, "the runtime is still there");
    }
    return verdict();
}
