// Only compiled: the signatures that hosts of WAMR were written against, declared again. A header of ours that says
// otherwise is an error here, as is a field that is missing, of another type or in another order.
#include <stddef.h>

#include "lib_export.h"
#include "wasm_export.h"

#define RT(name) wasm_runtime_##name
#define ARGS(name) wasm_runtime_instantiation_args_##name
typedef wasm_module_t M;
typedef wasm_module_inst_t I;
typedef wasm_exec_env_t E;
typedef wasm_function_inst_t F;
typedef wasm_memory_inst_t Memory;
typedef wasm_shared_heap_t Heap;
typedef struct InstantiationArgs2 Args;
typedef const char *Text;

bool RT(init)(void);
bool RT(full_init)(RuntimeInitArgs *);
void RT(destroy)(void);
void RT(set_log_level)(log_level_t);
void RT(get_version)(uint32_t *, uint32_t *, uint32_t *);
bool RT(is_running_mode_supported)(RunningMode);
bool RT(set_default_running_mode)(RunningMode);
bool RT(set_running_mode)(I, RunningMode);
RunningMode RT(get_running_mode)(I);

void *RT(malloc)(unsigned int);
void *RT(aligned_alloc)(unsigned int, unsigned int);
void *RT(realloc)(void *, unsigned int);
void RT(free)(void *);
bool RT(get_mem_alloc_info)(mem_alloc_info_t *);

package_type_t get_package_type(const uint8_t *, uint32_t);
package_type_t RT(get_file_package_type)(const uint8_t *, uint32_t);
package_type_t RT(get_module_package_type)(const M);
uint32_t RT(get_file_package_version)(const uint8_t *, uint32_t);
uint32_t RT(get_module_package_version)(const M);
uint32_t RT(get_current_package_version)(package_type_t);
bool RT(is_xip_file)(const uint8_t *, uint32_t);

M RT(load)(uint8_t *, uint32_t, char *, uint32_t);
M RT(load_ex)(uint8_t *, uint32_t, const LoadArgs *, char *, uint32_t);
bool RT(resolve_symbols)(M);
M RT(load_from_sections)(wasm_section_list_t, bool, char *, uint32_t);
void RT(unload)(M);
bool RT(is_underlying_binary_freeable)(const M);
const uint8_t *RT(get_custom_section)(const M, Text, uint32_t *);
bool RT(set_module_name)(M, Text, char *, uint32_t);
Text RT(get_module_name)(M);
char *RT(get_module_hash)(M);
void RT(set_module_reader)(const module_reader, const module_destroyer);
bool RT(register_module)(Text, M, char *, uint32_t);
M RT(find_module_registered)(Text);

void RT(set_wasi_args)(M, Text[], uint32_t, Text[], uint32_t, Text[], uint32_t, char *[], int);
void RT(set_wasi_args_ex)(M, Text[], uint32_t, Text[], uint32_t, Text[], uint32_t, char *[], int, int64_t, int64_t,
                          int64_t);
void RT(set_wasi_addr_pool)(M, Text[], uint32_t);
void RT(set_wasi_ns_lookup_pool)(M, Text[], uint32_t);
bool RT(is_wasi_mode)(I);
F RT(lookup_wasi_start_function)(I);
uint32_t RT(get_wasi_exit_code)(I);

I RT(instantiate)(const M, uint32_t, uint32_t, char *, uint32_t);
I RT(instantiate_ex)(const M, const InstantiationArgs *, char *, uint32_t);
I RT(instantiate_ex2)(const M, const Args *, char *, uint32_t);
void RT(deinstantiate)(I);
M RT(get_module)(I);
bool ARGS(create)(Args **);
void ARGS(destroy)(Args *);
void ARGS(set_default_stack_size)(Args *, uint32_t);
void ARGS(set_host_managed_heap_size)(Args *, uint32_t);
void ARGS(set_max_memory_pages)(Args *, uint32_t);
void ARGS(set_custom_data)(Args *, void *);
void ARGS(set_wasi_arg)(Args *, char *[], int);
void ARGS(set_wasi_env)(Args *, Text[], uint32_t);
void ARGS(set_wasi_dir)(Args *, Text[], uint32_t, Text[], uint32_t);
void ARGS(set_wasi_stdio)(Args *, int64_t, int64_t, int64_t);
void ARGS(set_wasi_addr_pool)(Args *, Text[], uint32_t);
void ARGS(set_wasi_ns_lookup_pool)(Args *, Text[], uint32_t);

E RT(create_exec_env)(I, uint32_t);
void RT(destroy_exec_env)(E);
E RT(get_exec_env_singleton)(I);
I RT(get_module_inst)(E);
void RT(set_module_inst)(E, const I);
void RT(set_user_data)(E, void *);
void *RT(get_user_data)(E);
void *RT(get_function_attachment)(E);
void RT(set_native_stack_boundary)(E, uint8_t *);
void RT(set_instruction_count_limit)(E, int);
bool RT(detect_native_stack_overflow)(E);
bool RT(detect_native_stack_overflow_size)(E, uint32_t);

F RT(lookup_function)(const I, Text);
bool RT(call_wasm)(E, F, uint32_t, uint32_t[]);
bool RT(call_wasm_a)(E, F, uint32_t, wasm_val_t[], uint32_t, wasm_val_t *);
bool RT(call_wasm_v)(E, F, uint32_t, wasm_val_t[], uint32_t, ...);
bool RT(call_indirect)(E, uint32_t, uint32_t, uint32_t[]);
uint32_t wasm_func_get_param_count(const F, const I);
uint32_t wasm_func_get_result_count(const F, const I);
void wasm_func_get_param_types(const F, const I, wasm_valkind_t *);
void wasm_func_get_result_types(const F, const I, wasm_valkind_t *);
bool wasm_application_execute_main(I, int32_t, char *[]);
bool wasm_application_execute_func(I, Text, int32_t, char *[]);

Text RT(get_exception)(I);
void RT(set_exception)(I, Text);
void RT(clear_exception)(I);
void RT(terminate)(I);

Memory RT(lookup_memory)(const I, Text);
Memory RT(get_default_memory)(const I);
Memory RT(get_memory)(const I, uint32_t);
bool RT(enlarge_memory)(I, uint64_t);
void RT(set_enlarge_mem_error_callback)(const enlarge_memory_error_callback_t, void *);
void RT(set_bounds_checks)(I, bool);
bool RT(is_bounds_checks_enabled)(I);
uint64_t wasm_memory_get_cur_page_count(const Memory);
uint64_t wasm_memory_get_max_page_count(const Memory);
uint64_t wasm_memory_get_bytes_per_page(const Memory);
bool wasm_memory_get_shared(const Memory);
void *wasm_memory_get_base_address(const Memory);
bool wasm_memory_enlarge(Memory, uint64_t);

uint64_t RT(module_malloc)(I, uint64_t, void **);
void RT(module_free)(I, uint64_t);
uint64_t RT(module_dup_data)(I, Text, uint64_t);
bool RT(validate_app_addr)(I, uint64_t, uint64_t);
bool RT(validate_app_str_addr)(I, uint64_t);
bool RT(validate_native_addr)(I, void *, uint64_t);
void *RT(addr_app_to_native)(I, uint64_t);
uint64_t RT(addr_native_to_app)(I, void *);
bool RT(get_app_addr_range)(I, uint64_t, uint64_t *, uint64_t *);
bool RT(get_native_addr_range)(I, uint8_t *, uint8_t **, uint8_t **);

Heap RT(create_shared_heap)(SharedHeapInitArgs *);
Heap RT(chain_shared_heaps)(Heap, Heap);
Heap RT(unchain_shared_heaps)(Heap, bool);
bool RT(reset_shared_heap_chain)(Heap);
bool RT(attach_shared_heap)(I, Heap);
void RT(detach_shared_heap)(I);
uint64_t RT(shared_heap_malloc)(I, uint64_t, void **);
void RT(shared_heap_free)(I, uint64_t);

int32_t RT(get_import_count)(const M);
void RT(get_import_type)(const M, int32_t, wasm_import_t *);
int32_t RT(get_export_count)(const M);
void RT(get_export_type)(const M, int32_t, wasm_export_t *);
bool RT(is_import_func_linked)(Text, Text);
bool RT(is_import_global_linked)(Text, Text);
bool RT(get_export_global_inst)(const I, Text, wasm_global_inst_t *);
bool RT(get_export_table_inst)(const I, Text, wasm_table_inst_t *);
F wasm_table_get_func_inst(const I, const wasm_table_inst_t *, uint32_t);
uint32_t wasm_func_type_get_param_count(const wasm_func_type_t);
wasm_valkind_t wasm_func_type_get_param_valkind(const wasm_func_type_t, uint32_t);
uint32_t wasm_func_type_get_result_count(const wasm_func_type_t);
wasm_valkind_t wasm_func_type_get_result_valkind(const wasm_func_type_t, uint32_t);
wasm_valkind_t wasm_global_type_get_valkind(const wasm_global_type_t);
bool wasm_global_type_get_mutable(const wasm_global_type_t);
bool wasm_memory_type_get_shared(const wasm_memory_type_t);
uint32_t wasm_memory_type_get_init_page_count(const wasm_memory_type_t);
uint32_t wasm_memory_type_get_max_page_count(const wasm_memory_type_t);
wasm_valkind_t wasm_table_type_get_elem_kind(const wasm_table_type_t);
bool wasm_table_type_get_shared(const wasm_table_type_t);
uint32_t wasm_table_type_get_init_size(const wasm_table_type_t);
uint32_t wasm_table_type_get_max_size(const wasm_table_type_t);

uint32_t get_base_lib_export_apis(NativeSymbol **);
bool RT(register_natives)(Text, NativeSymbol *, uint32_t);
bool RT(register_natives_raw)(Text, NativeSymbol *, uint32_t);
bool RT(unregister_natives)(Text, NativeSymbol *);
void RT(set_custom_data)(I, void *);
void *RT(get_custom_data)(I);
void *RT(create_context_key)(void (*)(I, void *));
void RT(destroy_context_key)(void *);
void RT(set_context)(I, void *, void *);
void RT(set_context_spread)(I, void *, void *);
void *RT(get_context)(I, void *);

bool RT(init_thread_env)(void);
void RT(destroy_thread_env)(void);
bool RT(thread_env_inited)(void);
void RT(set_max_thread_num)(uint32_t);
E RT(spawn_exec_env)(E);
void RT(destroy_spawned_exec_env)(E);
int32_t RT(spawn_thread)(E, wasm_thread_t *, wasm_thread_callback_t, void *);
int32_t RT(join_thread)(wasm_thread_t, void **);
bool RT(begin_blocking_op)(E);
void RT(end_blocking_op)(E);

bool wasm_externref_obj2ref(I, void *, uint32_t *);
bool wasm_externref_objdel(I, void *);
bool wasm_externref_set_cleanup(I, void *, void (*)(void *));
bool wasm_externref_ref2obj(uint32_t, void **);
bool wasm_externref_retain(uint32_t);

void RT(dump_mem_consumption)(E);
void RT(dump_perf_profiling)(I);
double RT(sum_wasm_exec_time)(I);
double RT(get_wasm_func_exec_time)(I, Text);
void RT(dump_call_stack)(E);
uint32_t RT(get_call_stack_buf_size)(E);
uint32_t RT(dump_call_stack_to_buf)(E, char *, uint32_t);
uint32_t wasm_copy_callstack(const E, WASMCApiFrame *, const uint32_t, const uint32_t, char *, uint32_t);
uint32_t RT(start_debug_instance)(E);
uint32_t RT(start_debug_instance_with_port)(E, int32_t);
uint32_t RT(get_pgo_prof_data_size)(I);
uint32_t RT(dump_pgo_prof_data_to_buf)(I, char *, uint32_t);

// ---- Structures: fields in order

#define FIELD(structure, field, type)                                     \
    _Static_assert(_Generic(((structure *)0)->field, type: 1, default: 0), \
                   #structure "." #field " is no " #type)
#define AFTER(structure, earlier, later)                                        \
    _Static_assert(offsetof(structure, earlier) < offsetof(structure, later), \
                   #structure ": " #later " does not follow " #earlier)

FIELD(NativeSymbol, symbol, Text);
FIELD(NativeSymbol, func_ptr, void *);
FIELD(NativeSymbol, signature, Text);
FIELD(NativeSymbol, attachment, void *);
AFTER(NativeSymbol, symbol, func_ptr);
AFTER(NativeSymbol, func_ptr, signature);
AFTER(NativeSymbol, signature, attachment);

FIELD(MemAllocOption, pool.heap_buf, void *);
FIELD(MemAllocOption, pool.heap_size, uint32_t);
FIELD(MemAllocOption, allocator.malloc_func, void *);
FIELD(MemAllocOption, allocator.realloc_func, void *);
FIELD(MemAllocOption, allocator.free_func, void *);
FIELD(MemAllocOption, allocator.user_data, void *);

FIELD(RuntimeInitArgs, native_module_name, Text);
FIELD(RuntimeInitArgs, native_symbols, NativeSymbol *);
FIELD(RuntimeInitArgs, max_thread_num, uint32_t);
FIELD(RuntimeInitArgs, instance_port, int);
FIELD(RuntimeInitArgs, fast_jit_code_cache_size, uint32_t);
FIELD(RuntimeInitArgs, gc_heap_size, uint32_t);
FIELD(RuntimeInitArgs, running_mode, RunningMode);
FIELD(RuntimeInitArgs, llvm_jit_opt_level, uint32_t);
FIELD(RuntimeInitArgs, llvm_jit_size_level, uint32_t);
FIELD(RuntimeInitArgs, segue_flags, uint32_t);
FIELD(RuntimeInitArgs, enable_linux_perf, bool);
_Static_assert(sizeof((RuntimeInitArgs *)0)->ip_addr == 128, "RuntimeInitArgs.ip_addr");
AFTER(RuntimeInitArgs, mem_alloc_type, mem_alloc_option);
AFTER(RuntimeInitArgs, mem_alloc_option, native_module_name);
AFTER(RuntimeInitArgs, n_native_symbols, max_thread_num);
AFTER(RuntimeInitArgs, max_thread_num, ip_addr);
AFTER(RuntimeInitArgs, ip_addr, instance_port);
AFTER(RuntimeInitArgs, fast_jit_code_cache_size, gc_heap_size);
AFTER(RuntimeInitArgs, gc_heap_size, running_mode);
AFTER(RuntimeInitArgs, running_mode, llvm_jit_opt_level);
AFTER(RuntimeInitArgs, segue_flags, enable_linux_perf);

FIELD(LoadArgs, name, char *);
FIELD(LoadArgs, clone_wasm_binary, bool);
FIELD(LoadArgs, wasm_binary_freeable, bool);
FIELD(LoadArgs, no_resolve, bool);
AFTER(LoadArgs, name, clone_wasm_binary);
AFTER(LoadArgs, clone_wasm_binary, wasm_binary_freeable);
AFTER(LoadArgs, wasm_binary_freeable, no_resolve);

FIELD(InstantiationArgs, default_stack_size, uint32_t);
AFTER(InstantiationArgs, default_stack_size, host_managed_heap_size);
AFTER(InstantiationArgs, host_managed_heap_size, max_memory_pages);

FIELD(wasm_val_t, kind, wasm_valkind_t);
FIELD(wasm_val_t, of.foreign, uintptr_t);
FIELD(wasm_val_t, of.ref, struct wasm_ref_t *);
_Static_assert(offsetof(wasm_val_t, of) == 8 && sizeof(wasm_val_t) == 16, "wasm_val_t");

FIELD(wasm_import_t, module_name, Text);
FIELD(wasm_import_t, name, Text);
FIELD(wasm_import_t, kind, wasm_import_export_kind_t);
FIELD(wasm_import_t, linked, bool);
FIELD(wasm_import_t, u.func_type, wasm_func_type_t);
FIELD(wasm_import_t, u.table_type, wasm_table_type_t);
FIELD(wasm_import_t, u.global_type, wasm_global_type_t);
FIELD(wasm_import_t, u.memory_type, wasm_memory_type_t);
FIELD(wasm_export_t, name, Text);
FIELD(wasm_export_t, kind, wasm_import_export_kind_t);
FIELD(wasm_export_t, u.func_type, wasm_func_type_t);

FIELD(wasm_section_t, next, struct wasm_section_t *);
FIELD(wasm_section_t, section_type, int);
FIELD(wasm_section_t, section_body, uint8_t *);
FIELD(wasm_section_t, section_body_size, uint32_t);

FIELD(wasm_global_inst_t, kind, wasm_valkind_t);
FIELD(wasm_global_inst_t, is_mutable, bool);
FIELD(wasm_global_inst_t, global_data, void *);
FIELD(wasm_table_inst_t, elem_kind, wasm_valkind_t);
FIELD(wasm_table_inst_t, cur_size, uint32_t);
FIELD(wasm_table_inst_t, max_size, uint32_t);

FIELD(WASMCApiFrame, instance, void *);
FIELD(WASMCApiFrame, module_offset, uint32_t);
FIELD(WASMCApiFrame, func_index, uint32_t);
FIELD(WASMCApiFrame, func_offset, uint32_t);
FIELD(WASMCApiFrame, func_name_wp, Text);

FIELD(SharedHeapInitArgs, size, uint32_t);
FIELD(SharedHeapInitArgs, pre_allocated_addr, void *);
AFTER(mem_alloc_info_t, total_size, total_free_size);
AFTER(mem_alloc_info_t, total_free_size, highmark_size);

// ---- Values

#define IS(name, value) _Static_assert((name) == (value), #name)
IS(Alloc_With_Pool, 0);
IS(Alloc_With_Allocator, 1);
IS(Alloc_With_System_Allocator, 2);
IS(Alloc_For_Runtime, 0);
IS(Alloc_For_LinearMemory, 1);
IS(Mode_Interp, 1);
IS(Mode_Fast_JIT, 2);
IS(Mode_LLVM_JIT, 3);
IS(Mode_Multi_Tier_JIT, 4);
IS(Wasm_Module_Bytecode, 0);
IS(Wasm_Module_AoT, 1);
IS(Package_Type_Unknown, 0xFFFF);
IS(WASM_IMPORT_EXPORT_KIND_FUNC, 0);
IS(WASM_IMPORT_EXPORT_KIND_TABLE, 1);
IS(WASM_IMPORT_EXPORT_KIND_MEMORY, 2);
IS(WASM_IMPORT_EXPORT_KIND_GLOBAL, 3);
IS(WASM_I32, 0);
IS(WASM_I64, 1);
IS(WASM_F32, 2);
IS(WASM_F64, 3);
IS(WASM_V128, 4);
IS(WASM_EXTERNREF, 128);
IS(WASM_FUNCREF, 129);
IS(WASM_LOG_LEVEL_FATAL, 0);
IS(WASM_LOG_LEVEL_ERROR, 1);
IS(WASM_LOG_LEVEL_WARNING, 2);
IS(WASM_LOG_LEVEL_DEBUG, 3);
IS(WASM_LOG_LEVEL_VERBOSE, 4);
IS(INTERNAL_ERROR, 0);
IS(MAX_SIZE_REACHED, 1);
