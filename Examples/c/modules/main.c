// A module that imports from another one, which the runtime asks the host for by its name.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geometry.h"  // geometry.wat and guest.wat as arrays; Examples/c/make-guests
#include "guest.h"
#include "wasm_export.h"

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why ? why : "failed");
    return 1;
}

// Called at load, once for each module that is imported from and not there yet. A host with files would look for
// NAME.wasm.
static bool read_module(package_type_t type, const char *name, uint8_t **bytes, uint32_t *size) {
    printf("asked for %s\n", name);
    if (type != Wasm_Module_Bytecode || strcmp(name, "geometry")) return false;
    uint8_t *copy = malloc(sizeof geometry_wasm);
    if (!copy) return false;
    memcpy(copy, geometry_wasm, sizeof geometry_wasm);
    *bytes = copy;
    *size = sizeof geometry_wasm;
    return true;
}

// Called when the module is gone.
static void free_module(uint8_t *bytes, uint32_t size) {
    printf("%s back\n", size == sizeof geometry_wasm ? "geometry is" : "something else is");
    free(bytes);
}

static int run(wasm_module_t module) {
    char error[128];
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    if (!instance) return fail("instantiate", error);
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance, "floor");
    if (!environment || !function) return fail("environment", NULL);
    uint32_t cells[3] = {4, 5, 3};
    if (!wasm_runtime_call_wasm(environment, function, 3, cells))
        return fail("floor", wasm_runtime_get_exception(instance));
    printf("3 rooms of 4 by 5: %" PRIu32 "\n", cells[0]);
    wasm_runtime_destroy_exec_env(environment);
    wasm_runtime_deinstantiate(instance);
    return 0;
}

int main(void) {
    char error[128];
    if (!wasm_runtime_init()) return fail("init", NULL);
    wasm_runtime_set_module_reader(read_module, free_module);
    wasm_module_t module = wasm_runtime_load(guest_wasm, sizeof guest_wasm, error, sizeof error);
    if (!module) return fail("load", error);
    printf("geometry is %s\n", wasm_runtime_find_module_registered("geometry") ? "registered" : "not there");
    int code = run(module);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return code;
}
