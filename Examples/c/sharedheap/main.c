// One heap that two instances see at the same addresses: one writes numbers, the other adds them up, nothing is copied,
// and the host sees them as well.
#include <inttypes.h>
#include <stdio.h>

#include "consumer.h"  // consumer.wat and producer.wat as arrays; Examples/c/make-guests
#include "producer.h"
#include "wasm_export.h"

enum { COUNT = 1000 };

typedef struct {
    wasm_module_t module;
    wasm_module_inst_t instance;
    wasm_exec_env_t environment;
} Guest;

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why ? why : "failed");
    return 1;
}

static bool start(Guest *guest, uint8_t *bytes, uint32_t size, wasm_shared_heap_t heap) {
    char error[128];
    guest->module = wasm_runtime_load(bytes, size, error, sizeof error);
    if (!guest->module) return fail("load", error), false;
    guest->instance = wasm_runtime_instantiate(guest->module, 4096, 0, error, sizeof error);
    if (!guest->instance) return fail("instantiate", error), false;
    guest->environment = wasm_runtime_create_exec_env(guest->instance, 4096);
    if (!guest->environment) return fail("environment", NULL), false;
    if (!wasm_runtime_attach_shared_heap(guest->instance, heap)) return fail("attach", NULL), false;
    return true;
}

static void stop(Guest *guest) {
    wasm_runtime_detach_shared_heap(guest->instance);
    wasm_runtime_destroy_exec_env(guest->environment);
    wasm_runtime_deinstantiate(guest->instance);
    wasm_runtime_unload(guest->module);
}

static bool call(Guest *guest, const char *name, uint32_t cells[2]) {
    wasm_function_inst_t function = wasm_runtime_lookup_function(guest->instance, name);
    if (!function) return fail(name, "not exported"), false;
    if (!wasm_runtime_call_wasm(guest->environment, function, 2, cells))
        return fail(name, wasm_runtime_get_exception(guest->instance)), false;
    return true;
}

int main(void) {
    Guest producer, consumer;
    if (!wasm_runtime_init()) return fail("init", NULL);
    SharedHeapInitArgs size = {.size = 64 * 1024};
    wasm_shared_heap_t heap = wasm_runtime_create_shared_heap(&size);
    if (!heap) return fail("shared heap", NULL);
    if (!start(&producer, producer_wasm, sizeof producer_wasm, heap)) return 1;
    if (!start(&consumer, consumer_wasm, sizeof consumer_wasm, heap)) return 1;

    // The block's address is the same for both guests; the host has a pointer.
    void *place;
    uint64_t address = wasm_runtime_shared_heap_malloc(producer.instance, COUNT * sizeof(int32_t), &place);
    if (!address) return fail("no room in the shared heap", NULL);
    printf("at the top of the address space: %s\n", address >> 20 == 0xFFF ? "yes" : "no");

    uint32_t cells[2] = {(uint32_t)address, COUNT};
    if (!call(&producer, "fill", cells)) return 1;
    printf("the host sees %" PRId32 "\n", ((int32_t *)place)[30]);

    cells[0] = (uint32_t)address, cells[1] = COUNT;
    if (!call(&consumer, "sum", cells)) return 1;
    printf("the consumer's sum is %" PRIu32 "\n", cells[0]);

    // Whoever is last gives it back; without the heap the addresses lead nowhere.
    wasm_runtime_shared_heap_free(consumer.instance, address);
    wasm_runtime_detach_shared_heap(consumer.instance);
    cells[0] = (uint32_t)address, cells[1] = COUNT;
    wasm_function_inst_t sum = wasm_runtime_lookup_function(consumer.instance, "sum");
    if (!sum || wasm_runtime_call_wasm(consumer.environment, sum, 2, cells)) return fail("sum", "has to trap");
    printf("detached: %s\n", wasm_runtime_get_exception(consumer.instance));

    stop(&consumer);
    stop(&producer);
    wasm_runtime_destroy();
    return 0;
}
