// The standard WebAssembly C API with WAMR's additions, under the name that WAMR gives it. All of wasm.h is
// here; types that wasm_export.h has too are its own, so hosts can include both.
#ifndef _WASM_C_API_H_
#define _WASM_C_API_H_

#include "wasm.h"
#include "wasm_export.h"

#ifdef __cplusplus
extern "C" {
#endif

#define own

// ---- Where an engine's memory comes from

// May also lie on the host's stack, zeroed.
struct wasm_config_t {
    mem_alloc_type_t mem_alloc_type;
    MemAllocOption mem_alloc_option;
    uint32_t segue_flags;
    bool enable_linux_perf;
};
// With a pool, everything of the engine lies in it, linear memories included. The allocator's functions take
// sizes of type unsigned int, and neither usage nor user data. A null option is for the system allocator.
WASM_API_EXTERN own wasm_config_t *wasm_config_set_mem_alloc_opt(wasm_config_t *, mem_alloc_type_t,
                                                                 MemAllocOption *);
// Kept, and without effect: nothing is compiled to native code.
WASM_API_EXTERN own wasm_config_t *wasm_config_set_linux_perf_opt(wasm_config_t *, bool enable);
WASM_API_EXTERN wasm_config_t *wasm_config_set_segue_flags(wasm_config_t *, uint32_t segue_flags);
// As with a config of this allocation option.
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new_with_args(mem_alloc_type_t type,
                                                             const MemAllocOption *opts);

// ---- Modules

#ifndef LOAD_ARGS_OPTION_DEFINED
#define LOAD_ARGS_OPTION_DEFINED
typedef struct LoadArgs {
    char *name;                   // may be NULL
    bool clone_wasm_binary;       // false: the load copies what is needed of the bytes, and translates code
    bool wasm_binary_freeable;    // as if clone_wasm_binary were false
    bool no_resolve;              // without effect: imports are linked by instances
} LoadArgs;
#endif
// Either way the bytes are the caller's again afterwards.
WASM_API_EXTERN own wasm_module_t *wasm_module_new_ex(wasm_store_t *, wasm_byte_vec_t *binary,
                                                      LoadArgs *args);
WASM_API_EXTERN bool wasm_module_set_name(wasm_module_t *, const char *name);
// Empty where none was set; good until the next set_name.
WASM_API_EXTERN const char *wasm_module_get_name(wasm_module_t *);
WASM_API_EXTERN bool wasm_module_is_underlying_binary_freeable(const wasm_module_t *module);

// Whether a placeholder is enough for the import: functions of WASI and of libc-builtin.
WASM_API_EXTERN bool wasm_importtype_is_linked(const wasm_importtype_t *);
// A placeholder among imports, for functions only; null for other kinds. What is not linked then traps when
// it is called. WASI programs see the process's standard streams, no arguments and no files.
WASM_API_EXTERN wasm_extern_t *wasm_extern_new_empty(wasm_store_t *, wasm_externkind_t);

// ---- Instances

// Sizes in bytes: the operand stack of calls of the instance's functions (0: 32 KiB) and the app heap (0:
// none), as wasm_runtime_instantiate has them. wasm_instance_new makes no app heap.
WASM_API_EXTERN own wasm_instance_t *wasm_instance_new_with_args(wasm_store_t *, const wasm_module_t *,
                                                                 const wasm_extern_vec_t *imports,
                                                                 own wasm_trap_t **trap,
                                                                 const uint32_t stack_size,
                                                                 const uint32_t heap_size);
WASM_API_EXTERN own wasm_instance_t *wasm_instance_new_with_args_ex(wasm_store_t *, const wasm_module_t *,
                                                                    const wasm_extern_vec_t *imports,
                                                                    own wasm_trap_t **trap,
                                                                    const InstantiationArgs *inst_args);
// Milliseconds; 0, since nothing measures the functions of these instances.
WASM_API_EXTERN double wasm_instance_sum_wasm_exec_time(const wasm_instance_t *);
WASM_API_EXTERN double wasm_instance_get_wasm_func_exec_time(const wasm_instance_t *, const char *func_name);

// ---- Short forms

static inline own wasm_valtype_t *wasm_valtype_new_v128(void) { return wasm_valtype_new(WASM_V128); }

#define KILOBYTE(n) ((n) * 1024)

#undef own

#ifdef __cplusplus
}
#endif
#endif
