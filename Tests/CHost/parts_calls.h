// The scenarios of modules that import from modules, for api_calls_test.c alone.
#ifndef MOTE_PARTS_CALLS_H
#define MOTE_PARTS_CALLS_H

static int modules_read, modules_given_back, notes;
static wasm_module_inst_t noting;
static bool read_small(package_type_t type, const char *name, uint8_t **bytes, uint32_t *size) {
    const SmallModule *small = small_module(name);
    if (type != Wasm_Module_Bytecode || !small) return false;
    *bytes = wasm_runtime_malloc(small->size);
    *size = small->size;
    if (*bytes) memcpy(*bytes, small->bytes, small->size), modules_read++;
    return *bytes != NULL;
}
static void give_back(uint8_t *bytes, uint32_t size) {
    memset(bytes, 0, size);
    modules_given_back++;
}
static void native_note(wasm_exec_env_t env, const char *text) {
    // The part that imports the native is its instance: addresses are those of the part's memory.
    noting = wasm_runtime_get_module_inst(env);
    if (!strcmp(text, "leaf") && wasm_runtime_addr_native_to_app(noting, (void *)text) == 8) notes++;
    if (notes == 99) wasm_runtime_set_exception(noting, "the part says no");
}
static NativeSymbol note_natives[] = {{"note", (void *)native_note, "($)", NULL}};

static void test_wasm_runtime_set_module_reader(void) {
    modules_read = modules_given_back = notes = 0;
    wasm_runtime_set_module_reader(read_small, give_back);
    CHECK(wasm_runtime_register_natives("env", note_natives, 1));
    module = load_small("top");
    CHECK(module && modules_read == 2);
    CHECK(wasm_runtime_find_module_registered("mid") && wasm_runtime_find_module_registered("leaf"));
    CHECK(!wasm_runtime_find_module_registered("top"));
    wasm_import_t import;
    wasm_runtime_get_import_type(module, 0, &import);
    CHECK(import.linked);
    // Two instances have parts of their own; in each, both importers see the same one.
    for (int round = 0; round < 2; round++) {
        instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
        environment = wasm_runtime_create_exec_env(instance, 4096);
        uint32_t cells[1] = {20};
        CHECK(instance && call("run", 1, cells) && cells[0] == 41 && notes == 2 * round + 1);
        cells[0] = 20;
        CHECK(call("run", 1, cells) && cells[0] == 42 && wasm_runtime_get_module_inst(environment) == instance);
    }
    CHECK(noting && noting != instance && wasm_runtime_get_module(noting) == wasm_runtime_find_module_registered("leaf"));
    // A part is no instance of the host's, and an exception of a part's is the instance's.
    wasm_runtime_deinstantiate(noting);
    notes = 98;
    uint32_t cells[1] = {20};
    CHECK(!call("run", 1, cells) && excepted("Exception: the part says no"));
    wasm_runtime_deinstantiate(instance);
    CHECK(!wasm_runtime_get_module(noting));
    // Others import from them, so that they stay; they are not read again.
    wasm_runtime_unload(wasm_runtime_find_module_registered("leaf"));
    CHECK(wasm_runtime_find_module_registered("leaf") && load_small("top") && modules_read == 2);
    CHECK(modules_given_back == 0);
    wasm_runtime_destroy();
    CHECK(modules_given_back == 2);
    wasm_runtime_set_module_reader(NULL, NULL);

}
static void test_wasm_runtime_find_module_registered(void) {
    modules_read = modules_given_back = 0;
    wasm_runtime_set_module_reader(read_small, give_back);
    CHECK(!load_small("ping") && !strcmp(error, "WASM module load failed: found circular dependency on pong"));
    CHECK(modules_read == modules_given_back && !wasm_runtime_find_module_registered("pong"));
    CHECK(!load_small("caller"));
    CHECK(!strcmp(error, "WASM module load failed: a command (with _start function) can not be a sub-module"));
    CHECK(modules_read == modules_given_back && !wasm_runtime_find_module_registered("command"));
    CHECK(!wasm_runtime_find_module_registered(NULL));
    // Imports of env are never read; a name that nobody can read is an error.
    CHECK(wasm_runtime_load(hostcalls.bytes, hostcalls.size, error, sizeof error));
    uint8_t lost[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 10, 1, 4, 'l', 'o', 's', 't', 1, 'f', 0, 0};
    CHECK(!wasm_runtime_load(lost, sizeof lost, error, sizeof error));
    CHECK(!strcmp(error, "WASM module load failed: unknown import: no module lost can be read"));
    wasm_runtime_set_module_reader(NULL, NULL);
    CHECK(wasm_runtime_load(lost, sizeof lost, error, sizeof error));
}
static void test_wasm_runtime_register_module(void) {
    module = load_small("leaf");
    CHECK(!wasm_runtime_register_module("leaf", module, NULL, 0));
    CHECK(!wasm_runtime_register_module(NULL, module, error, sizeof error));
    CHECK(!strcmp(error, "Register module failed: module_name and module are required"));
    CHECK(!wasm_runtime_register_module("leaf", NULL, error, sizeof error));
    CHECK(!wasm_runtime_register_module("env", module, error, sizeof error));
    CHECK(!strcmp(error, "Register module failed: can not register as a built-in module"));
    char name[] = "leaf";
    CHECK(wasm_runtime_register_module(name, module, error, sizeof error) && !error[0]);
    name[0] = 'x';
    CHECK(wasm_runtime_register_module("leaf", module, error, sizeof error));
    CHECK(!wasm_runtime_register_module("other", module, error, sizeof error));
    CHECK(!strcmp(error, "Register module failed: failed to rename the module"));
    CHECK(!wasm_runtime_register_module("leaf", load_small("leaf"), error, sizeof error));
    CHECK(!strcmp(error, "Register module failed: another module has the name"));
    CHECK(wasm_runtime_find_module_registered("leaf") == module);
    // Without a reader, what was registered is found.
    wasm_module_t mid = load_small("mid");
    CHECK(wasm_runtime_register_module("mid", mid, error, sizeof error));
    CHECK(wasm_runtime_register_natives("env", note_natives, 1));
    module = load_small("top");
    instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    environment = wasm_runtime_create_exec_env(instance, 4096);
    uint32_t cells[1] = {1};
    CHECK(call("run", 1, cells) && cells[0] == 3);
    wasm_runtime_unload(module);
    wasm_runtime_deinstantiate(instance);
    // A part that cannot be made leaves nothing.
    mem_alloc_info_t before, after;
    module = load_small("top");
    wasm_runtime_get_mem_alloc_info(&before);
    InstantiationArgs arguments = {.host_managed_heap_size = 0x40000000};
    CHECK(!wasm_runtime_instantiate_ex(module, &arguments, error, sizeof error));
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
}

#endif
