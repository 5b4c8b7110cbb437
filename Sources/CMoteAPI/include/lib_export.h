// What a host gives to wasm_runtime_register_natives. Names and layout are those of WAMR's header of this name, so that
// its hosts recompile; the text is ours.
#ifndef _LIB_EXPORT_H_
#define _LIB_EXPORT_H_

#include <stdint.h>

#ifndef WASM_RUNTIME_API_EXTERN
#define WASM_RUNTIME_API_EXTERN extern
#endif

#ifdef __cplusplus
extern "C" {
#endif

// A C function that guests import by name.
typedef struct NativeSymbol {
    const char *symbol;       // the import's name
    void *func_ptr;           // the function; its first parameter is the wasm_exec_env_t
    // "(PARAMETERS)RESULT": i I f F are i32 i64 f32 f64; * is a guest pointer that arrives as a native one; ~ is an i32
    // with the size in bytes of what the * before it points at; $ is a guest pointer to a string that ends in NUL.
    // r is an externref that arrives as the host's object.
    // NULL: numbers as the import declares them. A pointer that is out of bounds traps before the call.
    const char *signature;
    void *attachment;         // see wasm_runtime_get_function_attachment
} NativeSymbol;

// Natives of a library that every runtime has: there are none, and the answer is 0.
WASM_RUNTIME_API_EXTERN uint32_t get_base_lib_export_apis(NativeSymbol **p_base_lib_apis);

#ifdef __cplusplus
}
#endif
#endif
