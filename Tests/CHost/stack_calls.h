// The scenarios of native stacks and of memories that grow or do not, for api_calls_test.c alone.
#ifndef MOTE_STACK_CALLS_H
#define MOTE_STACK_CALLS_H

static void test_wasm_runtime_set_native_stack_boundary(void) {
    CHECK(open_module(onepage));
    uint8_t here;
    uint32_t cells[2] = {1, 2};
    wasm_runtime_set_native_stack_boundary(environment, &here + 65536);
    CHECK(!call("add", 2, cells) && excepted("Exception: native stack overflow"));
    wasm_runtime_clear_exception(instance);
    wasm_runtime_set_native_stack_boundary(environment, NULL);
    CHECK(call("add", 2, cells) && cells[0] == 3);
}
static void test_wasm_runtime_detect_native_stack_overflow(void) {
    CHECK(open_module(onepage));
    uint8_t here;
    CHECK(wasm_runtime_detect_native_stack_overflow(environment) && !wasm_runtime_get_exception(instance));
    wasm_runtime_set_native_stack_boundary(environment, &here + 65536);
    CHECK(!wasm_runtime_detect_native_stack_overflow(environment));
    CHECK(excepted("Exception: native stack overflow"));
    CHECK(!wasm_runtime_detect_native_stack_overflow(NULL));
}
static void test_wasm_runtime_detect_native_stack_overflow_size(void) {
    CHECK(open_module(onepage));
    uint8_t here;
    wasm_runtime_set_native_stack_boundary(environment, &here - 65536);
    CHECK(wasm_runtime_detect_native_stack_overflow_size(environment, 32768));
    CHECK(!wasm_runtime_get_exception(instance));
    CHECK(!wasm_runtime_detect_native_stack_overflow_size(environment, 131072));
    CHECK(excepted("Exception: native stack overflow"));
    wasm_runtime_clear_exception(instance);
    wasm_runtime_set_native_stack_boundary(environment, NULL);
    CHECK(wasm_runtime_detect_native_stack_overflow_size(environment, 65536));
    CHECK(!wasm_runtime_detect_native_stack_overflow_size(environment, 0xFFFFFFFFu));
}

static struct {
    uint32_t count, pages, index;
    uint64_t size;
    enlarge_memory_error_reason_t reason;
    wasm_module_inst_t instance;
    wasm_exec_env_t environment;
} told;
static void tell(uint32_t inc_page_count, uint64_t current_memory_size, uint32_t memory_index,
                 enlarge_memory_error_reason_t failure_reason, wasm_module_inst_t inst, wasm_exec_env_t exec_env,
                 void *user_data) {
    CHECK(user_data == &zero);
    told.count++;
    told.pages = inc_page_count, told.index = memory_index, told.size = current_memory_size;
    told.reason = failure_reason, told.instance = inst, told.environment = exec_env;
}
static void test_wasm_runtime_set_enlarge_mem_error_callback(void) {
    memset(&told, 0, sizeof told);
    wasm_runtime_set_enlarge_mem_error_callback(tell, &zero);
    CHECK(open_module(grow));
    uint64_t size = 65536 * wasm_memory_get_cur_page_count(wasm_runtime_get_default_memory(instance));
    CHECK(!wasm_runtime_enlarge_memory(instance, 60000) && told.count == 1);
    CHECK(told.pages == 60000 && told.index == 0 && told.size == size && told.instance == instance && !told.environment);
    uint32_t cells[1] = {60001};
    CHECK(call("grow", 1, cells) && cells[0] == 0xFFFFFFFFu && told.count == 2);
    CHECK(told.pages == 60001 && told.size == size && told.instance == instance && told.environment == environment);
    wasm_runtime_set_enlarge_mem_error_callback(NULL, NULL);
    CHECK(!wasm_runtime_enlarge_memory(instance, 60000) && told.count == 2);
}
static void test_wasm_runtime_enlarge_memory(void) {
    CHECK(open_module(grow) && wasm_runtime_enlarge_memory(instance, 1));
    CHECK(!wasm_runtime_enlarge_memory(instance, ~0ull));
    uint32_t cells[2] = {100000, 7};
    CHECK(call("poke", 2, cells));
    cells[0] = 100000;
    CHECK(call("peek", 1, cells) && cells[0] == 7);
}

#endif
