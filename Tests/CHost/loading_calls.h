// The scenarios of files and modules, their names and types, for api_calls_test.c alone.
#ifndef MOTE_LOADING_CALLS_H
#define MOTE_LOADING_CALLS_H

#include "small_modules.h"

static wasm_module_t load_small(const char *name) {
    const SmallModule *small = small_module(name);
    return wasm_runtime_load(small->bytes, small->size, error, sizeof error);
}

// An ahead-of-time file as far as anybody looks: a section of another kind, then the target's, of a type.
static const uint8_t *ahead_of_time(uint8_t type) {
    static uint8_t bytes[] = {0, 'a', 'o', 't', 6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 9, 9,
                              0, 0,   0,   0,   8, 0, 0, 0, 1, 0, 2, 0, 4, 0, 0, 0};
    bytes[30] = type;
    return bytes;
}
static void test_get_package_type(void) {
    const uint8_t *file = ahead_of_time(4), other[] = "neither";
    CHECK(get_package_type(onepage.bytes, onepage.size) == Wasm_Module_Bytecode);
    CHECK(wasm_runtime_get_file_package_type(file, 34) == Wasm_Module_AoT);
    CHECK(get_package_type(other, sizeof other) == Package_Type_Unknown);
    CHECK(get_package_type(file, 3) == Package_Type_Unknown && get_package_type(NULL, 9) == Package_Type_Unknown);
    CHECK(wasm_runtime_get_file_package_version(onepage.bytes, onepage.size) == 1);
    CHECK(wasm_runtime_get_file_package_version(file, 34) == 6);
    CHECK(!wasm_runtime_get_file_package_version(file, 7) && !wasm_runtime_get_file_package_version(other, 8));
    CHECK(wasm_runtime_get_current_package_version(Wasm_Module_Bytecode) == 1);
    CHECK(wasm_runtime_get_current_package_version(Wasm_Module_AoT) == 0);
    CHECK(open_module(onepage) && wasm_runtime_get_module_package_type(module) == Wasm_Module_Bytecode);
    CHECK(wasm_runtime_get_module_package_version(module) == 1);
    CHECK(wasm_runtime_get_module_package_type(NULL) == Package_Type_Unknown);
    CHECK(!wasm_runtime_get_module_package_version(NULL));
    // Only where the target's section is there and says so.
    CHECK(wasm_runtime_is_xip_file(file, 34) && !wasm_runtime_is_xip_file(file, 31));
    CHECK(!wasm_runtime_is_xip_file(ahead_of_time(1), 34) && !wasm_runtime_is_xip_file(onepage.bytes, onepage.size));
    CHECK(!wasm_runtime_is_xip_file(NULL, 34));
    // Recognised, refused.
    uint8_t copy[34];
    memcpy(copy, ahead_of_time(1), sizeof copy);
    CHECK(!wasm_runtime_load(copy, sizeof copy, error, sizeof error));
    CHECK(!strcmp(error, "AOT module load failed: ahead-of-time files are not supported"));
}
#define test_wasm_runtime_get_file_package_type test_get_package_type
#define test_wasm_runtime_get_module_package_type test_get_package_type
#define test_wasm_runtime_get_file_package_version test_get_package_type
#define test_wasm_runtime_get_module_package_version test_get_package_type
#define test_wasm_runtime_get_current_package_version test_get_package_type
#define test_wasm_runtime_is_xip_file test_get_package_type

// Loads the bytes of a fixture, and overwrites them where they may be freed.
static bool runs_after_load(LoadArgs *arguments) {
    uint8_t *copy = wasm_runtime_malloc(onepage.size);
    memcpy(copy, onepage.bytes, onepage.size);
    module = wasm_runtime_load_ex(copy, onepage.size, arguments, error, sizeof error);
    bool freeable = wasm_runtime_is_underlying_binary_freeable(module);
    if (freeable) memset(copy, 0x5A, onepage.size);
    instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    environment = wasm_runtime_create_exec_env(instance, 4096);
    uint32_t cells[2] = {20, 22};
    return freeable == (arguments->clone_wasm_binary || arguments->wasm_binary_freeable) &&
           call("add", 2, cells) && cells[0] == 42;
}
static void test_wasm_runtime_load_ex(void) {
    char name[] = "one";
    LoadArgs arguments = {.name = name};
    CHECK(runs_after_load(&arguments) && !strcmp(wasm_runtime_get_module_name(module), "one"));
    name[0] = 'x';
    CHECK(!strcmp(wasm_runtime_get_module_name(module), "one"));
    arguments = (LoadArgs){.clone_wasm_binary = true};
    CHECK(runs_after_load(&arguments));
    arguments = (LoadArgs){.wasm_binary_freeable = true, .no_resolve = true};
    CHECK(runs_after_load(&arguments) && wasm_runtime_resolve_symbols(module));
    CHECK(!wasm_runtime_load_ex(onepage.bytes, onepage.size, NULL, error, sizeof error));
    CHECK(!strcmp(error, "WASM module load failed: null load arguments"));
    CHECK(!wasm_runtime_is_underlying_binary_freeable(NULL));
}
#define test_wasm_runtime_is_underlying_binary_freeable test_wasm_runtime_load_ex

static void test_wasm_runtime_resolve_symbols(void) {
    LoadArgs arguments = {.no_resolve = true};
    module = wasm_runtime_load_ex(hostcalls.bytes, hostcalls.size, &arguments, error, sizeof error);
    CHECK(!wasm_runtime_resolve_symbols(module) && !wasm_runtime_resolve_symbols(NULL));
    CHECK(wasm_runtime_register_natives("env", natives, 4) && wasm_runtime_resolve_symbols(module));
    module = wasm_runtime_load(hello.bytes, hello.size, error, sizeof error);
    CHECK(wasm_runtime_resolve_symbols(module));
}
static void test_wasm_runtime_load_from_sections(void) {
    // The sections of a file, one after the other.
    wasm_section_t sections[16];
    uint32_t count = 0, offset = 8;
    while (offset < onepage.size && count < 16) {
        wasm_section_t *section = &sections[count++];
        section->section_type = onepage.bytes[offset++];
        section->section_body_size = 0;
        for (int shift = 0;; shift += 7) {
            uint8_t byte = onepage.bytes[offset++];
            section->section_body_size |= (uint32_t)(byte & 0x7F) << shift;
            if (byte < 0x80) break;
        }
        section->section_body = onepage.bytes + offset;
        section->next = NULL;
        if (count > 1) sections[count - 2].next = section;
        offset += section->section_body_size;
    }
    module = wasm_runtime_load_from_sections(sections, false, error, sizeof error);
    CHECK(module && wasm_runtime_is_underlying_binary_freeable(module));
    instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    environment = wasm_runtime_create_exec_env(instance, 4096);
    uint32_t cells[2] = {20, 22};
    CHECK(call("add", 2, cells) && cells[0] == 42);
    CHECK(!wasm_runtime_load_from_sections(sections, true, error, sizeof error) && !strncmp(error, "AOT module", 10));
    CHECK(!wasm_runtime_load_from_sections(NULL, false, error, sizeof error));
    sections[0].section_type = 77;
    CHECK(!wasm_runtime_load_from_sections(sections, false, error, sizeof error));
    sections[0].section_type = 1000;
    CHECK(!wasm_runtime_load_from_sections(sections, false, error, sizeof error));
    sections[0].section_type = 1, sections[0].section_body_size = ~0u;
    CHECK(!wasm_runtime_load_from_sections(sections, false, error, sizeof error));
}
static void test_wasm_runtime_get_custom_section(void) {
    uint32_t size = 99;
    module = load_small("types");
    const uint8_t *contents = wasm_runtime_get_custom_section(module, "note", &size);
    CHECK(contents && size == 5 && !memcmp(contents, "hello", 5));
    CHECK(wasm_runtime_get_custom_section(module, "note", NULL) == contents);
    CHECK(!wasm_runtime_get_custom_section(module, "not", &size));
    CHECK(!wasm_runtime_get_custom_section(module, NULL, &size) && !wasm_runtime_get_custom_section(NULL, "note", &size));
}
static void test_wasm_runtime_set_module_name(void) {
    module = load_small("types");
    CHECK(!strcmp(wasm_runtime_get_module_name(module), ""));
    CHECK(wasm_runtime_set_module_name(module, "first", error, sizeof error));
    CHECK(wasm_runtime_set_module_name(module, "second", error, sizeof error));
    CHECK(!strcmp(wasm_runtime_get_module_name(module), "second"));
    CHECK(!wasm_runtime_set_module_name(module, NULL, error, sizeof error));
    CHECK(!wasm_runtime_set_module_name(NULL, "third", error, sizeof error) && !wasm_runtime_get_module_name(NULL));
    CHECK(!wasm_runtime_get_module_hash(module));
}
#define test_wasm_runtime_get_module_name test_wasm_runtime_set_module_name
#define test_wasm_runtime_get_module_hash test_wasm_runtime_set_module_name

static void test_wasm_runtime_get_import_type(void) {
    wasm_import_t import;
    module = load_small("types");
    CHECK(wasm_runtime_get_import_count(module) == 5 && wasm_runtime_get_import_count(NULL) == -1);
    wasm_runtime_get_import_type(module, 0, &import);
    CHECK(!strcmp(import.module_name, "env") && !strcmp(import.name, "f") && !import.linked);
    wasm_func_type_t function = import.u.func_type;
    CHECK(import.kind == WASM_IMPORT_EXPORT_KIND_FUNC && wasm_func_type_get_param_count(function) == 2);
    CHECK(wasm_func_type_get_param_valkind(function, 1) == WASM_I64 && wasm_func_type_get_result_count(function) == 1);
    CHECK(wasm_func_type_get_result_valkind(function, 0) == WASM_F64);
    CHECK(wasm_func_type_get_param_valkind(function, 2) == 255);
    CHECK(wasm_func_type_get_result_valkind(function, ~0u) == 255);
    wasm_runtime_get_import_type(module, 1, &import);
    CHECK(import.kind == WASM_IMPORT_EXPORT_KIND_TABLE && !wasm_table_type_get_shared(import.u.table_type));
    CHECK(wasm_table_type_get_elem_kind(import.u.table_type) == WASM_FUNCREF);
    CHECK(wasm_table_type_get_init_size(import.u.table_type) == 2 && wasm_table_type_get_max_size(import.u.table_type) == 9);
    wasm_runtime_get_import_type(module, 2, &import);
    CHECK(import.kind == WASM_IMPORT_EXPORT_KIND_MEMORY && !wasm_memory_type_get_shared(import.u.memory_type));
    CHECK(wasm_memory_type_get_init_page_count(import.u.memory_type) == 1);
    CHECK(wasm_memory_type_get_max_page_count(import.u.memory_type) == 3);
    wasm_runtime_get_import_type(module, 3, &import);
    CHECK(import.kind == WASM_IMPORT_EXPORT_KIND_GLOBAL && import.linked && !strcmp(import.module_name, "global"));
    CHECK(wasm_global_type_get_valkind(import.u.global_type) == WASM_F64);
    CHECK(!wasm_global_type_get_mutable(import.u.global_type));
    wasm_runtime_get_import_type(module, 4, &import);
    CHECK(wasm_global_type_get_mutable(import.u.global_type) && !import.linked);
    // Outside, and without a module: nothing.
    wasm_runtime_get_import_type(module, 5, &import);
    CHECK(!import.name && !import.u.func_type);
    wasm_runtime_get_import_type(module, -1, &import), wasm_runtime_get_import_type(NULL, 0, &import);
    CHECK(!import.name);
    wasm_runtime_get_import_type(module, 0, NULL);
    CHECK(!wasm_func_type_get_param_count(NULL) && wasm_func_type_get_param_valkind(NULL, 0) == 255);
    CHECK(!wasm_func_type_get_result_count(NULL) && wasm_func_type_get_result_valkind(NULL, 0) == 255);
    CHECK(wasm_global_type_get_valkind(NULL) == 255 && !wasm_global_type_get_mutable(NULL));
    CHECK(!wasm_memory_type_get_shared(NULL) && !wasm_memory_type_get_init_page_count(NULL));
    CHECK(!wasm_memory_type_get_max_page_count(NULL) && wasm_table_type_get_elem_kind(NULL) == 255);
    CHECK(!wasm_table_type_get_init_size(NULL) && !wasm_table_type_get_max_size(NULL));
    CHECK(!wasm_table_type_get_shared(NULL));
    // A module of WASI's: linked without anybody doing anything.
    module = wasm_runtime_load(hello.bytes, hello.size, error, sizeof error);
    wasm_runtime_get_import_type(module, 0, &import);
    CHECK(import.linked && import.kind == WASM_IMPORT_EXPORT_KIND_FUNC);
}
static void test_wasm_runtime_get_export_type(void) {
    wasm_export_t export;
    module = load_small("types");
    CHECK(wasm_runtime_get_export_count(module) == 4 && wasm_runtime_get_export_count(NULL) == -1);
    wasm_runtime_get_export_type(module, 0, &export);
    CHECK(!strcmp(export.name, "nothing") && export.kind == WASM_IMPORT_EXPORT_KIND_FUNC);
    CHECK(!wasm_func_type_get_param_count(export.u.func_type));
    wasm_runtime_get_export_type(module, 1, &export);
    CHECK(export.kind == WASM_IMPORT_EXPORT_KIND_TABLE && wasm_table_type_get_init_size(export.u.table_type) == 5);
    CHECK(wasm_table_type_get_max_size(export.u.table_type) == ~0u);
    wasm_runtime_get_export_type(module, 2, &export);
    CHECK(!strcmp(export.name, "three") && wasm_global_type_get_valkind(export.u.global_type) == WASM_I32);
    wasm_runtime_get_export_type(module, 3, &export);
    CHECK(!strcmp(export.name, "again") && wasm_memory_type_get_init_page_count(export.u.memory_type) == 1);
    wasm_runtime_get_export_type(module, 4, &export);
    CHECK(!export.name);
    wasm_runtime_get_export_type(NULL, 0, &export), wasm_runtime_get_export_type(module, 0, NULL);
    module = load_small("leaf");
    wasm_runtime_get_export_type(module, 0, &export);
    CHECK(wasm_memory_type_get_max_page_count(export.u.memory_type) == 65536);
}
#define test_wasm_runtime_get_import_count test_wasm_runtime_get_import_type
#define test_wasm_runtime_get_export_count test_wasm_runtime_get_export_type
#define test_wasm_func_type_get_param_count test_wasm_runtime_get_import_type
#define test_wasm_func_type_get_param_valkind test_wasm_runtime_get_import_type
#define test_wasm_func_type_get_result_count test_wasm_runtime_get_import_type
#define test_wasm_func_type_get_result_valkind test_wasm_runtime_get_import_type
#define test_wasm_global_type_get_valkind test_wasm_runtime_get_import_type
#define test_wasm_global_type_get_mutable test_wasm_runtime_get_import_type
#define test_wasm_memory_type_get_shared test_wasm_runtime_get_import_type
#define test_wasm_memory_type_get_init_page_count test_wasm_runtime_get_import_type
#define test_wasm_memory_type_get_max_page_count test_wasm_runtime_get_import_type
#define test_wasm_table_type_get_elem_kind test_wasm_runtime_get_import_type
#define test_wasm_table_type_get_shared test_wasm_runtime_get_import_type
#define test_wasm_table_type_get_init_size test_wasm_runtime_get_import_type
#define test_wasm_table_type_get_max_size test_wasm_runtime_get_import_type

static void test_wasm_runtime_is_import_func_linked(void) {
    CHECK(!wasm_runtime_is_import_func_linked("env", "add"));
    CHECK(wasm_runtime_register_natives("env", natives, 4) && wasm_runtime_is_import_func_linked("env", "add"));
    CHECK(wasm_runtime_is_import_func_linked("wasi_snapshot_preview1", "fd_write"));
    CHECK(!wasm_runtime_is_import_func_linked("wasi_snapshot_preview1", "no_such"));
    CHECK(wasm_runtime_is_import_func_linked("env", "shared_heap_malloc"));
    CHECK(!wasm_runtime_is_import_func_linked(NULL, "add") && !wasm_runtime_is_import_func_linked("env", NULL));
    CHECK(wasm_runtime_is_import_global_linked("global", "NaN"));
    CHECK(wasm_runtime_is_import_global_linked("global", "Infinity"));
    CHECK(!wasm_runtime_is_import_global_linked("env", "NaN") && !wasm_runtime_is_import_global_linked(NULL, NULL));
}
#define test_wasm_runtime_is_import_global_linked test_wasm_runtime_is_import_func_linked

static void raw_log(wasm_exec_env_t env, uint64_t *args) {
    native_raw_get_arg(char *, text, args);
    native_raw_get_arg(uint32_t, size, args);
    native_log(env, text, size);
    // The short names.
    wasm_module_inst_t module_inst = get_module_inst(env);
    uint64_t address = addr_native_to_app(text), block = module_malloc(size, NULL);
    CHECK(module_inst == instance && addr_app_to_native(address) == text && block);
    CHECK(validate_app_addr(address, size) && validate_app_str_addr(address));
    module_free(block);
}
static void raw_add(wasm_exec_env_t env, uint64_t *args) {
    native_raw_return_type(int32_t, args);
    native_raw_get_arg(int32_t, one, args);
    native_raw_get_arg(int32_t, other, args);
    native_raw_set_return(one + other + *(int32_t *)wasm_runtime_get_function_attachment(env));
}
static void raw_scale(wasm_exec_env_t env, uint64_t *args) {
    native_raw_return_type(double, args);
    native_raw_get_arg(int64_t, integer, args);
    native_raw_get_arg(float, factor, args);
    native_raw_get_arg(double, offset, args);
    native_raw_set_return(native_scale(env, integer, factor, offset));
}
static void raw_callback(wasm_exec_env_t env, uint64_t *args) {
    native_raw_return_type(int32_t, args);
    native_raw_get_arg(int32_t, value, args);
    native_raw_set_return(native_callback(env, value));
}
static void test_wasm_runtime_register_natives_raw(void) {
    static NativeSymbol raw[] = {
        {"log", (void *)raw_log, "(*~)", NULL},
        {"add", (void *)raw_add, "(ii)i", &zero},
        {"scale", (void *)raw_scale, "(IfF)F", NULL},
        {"callback", (void *)raw_callback, "(i)i", NULL},
    };
    CHECK(!wasm_runtime_register_natives_raw(NULL, raw, 4) && !wasm_runtime_register_natives_raw("env", NULL, 4));
    CHECK(wasm_runtime_register_natives_raw("env", raw, 4) && open_with_heap(hostcalls, 256));
    uint32_t cells[2] = {4};
    logged[0] = 0;
    CHECK(call("greet", 0, NULL) && !strcmp(logged, "hello, host"));
    CHECK(call("sum_to", 1, cells) && cells[0] == 10);
    cells[0] = 21;
    CHECK(call("through_host", 1, cells) && cells[0] == 43);
    cells[0] = 0xFFFFFFF9, cells[1] = 0xFFFFFFFF;
    CHECK(call("scaled", 2, cells) && cells[0] == 0 && cells[1] == 0xC00A0000);
    CHECK(!call("greet_badly", 0, NULL) && excepted("Exception: out of bounds memory access"));
    wasm_runtime_clear_exception(instance);
    cells[0] = 1000;
    CHECK(!call("through_host", 1, cells) && excepted("Exception: the host says no"));
    CHECK(wasm_runtime_unregister_natives("env", raw));
}
static void test_get_base_lib_export_apis(void) {
    NativeSymbol *symbols = natives;
    CHECK(get_base_lib_export_apis(&symbols) == 0 && !symbols && get_base_lib_export_apis(NULL) == 0);
}

#endif
