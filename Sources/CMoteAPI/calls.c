// Calls with variable arguments: C alone can read them. What is called does the rest.
#include <stdarg.h>
#include <string.h>

#include "wasm_export.h"

// More than any call that is written out; the values lie on the stack.
enum { MOST_VALUES = 256 };

bool wasm_runtime_call_wasm_v(wasm_exec_env_t exec_env, wasm_function_inst_t function, uint32_t num_results,
                              wasm_val_t results[], uint32_t num_args, ...) {
    wasm_valkind_t kinds[MOST_VALUES];
    wasm_val_t values[MOST_VALUES];
    uint32_t count = wasm_func_get_param_count(function, NULL);
    // With no values: the exception says that their number is wrong.
    if (count != num_args || count > MOST_VALUES) {
        return wasm_runtime_call_wasm_a(exec_env, function, num_results, results, UINT32_MAX, NULL);
    }
    wasm_func_get_param_types(function, NULL, kinds);
    va_list list;
    va_start(list, num_args);
    for (uint32_t index = 0; index < count; index++) {
        memset(&values[index], 0, sizeof values[index]);
        values[index].kind = kinds[index];
        switch (kinds[index]) {
        case WASM_I64: values[index].of.i64 = va_arg(list, int64_t); break;
        case WASM_F32: values[index].of.f32 = (float)va_arg(list, double); break;
        case WASM_F64: values[index].of.f64 = va_arg(list, double); break;
        case WASM_EXTERNREF: values[index].of.foreign = va_arg(list, uintptr_t); break;
        default: values[index].of.i32 = va_arg(list, int32_t); break;
        }
    }
    va_end(list);
    return wasm_runtime_call_wasm_a(exec_env, function, num_results, results, count, values);
}
