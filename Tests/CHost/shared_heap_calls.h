// The scenarios of shared heaps, for api_calls_test.c alone, whose helpers they use.
#ifndef MOTE_SHARED_HEAP_CALLS_H
#define MOTE_SHARED_HEAP_CALLS_H

// Of one page of the system, detached and alone; attached to the instance of `grow`, which has `peek` and `poke`.
static wasm_shared_heap_t heap;
static bool open_heap(bool attach) {
    SharedHeapInitArgs arguments = {.size = 4000};
    heap = wasm_runtime_create_shared_heap(&arguments);
    return heap && open_module(grow) && (!attach || wasm_runtime_attach_shared_heap(instance, heap));
}
static void test_wasm_runtime_create_shared_heap(void) {
    SharedHeapInitArgs arguments = {.size = 0};
    CHECK(!wasm_runtime_create_shared_heap(&arguments) && !wasm_runtime_create_shared_heap(NULL));
    arguments.size = (1u << 30) + 1;
    CHECK(!wasm_runtime_create_shared_heap(&arguments));
    static _Alignas(65536) char buffer[65536];
    arguments = (SharedHeapInitArgs){.size = sizeof buffer - 1, .pre_allocated_addr = buffer};
    CHECK(!wasm_runtime_create_shared_heap(&arguments));
    arguments.size = sizeof buffer;
    CHECK(wasm_runtime_create_shared_heap(&arguments));
}
static void test_wasm_runtime_chain_shared_heaps(void) {
    static _Alignas(65536) char buffer[65536];
    SharedHeapInitArgs arguments = {.size = sizeof buffer, .pre_allocated_addr = buffer};
    wasm_shared_heap_t head = wasm_runtime_create_shared_heap(&arguments);
    CHECK(open_heap(false) && wasm_runtime_chain_shared_heaps(head, heap) == head);
    CHECK(!wasm_runtime_chain_shared_heaps(head, heap) && !wasm_runtime_chain_shared_heaps(NULL, heap));
    CHECK(wasm_runtime_attach_shared_heap(instance, head));
    char *place = wasm_runtime_addr_app_to_native(instance, 0x100000000 - 4096 - sizeof buffer);
    CHECK(place == buffer);
    CHECK(wasm_runtime_addr_native_to_app(instance, buffer + 5) == 0x100000000 - 4096 - sizeof buffer + 5);
}
static void test_wasm_runtime_unchain_shared_heaps(void) {
    static _Alignas(65536) char buffer[65536];
    SharedHeapInitArgs arguments = {.size = sizeof buffer, .pre_allocated_addr = buffer};
    wasm_shared_heap_t head = wasm_runtime_create_shared_heap(&arguments);
    CHECK(open_heap(false) && wasm_runtime_chain_shared_heaps(head, heap));
    CHECK(wasm_runtime_unchain_shared_heaps(head, false) == heap);
    CHECK(!wasm_runtime_unchain_shared_heaps(head, true));
}
static void test_wasm_runtime_reset_shared_heap_chain(void) {
    CHECK(open_heap(true) && !wasm_runtime_reset_shared_heap_chain(heap));
    CHECK(wasm_runtime_shared_heap_malloc(instance, 4000, NULL));
    CHECK(!wasm_runtime_shared_heap_malloc(instance, 4000, NULL));
    wasm_runtime_detach_shared_heap(instance);
    CHECK(wasm_runtime_reset_shared_heap_chain(heap) && wasm_runtime_attach_shared_heap(instance, heap));
    CHECK(wasm_runtime_shared_heap_malloc(instance, 4000, NULL));
}
static void test_wasm_runtime_attach_shared_heap(void) {
    uint32_t cells[2] = {0xFFFFFFF0};
    CHECK(open_heap(false) && !call("peek", 1, cells));
    CHECK(excepted("Exception: out of bounds memory access"));
    wasm_runtime_clear_exception(instance);
    CHECK(!wasm_runtime_validate_app_addr(instance, 0xFFFFFFF0, 16));
    wasm_runtime_clear_exception(instance);
    CHECK(wasm_runtime_attach_shared_heap(instance, heap) && !wasm_runtime_attach_shared_heap(instance, heap));
    cells[0] = 0xFFFFFFF0;
    CHECK(call("peek", 1, cells) && cells[0] == 0);
    CHECK(wasm_runtime_validate_app_addr(instance, 0xFFFFFFF0, 16));
    CHECK(!wasm_runtime_validate_app_addr(instance, 0xFFFFFFF0, 17));
}
static void test_wasm_runtime_detach_shared_heap(void) {
    uint32_t cells[2] = {0xFFFFFFF0};
    CHECK(open_heap(true));
    wasm_runtime_detach_shared_heap(instance);
    CHECK(!call("peek", 1, cells));
    wasm_runtime_detach_shared_heap(instance);
}
// A module whose `run` hands its two arguments to `env.look`.
static uint8_t looking[] = {
    0, 'a', 's', 'm', 1, 0, 0, 0, 1, 6, 1, 0x60, 2, 0x7F, 0x7F, 0, 2, 12, 1, 3, 'e', 'n', 'v', 4, 'l', 'o', 'o',
    'k', 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 7, 1, 3, 'r', 'u', 'n', 0, 1, 10, 10, 1, 8, 0, 0x20, 0, 0x20, 1, 0x10,
    0, 0x0B};
static char seen[16];
static void native_look(wasm_exec_env_t caller, char *text, uint32_t size) {
    (void)caller;
    memcpy(seen, text, size < sizeof seen ? size : sizeof seen);
}
static void native_look_at_text(wasm_exec_env_t caller, char *text, uint32_t unused) {
    (void)caller, (void)unused;
    strncpy(seen, text, sizeof seen - 1);
}
static bool look(const char *text, uint32_t address, uint32_t size) {
    uint32_t cells[2] = {address, size};
    memset(seen, 0, sizeof seen);
    bool is_done = call("run", 2, cells);
    wasm_runtime_clear_exception(instance);
    return is_done && !strcmp(seen, text);
}
static void test_pointers_of_natives(const char *signature, void *native, bool takes_size) {
    NativeSymbol symbols[] = {{"look", native, signature, NULL}};
    CHECK(wasm_runtime_register_natives("env", symbols, 1));
    CHECK(open_heap(false) && open_module((Fixture){looking, sizeof looking}));
    CHECK(wasm_runtime_attach_shared_heap(instance, heap));
    uint32_t end = 0;
    memcpy(wasm_runtime_addr_app_to_native(instance, 0xFFFFFFF0), "at the very end", 16);
    CHECK(look("at the very end", 0xFFFFFFF0, 16));
    CHECK(look("end", 0xFFFFFFFC, 4));
    CHECK(!takes_size || !look("end", 0xFFFFFFFC, 5));
    CHECK(!look("", end - 4097, 1));
    // Without its end, text leaves the heap.
    memcpy(wasm_runtime_addr_app_to_native(instance, 0xFFFFFFFF), "!", 1);
    CHECK(takes_size || !look("end!", 0xFFFFFFFC, 0));
    wasm_runtime_unregister_natives("env", symbols);
}
static void test_wasm_runtime_shared_heap_malloc(void) {
    CHECK(open_heap(false) && !wasm_runtime_shared_heap_malloc(instance, 8, NULL));
    CHECK(wasm_runtime_attach_shared_heap(instance, heap));
    void *place = NULL;
    uint64_t address = wasm_runtime_shared_heap_malloc(instance, 8, &place);
    CHECK(address && place && wasm_runtime_addr_app_to_native(instance, address) == place);
    *(int *)place = 42;
    uint32_t cells[2] = {(uint32_t)address};
    CHECK(call("peek", 1, cells) && cells[0] == 42);
    memcpy(place, "short", 6);
    CHECK(wasm_runtime_validate_app_str_addr(instance, address));
    CHECK(wasm_runtime_validate_native_addr(instance, place, 8));
    wasm_runtime_shared_heap_free(instance, address);
    test_pointers_of_natives("(*~)", (void *)native_look, true);
    test_pointers_of_natives("($i)", (void *)native_look_at_text, false);
}
static void test_wasm_runtime_shared_heap_free(void) {
    CHECK(open_heap(true));
    uint64_t address = wasm_runtime_shared_heap_malloc(instance, 4000, NULL);
    CHECK(address && !wasm_runtime_shared_heap_malloc(instance, 4000, NULL));
    wasm_runtime_shared_heap_free(instance, address);
    wasm_runtime_shared_heap_free(instance, address);
    wasm_runtime_shared_heap_free(instance, 12);
    CHECK(wasm_runtime_shared_heap_malloc(instance, 4000, NULL) == address);
}

#endif
