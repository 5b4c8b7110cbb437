// The natives that hostcalls.wasm imports, for api_calls_test.c alone.
#ifndef MOTE_HOSTCALLS_NATIVES_H
#define MOTE_HOSTCALLS_NATIVES_H

static char logged[32];
static void native_log(wasm_exec_env_t env, const char *text, uint32_t size) {
    (void)env;
    if (size < sizeof logged) memcpy(logged, text, size), logged[size] = 0;
}
static int32_t native_add(wasm_exec_env_t env, int32_t one, int32_t other) {
    return one + other + *(int32_t *)wasm_runtime_get_function_attachment(env);
}
static double native_scale(wasm_exec_env_t env, int64_t integer, float factor, double offset) {
    (void)env;
    return (double)integer * (double)factor + offset;
}
static int32_t native_callback(wasm_exec_env_t env, int32_t value) {
    wasm_module_inst_t inst = wasm_runtime_get_module_inst(env);
    if (value == 1000) {
        wasm_runtime_set_exception(inst, "the host says no");
        return 0;
    }
    uint32_t cells[1] = {(uint32_t)value};
    if (!wasm_runtime_call_wasm(env, wasm_runtime_lookup_function(inst, "twice"), 1, cells)) return -1;
    return (int32_t)cells[0];
}
static int32_t zero;
static NativeSymbol natives[] = {
    {"log", (void *)native_log, "(*~)", NULL},
    {"add", (void *)native_add, "(ii)i", &zero},
    {"scale", (void *)native_scale, "(IfF)F", NULL},
    {"callback", (void *)native_callback, NULL, NULL},
};

#endif
