// Only compiled: the signatures of the standard C API and of WAMR's additions to it, declared again. A header of ours that
// says otherwise is an error here.
#include "wasm_c_api.h"

#define OWNED(T) void wasm_##T##_delete(wasm_##T##_t *);
#define VECTOR(T, pointer)                                                                          \
    void wasm_##T##_vec_new_empty(wasm_##T##_vec_t *);                                              \
    void wasm_##T##_vec_new_uninitialized(wasm_##T##_vec_t *, size_t);                              \
    void wasm_##T##_vec_new(wasm_##T##_vec_t *, size_t, wasm_##T##_t pointer const[]);              \
    void wasm_##T##_vec_copy(wasm_##T##_vec_t *, const wasm_##T##_vec_t *);                         \
    void wasm_##T##_vec_delete(wasm_##T##_vec_t *);                                                 \
    _Static_assert(_Generic(((wasm_##T##_vec_t *)0)->size, size_t: 1), #T);                         \
    _Static_assert(_Generic(((wasm_##T##_vec_t *)0)->data, wasm_##T##_t pointer *: 1), #T);         \
    _Static_assert(offsetof(wasm_##T##_vec_t, size) == 0, #T);                                      \
    _Static_assert(offsetof(wasm_##T##_vec_t, data) == sizeof(size_t), #T);
#define TYPE(T) OWNED(T) VECTOR(T, *) wasm_##T##_t *wasm_##T##_copy(const wasm_##T##_t *);
#define REFERENCE_BASE(T)                                                                           \
    OWNED(T)                                                                                        \
    wasm_##T##_t *wasm_##T##_copy(const wasm_##T##_t *);                                            \
    bool wasm_##T##_same(const wasm_##T##_t *, const wasm_##T##_t *);                               \
    void *wasm_##T##_get_host_info(const wasm_##T##_t *);                                           \
    void wasm_##T##_set_host_info(wasm_##T##_t *, void *);                                          \
    void wasm_##T##_set_host_info_with_finalizer(wasm_##T##_t *, void *, void (*)(void *));
#define REFERENCE(T)                                                                                \
    REFERENCE_BASE(T)                                                                               \
    wasm_ref_t *wasm_##T##_as_ref(wasm_##T##_t *);                                                  \
    wasm_##T##_t *wasm_ref_as_##T(wasm_ref_t *);                                                    \
    const wasm_ref_t *wasm_##T##_as_ref_const(const wasm_##T##_t *);                                \
    const wasm_##T##_t *wasm_ref_as_##T##_const(const wasm_ref_t *);
#define CONVERSION(A, B)                                                                            \
    wasm_##B##_t *wasm_##A##_as_##B(wasm_##A##_t *);                                                \
    const wasm_##B##_t *wasm_##A##_as_##B##_const(const wasm_##A##_t *);
#define CONVERSIONS(A, B) CONVERSION(A, B) CONVERSION(B, A)
// The name of a conversion to wasm_externtype_t or wasm_extern_t.
#define TYPE_CONVERSION(T) CONVERSIONS(T##type, externtype)
#define ENTITY_CONVERSION(T) CONVERSIONS(T, extern)

VECTOR(byte, )
OWNED(config)
OWNED(engine)
OWNED(store)
wasm_config_t *wasm_config_new(void);
wasm_engine_t *wasm_engine_new(void);
wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *);
wasm_store_t *wasm_store_new(wasm_engine_t *);

TYPE(valtype)
wasm_valtype_t *wasm_valtype_new(wasm_valkind_t);
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *);
TYPE(functype)
wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *, wasm_valtype_vec_t *);
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *);
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *);
TYPE(globaltype)
wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *, wasm_mutability_t);
const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *);
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *);
TYPE(tabletype)
wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *, const wasm_limits_t *);
const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *);
const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *);
TYPE(memorytype)
wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *);
const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *);
TYPE(externtype)
wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *);
TYPE_CONVERSION(func)
TYPE_CONVERSION(global)
TYPE_CONVERSION(table)
TYPE_CONVERSION(memory)
TYPE(importtype)
wasm_importtype_t *wasm_importtype_new(wasm_name_t *, wasm_name_t *, wasm_externtype_t *);
const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *);
const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *);
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *);
TYPE(exporttype)
wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *, wasm_externtype_t *);
const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *);
const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *);

VECTOR(val, )
void wasm_val_delete(wasm_val_t *);
void wasm_val_copy(wasm_val_t *, const wasm_val_t *);
REFERENCE_BASE(ref)

OWNED(frame)
VECTOR(frame, *)
wasm_frame_t *wasm_frame_copy(const wasm_frame_t *);
struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *);
uint32_t wasm_frame_func_index(const wasm_frame_t *);
size_t wasm_frame_func_offset(const wasm_frame_t *);
size_t wasm_frame_module_offset(const wasm_frame_t *);
REFERENCE(trap)
wasm_trap_t *wasm_trap_new(wasm_store_t *, const wasm_message_t *);
void wasm_trap_message(const wasm_trap_t *, wasm_message_t *);
wasm_frame_t *wasm_trap_origin(const wasm_trap_t *);
void wasm_trap_trace(const wasm_trap_t *, wasm_frame_vec_t *);
REFERENCE(foreign)
wasm_foreign_t *wasm_foreign_new(wasm_store_t *);

wasm_module_t *wasm_module_new(wasm_store_t *, const wasm_byte_vec_t *);
void wasm_module_delete(wasm_module_t *);
bool wasm_module_validate(wasm_store_t *, const wasm_byte_vec_t *);
void wasm_module_imports(const wasm_module_t *, wasm_importtype_vec_t *);
void wasm_module_exports(const wasm_module_t *, wasm_exporttype_vec_t *);
wasm_module_t *wasm_module_deserialize(wasm_store_t *, const wasm_byte_vec_t *);
void wasm_shared_module_delete(wasm_shared_module_t *);

REFERENCE(func)
wasm_func_t *wasm_func_new(wasm_store_t *, const wasm_functype_t *,
                           wasm_trap_t *(*)(const wasm_val_vec_t *, wasm_val_vec_t *));
wasm_func_t *wasm_func_new_with_env(wasm_store_t *, const wasm_functype_t *,
                                    wasm_trap_t *(*)(void *, const wasm_val_vec_t *, wasm_val_vec_t *), void *,
                                    void (*)(void *));
wasm_functype_t *wasm_func_type(const wasm_func_t *);
size_t wasm_func_param_arity(const wasm_func_t *);
size_t wasm_func_result_arity(const wasm_func_t *);
wasm_trap_t *wasm_func_call(const wasm_func_t *, const wasm_val_vec_t *, wasm_val_vec_t *);
REFERENCE(global)
wasm_global_t *wasm_global_new(wasm_store_t *, const wasm_globaltype_t *, const wasm_val_t *);
wasm_globaltype_t *wasm_global_type(const wasm_global_t *);
void wasm_global_get(const wasm_global_t *, wasm_val_t *);
void wasm_global_set(wasm_global_t *, const wasm_val_t *);
REFERENCE(table)
wasm_table_t *wasm_table_new(wasm_store_t *, const wasm_tabletype_t *, wasm_ref_t *);
wasm_tabletype_t *wasm_table_type(const wasm_table_t *);
wasm_ref_t *wasm_table_get(const wasm_table_t *, wasm_table_size_t);
bool wasm_table_set(wasm_table_t *, wasm_table_size_t, wasm_ref_t *);
wasm_table_size_t wasm_table_size(const wasm_table_t *);
bool wasm_table_grow(wasm_table_t *, wasm_table_size_t, wasm_ref_t *);
REFERENCE(memory)
wasm_memory_t *wasm_memory_new(wasm_store_t *, const wasm_memorytype_t *);
wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *);
byte_t *wasm_memory_data(wasm_memory_t *);
size_t wasm_memory_data_size(const wasm_memory_t *);
wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *);
bool wasm_memory_grow(wasm_memory_t *, wasm_memory_pages_t);

REFERENCE(extern)
VECTOR(extern, *)
wasm_externkind_t wasm_extern_kind(const wasm_extern_t *);
wasm_externtype_t *wasm_extern_type(const wasm_extern_t *);
ENTITY_CONVERSION(func)
ENTITY_CONVERSION(global)
ENTITY_CONVERSION(table)
ENTITY_CONVERSION(memory)
REFERENCE(instance)
wasm_instance_t *wasm_instance_new(wasm_store_t *, const wasm_module_t *, const wasm_extern_vec_t *, wasm_trap_t **);
void wasm_instance_exports(const wasm_instance_t *, wasm_extern_vec_t *);

// ---- WAMR's additions

wasm_config_t *wasm_config_set_mem_alloc_opt(wasm_config_t *, mem_alloc_type_t, MemAllocOption *);
wasm_config_t *wasm_config_set_linux_perf_opt(wasm_config_t *, bool);
wasm_config_t *wasm_config_set_segue_flags(wasm_config_t *, uint32_t);
wasm_engine_t *wasm_engine_new_with_args(mem_alloc_type_t, const MemAllocOption *);
bool wasm_importtype_is_linked(const wasm_importtype_t *);
wasm_module_t *wasm_module_new_ex(wasm_store_t *, wasm_byte_vec_t *, LoadArgs *);
bool wasm_module_set_name(wasm_module_t *, const char *);
const char *wasm_module_get_name(wasm_module_t *);
bool wasm_module_is_underlying_binary_freeable(const wasm_module_t *);
wasm_extern_t *wasm_extern_new_empty(wasm_store_t *, wasm_externkind_t);
wasm_instance_t *wasm_instance_new_with_args(wasm_store_t *, const wasm_module_t *, const wasm_extern_vec_t *,
                                             wasm_trap_t **, const uint32_t, const uint32_t);
wasm_instance_t *wasm_instance_new_with_args_ex(wasm_store_t *, const wasm_module_t *, const wasm_extern_vec_t *,
                                                wasm_trap_t **, const InstantiationArgs *);
double wasm_instance_sum_wasm_exec_time(const wasm_instance_t *);
double wasm_instance_get_wasm_func_exec_time(const wasm_instance_t *, const char *);
