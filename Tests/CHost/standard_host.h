// What the tests of the standard C API share.
#ifndef STANDARD_HOST_H
#define STANDARD_HOST_H

#include "check.h"
#include "standard_guests.h"
#include "wasm_c_api.h"

__attribute__((unused)) static void same(int64_t found, int64_t wanted, const char *what) {
    char detail[96];
    snprintf(detail, sizeof detail, "%lld, expected %lld", (long long)found, (long long)wanted);
    expect(found == wanted, what, detail);
}

// Host info and environments in these tests are integers, and so many times each was finalized.
__attribute__((unused)) static void count_end(void *info) { ++*(int *)info; }

#define GUEST(store, name) load((store), name##_guest, sizeof name##_guest)
__attribute__((unused)) static wasm_module_t *load(wasm_store_t *store, const uint8_t *bytes, size_t size) {
    wasm_byte_vec_t binary = {size, (wasm_byte_t *)bytes, size, 1, NULL};
    return wasm_module_new(store, &binary);
}

// An instance and its exports; the module's handle is given up.
typedef struct {
    wasm_instance_t *instance;
    wasm_extern_vec_t exports;
} Linked;
__attribute__((unused)) static Linked link_all(wasm_store_t *store, wasm_module_t *module, wasm_extern_t **imports,
                                               size_t count) {
    wasm_extern_vec_t vector = {count, imports, count, sizeof *imports, NULL};
    wasm_trap_t *trap = NULL;
    Linked linked = {wasm_instance_new(store, module, &vector, &trap), WASM_EMPTY_VEC};
    if (trap) {
        wasm_message_t message;
        wasm_trap_message(trap, &message);
        printf("not linked: %s\n", message.data);
        wasm_name_delete(&message);
        wasm_trap_delete(trap);
    }
    wasm_instance_exports(linked.instance, &linked.exports);
    wasm_module_delete(module);
    return linked;
}
__attribute__((unused)) static void unlink_all(Linked *linked) {
    wasm_extern_vec_delete(&linked->exports);
    wasm_instance_delete(linked->instance);
}

// What a trap says; it is deleted. Good until the next call.
__attribute__((unused)) static const char *text_of(wasm_trap_t *trap) {
    static char text[256];
    snprintf(text, sizeof text, "(no trap)");
    if (!trap) return text;
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    expect(message.size > 0 && message.data[message.size - 1] == 0, "message", "ends in zero");
    snprintf(text, sizeof text, "%s", message.data ? message.data : "(no message)");
    wasm_name_delete(&message);
    wasm_trap_delete(trap);
    return text;
}
__attribute__((unused)) static void says(wasm_trap_t *trap, const char *wanted, const char *what) {
    const char *found = text_of(trap);
    expect(!strcmp(found, wanted), what, found);
}

// Calls an export with values; they trap or fill `results`.
__attribute__((unused)) static wasm_trap_t *call(wasm_extern_t *external, size_t count, wasm_val_t *arguments,
                                                 size_t result_count, wasm_val_t *results) {
    wasm_val_vec_t given = {count, arguments, count, sizeof *arguments, NULL};
    wasm_val_vec_t taken = {result_count, results, 0, sizeof *results, NULL};
    return wasm_func_call(wasm_extern_as_func(external), &given, &taken);
}
__attribute__((unused)) static int64_t call_number(wasm_extern_t *external, size_t count, wasm_val_t *arguments) {
    wasm_val_t result = {.kind = WASM_I32};
    wasm_trap_t *trap = call(external, count, arguments, 1, &result);
    if (trap) expect(false, "call", text_of(trap));
    return result.kind == WASM_I64 ? result.of.i64 : result.of.i32;
}

#endif
