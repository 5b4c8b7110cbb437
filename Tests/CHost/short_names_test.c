// The short names of the native header, which expect a variable `module_inst`, as natives of WAMR's have it.
#include "check.h"

int main(void) {
    char error[128];
    Fixture guest = fixture("onepage");
    wasm_runtime_init();
    wasm_module_t module = wasm_runtime_load(guest.bytes, guest.size, error, sizeof error);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 4096, 4096, error, sizeof error);
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);

    wasm_module_inst_t module_inst = get_module_inst(environment);
    expect(module_inst == instance, "get_module_inst", "is the environment's");
    expect(validate_app_addr(16, 16) && !validate_app_addr(1 << 30, 1), "validate_app_addr", "knows the end");
    wasm_runtime_clear_exception(instance);
    char *place = NULL;
    uint64_t offset = module_malloc(32, (void **)&place);
    expect(offset && place == addr_app_to_native(offset), "module_malloc", "gives offset and place");
    expect(addr_native_to_app(place) == offset, "addr_native_to_app", "is the offset");
    strcpy(place, "text");
    expect(validate_app_str_addr(offset), "validate_app_str_addr", "finds the end");
    module_free(offset);
    expect(module_malloc(32, NULL) == offset, "module_free", "gives the block back");

    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    free(guest.bytes);
    return verdict();
}
