// The standard WebAssembly C API, by its names, types and calling conventions, so that hosts written for it
// recompile. The text is ours. WAMR's additions are in wasm_c_api.h.
//
// Who owns what: `own` marks a value that changes hands. An own result or `out` is the caller's, who ends it
// with the matching _delete; an own parameter is the callee's from then on. A vector owns its elements.
// Handles of the same object can be copied with _copy; deleting one leaves the others good. A store goes when
// its handle and the handles of all its objects are gone. Functions, globals, tables and memories of the
// host's stay as long as their store; an instance goes with the last handle of it and of its parts, unless
// others may still reach it.
//
// Threads: engines, types, vectors and shared modules may be used by several threads; a store, and all
// handles of its objects, by one at a time.
//
// Memory: everything comes from the heap of an engine (wasm_config_set_mem_alloc_opt of wasm_c_api.h says
// where that gets its bytes). Objects that belong to no engine, such as types and vectors, come from the
// newest engine's heap and keep it; before there is an engine, from the system. A function that cannot have
// memory returns null or an empty vector. Null handles are answered the same way.
#ifndef WASM_H
#define WASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef WASM_API_EXTERN
#define WASM_API_EXTERN
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define own

// ---- What is declared for every kind

#define WASM_DECLARE_OWN(name)                                                                               \
    typedef struct wasm_##name##_t wasm_##name##_t;                                                          \
    WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t *);

// `data` has room for `size` elements. What follows is WAMR's and need not be set by the host: elements in
// use, bytes of one, and nothing. Vectors that the library fills are full, but for _new_uninitialized, whose
// elements are zero.
#define WASM_DECLARE_VEC(name, ptr_or_none)                                                                  \
    typedef struct wasm_##name##_vec_t {                                                                     \
        size_t size;                                                                                         \
        wasm_##name##_t ptr_or_none *data;                                                                   \
        size_t num_elems;                                                                                    \
        size_t size_of_elem;                                                                                 \
        void *lock;                                                                                          \
    } wasm_##name##_vec_t;                                                                                   \
    WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t *out);                          \
    WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t *out, size_t size);     \
    WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t *out, size_t size,                    \
                                               own wasm_##name##_t ptr_or_none const data[]);                \
    WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t *out, const wasm_##name##_vec_t *);  \
    WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t *);

#define WASM_DECLARE_TYPE(name)                                                                              \
    WASM_DECLARE_OWN(name)                                                                                   \
    WASM_DECLARE_VEC(name, *)                                                                                \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);

// Host info belongs to the object, not to the handle. Its finalizer is called once: when the object goes, at
// the latest with the store, or when other info takes its place.
#define MOTE_DECLARE_HANDLE(name)                                                                            \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);                        \
    WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t *, const wasm_##name##_t *);               \
    WASM_API_EXTERN void *wasm_##name##_get_host_info(const wasm_##name##_t *);                              \
    WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t *, void *info);                         \
    WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *, void *info,           \
                                                                    void (*finalizer)(void *));
#define MOTE_DECLARE_CONVERSIONS(name)                                                                       \
    WASM_API_EXTERN wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *);                                     \
    WASM_API_EXTERN wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *);                                       \
    WASM_API_EXTERN const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *);                   \
    WASM_API_EXTERN const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *);

#define WASM_DECLARE_REF_BASE(name)                                                                          \
    WASM_DECLARE_OWN(name)                                                                                   \
    MOTE_DECLARE_HANDLE(name)

// The conversions are null where the object is of another kind; the handle stays the caller's.
#define WASM_DECLARE_REF(name)                                                                               \
    WASM_DECLARE_REF_BASE(name)                                                                              \
    MOTE_DECLARE_CONVERSIONS(name)

// ---- Bytes and names

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )
typedef wasm_byte_vec_t wasm_name_t;
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete
static inline void wasm_name_new_from_string(own wasm_name_t *out, const char *s) {
    wasm_name_new(out, strlen(s), s);
}
static inline void wasm_name_new_from_string_nt(own wasm_name_t *out, const char *s) {
    wasm_name_new(out, strlen(s) + 1, s);
}

// ---- Engine and store

WASM_DECLARE_OWN(config)
WASM_API_EXTERN own wasm_config_t *wasm_config_new(void);
WASM_DECLARE_OWN(engine)
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new_with_config(own wasm_config_t *);
WASM_DECLARE_OWN(store)
WASM_API_EXTERN own wasm_store_t *wasm_store_new(wasm_engine_t *);

// ---- Types

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum {
    WASM_CONST,
    WASM_VAR,
};

typedef struct wasm_limits_t {
    uint32_t min;
    uint32_t max;
} wasm_limits_t;
static const uint32_t wasm_limits_max_default = 0xffffffff;

#ifndef WASM_VALKIND_T_DEFINED
#define WASM_VALKIND_T_DEFINED
typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
    WASM_I32 = 0,
    WASM_I64 = 1,
    WASM_F32 = 2,
    WASM_F64 = 3,
    WASM_V128 = 4,
    WASM_EXTERNREF = 128,
    WASM_FUNCREF = 129,
};
#endif
#define WASM_ANYREF WASM_EXTERNREF

WASM_DECLARE_TYPE(valtype)
WASM_API_EXTERN own wasm_valtype_t *wasm_valtype_new(wasm_valkind_t);
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *);
static inline bool wasm_valkind_is_num(wasm_valkind_t k) { return k < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t k) { return k >= WASM_EXTERNREF; }
static inline bool wasm_valtype_is_num(const wasm_valtype_t *t) {
    return wasm_valkind_is_num(wasm_valtype_kind(t));
}
static inline bool wasm_valtype_is_ref(const wasm_valtype_t *t) {
    return wasm_valkind_is_ref(wasm_valtype_kind(t));
}

WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t *wasm_functype_new(own wasm_valtype_vec_t *params,
                                                       own wasm_valtype_vec_t *results);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t *wasm_globaltype_new(own wasm_valtype_t *, wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t *wasm_tabletype_new(own wasm_valtype_t *, const wasm_limits_t *);
WASM_API_EXTERN const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *);

WASM_DECLARE_TYPE(externtype)
typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
    WASM_EXTERN_FUNC,
    WASM_EXTERN_GLOBAL,
    WASM_EXTERN_TABLE,
    WASM_EXTERN_MEMORY,
};
WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *);
#define MOTE_DECLARE_EXTERNTYPE(name)                                                                        \
    WASM_API_EXTERN wasm_externtype_t *wasm_##name##type_as_externtype(wasm_##name##type_t *);               \
    WASM_API_EXTERN wasm_##name##type_t *wasm_externtype_as_##name##type(wasm_externtype_t *);               \
    WASM_API_EXTERN const wasm_externtype_t *wasm_##name##type_as_externtype_const(                          \
        const wasm_##name##type_t *);                                                                        \
    WASM_API_EXTERN const wasm_##name##type_t *wasm_externtype_as_##name##type_const(                        \
        const wasm_externtype_t *);
MOTE_DECLARE_EXTERNTYPE(func)
MOTE_DECLARE_EXTERNTYPE(global)
MOTE_DECLARE_EXTERNTYPE(table)
MOTE_DECLARE_EXTERNTYPE(memory)

WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t *wasm_importtype_new(own wasm_name_t *module, own wasm_name_t *name,
                                                           own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t *wasm_exporttype_new(own wasm_name_t *, own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *);

// ---- Values

// There is no room for 128 bits: of a vector the lower half is read, and calls that need one written trap.
struct wasm_ref_t;
#ifndef WASM_VAL_T_DEFINED
#define WASM_VAL_T_DEFINED
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
WASM_API_EXTERN void wasm_val_delete(own wasm_val_t *);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t *out, const wasm_val_t *);
WASM_DECLARE_VEC(val, )

// ---- References

WASM_DECLARE_REF_BASE(ref)

// ---- Traps: a message that ends in zero, and where it happened

WASM_DECLARE_TYPE(frame)
WASM_API_EXTERN struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t *);
typedef wasm_name_t wasm_message_t;
WASM_DECLARE_REF(trap)
WASM_API_EXTERN own wasm_trap_t *wasm_trap_new(wasm_store_t *, const wasm_message_t *);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t *, own wasm_message_t *out);
// The innermost frame; null where there is none.
WASM_API_EXTERN own wasm_frame_t *wasm_trap_origin(const wasm_trap_t *);
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t *, own wasm_frame_vec_t *out);

// ---- Objects of the host's that guests hold as externref

WASM_DECLARE_REF(foreign)
WASM_API_EXTERN own wasm_foreign_t *wasm_foreign_new(wasm_store_t *);

// ---- Modules

// A pointer, as in wasm_export.h, so that hosts can include both; handles are pointers to it and nothing more
// is known.
#ifndef WASM_MODULE_T_DEFINED
#define WASM_MODULE_T_DEFINED
typedef struct WASMModuleCommon *wasm_module_t;
#endif
WASM_API_EXTERN void wasm_module_delete(own wasm_module_t *);
MOTE_DECLARE_HANDLE(module)
MOTE_DECLARE_CONVERSIONS(module)
WASM_DECLARE_OWN(shared_module)
WASM_API_EXTERN own wasm_shared_module_t *wasm_module_share(const wasm_module_t *);
WASM_API_EXTERN own wasm_module_t *wasm_module_obtain(wasm_store_t *, const wasm_shared_module_t *);
// The bytes are copied.
WASM_API_EXTERN own wasm_module_t *wasm_module_new(wasm_store_t *, const wasm_byte_vec_t *binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t *, const wasm_byte_vec_t *binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t *, own wasm_importtype_vec_t *out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t *, own wasm_exporttype_vec_t *out);
// The module's bytes behind a header that tells of damage and other versions; deserialize takes nothing else,
// and loads them as wasm_module_new does.
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t *, own wasm_byte_vec_t *out);
WASM_API_EXTERN own wasm_module_t *wasm_module_deserialize(wasm_store_t *, const wasm_byte_vec_t *);

// ---- Functions

WASM_DECLARE_REF(func)
typedef own wasm_trap_t *(*wasm_func_callback_t)(const wasm_val_vec_t *args, own wasm_val_vec_t *results);
typedef own wasm_trap_t *(*wasm_func_callback_with_env_t)(void *env, const wasm_val_vec_t *args,
                                                          own wasm_val_vec_t *results);
WASM_API_EXTERN own wasm_func_t *wasm_func_new(wasm_store_t *, const wasm_functype_t *, wasm_func_callback_t);
// The finalizer is called with env once the store has let go of the function.
WASM_API_EXTERN own wasm_func_t *wasm_func_new_with_env(wasm_store_t *, const wasm_functype_t *,
                                                        wasm_func_callback_with_env_t, void *env,
                                                        void (*finalizer)(void *));
WASM_API_EXTERN own wasm_functype_t *wasm_func_type(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t *);
// Null is success. Results need room for as many values as the type has.
WASM_API_EXTERN own wasm_trap_t *wasm_func_call(const wasm_func_t *, const wasm_val_vec_t *args,
                                                wasm_val_vec_t *results);

// ---- Globals

WASM_DECLARE_REF(global)
WASM_API_EXTERN own wasm_global_t *wasm_global_new(wasm_store_t *, const wasm_globaltype_t *,
                                                   const wasm_val_t *);
WASM_API_EXTERN own wasm_globaltype_t *wasm_global_type(const wasm_global_t *);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t *, own wasm_val_t *out);
// Nothing happens where the global is immutable or the value of another type.
WASM_API_EXTERN void wasm_global_set(wasm_global_t *, const wasm_val_t *);

// ---- Tables

WASM_DECLARE_REF(table)
typedef uint32_t wasm_table_size_t;
WASM_API_EXTERN own wasm_table_t *wasm_table_new(wasm_store_t *, const wasm_tabletype_t *, wasm_ref_t *init);
WASM_API_EXTERN own wasm_tabletype_t *wasm_table_type(const wasm_table_t *);
WASM_API_EXTERN own wasm_ref_t *wasm_table_get(const wasm_table_t *, wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t *, wasm_table_size_t index, wasm_ref_t *);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t *);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t *, wasm_table_size_t delta, wasm_ref_t *init);

// ---- Memories

WASM_DECLARE_REF(memory)
typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;
WASM_API_EXTERN own wasm_memory_t *wasm_memory_new(wasm_store_t *, const wasm_memorytype_t *);
WASM_API_EXTERN own wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *);
// Good until the memory grows.
WASM_API_EXTERN byte_t *wasm_memory_data(wasm_memory_t *);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t *);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t *, wasm_memory_pages_t delta);

// ---- What is imported and exported

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t *);
WASM_API_EXTERN own wasm_externtype_t *wasm_extern_type(const wasm_extern_t *);
#define MOTE_DECLARE_EXTERN(name)                                                                            \
    WASM_API_EXTERN wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *);                               \
    WASM_API_EXTERN wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *);                                 \
    WASM_API_EXTERN const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *);             \
    WASM_API_EXTERN const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *);
MOTE_DECLARE_EXTERN(func)
MOTE_DECLARE_EXTERN(global)
MOTE_DECLARE_EXTERN(table)
MOTE_DECLARE_EXTERN(memory)

// ---- Instances

WASM_DECLARE_REF(instance)
// Null where it fails; then `trap`, where that is not null, takes the reason.
WASM_API_EXTERN own wasm_instance_t *wasm_instance_new(wasm_store_t *, const wasm_module_t *,
                                                       const wasm_extern_vec_t *imports,
                                                       own wasm_trap_t **trap);
// In the order of the module's exports.
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t *, own wasm_extern_vec_t *out);

// ---- Short forms

#define WASM_EMPTY_VEC {0, NULL, 0, 0, NULL}
#define WASM_ARRAY_VEC(array) \
    {sizeof(array) / sizeof(*(array)), array, sizeof(array) / sizeof(*(array)), sizeof(*(array)), NULL}
#define WASM_I32_VAL(i) {.kind = WASM_I32, ._paddings = {0}, .of = {.i32 = i}}
#define WASM_I64_VAL(i) {.kind = WASM_I64, ._paddings = {0}, .of = {.i64 = i}}
#define WASM_F32_VAL(z) {.kind = WASM_F32, ._paddings = {0}, .of = {.f32 = z}}
#define WASM_F64_VAL(z) {.kind = WASM_F64, ._paddings = {0}, .of = {.f64 = z}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, ._paddings = {0}, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, ._paddings = {0}, .of = {.ref = NULL}}

static inline own wasm_valtype_t *wasm_valtype_new_i32(void) { return wasm_valtype_new(WASM_I32); }
static inline own wasm_valtype_t *wasm_valtype_new_i64(void) { return wasm_valtype_new(WASM_I64); }
static inline own wasm_valtype_t *wasm_valtype_new_f32(void) { return wasm_valtype_new(WASM_F32); }
static inline own wasm_valtype_t *wasm_valtype_new_f64(void) { return wasm_valtype_new(WASM_F64); }
static inline own wasm_valtype_t *wasm_valtype_new_anyref(void) { return wasm_valtype_new(WASM_EXTERNREF); }
static inline own wasm_valtype_t *wasm_valtype_new_externref(void) {
    return wasm_valtype_new(WASM_EXTERNREF);
}
static inline own wasm_valtype_t *wasm_valtype_new_funcref(void) { return wasm_valtype_new(WASM_FUNCREF); }

#define MOTE_FUNCTYPE(param_count, params, result_count, results)                                            \
    wasm_valtype_vec_t param_vector, result_vector;                                                          \
    wasm_valtype_vec_new(&param_vector, param_count, params);                                                \
    wasm_valtype_vec_new(&result_vector, result_count, results);                                             \
    return wasm_functype_new(&param_vector, &result_vector);
static inline own wasm_functype_t *wasm_functype_new_0_0(void) {
    MOTE_FUNCTYPE(0, NULL, 0, NULL)
}
static inline own wasm_functype_t *wasm_functype_new_0_1(own wasm_valtype_t *r1) {
    wasm_valtype_t *results[] = {r1};
    MOTE_FUNCTYPE(0, NULL, 1, results)
}
static inline own wasm_functype_t *wasm_functype_new_0_2(own wasm_valtype_t *r1, own wasm_valtype_t *r2) {
    wasm_valtype_t *results[] = {r1, r2};
    MOTE_FUNCTYPE(0, NULL, 2, results)
}
static inline own wasm_functype_t *wasm_functype_new_1_0(own wasm_valtype_t *p1) {
    wasm_valtype_t *params[] = {p1};
    MOTE_FUNCTYPE(1, params, 0, NULL)
}
static inline own wasm_functype_t *wasm_functype_new_1_1(own wasm_valtype_t *p1, own wasm_valtype_t *r1) {
    wasm_valtype_t *params[] = {p1};
    wasm_valtype_t *results[] = {r1};
    MOTE_FUNCTYPE(1, params, 1, results)
}
static inline own wasm_functype_t *wasm_functype_new_1_2(own wasm_valtype_t *p1, own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2) {
    wasm_valtype_t *params[] = {p1};
    wasm_valtype_t *results[] = {r1, r2};
    MOTE_FUNCTYPE(1, params, 2, results)
}
static inline own wasm_functype_t *wasm_functype_new_2_0(own wasm_valtype_t *p1, own wasm_valtype_t *p2) {
    wasm_valtype_t *params[] = {p1, p2};
    MOTE_FUNCTYPE(2, params, 0, NULL)
}
static inline own wasm_functype_t *wasm_functype_new_2_1(own wasm_valtype_t *p1, own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *r1) {
    wasm_valtype_t *params[] = {p1, p2};
    wasm_valtype_t *results[] = {r1};
    MOTE_FUNCTYPE(2, params, 1, results)
}
static inline own wasm_functype_t *wasm_functype_new_2_2(own wasm_valtype_t *p1, own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *r1, own wasm_valtype_t *r2) {
    wasm_valtype_t *params[] = {p1, p2};
    wasm_valtype_t *results[] = {r1, r2};
    MOTE_FUNCTYPE(2, params, 2, results)
}
static inline own wasm_functype_t *wasm_functype_new_3_0(own wasm_valtype_t *p1, own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3) {
    wasm_valtype_t *params[] = {p1, p2, p3};
    MOTE_FUNCTYPE(3, params, 0, NULL)
}
static inline own wasm_functype_t *wasm_functype_new_3_1(own wasm_valtype_t *p1, own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3, own wasm_valtype_t *r1) {
    wasm_valtype_t *params[] = {p1, p2, p3};
    wasm_valtype_t *results[] = {r1};
    MOTE_FUNCTYPE(3, params, 1, results)
}
static inline own wasm_functype_t *wasm_functype_new_3_2(own wasm_valtype_t *p1, own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3, own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2) {
    wasm_valtype_t *params[] = {p1, p2, p3};
    wasm_valtype_t *results[] = {r1, r2};
    MOTE_FUNCTYPE(3, params, 2, results)
}
#undef MOTE_FUNCTYPE

static inline void wasm_val_init_ptr(own wasm_val_t *out, void *p) {
    out->kind = WASM_I64;
    out->of.i64 = (int64_t)(intptr_t)p;
}
static inline void *wasm_val_ptr(const wasm_val_t *value) { return (void *)(intptr_t)value->of.i64; }

#undef own

#ifdef __cplusplus
}
#endif
#endif
