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

// Short names for natives; those of addresses want a variable `module_inst`.
#define get_module_inst(exec_env) wasm_runtime_get_module_inst(exec_env)
#define validate_app_addr(offset, size) wasm_runtime_validate_app_addr(module_inst, offset, size)
#define validate_app_str_addr(offset) wasm_runtime_validate_app_str_addr(module_inst, offset)
#define addr_app_to_native(offset) wasm_runtime_addr_app_to_native(module_inst, offset)
#define addr_native_to_app(ptr) wasm_runtime_addr_native_to_app(module_inst, ptr)
#define module_malloc(size, p_native_addr) wasm_runtime_module_malloc(module_inst, size, p_native_addr)
#define module_free(offset) wasm_runtime_module_free(module_inst, offset)

// For natives that were registered raw: where the result goes, each argument in turn, the result.
#define native_raw_return_type(type, args) type *raw_ret = (type *)(args)
#define native_raw_get_arg(type, name, args) type name = *((type *)(args++))
#define native_raw_set_return(val) *raw_ret = (val)

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

#ifndef MEM_ALLOC_OPTION_DEFINED
#define MEM_ALLOC_OPTION_DEFINED
typedef enum {
    Alloc_With_Pool = 0,
    Alloc_With_Allocator,
    Alloc_With_System_Allocator,
} mem_alloc_type_t;

// What memory is for, where allocators are told.
typedef enum {
    Alloc_For_Runtime,
    Alloc_For_LinearMemory,
} mem_alloc_usage_t;

// The allocator's functions depend on two macros that the host may define before this header:
//   neither                         void *malloc(unsigned size)
//                                   void *realloc(void *block, unsigned size), or NULL
//                                   void free(void *block)
//   WASM_MEM_ALLOC_WITH_USER_DATA=1 user_data comes first
//   WASM_MEM_ALLOC_WITH_USAGE=1     usage comes before that, in realloc a bool (always false) behind it. Linear memory
//                                   is asked of the allocator too, as Alloc_For_LinearMemory
// Blocks are aligned to 16.
typedef union MemAllocOption {
    struct {
        void *heap_buf;
        uint32_t heap_size;
    } pool;
    struct {
        void *malloc_func;
        void *realloc_func;
        void *free_func;
        void *user_data;
    } allocator;
} MemAllocOption;
#endif

typedef struct mem_alloc_info_t {
    uint32_t total_size;        // bytes of the pool that blocks may take
    uint32_t total_free_size;   // bytes of free blocks
    uint32_t highmark_size;     // most bytes that were ever taken
} mem_alloc_info_t;

// 0 stands for the default. There is the interpreter only.
typedef enum RunningMode {
    Mode_Interp = 1,
    Mode_Fast_JIT,
    Mode_LLVM_JIT,
    Mode_Multi_Tier_JIT,
} RunningMode;

typedef struct RuntimeInitArgs {
    mem_alloc_type_t mem_alloc_type;
    MemAllocOption mem_alloc_option;

    // Natives that are registered at once, as wasm_runtime_register_natives does; may be NULL.
    const char *native_module_name;
    NativeSymbol *native_symbols;
    uint32_t n_native_symbols;

    uint32_t max_thread_num;            // as wasm_runtime_set_max_thread_num; 0: 4

    // There is no debugger: ignored, with a warning where an address is given.
    char ip_addr[128];
    int unused;
    int instance_port;

    uint32_t fast_jit_code_cache_size;  // ignored
    uint32_t gc_heap_size;              // most bytes of an instance's GC heap; 0: the plan's (mote.h)
    RunningMode running_mode;           // 0 or Mode_Interp: others are refused

    // Ignored: there is no native code.
    uint32_t llvm_jit_opt_level;
    uint32_t llvm_jit_size_level;
    uint32_t segue_flags;
    bool enable_linux_perf;
} RuntimeInitArgs;

typedef enum {
    WASM_LOG_LEVEL_FATAL = 0,
    WASM_LOG_LEVEL_ERROR = 1,
    WASM_LOG_LEVEL_WARNING = 2,
    WASM_LOG_LEVEL_DEBUG = 3,
    WASM_LOG_LEVEL_VERBOSE = 4,
} log_level_t;

// Which entry of the library a call of the host's means: the macros above are the host's.
#ifdef __APPLE__
#define MOTE_ENTRY(symbol) __asm("_" #symbol)
#else
#define MOTE_ENTRY(symbol) __asm(#symbol)
#endif
#if WASM_MEM_ALLOC_WITH_USAGE + 0 && WASM_MEM_ALLOC_WITH_USER_DATA + 0
#define MOTE_FULL_INIT MOTE_ENTRY(wasm_runtime_full_init_with_usage_and_user_data)
#elif WASM_MEM_ALLOC_WITH_USAGE + 0
#define MOTE_FULL_INIT MOTE_ENTRY(wasm_runtime_full_init_with_usage)
#elif WASM_MEM_ALLOC_WITH_USER_DATA + 0
#define MOTE_FULL_INIT MOTE_ENTRY(wasm_runtime_full_init_with_user_data)
#else
#define MOTE_FULL_INIT
#endif

// A runtime on the system's allocator. True also when there is one already.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_init(void);
// A runtime as the arguments say; they are ignored when there is one already. False: nothing was made, and the log says
// why.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init(RuntimeInitArgs *init_args) MOTE_FULL_INIT;
// Ends everything with the last init's counterpart: modules, instances and environments included. Not while a call runs
// in one of them: then it does nothing.
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy(void);
// What goes to the log, on standard output: lines of this level and of lower ones. Warnings at first.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_log_level(log_level_t level);
// The version of WAMR whose interface this is; mote_get_version tells Mote's own.
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_version(uint32_t *major, uint32_t *minor, uint32_t *patch);

WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_running_mode_supported(RunningMode running_mode);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_set_default_running_mode(RunningMode running_mode);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_set_running_mode(wasm_module_inst_t module_inst, RunningMode running_mode);
WASM_RUNTIME_API_EXTERN RunningMode wasm_runtime_get_running_mode(wasm_module_inst_t module_inst);

// Blocks of the global heap, for the host. NULL when it has no more or there is no runtime.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_malloc(unsigned int size);
// alignment: a power of two of at most a page of the operating system; size: a multiple of it. NULL otherwise.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_aligned_alloc(unsigned int size, unsigned int alignment);
// NULL also for blocks of wasm_runtime_aligned_alloc, which stay as they are.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_realloc(void *block, unsigned int size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_free(void *block);
// The pool's numbers; false with other sources.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_mem_alloc_info(mem_alloc_info_t *info);

// ---- Files

typedef enum {
    Wasm_Module_Bytecode = 0,
    Wasm_Module_AoT,
    Package_Type_Unknown = 0xFFFF,
} package_type_t;

// What bytes begin like. Ahead-of-time files of WAMR are recognised, and refused when they are loaded.
WASM_RUNTIME_API_EXTERN package_type_t get_package_type(const uint8_t *buf, uint32_t size);
WASM_RUNTIME_API_EXTERN package_type_t wasm_runtime_get_file_package_type(const uint8_t *buf, uint32_t size);
WASM_RUNTIME_API_EXTERN package_type_t wasm_runtime_get_module_package_type(const wasm_module_t module);
// The version in the file; 0 where there is none.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_file_package_version(const uint8_t *buf, uint32_t size);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_module_package_version(const wasm_module_t module);
// The version that is loaded; 0 for kinds that are not.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_current_package_version(package_type_t package_type);
// Whether bytes are an ahead-of-time file that wants to run where it lies.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_xip_file(const uint8_t *buf, uint32_t size);

// ---- Modules

#ifndef LOAD_ARGS_OPTION_DEFINED
#define LOAD_ARGS_OPTION_DEFINED
typedef struct LoadArgs {
    char *name;                 // the module's name, copied; may be NULL
    bool clone_wasm_binary;     // the module keeps a copy of the bytes
    bool wasm_binary_freeable;  // the module keeps a copy of what it needs of them: custom sections go
    bool no_resolve;            // imports are looked for later: the log stays silent about them
} LoadArgs;
#endif

// Sections as they stand in a file, each without its number and size.
typedef struct wasm_section_t {
    struct wasm_section_t *next;
    int section_type;
    uint8_t *section_body;
    uint32_t section_body_size;
} wasm_section_t, aot_section_t, *wasm_section_list_t, *aot_section_list_t;

// Decodes and validates a module. The bytes are neither written nor copied: they stay until the unload.
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load(uint8_t *bytes, uint32_t size, char *error_buf,
                                                        uint32_t error_buf_size);
// The same as the arguments say. Where they ask for a copy, the bytes may be freed afterwards.
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load_ex(uint8_t *buf, uint32_t size, const LoadArgs *args,
                                                           char *error_buf, uint32_t error_buf_size);
// The same from sections in the order of a file; their bytes are copied.
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load_from_sections(wasm_section_list_t section_list, bool is_aot,
                                                                      char *error_buf, uint32_t error_buf_size);
// Whether something answers every function that the module imports. Those of others trap when they are called.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_resolve_symbols(wasm_module_t module);
// Gives a module back; where instances live, it goes with the last of them. Registered modules, and those that others
// import from, go with the runtime.
WASM_RUNTIME_API_EXTERN void wasm_runtime_unload(wasm_module_t module);
// Whether the bytes that the module was loaded from are not needed any more.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_underlying_binary_freeable(const wasm_module_t module);
// The contents of the first custom section of a name, in the module's bytes; NULL where there is none.
WASM_RUNTIME_API_EXTERN const uint8_t *wasm_runtime_get_custom_section(const wasm_module_t module_comm,
                                                                       const char *name, uint32_t *len);
// A name for logs, copied.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_set_module_name(wasm_module_t module, const char *name, char *error_buf,
                                                          uint32_t error_buf_size);
// "" where it was given none.
WASM_RUNTIME_API_EXTERN const char *wasm_runtime_get_module_name(wasm_module_t module);
// For enclaves, of which there are none: NULL.
WASM_RUNTIME_API_EXTERN char *wasm_runtime_get_module_hash(wasm_module_t module);

// ---- Modules that import from modules

// With a reader, loading a module loads those too that it imports from under other names than env, wasi_unstable,
// wasi_snapshot_preview1 and the empty one, unless natives answer these imports. Instances of them are made with the
// instance, for it alone. What was read goes to the destroyer when the runtime ends.
typedef bool (*module_reader)(package_type_t module_type, const char *module_name, uint8_t **p_buffer,
                              uint32_t *p_size);
typedef void (*module_destroyer)(uint8_t *buffer, uint32_t size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_module_reader(const module_reader reader,
                                                            const module_destroyer destroyer);
// Lets later loads import from a module under a name, which is copied. It goes with the runtime.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_module(const char *module_name, wasm_module_t module,
                                                          char *error_buf, uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_find_module_registered(const char *module_name);

// ---- WASI

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
// There are no sockets: kept, and a warning where they are not empty.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_addr_pool(wasm_module_t module, const char *addr_pool[],
                                                             uint32_t addr_pool_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_ns_lookup_pool(wasm_module_t module, const char *ns_lookup_pool[],
                                                                  uint32_t ns_lookup_pool_size);

// ---- Instances

#ifndef INSTANTIATION_ARGS_OPTION_DEFINED
#define INSTANTIATION_ARGS_OPTION_DEFINED
typedef struct InstantiationArgs {
    uint32_t default_stack_size;       // operand stack of the environments that the runtime makes; 0: 16 KiB
    uint32_t host_managed_heap_size;   // app heap in memory 0, behind what the module declares; 0: none. Without effect
                                       // where the module exports an allocator (malloc and free): that one is used
    uint32_t max_memory_pages;         // cap of linear memory; 0: the module's own
} InstantiationArgs;
#endif

WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate(wasm_module_t module, uint32_t default_stack_size,
                                                                    uint32_t host_managed_heap_size, char *error_buf,
                                                                    uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate_ex(wasm_module_t module,
                                                                       const InstantiationArgs *args, char *error_buf,
                                                                       uint32_t error_buf_size);

// The same arguments and more in an object. Its strings stay the caller's, and are there when an instance is made.
struct InstantiationArgs2;
WASM_RUNTIME_API_EXTERN bool wasm_runtime_instantiation_args_create(struct InstantiationArgs2 **p);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_destroy(struct InstantiationArgs2 *p);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_default_stack_size(struct InstantiationArgs2 *p,
                                                                                    uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_host_managed_heap_size(struct InstantiationArgs2 *p,
                                                                                        uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_max_memory_pages(struct InstantiationArgs2 *p,
                                                                                  uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_custom_data(struct InstantiationArgs2 *p,
                                                                             void *custom_data);
// Instead of wasm_runtime_set_wasi_args and its like: both together are an error.
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_arg(struct InstantiationArgs2 *p, char *argv[],
                                                                          int argc);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_env(struct InstantiationArgs2 *p,
                                                                          const char *env[], uint32_t env_count);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_dir(struct InstantiationArgs2 *p,
                                                                          const char *dir_list[], uint32_t dir_count,
                                                                          const char *map_dir_list[],
                                                                          uint32_t map_dir_count);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_stdio(struct InstantiationArgs2 *p,
                                                                            int64_t stdinfd, int64_t stdoutfd,
                                                                            int64_t stderrfd);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_addr_pool(struct InstantiationArgs2 *p,
                                                                                const char *addr_pool[],
                                                                                uint32_t addr_pool_size);
WASM_RUNTIME_API_EXTERN void
wasm_runtime_instantiation_args_set_wasi_ns_lookup_pool(struct InstantiationArgs2 *p, const char *ns_lookup_pool[],
                                                        uint32_t ns_lookup_pool_size);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate_ex2(wasm_module_t module,
                                                                        const struct InstantiationArgs2 *args,
                                                                        char *error_buf, uint32_t error_buf_size);

// Ends an instance and its environments. Not while a call runs in it: then it does nothing.
WASM_RUNTIME_API_EXTERN void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_get_module(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst, void *custom_data);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_custom_data(wasm_module_inst_t module_inst);

// Data of several hosts' parts in each instance, a key each; NULL when all of them (eight) are taken. The destructor, if
// there is one, gets what is not null when an instance ends. Keys come and go while there are no instances.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_create_context_key(void (*dtor)(wasm_module_inst_t inst, void *ctx));
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_context_key(void *key);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_context(wasm_module_inst_t inst, void *key, void *ctx);
// The same: threads of an instance share it.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_context_spread(wasm_module_inst_t inst, void *key, void *ctx);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_context(wasm_module_inst_t inst, void *key);

WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_wasi_mode(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_function_inst_t wasm_runtime_lookup_wasi_start_function(wasm_module_inst_t module_inst);
// What the program gave proc_exit; 0 when it did not.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst);

// ---- Execution environments: an operand stack each, used by one thread at a time

WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst,
                                                                     uint32_t stack_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env);
// One function that a thread is in, innermost first.
typedef struct WASMCApiFrame {
    void *instance;             // its wasm_module_inst_t; NULL where nobody knows
    uint32_t module_offset;     // of the instruction in the module's bytes; 0 for a native
    uint32_t func_index;        // in its module; natives have their import's
    uint32_t func_offset;       // the same as module_offset, as WAMR's classic interpreter has it
    const char *func_name_wp;   // from the name section, else an export's, else an import's; NULL: none. The module's
} WASMCApiFrame;
// Fills at most `length` frames, without the innermost `skip_n`; answers how many. Inside a native: of the calls that
// led there; else of the last call, if it trapped. Not for an environment that guest code runs in on another thread.
WASM_RUNTIME_API_EXTERN uint32_t wasm_copy_callstack(const wasm_exec_env_t exec_env, WASMCApiFrame *buffer,
                                                     const uint32_t length, const uint32_t skip_n, char *error_buf,
                                                     uint32_t error_buf_size);
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
// Lets calls run in another instance, in an environment of that one; natives that they call see that environment.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_module_inst(wasm_exec_env_t exec_env, const wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_user_data(wasm_exec_env_t exec_env, void *user_data);
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_user_data(wasm_exec_env_t exec_env);
// Inside a native: the attachment that it was registered with.
WASM_RUNTIME_API_EXTERN void *wasm_runtime_get_function_attachment(wasm_exec_env_t exec_env);
// How much guest code may still run in the environment, in instructions; negative: no limit. From the first limit on
// the instance's code counts; the call before has to be over. Ends in `instruction limit exceeded`.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_instruction_count_limit(wasm_exec_env_t exec_env, int instruction_count);

// ---- Threads

// Threads need no preparation before they call guests; what these note is for hosts that ask. The thread that makes the
// runtime, and those that the runtime makes, are ready.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_init_thread_env(void);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_thread_env(void);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_thread_env_inited(void);
// Most threads of an instance besides its own, spawned environments included: 4, if nobody says. 0 changes nothing.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_max_thread_num(uint32_t num);

// An environment for another thread, with an instance of its own (wasm_runtime_get_module_inst): globals, tables and the
// guest's stack are its own, that one from the guest heap; memories are those of the environment's instance where all of
// them are shared ones, and new ones otherwise. Look functions up in that instance. NULL: the log says why.
// An exception of one, or wasm_runtime_terminate, ends what all of them do.
WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_spawn_exec_env(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_spawned_exec_env(wasm_exec_env_t exec_env);

typedef void *(*wasm_thread_callback_t)(wasm_exec_env_t, void *);
typedef uintptr_t wasm_thread_t;
// Such an environment on a new thread of the runtime's; 0, or -1. Making a thread, the C library takes memory of its own.
// Ending the instance ends its threads, and waits for them.
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_spawn_thread(wasm_exec_env_t exec_env, wasm_thread_t *tid,
                                                          wasm_thread_callback_t callback, void *arg);
// Waits for it, once; 0, with what the callback returned, or -1.
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_join_thread(wasm_thread_t tid, void **retval);

// Around one system call of a native that may block: so that wasm_runtime_terminate, from another thread, has it return
// EINTR, by SIGUSR1. A handler of the host's for that signal stays, and must not be one that restarts calls. False: the
// instance is terminated already, and the native should return.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_begin_blocking_op(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN void wasm_runtime_end_blocking_op(wasm_exec_env_t exec_env);

// There is no debugger: these answer 0, and say so in the log.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_start_debug_instance(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_start_debug_instance_with_port(wasm_exec_env_t exec_env, int32_t port);

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

// Calls a function. argv holds the parameters in cells of 32 bits (i64 and f64 take two, low half first; a v128 four; an
// externref two, the host's object; a funcref one, its function's index, all ones for null) and takes the results over them; argc counts the parameters' cells. False: the instance has an exception, and argv is as before.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                                                    uint32_t argc, uint32_t argv[]);
// The same with typed values.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm_a(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                                                      uint32_t num_results, wasm_val_t results[], uint32_t num_args,
                                                      wasm_val_t args[]);
// The same with the parameters themselves: int32_t, int64_t, double, void * for an externref, the index of a funcref.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm_v(wasm_exec_env_t exec_env, wasm_function_inst_t function,
                                                      uint32_t num_results, wasm_val_t results[], uint32_t num_args,
                                                      ...);
// Calls what table 0 has at an index, with cells.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_indirect(wasm_exec_env_t exec_env, uint32_t element_index, uint32_t argc,
                                                        uint32_t argv[]);
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

// ---- Objects of the host's as externrefs

// An object of an instance has a number: what guests hold stands for it. It lives until the object is deleted or the
// instance ends, also where it is not retained; then the cleanup is called. NULL and (void *)-1 are the null reference,
// whose number is UINT32_MAX.
WASM_RUNTIME_API_EXTERN bool wasm_externref_obj2ref(wasm_module_inst_t module_inst, void *extern_obj,
                                                    uint32_t *p_externref_idx);
WASM_RUNTIME_API_EXTERN bool wasm_externref_objdel(wasm_module_inst_t module_inst, void *extern_obj);
WASM_RUNTIME_API_EXTERN bool wasm_externref_set_cleanup(wasm_module_inst_t module_inst, void *extern_obj,
                                                        void (*extern_obj_cleanup)(void *));
WASM_RUNTIME_API_EXTERN bool wasm_externref_ref2obj(uint32_t externref_idx, void **p_extern_obj);
WASM_RUNTIME_API_EXTERN bool wasm_externref_retain(uint32_t externref_idx);

// ---- Exported globals and tables

typedef struct wasm_global_inst_t {
    wasm_valkind_t kind;
    bool is_mutable;
    void *global_data;   // the value, while the instance lives
} wasm_global_inst_t;

typedef struct wasm_table_inst_t {
    wasm_valkind_t elem_kind;
    uint32_t cur_size;   // when it was asked for
    uint32_t max_size;
    void *elems;         // the runtime's own
} wasm_table_inst_t;

WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_export_global_inst(const wasm_module_inst_t module_inst, const char *name,
                                                                 wasm_global_inst_t *global_inst);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_export_table_inst(const wasm_module_inst_t module_inst, const char *name,
                                                                wasm_table_inst_t *table_inst);
// The function that a table has at an index now; NULL outside, and where there is none.
WASM_RUNTIME_API_EXTERN wasm_function_inst_t wasm_table_get_func_inst(const wasm_module_inst_t module_inst,
                                                                      const wasm_table_inst_t *table_inst, uint32_t idx);

// ---- Exceptions: one per instance, which stays until it is cleared; until then calls fail

// "Exception: TEXT", or NULL. The text is the instance's and stays until the next exception.
WASM_RUNTIME_API_EXTERN const char *wasm_runtime_get_exception(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_exception(wasm_module_inst_t module_inst, const char *exception);
WASM_RUNTIME_API_EXTERN void wasm_runtime_clear_exception(wasm_module_inst_t module_inst);
// Stops the calls in all environments of the instance, from any thread: `terminated by user`.
WASM_RUNTIME_API_EXTERN void wasm_runtime_terminate(wasm_module_inst_t module_inst);

// ---- Imports and exports of a module

typedef enum {
    WASM_IMPORT_EXPORT_KIND_FUNC,
    WASM_IMPORT_EXPORT_KIND_TABLE,
    WASM_IMPORT_EXPORT_KIND_MEMORY,
    WASM_IMPORT_EXPORT_KIND_GLOBAL,
    // Tags have the number behind, and no type.
} wasm_import_export_kind_t;

typedef struct WASMFuncType *wasm_func_type_t;
typedef struct WASMTableType *wasm_table_type_t;
typedef struct WASMGlobalType *wasm_global_type_t;
typedef struct WASMMemory WASMMemoryType;
typedef WASMMemoryType *wasm_memory_type_t;

// Names and types are the module's, and live as long.
typedef struct wasm_import_t {
    const char *module_name;
    const char *name;
    wasm_import_export_kind_t kind;
    bool linked;                // something answers it now
    union {
        wasm_func_type_t func_type;
        wasm_table_type_t table_type;
        wasm_global_type_t global_type;
        wasm_memory_type_t memory_type;
    } u;
} wasm_import_t;

typedef struct wasm_export_t {
    const char *name;
    wasm_import_export_kind_t kind;
    union {
        wasm_func_type_t func_type;
        wasm_table_type_t table_type;
        wasm_global_type_t global_type;
        wasm_memory_type_t memory_type;
    } u;
} wasm_export_t;

// -1 without a module. All bytes are zero where there is no such import, or where there is no memory for its names.
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_get_import_count(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_import_type(const wasm_module_t module, int32_t import_index,
                                                          wasm_import_t *import_type);
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_get_export_count(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_export_type(const wasm_module_t module, int32_t export_index,
                                                          wasm_export_t *export_type);
// Whether a native, WASI or a library of the runtime's answers imports of these names.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_import_func_linked(const char *module_name, const char *func_name);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_import_global_linked(const char *module_name, const char *global_name);

WASM_RUNTIME_API_EXTERN uint32_t wasm_func_type_get_param_count(const wasm_func_type_t func_type);
WASM_RUNTIME_API_EXTERN wasm_valkind_t wasm_func_type_get_param_valkind(const wasm_func_type_t func_type,
                                                                        uint32_t param_index);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_type_get_result_count(const wasm_func_type_t func_type);
// 255 outside, as above.
WASM_RUNTIME_API_EXTERN wasm_valkind_t wasm_func_type_get_result_valkind(const wasm_func_type_t func_type,
                                                                         uint32_t result_index);
WASM_RUNTIME_API_EXTERN wasm_valkind_t wasm_global_type_get_valkind(const wasm_global_type_t global_type);
WASM_RUNTIME_API_EXTERN bool wasm_global_type_get_mutable(const wasm_global_type_t global_type);
// Declared sizes; without a maximum, the most that there can be.
WASM_RUNTIME_API_EXTERN bool wasm_memory_type_get_shared(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_memory_type_get_init_page_count(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_memory_type_get_max_page_count(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN wasm_valkind_t wasm_table_type_get_elem_kind(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN bool wasm_table_type_get_shared(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_table_type_get_init_size(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_table_type_get_max_size(const wasm_table_type_t table_type);

// ---- Natives

// Functions that instances made from now on may import from a module name. The array stays the caller's, unchanged,
// until it is unregistered and no instance uses it. Later registrations come first.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives(const char *module_name, NativeSymbol *native_symbols,
                                                           uint32_t n_native_symbols);
// The same for functions void (*)(wasm_exec_env_t, uint64_t *args), which take all arguments in one array, 8 bytes each,
// and leave the result in its first place. Pointers of signatures arrive as native ones.
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives_raw(const char *module_name, NativeSymbol *native_symbols,
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

// Access outside of linear memory always traps: what switches that off is refused with a warning in the log.
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_bounds_checks(wasm_module_inst_t module_inst, bool enable);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_bounds_checks_enabled(wasm_module_inst_t module_inst);

// ---- What is going on; written to standard output

// Bytes of module, instance and environment as the ledger has them; how far operand stack, guest's C stack and app heap
// were ever used.
WASM_RUNTIME_API_EXTERN void wasm_runtime_dump_mem_consumption(wasm_exec_env_t exec_env);

// How long functions ran that the host called, natives and what these called included, in CPU time of their threads.
// Calls are measured from mote_set_perf_profiling(true) (mote.h) on; before, sums are 0 and the log says why. Functions
// that only guest code calls are in the time of those that called them.
WASM_RUNTIME_API_EXTERN void wasm_runtime_dump_perf_profiling(wasm_module_inst_t module_inst);
// In milliseconds: of all calls; of one function by an export's name or one of the name section, without the calls that
// natives made meanwhile, -1 where there is no such function.
WASM_RUNTIME_API_EXTERN double wasm_runtime_sum_wasm_exec_time(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN double wasm_runtime_get_wasm_func_exec_time(wasm_module_inst_t inst, const char *func_name);

// The frames of wasm_copy_callstack as lines `#00: 0x0a4b - name` (`$f12` without a name), an empty one before and
// behind them; nothing where there are no frames.
WASM_RUNTIME_API_EXTERN void wasm_runtime_dump_call_stack(wasm_exec_env_t exec_env);
// Bytes of that text with its NUL; 0: no frames.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_call_stack_buf_size(wasm_exec_env_t exec_env);
// The text, cut off where the buffer ends; answers the bytes written, NUL included.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_dump_call_stack_to_buf(wasm_exec_env_t exec_env, char *buf, uint32_t len);

// There is no compiler whose profile this would be: 0, and the log says so.
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_pgo_prof_data_size(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_dump_pgo_prof_data_to_buf(wasm_module_inst_t module_inst, char *buf,
                                                                        uint32_t len);

#ifdef __cplusplus
}
#endif
#endif
