// Vectors and types of the standard C API: plain data, each block from wasm_mote_allocate. What the same few
// lines serve for every kind is written once, as macros.
#include "include/mote_standard.h"

#include <stdatomic.h>

// ---- Configurations: some places of the library's own, so that the first allocation is the engine's

static wasm_config_t configurations[16];
static _Atomic uint32_t taken;    // a bit for each

wasm_config_t *wasm_config_new(void) {
    for (uint32_t i = 0; i < sizeof configurations / sizeof *configurations; i++) {
        uint32_t bit = (uint32_t)1 << i;
        if (atomic_fetch_or(&taken, bit) & bit) continue;
        memset(&configurations[i], 0, sizeof *configurations);
        configurations[i].mem_alloc_type = Alloc_With_System_Allocator;
        return &configurations[i];
    }
    return NULL;
}
// What the host made in its own memory is left alone; so is one that an engine has taken already.
void wasm_config_delete(wasm_config_t *configuration) {
    for (uint32_t i = 0; i < sizeof configurations / sizeof *configurations; i++)
        if (configuration == &configurations[i])
            atomic_fetch_and(&taken, ~((uint32_t)1 << i));
}

// ---- Vectors

// Room for `size` elements; an empty vector where it is not to be had.
static void *room(size_t size, size_t elementSize) {
    if (size == 0 || size > SIZE_MAX / 2 / elementSize) return NULL;
    return wasm_mote_allocate(size * elementSize);
}

#define VECTOR(name, element, copy_element, delete_element)                                                  \
    void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out) {                                             \
        if (out) *out = (wasm_##name##_vec_t){0, NULL, 0, sizeof(element), NULL};                            \
    }                                                                                                        \
    void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t size) {                        \
        wasm_##name##_vec_new_empty(out);                                                                    \
        if (!out) return;                                                                                    \
        out->data = room(size, sizeof(element));                                                             \
        out->size = out->data ? size : 0;                                                                    \
    }                                                                                                        \
    void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t size, element const data[]) {                \
        wasm_##name##_vec_new_uninitialized(out, data ? size : 0);                                           \
        if (!out || !out->data) return;                                                                      \
        memcpy(out->data, data, size * sizeof(element));                                                     \
        out->num_elems = size;                                                                               \
    }                                                                                                        \
    void wasm_##name##_vec_copy(wasm_##name##_vec_t *out, const wasm_##name##_vec_t *source) {               \
        wasm_##name##_vec_new_uninitialized(out, source && source->data ? source->size : 0);                 \
        if (!out || !out->data) return;                                                                      \
        for (size_t i = 0; i < out->size; i++)                                                               \
            if (!copy_element(&out->data[i], &source->data[i])) return wasm_##name##_vec_delete(out);        \
        out->num_elems = out->size;                                                                          \
    }                                                                                                        \
    void wasm_##name##_vec_delete(wasm_##name##_vec_t *vector) {                                             \
        if (!vector || !vector->data) return;                                                                \
        for (size_t i = 0; i < vector->size; i++) delete_element(&vector->data[i]);                          \
        wasm_mote_free(vector->data);                                                                        \
        wasm_##name##_vec_new_empty(vector);                                                                 \
    }

// Vectors of handles: each element is copied and deleted as a handle is.
#define VECTOR_OF_HANDLES(name)                                                                              \
    static bool copy_##name(wasm_##name##_t **to, wasm_##name##_t *const *from) {                            \
        *to = wasm_##name##_copy(*from);                                                                     \
        return *to || !*from;                                                                                \
    }                                                                                                        \
    static void delete_##name(wasm_##name##_t **place) { wasm_##name##_delete(*place); }                     \
    VECTOR(name, wasm_##name##_t *, copy_##name, delete_##name)

static bool copy_byte(byte_t *to, const byte_t *from) {
    *to = *from;
    return true;
}
static bool copy_value(wasm_val_t *to, const wasm_val_t *from) {
    wasm_val_copy(to, from);
    return true;
}
static void delete_byte(byte_t *place) { (void)place; }
VECTOR(byte, byte_t, copy_byte, delete_byte)
VECTOR(val, wasm_val_t, copy_value, wasm_val_delete)
VECTOR_OF_HANDLES(valtype)
VECTOR_OF_HANDLES(functype)
VECTOR_OF_HANDLES(globaltype)
VECTOR_OF_HANDLES(tabletype)
VECTOR_OF_HANDLES(memorytype)
VECTOR_OF_HANDLES(externtype)
VECTOR_OF_HANDLES(importtype)
VECTOR_OF_HANDLES(exporttype)
VECTOR_OF_HANDLES(frame)
VECTOR_OF_HANDLES(extern)

// ---- Value types: one constant for each kind, so they need no memory

static wasm_valtype_t valtypes[] = {
    {WASM_I32}, {WASM_I64}, {WASM_F32}, {WASM_F64}, {WASM_V128}, {WASM_EXTERNREF}, {WASM_FUNCREF},
};

wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind) {
    for (size_t i = 0; i < sizeof valtypes / sizeof *valtypes; i++)
        if (valtypes[i].kind == kind) return &valtypes[i];
    return NULL;
}
void wasm_valtype_delete(wasm_valtype_t *type) { (void)type; }
wasm_valtype_t *wasm_valtype_copy(const wasm_valtype_t *type) {
    return type ? wasm_valtype_new(type->kind) : NULL;
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *type) { return type ? type->kind : WASM_I32; }

// ---- Extern types

static void *newType(size_t size, wasm_externkind_t kind) {
    wasm_externtype_t *type = wasm_mote_allocate(size);
    if (!type) return NULL;
    type->mark = MOTE_TYPE;
    type->kind = kind;
    return type;
}

wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *parameters, wasm_valtype_vec_t *results) {
    wasm_functype_t *type = newType(sizeof *type, WASM_EXTERN_FUNC);
    if (!type) {
        wasm_valtype_vec_delete(parameters);
        wasm_valtype_vec_delete(results);
        return NULL;
    }
    if (parameters) type->parameters = *parameters;
    if (results) type->results = *results;
    return type;
}
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *type) {
    return type ? &type->parameters : NULL;
}
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *type) {
    return type ? &type->results : NULL;
}

wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *content, wasm_mutability_t mutability) {
    wasm_globaltype_t *type = content ? newType(sizeof *type, WASM_EXTERN_GLOBAL) : NULL;
    if (!type) return NULL;
    type->content = content;
    type->mutability = mutability;
    return type;
}
const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *type) {
    return type ? type->content : NULL;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *type) {
    return type ? type->mutability : WASM_CONST;
}

wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits) {
    wasm_tabletype_t *type = element && limits ? newType(sizeof *type, WASM_EXTERN_TABLE) : NULL;
    if (!type) return NULL;
    type->element = element;
    type->limits = *limits;
    return type;
}
const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *type) {
    return type ? type->element : NULL;
}
const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *type) {
    return type ? &type->limits : NULL;
}

wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *limits) {
    wasm_memorytype_t *type = limits ? newType(sizeof *type, WASM_EXTERN_MEMORY) : NULL;
    if (type) type->limits = *limits;
    return type;
}
const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *type) {
    return type ? &type->limits : NULL;
}

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *type) {
    return type ? type->kind : WASM_EXTERN_FUNC;
}

void wasm_externtype_delete(wasm_externtype_t *type) {
    if (!type || type->mark != MOTE_TYPE) return;
    type->mark = 0;
    if (type->kind == WASM_EXTERN_FUNC) {
        wasm_functype_t *function = (wasm_functype_t *)type;
        wasm_valtype_vec_delete(&function->parameters);
        wasm_valtype_vec_delete(&function->results);
    }
    wasm_mote_free(type);
}

wasm_externtype_t *wasm_externtype_copy(const wasm_externtype_t *type) {
    if (!type) return NULL;
    switch (type->kind) {
    case WASM_EXTERN_FUNC: {
        const wasm_functype_t *function = (const wasm_functype_t *)type;
        wasm_valtype_vec_t parameters, results;
        wasm_valtype_vec_copy(&parameters, &function->parameters);
        wasm_valtype_vec_copy(&results, &function->results);
        if (parameters.size != function->parameters.size || results.size != function->results.size) {
            wasm_valtype_vec_delete(&parameters);
            wasm_valtype_vec_delete(&results);
            return NULL;
        }
        return (wasm_externtype_t *)wasm_functype_new(&parameters, &results);
    }
    case WASM_EXTERN_GLOBAL: {
        const wasm_globaltype_t *global = (const wasm_globaltype_t *)type;
        return (wasm_externtype_t *)wasm_globaltype_new(global->content, global->mutability);
    }
    case WASM_EXTERN_TABLE: {
        const wasm_tabletype_t *table = (const wasm_tabletype_t *)type;
        return (wasm_externtype_t *)wasm_tabletype_new(table->element, &table->limits);
    }
    default: return (wasm_externtype_t *)wasm_memorytype_new(&((const wasm_memorytype_t *)type)->limits);
    }
}

#define EXTERN_TYPE(name, number)                                                                            \
    void wasm_##name##type_delete(wasm_##name##type_t *type) {                                               \
        wasm_externtype_delete((wasm_externtype_t *)type);                                                   \
    }                                                                                                        \
    wasm_##name##type_t *wasm_##name##type_copy(const wasm_##name##type_t *type) {                           \
        return (wasm_##name##type_t *)wasm_externtype_copy((const wasm_externtype_t *)type);                 \
    }                                                                                                        \
    wasm_externtype_t *wasm_##name##type_as_externtype(wasm_##name##type_t *type) {                          \
        return (wasm_externtype_t *)type;                                                                    \
    }                                                                                                        \
    const wasm_externtype_t *wasm_##name##type_as_externtype_const(const wasm_##name##type_t *type) {        \
        return (const wasm_externtype_t *)type;                                                              \
    }                                                                                                        \
    wasm_##name##type_t *wasm_externtype_as_##name##type(wasm_externtype_t *type) {                          \
        return type && type->kind == number ? (wasm_##name##type_t *)type : NULL;                            \
    }                                                                                                        \
    const wasm_##name##type_t *wasm_externtype_as_##name##type_const(const wasm_externtype_t *type) {        \
        return type && type->kind == number ? (const wasm_##name##type_t *)type : NULL;                      \
    }
EXTERN_TYPE(func, WASM_EXTERN_FUNC)
EXTERN_TYPE(global, WASM_EXTERN_GLOBAL)
EXTERN_TYPE(table, WASM_EXTERN_TABLE)
EXTERN_TYPE(memory, WASM_EXTERN_MEMORY)

// ---- Import and export types

wasm_importtype_t *wasm_importtype_new(wasm_name_t *module, wasm_name_t *name, wasm_externtype_t *type) {
    wasm_importtype_t *import = module && name && type ? wasm_mote_allocate(sizeof *import) : NULL;
    if (!import) {
        wasm_name_delete(module);
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    import->module = *module;
    import->name = *name;
    import->type = type;
    return import;
}
void wasm_importtype_delete(wasm_importtype_t *import) {
    if (!import) return;
    wasm_name_delete(&import->module);
    wasm_name_delete(&import->name);
    wasm_externtype_delete(import->type);
    wasm_mote_free(import);
}
wasm_importtype_t *wasm_importtype_copy(const wasm_importtype_t *import) {
    if (!import) return NULL;
    wasm_name_t module, name;
    wasm_name_copy(&module, &import->module);
    wasm_name_copy(&name, &import->name);
    wasm_importtype_t *copy = wasm_importtype_new(&module, &name, wasm_externtype_copy(import->type));
    if (copy && copy->module.size == import->module.size && copy->name.size == import->name.size) {
        copy->isLinked = import->isLinked;
        return copy;
    }
    wasm_importtype_delete(copy);
    return NULL;
}
const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *import) {
    return import ? &import->module : NULL;
}
const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *import) {
    return import ? &import->name : NULL;
}
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *import) {
    return import ? import->type : NULL;
}

wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type) {
    wasm_exporttype_t *export = name && type ? wasm_mote_allocate(sizeof *export) : NULL;
    if (!export) {
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    export->name = *name;
    export->type = type;
    return export;
}
void wasm_exporttype_delete(wasm_exporttype_t *export) {
    if (!export) return;
    wasm_name_delete(&export->name);
    wasm_externtype_delete(export->type);
    wasm_mote_free(export);
}
wasm_exporttype_t *wasm_exporttype_copy(const wasm_exporttype_t *export) {
    if (!export) return NULL;
    wasm_name_t name;
    wasm_name_copy(&name, &export->name);
    wasm_exporttype_t *copy = wasm_exporttype_new(&name, wasm_externtype_copy(export->type));
    if (copy && copy->name.size == export->name.size) return copy;
    wasm_exporttype_delete(copy);
    return NULL;
}
const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *export) {
    return export ? &export->name : NULL;
}
const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *export) {
    return export ? export->type : NULL;
}

// ---- Frames

wasm_frame_t *wasm_frame_copy(const wasm_frame_t *frame) {
    wasm_frame_t *copy = frame ? wasm_mote_allocate(sizeof *copy) : NULL;
    if (!copy) return NULL;
    *copy = *frame;
    copy->instance = wasm_instance_copy(frame->instance);
    return copy;
}
void wasm_frame_delete(wasm_frame_t *frame) {
    if (!frame) return;
    wasm_instance_delete(frame->instance);
    wasm_mote_free(frame);
}
struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *frame) {
    return frame ? frame->instance : NULL;
}
uint32_t wasm_frame_func_index(const wasm_frame_t *frame) { return frame ? frame->functionIndex : 0; }
size_t wasm_frame_func_offset(const wasm_frame_t *frame) { return frame ? frame->functionOffset : 0; }
size_t wasm_frame_module_offset(const wasm_frame_t *frame) { return frame ? frame->moduleOffset : 0; }

// ---- References: every kind is a wasm_ref_t, and the conversions look at its number

#define REFERENCE(name, is)                                                                                  \
    wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *handle) {                                     \
        return (wasm_##name##_t *)wasm_ref_copy((const wasm_ref_t *)handle);                                 \
    }                                                                                                        \
    void wasm_##name##_delete(wasm_##name##_t *handle) { wasm_ref_delete((wasm_ref_t *)handle); }            \
    bool wasm_##name##_same(const wasm_##name##_t *left, const wasm_##name##_t *right) {                     \
        return wasm_ref_same((const wasm_ref_t *)left, (const wasm_ref_t *)right);                           \
    }                                                                                                        \
    void *wasm_##name##_get_host_info(const wasm_##name##_t *handle) {                                       \
        return wasm_ref_get_host_info((const wasm_ref_t *)handle);                                           \
    }                                                                                                        \
    void wasm_##name##_set_host_info(wasm_##name##_t *handle, void *info) {                                  \
        wasm_ref_set_host_info((wasm_ref_t *)handle, info);                                                  \
    }                                                                                                        \
    void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *handle, void *info,                     \
                                                    void (*finalizer)(void *)) {                             \
        wasm_ref_set_host_info_with_finalizer((wasm_ref_t *)handle, info, finalizer);                        \
    }                                                                                                        \
    wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *handle) { return (wasm_ref_t *)handle; }               \
    const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *handle) {                            \
        return (const wasm_ref_t *)handle;                                                                   \
    }                                                                                                        \
    wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *reference) {                                             \
        return reference && is(reference->kind) ? (wasm_##name##_t *)reference : NULL;                       \
    }                                                                                                        \
    const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *reference) {                         \
        return reference && is(reference->kind) ? (const wasm_##name##_t *)reference : NULL;                 \
    }
#define IS_FUNCTION(kind) ((kind) == MOTE_REFERENCE_FUNCTION)
#define IS_GLOBAL(kind) ((kind) == MOTE_REFERENCE_GLOBAL)
#define IS_TABLE(kind) ((kind) == MOTE_REFERENCE_TABLE)
#define IS_MEMORY(kind) ((kind) == MOTE_REFERENCE_MEMORY)
#define IS_INSTANCE(kind) ((kind) == MOTE_REFERENCE_INSTANCE)
#define IS_MODULE(kind) ((kind) == MOTE_REFERENCE_MODULE)
#define IS_FOREIGN(kind) ((kind) == MOTE_REFERENCE_FOREIGN)
#define IS_TRAP(kind) ((kind) == MOTE_REFERENCE_TRAP)
#define IS_EXTERN(kind) ((kind) <= MOTE_REFERENCE_MEMORY)
REFERENCE(func, IS_FUNCTION)
REFERENCE(global, IS_GLOBAL)
REFERENCE(table, IS_TABLE)
REFERENCE(memory, IS_MEMORY)
REFERENCE(instance, IS_INSTANCE)
REFERENCE(module, IS_MODULE)
REFERENCE(foreign, IS_FOREIGN)
REFERENCE(trap, IS_TRAP)
REFERENCE(extern, IS_EXTERN)

#define EXTERN(name, number)                                                                                 \
    wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *handle) { return (wasm_extern_t *)handle; }      \
    const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *handle) {                      \
        return (const wasm_extern_t *)handle;                                                                \
    }                                                                                                        \
    wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *external) {                                        \
        return wasm_ref_as_##name((wasm_ref_t *)external);                                                   \
    }                                                                                                        \
    const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *external) {                    \
        return wasm_ref_as_##name##_const((const wasm_ref_t *)external);                                     \
    }
EXTERN(func, WASM_EXTERN_FUNC)
EXTERN(global, WASM_EXTERN_GLOBAL)
EXTERN(table, WASM_EXTERN_TABLE)
EXTERN(memory, WASM_EXTERN_MEMORY)

// The numbers of references begin as those of extern kinds do.
wasm_externkind_t wasm_extern_kind(const wasm_extern_t *external) {
    return external ? (wasm_externkind_t)((const wasm_ref_t *)external)->kind : WASM_EXTERN_FUNC;
}
