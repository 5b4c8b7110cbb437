// A host written for the standard WebAssembly C API: a memory and a callback of its own are what the guest imports, and a
// trap of the callback's comes back from the call.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"  // guest.wat as an array; Examples/c/make-guests
#include "wasm.h"

// What the callback is given with each call.
typedef struct {
    wasm_store_t *store;
    bool falling;
    int calls, limit;
} Order;

static wasm_trap_t *before(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    Order *order = env;
    if (++order->calls > order->limit) {
        wasm_message_t text;
        wasm_name_new_from_string_nt(&text, "too many comparisons");
        wasm_trap_t *trap = wasm_trap_new(order->store, &text);
        wasm_name_delete(&text);
        return trap;
    }
    int32_t left = args->data[0].of.i32, right = args->data[1].of.i32;
    results->data[0] = (wasm_val_t)WASM_I32_VAL(order->falling ? left > right : left < right);
    return NULL;
}

static void finished(void *env) { printf("%d comparisons in the last order\n", ((Order *)env)->calls); }

static void sort(wasm_func_t *function, wasm_memory_t *memory, Order *order, bool falling, int limit) {
    static const int32_t numbers[] = {30, -5, 12, 7, 99, 0};
    enum { COUNT = sizeof numbers / sizeof *numbers };
    order->falling = falling, order->calls = 0, order->limit = limit;
    memcpy(wasm_memory_data(memory), numbers, sizeof numbers);
    wasm_val_t count[] = {WASM_I32_VAL(COUNT)};
    wasm_val_vec_t arguments = WASM_ARRAY_VEC(count), results = WASM_EMPTY_VEC;
    wasm_trap_t *trap = wasm_func_call(function, &arguments, &results);
    if (trap) {
        wasm_message_t message;
        wasm_trap_message(trap, &message);
        wasm_frame_t *origin = wasm_trap_origin(trap);
        printf("%s, in function %" PRIu32 "\n", message.data, wasm_frame_func_index(origin));
        wasm_frame_delete(origin);
        wasm_name_delete(&message);
        wasm_trap_delete(trap);
        return;
    }
    int32_t sorted[COUNT];
    memcpy(sorted, wasm_memory_data(memory), sizeof sorted);
    for (int i = 0; i < COUNT; i++) printf("%" PRId32 "%c", sorted[i], i + 1 < COUNT ? ' ' : '\n');
}

int main(void) {
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);

    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof guest_wasm, (const char *)guest_wasm);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module) return fprintf(stderr, "the module is not valid\n"), 1;

    wasm_limits_t limits = {1, 1};
    wasm_memorytype_t *memory_type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, memory_type);
    wasm_memorytype_delete(memory_type);
    static Order order;
    order.store = store;
    wasm_functype_t *type = wasm_functype_new_2_1(wasm_valtype_new_i32(), wasm_valtype_new_i32(),
                                                  wasm_valtype_new_i32());
    wasm_func_t *callback = wasm_func_new_with_env(store, type, before, &order, finished);
    wasm_functype_delete(type);

    // In the order of the module's imports.
    wasm_extern_t *given[] = {wasm_memory_as_extern(memory), wasm_func_as_extern(callback)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(given), exports;
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, &trap);
    if (!instance) return fprintf(stderr, "the module does not fit\n"), 1;
    wasm_instance_exports(instance, &exports);
    wasm_func_t *function = wasm_extern_as_func(exports.data[0]);
    sort(function, memory, &order, false, 100);
    sort(function, memory, &order, true, 3);
    sort(function, memory, &order, true, 100);

    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_func_delete(callback);
    wasm_memory_delete(memory);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return 0;
}
