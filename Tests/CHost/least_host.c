// The least that a host does: what it links of the library is what scripts/check-lean weighs.
#include "wasm_export.h"

int main(void) {
    static uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    char error[128];
    if (!wasm_runtime_init()) return 1;
    wasm_module_t module = wasm_runtime_load(bytes, sizeof bytes, error, sizeof error);
    if (!module) return 2;
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 8192, 0, error, sizeof error);
    if (!instance) return 3;
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance, "work");
    uint32_t cells[1] = {0};
    return function && wasm_runtime_call_wasm(environment, function, 1, cells) ? 0 : 4;
}
