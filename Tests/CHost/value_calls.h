// The scenarios of calls with other values than numbers, and of what instances export, for api_calls_test.c alone.
#ifndef MOTE_VALUE_CALLS_H
#define MOTE_VALUE_CALLS_H

static Fixture calls;
static int one_object, other_object, cleaned;
static void clean(void *object) { cleaned += object == &one_object ? 1 : 100; }
static void *native_swap(wasm_exec_env_t env, void *object) {
    (void)env;
    return object == &one_object ? &other_object : object == &other_object ? NULL : object;
}
static int64_t native_many(wasm_exec_env_t env, int32_t a, int64_t b, int32_t c, int64_t d, int32_t e, int64_t f, int32_t g,
                           float h, double i) {
    return env == environment ? a + b * 10 + c * 100 + d * 1000 + e * 10000 + f * 100000 + g * 1000000
                                    + (int64_t)h * 10000000 + (int64_t)i * 100000000
                              : -1;
}
static NativeSymbol value_natives[] = {
    {"swap", (void *)native_swap, "(r)r", NULL},
    {"many", (void *)native_many, "(iIiIiIifF)I", NULL},
};
static bool open_calls(void) {
    if (!calls.bytes) {
        // Scenarios are counted: what reads the file is not the C library's.
        static uint8_t bytes[4096];
        int file = open("Tests/Fixtures/wasm/calls.wasm", O_RDONLY);
        ssize_t size = read(file, bytes, sizeof bytes);
        close(file);
        calls = (Fixture){bytes, size > 0 ? (uint32_t)size : 0};
    }
    return wasm_runtime_register_natives("env", value_natives, 2) && open_module(calls);
}
static wasm_function_inst_t named(const char *name) { return wasm_runtime_lookup_function(instance, name); }

static void test_wasm_runtime_call_wasm_v(void) {
    wasm_val_t results[2];
    CHECK(open_calls());
    CHECK(wasm_runtime_call_wasm_v(environment, named("add"), 1, results, 2, 40, 2));
    CHECK(results[0].kind == WASM_I32 && results[0].of.i32 == 42);
    CHECK(wasm_runtime_call_wasm_v(environment, named("float"), 1, results, 2, 0.5, 2.25) && results[0].of.f64 == 2.75);
    CHECK(wasm_runtime_call_wasm_v(environment, named("negate"), 1, results, 1, INT64_C(1) << 40));
    CHECK(results[0].of.i64 == -(INT64_C(1) << 40));
    CHECK(wasm_runtime_call_wasm_v(environment, named("two"), 2, results, 1, 7));
    CHECK(results[0].of.i32 == 7 && results[1].kind == WASM_I64 && results[1].of.i64 == 0x100000002);
    CHECK(wasm_runtime_call_wasm_v(environment, named("through"), 1, results, 1, &one_object));
    CHECK(results[0].kind == WASM_EXTERNREF && results[0].of.foreign == (uintptr_t)&other_object);
    CHECK(wasm_runtime_call_wasm_v(environment, named("many"), 1, results, 0) && results[0].of.i64 == 987654321);
    CHECK(!wasm_runtime_call_wasm_v(environment, named("add"), 1, results, 1, 40));
    CHECK(excepted("Exception: the argument value number or result value number is invalid"));
    CHECK(!wasm_runtime_call_wasm_v(NULL, named("add"), 1, results, 2, 1, 2));
    CHECK(!wasm_runtime_call_wasm_v(environment, NULL, 1, results, 2, 1, 2));
}
static void test_wasm_runtime_call_indirect(void) {
    CHECK(open_calls());
    uint32_t cells[4] = {30, 12};
    CHECK(wasm_runtime_call_indirect(environment, 1, 2, cells) && cells[0] == 42);
    cells[0] = 1, cells[1] = 0;
    CHECK(wasm_runtime_call_indirect(environment, 2, 2, cells) && cells[0] == UINT32_MAX && cells[1] == UINT32_MAX);
    CHECK(!wasm_runtime_call_indirect(environment, 2, 1, cells));
    CHECK(excepted("Exception: invalid argument count 1, must be no smaller than 2"));
    wasm_runtime_clear_exception(instance);
    CHECK(!wasm_runtime_call_indirect(environment, 0, 0, NULL) && excepted("Exception: uninitialized element"));
    CHECK(!wasm_runtime_call_indirect(environment, 1, 2, cells));  // the exception stays
    wasm_runtime_clear_exception(instance);
    CHECK(!wasm_runtime_call_indirect(environment, 4, 0, NULL) && excepted("Exception: undefined element"));
    CHECK(!wasm_runtime_call_indirect(NULL, 1, 2, cells));
    // Functions are indexes in cells; vectors are four of them.
    wasm_runtime_clear_exception(instance);
    uint32_t two[2] = {3, 2}, none[2] = {3, UINT32_MAX};
    CHECK(call("function", 1, (cells[0] = 1, cells)) && cells[0] == 2);
    CHECK(call("put", 2, two) && wasm_runtime_call_indirect(environment, 3, 2, (cells[0] = 1, cells[1] = 2, cells)));
    CHECK(cells[0] == 3 && call("put", 2, none) && call("function", 1, (cells[0] = 3, cells)) && cells[0] == UINT32_MAX);
    uint32_t lanes[5] = {1, 2, 3, 4, 10}, absent[2] = {3, 1000};
    CHECK(call("lanes", 5, lanes) && lanes[0] == 11 && lanes[1] == 12 && lanes[2] == 13 && lanes[3] == 14);
    CHECK(!call("put", 2, absent) && excepted("Exception: the arguments conversion is failed"));
}
static void test_wasm_runtime_set_module_inst(void) {
    CHECK(open_calls());
    char text[64];
    wasm_module_inst_t other = wasm_runtime_instantiate(module, 8192, 0, text, sizeof text);
    uint32_t cells[2] = {1, 2};
    wasm_function_inst_t mine = named("add"), theirs = wasm_runtime_lookup_function(other, "add");
    CHECK(call("add", 2, cells) && cells[0] == 3);
    CHECK(!wasm_runtime_call_wasm(environment, theirs, 2, cells) && excepted("Exception: invalid exec env"));
    wasm_runtime_clear_exception(instance);
    wasm_runtime_set_module_inst(environment, other);
    CHECK(wasm_runtime_get_module_inst(environment) == other);
    CHECK(wasm_runtime_call_wasm(environment, theirs, 2, cells) && cells[0] == 5);
    CHECK(!wasm_runtime_call_wasm(environment, mine, 2, cells) && wasm_runtime_get_exception(other));
    wasm_runtime_set_module_inst(environment, NULL);
    wasm_runtime_set_module_inst(NULL, other);
    wasm_runtime_set_module_inst(environment, instance);
    CHECK(call("add", 2, cells) && cells[0] == 7 && wasm_runtime_get_module_inst(environment) == instance);
    wasm_runtime_set_module_inst(environment, other);
    wasm_runtime_deinstantiate(other);
    CHECK(wasm_runtime_get_module_inst(environment) == instance && call("add", 2, cells) && cells[0] == 9);
    // What was prepared goes with a trap, a tail call, an exception of the host's.
    CHECK(!call("trap", 1, cells) && !call("add", 2, cells) && excepted("Exception: unreachable"));
    wasm_runtime_clear_exception(instance);
    for (int i = 0; i < 3; i++) CHECK(call("tail", 2, (cells[0] = 5, cells)) && cells[0] == 7 && call("add", 2, cells));
    wasm_runtime_set_exception(instance, "stop");
    CHECK(!call("add", 2, cells) && excepted("Exception: stop"));
    wasm_runtime_clear_exception(instance);
    CHECK(call("add", 2, (cells[0] = 1, cells)) && cells[0] == 3 && !call("add", 1, cells));
}
static void test_wasm_externref_obj2ref(void) {
    CHECK(open_calls());
    uint32_t number = 0, again = 0, cells[2];
    void *object = &cells;
    CHECK(wasm_externref_obj2ref(instance, &one_object, &number) && number != UINT32_MAX);
    CHECK(wasm_externref_obj2ref(instance, &one_object, &again) && again == number);
    CHECK(wasm_externref_obj2ref(instance, &other_object, &again) && again != number);
    CHECK(wasm_externref_ref2obj(number, &object) && object == &one_object);
    CHECK(wasm_externref_obj2ref(instance, NULL, &again) && again == UINT32_MAX);
    CHECK(wasm_externref_ref2obj(UINT32_MAX, &object) && object == NULL);
    CHECK(!wasm_externref_ref2obj(77, &object) && !wasm_externref_ref2obj(0, &object));
    CHECK(!wasm_externref_obj2ref(NULL, &one_object, &number) && !wasm_externref_obj2ref(instance, &one_object, NULL));
    // In cells an object is its address.
    uintptr_t address = (uintptr_t)&one_object;
    memcpy(cells, &address, sizeof address);
    CHECK(call("keep", 2, cells));
    memset(cells, 0, sizeof cells);
    CHECK(call("kept", 0, cells) && !memcmp(cells, &address, sizeof address));
    CHECK(wasm_externref_set_cleanup(instance, &one_object, clean) && !wasm_externref_set_cleanup(instance, &calls, clean));
    cleaned = 0;
    CHECK(wasm_externref_retain(number) && !wasm_externref_retain(77));
    CHECK(wasm_externref_objdel(instance, &one_object) && cleaned == 1);
    CHECK(!wasm_externref_objdel(instance, &one_object) && !wasm_externref_ref2obj(number, &object));
    // What the guest kept is no object any more.
    CHECK(call("kept", 0, cells) && cells[0] == 0 && cells[1] == 0);
    CHECK(wasm_externref_obj2ref(instance, &one_object, &number) && wasm_externref_set_cleanup(instance, &one_object, clean));
    wasm_runtime_deinstantiate(instance);
    CHECK(cleaned == 2 && !wasm_externref_ref2obj(number, &object));
}
#define test_wasm_externref_ref2obj test_wasm_externref_obj2ref
#define test_wasm_externref_retain test_wasm_externref_obj2ref
#define test_wasm_externref_objdel test_wasm_externref_obj2ref
#define test_wasm_externref_set_cleanup test_wasm_externref_obj2ref
static void test_wasm_runtime_get_export_global_inst(void) {
    CHECK(open_calls());
    wasm_global_inst_t global;
    CHECK(wasm_runtime_get_export_global_inst(instance, "counter", &global));
    CHECK(global.kind == WASM_I64 && global.is_mutable && *(int64_t *)global.global_data == 5);
    CHECK(wasm_runtime_get_export_global_inst(instance, "ratio", &global));
    CHECK(global.kind == WASM_F32 && !global.is_mutable && *(float *)global.global_data == 1.5f);
    CHECK(!wasm_runtime_get_export_global_inst(instance, "add", &global));
    CHECK(!wasm_runtime_get_export_global_inst(instance, NULL, &global));
    CHECK(!wasm_runtime_get_export_global_inst(NULL, "ratio", &global));
    CHECK(!wasm_runtime_get_export_global_inst(instance, "ratio", NULL));
}
static void test_wasm_runtime_get_export_table_inst(void) {
    CHECK(open_calls());
    wasm_table_inst_t table;
    CHECK(wasm_runtime_get_export_table_inst(instance, "objects", &table) && table.elem_kind == WASM_EXTERNREF);
    CHECK(table.cur_size == 2 && !wasm_table_get_func_inst(instance, &table, 0));
    CHECK(wasm_runtime_get_export_table_inst(instance, "functions", &table) && table.elem_kind == WASM_FUNCREF);
    CHECK(table.cur_size == 4 && table.max_size == 8);
    CHECK(wasm_table_get_func_inst(instance, &table, 1) == named("add"));
    CHECK(!wasm_table_get_func_inst(instance, &table, 0) && !wasm_table_get_func_inst(instance, &table, 4));
    CHECK(!wasm_table_get_func_inst(NULL, &table, 1) && !wasm_table_get_func_inst(instance, NULL, 1));
    CHECK(!wasm_runtime_get_export_table_inst(instance, "counter", &table));
    CHECK(!wasm_runtime_get_export_table_inst(NULL, "functions", &table));
    CHECK(!wasm_runtime_get_export_table_inst(instance, "functions", NULL));
}
#define test_wasm_table_get_func_inst test_wasm_runtime_get_export_table_inst

#endif
