// C functions that a guest imports: strings and buffers of its memory arrive as checked pointers.
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "guest.h"  // guest.wat as an array; Examples/c/make-guests
#include "wasm_export.h"

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why ? why : "failed");
    return 1;
}

// $: a string that ends inside the guest's memory.
static void say(wasm_exec_env_t environment, const char *text) {
    int *lines = wasm_runtime_get_user_data(environment);
    printf("%d: %s\n", ++*lines, text);
}

// *~: a buffer and its size in bytes, all of it inside the guest's memory.
static int32_t upper(wasm_exec_env_t environment, char *buffer, uint32_t size) {
    if (size == 0) {
        // A native ends the guest's call by an exception.
        wasm_runtime_set_exception(wasm_runtime_get_module_inst(environment), "nothing to do");
        return 0;
    }
    int32_t changed = 0;
    for (uint32_t i = 0; i < size; i++) {
        changed += islower((unsigned char)buffer[i]) != 0;
        buffer[i] = (char)toupper((unsigned char)buffer[i]);
    }
    return changed;
}

// The attachment is what the function was registered with: here, a factor.
static int64_t next(wasm_exec_env_t environment, int64_t value) {
    const int64_t *factor = wasm_runtime_get_function_attachment(environment);
    return value * *factor;
}

static int64_t factor = 7;
// The array stays as long as the registration.
static NativeSymbol natives[] = {
    {"say", (void *)say, "($)", NULL},
    {"upper", (void *)upper, "(*~)i", NULL},
    {"next", (void *)next, "(I)I", &factor},
};

// Calls a function without parameters; its result is in `cells`.
static bool call(wasm_exec_env_t environment, const char *name, uint32_t cells[2]) {
    wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
    return function && wasm_runtime_call_wasm(environment, function, 0, cells);
}

int main(void) {
    char error[128];
    uint32_t cells[2];
    int lines = 0;
    RuntimeInitArgs arguments = {
        .mem_alloc_type = Alloc_With_System_Allocator,
        .native_module_name = "host",
        .native_symbols = natives,
        .n_native_symbols = sizeof natives / sizeof *natives,
    };
    if (!wasm_runtime_full_init(&arguments)) return fail("init", NULL);
    wasm_module_t module = wasm_runtime_load(guest_wasm, sizeof guest_wasm, error, sizeof error);
    if (!module) return fail("load", error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    if (!instance) return fail("instantiate", error);
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    if (!environment) return fail("environment", NULL);
    wasm_runtime_set_user_data(environment, &lines);

    if (!call(environment, "greet", cells)) return fail("greet", wasm_runtime_get_exception(instance));
    printf("letters changed: %" PRIu32 "\n", cells[0]);
    if (!call(environment, "sequence", cells)) return fail("sequence", wasm_runtime_get_exception(instance));
    printf("7 * 7 * 7 = %" PRIu64 "\n", (uint64_t)cells[1] << 32 | cells[0]);

    // What a native is given is checked before it runs.
    if (call(environment, "overrun", cells)) return fail("overrun", "has to trap");
    printf("overrun: %s\n", wasm_runtime_get_exception(instance));
    wasm_runtime_clear_exception(instance);
    if (call(environment, "refused", cells)) return fail("refused", "has to trap");
    printf("refused: %s\n", wasm_runtime_get_exception(instance));

    wasm_runtime_destroy_exec_env(environment);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return 0;
}
