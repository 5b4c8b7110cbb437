// The standard C API: a guest calls back into C, where a function has an environment and may end the guest's call by a
// trap of its own.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest.h"  // guest.wat as an array; Examples/c/make-guests
#include "wasm.h"

typedef struct {
    wasm_store_t *store;
    const int32_t *next, *end;
} Numbers;

static void fail(const char *what) {
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

// The callback: arguments and results are vectors of values; a trap that it returns ends the guest's call.
static wasm_trap_t *next(void *environment, const wasm_val_vec_t *arguments, wasm_val_vec_t *results) {
    Numbers *numbers = environment;
    (void)arguments;
    if (numbers->next == numbers->end) {
        wasm_message_t message;
        wasm_name_new_from_string_nt(&message, "no more numbers");
        wasm_trap_t *trap = wasm_trap_new(numbers->store, &message);
        wasm_byte_vec_delete(&message);
        return trap;
    }
    results->data[0] = (wasm_val_t)WASM_I32_VAL(*numbers->next++);
    return NULL;
}

static void ended(void *environment) {
    (void)environment;
    printf("the environment is not used any more\n");
}

// Calls an export that is a function; prints and ends the trap, if there is one.
static bool call(const wasm_extern_t *export, wasm_val_vec_t *results) {
    const wasm_func_t *function = wasm_extern_as_func_const(export);
    if (!function) fail("an export that is a function");
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_t *trap = wasm_func_call(function, &none, results);
    if (!trap) return true;
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    printf("trap: %s\n", message.data);  // ends in zero
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
    return false;
}

int main(void) {
    const int32_t list[] = {20, 30, -8, 0, 5, 6};
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = engine ? wasm_store_new(engine) : NULL;
    if (!store) fail("store");
    Numbers numbers = {.store = store, .next = list, .end = list + sizeof list / sizeof *list};

    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof guest_wasm, (const char *)guest_wasm);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module) fail("module");

    // Imports in the module's order.
    wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t *function = type ? wasm_func_new_with_env(store, type, next, &numbers, ended) : NULL;
    if (!function) fail("function");
    wasm_functype_delete(type);
    wasm_extern_t *imported[] = {wasm_func_as_extern(function)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(imported);
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    if (!instance) fail("instance");
    wasm_func_delete(function);

    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    if (exports.size != 3) fail("exports");
    wasm_val_t total[1] = {WASM_INIT_VAL};
    wasm_val_vec_t results = WASM_ARRAY_VEC(total);
    if (!call(exports.data[1], &results)) fail("total");
    printf("total: %" PRId64 "\n", total[0].of.i64);

    wasm_val_vec_t none = WASM_EMPTY_VEC;
    if (call(exports.data[2], &none)) fail("the end of the numbers");
    wasm_val_t calls;
    wasm_global_get(wasm_extern_as_global_const(exports.data[0]), &calls);
    printf("%" PRId32 " calls\n", calls.of.i32);

    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return 0;
}
