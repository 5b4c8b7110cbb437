// The embedding interface of libmote. Names, types and conventions are those of WAMR's header of this name, so that its
// hosts recompile; the text is ours, and only what works is declared.
//
// One runtime per process, counted: the first init makes it, the last destroy ends it. Every byte comes from the global
// heap that init was given; with a pool, linear memory and operand stacks too. Handles are checked where they can be: a
// null one, or one that was given back and not yet reused, makes a call fail and do nothing.
#ifndef _WASM_EXPORT_H
#define _WASM_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib_export.h"

#ifndef WASM_RUNTIME_API_EXTERN
#define WASM_RUNTIME_API_EXTERN extern
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef WASM_MODULE_T_DEFINED
#define WASM_MODULE_T_DEFINED
typedef struct WASMModuleCommon *wasm_module_t;
#endif
typedef struct WASMModuleInstanceCommon *wasm_module_inst_t;
typedef struct WASMFunctionInstanceCommon *wasm_function_inst_t;
typedef struct WASMMemoryInstance *wasm_memory_inst_t;
typedef struct WASMExecEnv *wasm_exec_env_t;
typedef struct WASMSharedHeap *wasm_shared_heap_t;

// ---- Runtime

typedef enum {
    Alloc_With_Pool = 0,
    Alloc_With_Allocator,
    Alloc_With_System_Allocator,
} mem_alloc_type_t;

typedef union MemAllocOption {
    struct {
        void *heap_buf;
        uint32_t heap_size;
    } pool;
    struct {
        void *malloc_func;    // void *(*)(unsigned int size)
        void *realloc_func;   // void *(*)(void *block, unsigned int size), or NULL
        void *free_func;      // void (*)(void *block)
        void *user_data;      // unused
    } allocator;
} MemAllocOption;

typedef struct RuntimeInitArgs {
    mem_alloc_type_t mem_alloc_type;
    MemAllocOption mem_alloc_option;
    // Natives that are registered at once, as wasm_runtime_register_natives does; may be NULL.
    const char *native_module_name;
    NativeSymbol *native_symbols;
    uint32_t n_native_symbols;
} RuntimeInitArgs;

typedef struct mem_alloc_info_t {
    uint32_t total_size;        // bytes of the pool that blocks may take
    uint32_t total_free_size;   // bytes of free blocks
    uint32_t highmark_size;     // most bytes that were ever taken
} mem_alloc_info_t;

// A runtime on the system's allocator. True also when there is one already.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_init(void);
// A runtime as the arguments say; they are ignored when there is one already. False: nothing was made.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init(RuntimeInitArgs *init_args);
// Ends everything with the last init's counterpart: modules, instances and environments included. Not while a call runs
// in one of them: then it does nothing.
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy(void);

// Blocks of the global heap, for the host. NULL when it has no more or there is no runtime.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_malloc(unsigned int size);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_realloc(void *block, unsigned int size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_free(void *block);
// The pool's numbers; false with other sources.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_mem_alloc_info(mem_alloc_info_t *info);

// ---- Modules

// Decodes and validates a module. The bytes are neither written nor copied: they stay until the unload.
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load(uint8_t *bytes, uint32_t size, char *error_buf,
                                                        uint32_t error_buf_size);
// Gives a module back; where instances live, it goes with the last of them.
WASM_RUNTIME_API_EXTERN void wasm_runtime_unload(wasm_module_t module);

// What a WASI program of the module will see; read when it is instantiated, and until then the caller's.
// dir_list: host directories under their own names. map_dir_list: "GUEST::HOST". env: "NAME=VALUE".
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_args(wasm_module_t module, const char *dir_list[],
                                                        uint32_t dir_count, const char *map_dir_list[],
                                                        uint32_t map_dir_count, const char *env[], uint32_t env_count,
                                                        char *argv[], int argc);
// The same with the host's descriptors for the standard streams; -1 leaves the process's own.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_args_ex(wasm_module_t module, const char *dir_list[],
                                                           uint32_t dir_count, const char *map_dir_list[],
                                                           uint32_t map_dir_count, const char *env[],
                                                           uint32_t env_count, char *argv[], int argc, int64_t stdinfd,
                                                           int64_t stdoutfd, int64_t stderrfd);

// ---- Instances

typedef struct InstantiationArgs {
    uint32_t default_stack_size;       // operand stack of the environments that the runtime makes; 0: 16 KiB
    uint32_t host_managed_heap_size;   // app heap in memory 0, behind what the module declares; 0: none. Without effect
                                       // where the module exports an allocator (malloc and free): that one is used
    uint32_t max_memory_pages;         // cap of linear memory; 0: the module's own
} InstantiationArgs;

WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate(wasm_module_t module, uint32_t default_stack_size,
                                                                    uint32_t host_managed_heap_size, char *error_buf,
                                                                    uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate_ex(wasm_module_t module,
                                                                       const InstantiationArgs *args, char *error_buf,
                                                                       uint32_t error_buf_size);
// Ends an instance and its environments. Not while a call runs in it: then it does nothing.
WASM_RUNTIME_API_EXTERN void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_get_module(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst, void *custom_data);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_custom_data(wasm_module_inst_t module_inst);

WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_wasi_mode(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_function_inst_t wasm_runtime_lookup_wasi_start_function(wasm_module_inst_t module_inst);
// What the program gave proc_exit; 0 when it did not.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst);

// ---- Execution environments: an operand stack each, used by one thread at a time

WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst,
                                                                     uint32_t stack_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env);
// The instance's own environment, made at first need with its default size.
WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_get_exec_env_singleton(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_get_module_inst(wasm_exec_env_t exec_env);
// Where the native stack ends that calls in the environment run on, for stacks that are not the thread's own; what lies
// below is not used. Null: as the thread's attributes say, with a reserve, which is the default.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_native_stack_boundary(wasm_exec_env_t exec_env,
                                                                    uint8_t *native_stack_boundary);
// For natives that recurse: whether there is native stack left, or at least so many bytes; otherwise false, with
// `native stack overflow` as the exception.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_detect_native_stack_overflow(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_detect_native_stack_overflow_size(wasm_exec_env_t exec_env,
                                                                            uint32_t required_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_user_data(wasm_exec_env_t exec_env, void *user_data);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_user_data(wasm_exec_env_t exec_env);
// Inside a native: the attachment that it was registered with.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_function_attachment(wasm_exec_env_t exec_env);
// How much guest code may still run in the environment, in instructions; negative: no limit. From the first limit on
// the instance's code counts; the call before has to be over. Ends in `instruction limit exceeded`.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_instruction_count_limit(wasm_exec_env_t exec_env, int instruction_count);

// ---- Functions

#ifndef WASM_VALKIND_T_DEFINED
#define WASM_VALKIND_T_DEFINED
enum wasm_valkind_enum {
    WASM_I32 = 0,
    WASM_I64 = 1,
    WASM_F32 = 2,
    WASM_F64 = 3,
    WASM_V128 = 4,
    WASM_EXTERNREF = 128,
    WASM_FUNCREF = 129,
};
typedef uint8_t wasm_valkind_t;
#endif

#ifndef WASM_VAL_T_DEFINED
#define WASM_VAL_T_DEFINED
struct wasm_ref_t;
typedef struct wasm_val_t {
    wasm_valkind_t kind;
    uint8_t _paddings[7];
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uintptr_t foreign;
        struct wasm_ref_t *ref;
    } of;
} wasm_val_t;
#endif

WASM_RUNTIME_API_EXTERN wasm_function_inst_t wasm_runtime_lookup_function(wasm_module_inst_t module_inst,
                                                                          const char *name);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_get_param_count(wasm_function_inst_t func, wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_get_result_count(wasm_function_inst_t func, wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_func_get_param_types(wasm_function_inst_t func, wasm_module_inst_t module_inst,
                                                       wasm_valkind_t *param_types);
WASM_RUNTIME_API_EXTERN void wasm_func_get_result_types(wasm_function_inst_t func, wasm_module_inst_t module_inst,
                                                        wasm_valkind_t *result_types);

// Calls a function. argv holds the parameters in cells of 32 bits (i64 and f64 take two, low half first) and takes the
// results over them; argc counts the parameters' cells. False: the instance has an exception, and argv is as before.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                                                    uint32_t argc, uint32_t argv[]);
// The same with typed values.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm_a(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                                                      uint32_t num_results, wasm_val_t results[], uint32_t num_args,
                                                      wasm_val_t args[]);
// Runs a program: _start of a WASI module, else `main` without parameters or with (argc, argv), for which the strings are
// placed in the app heap or by the guest's malloc. True also when it called proc_exit. What main returns replaces argv[0]
// (as an int32_t) where argc is not 0.
WASM_RUNTIME_API_EXTERN bool wasm_application_execute_main(wasm_module_inst_t module_inst, int32_t argc, char *argv[]);
// Calls an exported function with words as arguments, and prints its results to standard output, or the exception:
// `0x1f:i32`, `0x1f:i64`, `%.7g:f32`, `%.7g:f64`, `<0xLOW 0xHIGH>:v128`, `3:ref.func`, `0x5:ref.extern`, `func:ref.null`, with
// commas between them and a newline behind. Integers are read as C reads them, NaNs may have a payload (nan:0x200000), a
// vector is two integers with a \ between them, a reference `null` or a number. Clears the exception of an earlier call.
WASM_RUNTIME_API_EXTERN bool wasm_application_execute_func(wasm_module_inst_t module_inst, const char *name, int32_t argc,
                                                           char *argv[]);

// ---- Exceptions: one per instance, which stays until it is cleared; until then calls fail

// "Exception: TEXT", or NULL. The text is the instance's and stays until the next exception.
WASM_RUNTIME_API_EXTERN const char *wasm_runtime_get_exception(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_exception(wasm_module_inst_t module_inst, const char *exception);
WASM_RUNTIME_API_EXTERN void wasm_runtime_clear_exception(wasm_module_inst_t module_inst);
// Stops the calls in all environments of the instance, from any thread: `terminated by user`.
WASM_RUNTIME_API_EXTERN void wasm_runtime_terminate(wasm_module_inst_t module_inst);

// ---- Natives

// Functions that instances made from now on may import from a module name. The array stays the caller's, unchanged,
// until it is unregistered and no instance uses it. Later registrations come first.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives(const char *module_name, NativeSymbol *native_symbols,
                                                           uint32_t n_native_symbols);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_unregister_natives(const char *module_name, NativeSymbol *native_symbols);

// ---- Shared heaps

// One heap that instances see at the top of their address spaces; several can be chained.
typedef struct SharedHeapInitArgs {
    // 256 bytes to 1 GiB; rounded up to pages of the operating system.
    uint32_t size;
    // Bytes of the host's, which begin and end with such pages, and in which nothing is handed out; or null.
    void *pre_allocated_addr;
} SharedHeapInitArgs;

// Null where it cannot be had; freed with the runtime.
WASM_RUNTIME_API_EXTERN wasm_shared_heap_t wasm_runtime_create_shared_heap(SharedHeapInitArgs *init_args);
// Puts `body` and its chain behind `head`, which is returned; null where a rule forbids it.
WASM_RUNTIME_API_EXTERN wasm_shared_heap_t wasm_runtime_chain_shared_heaps(wasm_shared_heap_t head,
                                                                           wasm_shared_heap_t body);
// Takes the head off its chain, or all links apart; returns what begins the rest.
WASM_RUNTIME_API_EXTERN wasm_shared_heap_t wasm_runtime_unchain_shared_heaps(wasm_shared_heap_t head,
                                                                             bool entire_chain);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_reset_shared_heap_chain(wasm_shared_heap_t shared_heap);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_attach_shared_heap(wasm_module_inst_t module_inst,
                                                             wasm_shared_heap_t shared_heap);
WASM_RUNTIME_API_EXTERN void wasm_runtime_detach_shared_heap(wasm_module_inst_t module_inst);
// The address for guests, 0 where there is none; its place is left in `p_native_addr`, if that is not null.
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_shared_heap_malloc(wasm_module_inst_t module_inst, uint64_t size,
                                                                 void **p_native_addr);
WASM_RUNTIME_API_EXTERN void wasm_runtime_shared_heap_free(wasm_module_inst_t module_inst, uint64_t ptr);

// ---- Linear memory

WASM_RUNTIME_API_EXTERN wasm_memory_inst_t wasm_runtime_lookup_memory(wasm_module_inst_t module_inst, const char *name);
WASM_RUNTIME_API_EXTERN wasm_memory_inst_t wasm_runtime_get_default_memory(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_memory_inst_t wasm_runtime_get_memory(wasm_module_inst_t module_inst, uint32_t index);
WASM_RUNTIME_API_EXTERN uint64_t wasm_memory_get_cur_page_count(wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN uint64_t wasm_memory_get_max_page_count(wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN uint64_t wasm_memory_get_bytes_per_page(wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN bool wasm_memory_get_shared(wasm_memory_inst_t memory_inst);
// Where it lies now: growing it may move it.
WASM_RUNTIME_API_EXTERN void *wasm_memory_get_base_address(wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN bool wasm_memory_enlarge(wasm_memory_inst_t memory_inst, uint64_t inc_page_count);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_enlarge_memory(wasm_module_inst_t module_inst, uint64_t inc_page_count);

typedef enum {
    INTERNAL_ERROR = 0, // memory was not to be had
    MAX_SIZE_REACHED,
} enlarge_memory_error_reason_t;
// Told of every memory that did not grow, on the thread that asked. The size is in bytes; exec_env is null where the
// host asked outside of any call. It may call functions of the instance; failures that happen meanwhile on the same
// thread are not told. One per process, set while nothing runs; null for none.
typedef void (*enlarge_memory_error_callback_t)(uint32_t inc_page_count, uint64_t current_memory_size,
                                                uint32_t memory_index, enlarge_memory_error_reason_t failure_reason,
                                                wasm_module_inst_t instance, wasm_exec_env_t exec_env,
                                                void *user_data);
WASM_RUNTIME_API_EXTERN void
wasm_runtime_set_enlarge_mem_error_callback(const enlarge_memory_error_callback_t callback, void *user_data);

// Addresses of memory 0. The validators leave `out of bounds memory access` as exception where they answer false.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_app_addr(wasm_module_inst_t module_inst, uint64_t app_offset,
                                                            uint64_t size);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_app_str_addr(wasm_module_inst_t module_inst,
                                                                uint64_t app_str_offset);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_native_addr(wasm_module_inst_t module_inst, void *native_ptr,
                                                               uint64_t size);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_addr_app_to_native(wasm_module_inst_t module_inst, uint64_t app_offset);
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_addr_native_to_app(wasm_module_inst_t module_inst, void *native_ptr);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_app_addr_range(wasm_module_inst_t module_inst, uint64_t app_offset,
                                                             uint64_t *p_app_start_offset, uint64_t *p_app_end_offset);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_native_addr_range(wasm_module_inst_t module_inst, uint8_t *native_ptr,
                                                                uint8_t **p_native_start_addr,
                                                                uint8_t **p_native_end_addr);

// Bytes of memory 0 for the host, from the guest's own malloc where it exports malloc and free (or AssemblyScript's
// runtime), else from the app heap: their offset, and in *p_native_addr where they lie now; 0 where there is no heap or
// not as much in it. The guest's malloc may trap, which leaves an exception.
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_module_malloc(wasm_module_inst_t module_inst, uint64_t size,
                                                            void **p_native_addr);
// Offset 0, and in the app heap what is no block, are ignored.
WASM_RUNTIME_API_EXTERN void wasm_runtime_module_free(wasm_module_inst_t module_inst, uint64_t ptr);
// As much, with a copy of the bytes at src.
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_module_dup_data(wasm_module_inst_t module_inst, const char *src,
                                                              uint64_t size);

#ifdef __cplusplus
}
#endif
#endif
