// The scenarios of bytes in a guest's memory for the host, for api_calls_test.c alone.
#ifndef MOTE_HEAP_CALLS_H
#define MOTE_HEAP_CALLS_H

static uint8_t *at(uint64_t offset) { return wasm_runtime_addr_app_to_native(instance, offset); }
static void test_wasm_runtime_module_malloc(void) {
    void *native = &native;
    CHECK(open_with_heap(onepage, 4096));
    uint64_t first = wasm_runtime_module_malloc(instance, 10, &native), second;
    CHECK(first != 0 && first % 8 == 0 && native == at(first));
    second = wasm_runtime_module_malloc(instance, 0, NULL);
    CHECK(second != 0 && second != first);
    // Full, or absurd: 0, no exception, and the pointer is left alone.
    native = &native;
    CHECK(!wasm_runtime_module_malloc(instance, 4096, &native) && !wasm_runtime_module_malloc(instance, UINT64_MAX, NULL));
    CHECK(native == &native && !wasm_runtime_get_exception(instance));
    wasm_runtime_module_free(instance, first);
    wasm_runtime_module_free(instance, second);
    CHECK(wasm_runtime_module_malloc(instance, 4096, NULL) == first);
    // No heap.
    CHECK(open_module(onepage) && !wasm_runtime_module_malloc(instance, 1, NULL) && !wasm_runtime_get_exception(instance));
    // No memory. The guest's own.
    uint8_t bare[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    CHECK(open_module((Fixture){bare, sizeof bare}) && !wasm_runtime_module_malloc(instance, 1, NULL));
    CHECK(excepted("Exception: uninitialized memory"));
    CHECK(open_with_heap(ownheap, 4096) && (first = wasm_runtime_module_malloc(instance, 10, &native)) != 0);
    uint32_t cells[1] = {0};
    CHECK(native == at(first) && call("live", 0, cells) && cells[0] == 1);
    CHECK(!wasm_runtime_module_malloc(instance, 8192, NULL) && !wasm_runtime_get_exception(instance));
    CHECK(!wasm_runtime_module_malloc(instance, 666, NULL) && excepted("Exception: unreachable"));
    CHECK(!wasm_runtime_module_malloc(NULL, 1, NULL));
}
static void test_wasm_runtime_module_free(void) {
    CHECK(open_with_heap(onepage, 64));
    uint64_t block = wasm_runtime_module_malloc(instance, 64, NULL);
    wasm_runtime_module_free(instance, 0);
    wasm_runtime_module_free(instance, block + 8);
    wasm_runtime_module_free(instance, UINT64_MAX);
    CHECK(!wasm_runtime_module_malloc(instance, 1, NULL));
    wasm_runtime_module_free(instance, block);
    wasm_runtime_module_free(instance, block);
    CHECK(wasm_runtime_module_malloc(instance, 64, NULL) == block && !wasm_runtime_get_exception(instance));
    CHECK(open_module(ownheap) && (block = wasm_runtime_module_malloc(instance, 64, NULL)));
    uint32_t cells[1] = {9};
    wasm_runtime_module_free(instance, 0);
    wasm_runtime_module_free(instance, 1 << 20);
    CHECK(call("live", 0, cells) && cells[0] == 1);
    wasm_runtime_module_free(instance, block);
    CHECK(call("live", 0, cells) && cells[0] == 0);
    wasm_runtime_module_free(NULL, 1);
}
static void test_wasm_runtime_module_dup_data(void) {
    for (int own = 0; own < 2; own++) {
        CHECK(own ? open_module(ownheap) : open_with_heap(onepage, 64));
        uint64_t copy = wasm_runtime_module_dup_data(instance, "seven..", 7);
        CHECK(copy && !memcmp(at(copy), "seven..", 7));
        CHECK(!wasm_runtime_module_dup_data(instance, (const char *)pool, 10000));
        CHECK(wasm_runtime_module_dup_data(instance, "", 0));
        CHECK(!wasm_runtime_get_exception(instance));
    }
}

#endif
