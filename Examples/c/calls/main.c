// Functions of a module called from C: values in cells, typed values, several results, and a trap.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"  // guest.wat as an array; Examples/c/make-guests
#include "wasm_export.h"

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why ? why : "failed");
    return 1;
}

static int call(wasm_module_inst_t instance) {
    // An execution environment is an operand stack, for one thread at a time; its size in bytes is ours to choose.
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    if (!environment) return fail("environment", NULL);
    wasm_function_inst_t add = wasm_runtime_lookup_function(instance, "add");
    wasm_function_inst_t hypotenuse = wasm_runtime_lookup_function(instance, "hypotenuse");
    wasm_function_inst_t divide = wasm_runtime_lookup_function(instance, "divide");
    if (!add || !hypotenuse || !divide) return fail("lookup", "the module is another one");

    // Cells of 32 bits: an i32 takes one. Results come back over the parameters.
    uint32_t cells[4] = {40, 2};
    if (!wasm_runtime_call_wasm(environment, add, 2, cells))
        return fail("add", wasm_runtime_get_exception(instance));
    printf("40 + 2 = %" PRIu32 "\n", cells[0]);

    // An f64 takes two.
    double sides[2] = {3, 4};
    memcpy(cells, sides, sizeof sides);
    if (!wasm_runtime_call_wasm(environment, hypotenuse, 4, cells))
        return fail("hypotenuse", wasm_runtime_get_exception(instance));
    double length;
    memcpy(&length, cells, sizeof length);
    printf("hypotenuse of 3 and 4: %g\n", length);

    // Typed values need no cells; the function says how many it takes.
    wasm_val_t results[2];
    wasm_val_t arguments[2] = {{.kind = WASM_I64, .of.i64 = 17}, {.kind = WASM_I64, .of.i64 = 5}};
    if (wasm_func_get_param_count(divide, instance) != 2 || wasm_func_get_result_count(divide, instance) != 2)
        return fail("divide", "has another type");
    if (!wasm_runtime_call_wasm_a(environment, divide, 2, results, 2, arguments))
        return fail("divide", wasm_runtime_get_exception(instance));
    printf("17 / 5 = %" PRId64 ", remainder %" PRId64 "\n", results[0].of.i64, results[1].of.i64);

    // A trap leaves an exception, which stays until it is cleared.
    arguments[1].of.i64 = 0;
    if (wasm_runtime_call_wasm_a(environment, divide, 2, results, 2, arguments))
        return fail("divide", "dividing by zero has to trap");
    printf("17 / 0: %s\n", wasm_runtime_get_exception(instance));
    wasm_runtime_clear_exception(instance);
    cells[0] = 1, cells[1] = 2;
    if (!wasm_runtime_call_wasm(environment, add, 2, cells))
        return fail("add", wasm_runtime_get_exception(instance));
    printf("afterwards, 1 + 2 = %" PRIu32 "\n", cells[0]);

    wasm_runtime_destroy_exec_env(environment);
    return 0;
}

int main(void) {
    char error[128];
    if (!wasm_runtime_init()) return fail("init", NULL);
    wasm_module_t module = wasm_runtime_load(guest_wasm, sizeof guest_wasm, error, sizeof error);
    if (!module) return fail("load", error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    if (!instance) return fail("instantiate", error);
    int code = call(instance);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return code;
}
