// The standard C API: what is declared alike for every kind. Each type, vector and reference is made, copied, converted and
// ended; sanitizers and valgrind see that all goes.
#include "check.h"
#include "standard_guests.h"
#include "wasm_c_api.h"

static int finalized;
static void finalize(void *info) { finalized += *(int *)info; }

// ---- Vectors and types

// A vector of pointers: `make` makes an element.
#define POINTER_VECTOR(T, make)                                                              \
    static void vectors_of_##T(void) {                                                       \
        wasm_##T##_vec_t empty, blank, full, copy;                                           \
        wasm_##T##_vec_new_empty(&empty);                                                    \
        expect(empty.size == 0 && !empty.data, #T, "empty vector");                          \
        wasm_##T##_vec_delete(&empty);                                                       \
        wasm_##T##_vec_new_uninitialized(&blank, 3);                                         \
        expect(blank.size == 3 && !blank.data[0] && !blank.data[2], #T, "blank vector");     \
        blank.data[1] = make;                                                                \
        wasm_##T##_vec_copy(&copy, &blank);                                                  \
        expect(copy.size == 3 && !copy.data[0] && copy.data[1], #T, "copy with gaps");       \
        wasm_##T##_vec_delete(&copy);                                                        \
        wasm_##T##_vec_delete(&blank);                                                       \
        wasm_##T##_t *elements[] = {make, make};                                             \
        wasm_##T##_vec_new(&full, 2, elements);                                              \
        expect(full.size == 2 && full.data[1] == elements[1], #T, "vector owns its elements"); \
        wasm_##T##_vec_copy(&copy, &full);                                                   \
        expect(copy.size == 2 && copy.data[0], #T, "copy of a vector");                      \
        wasm_##T##_vec_delete(&full);                                                        \
        wasm_##T##_vec_delete(&copy);                                                        \
        wasm_##T##_vec_new(&full, 0, NULL);                                                  \
        expect(full.size == 0, #T, "vector of nothing");                                     \
        wasm_##T##_vec_delete(&full);                                                        \
    }
#define TYPE(T, make)                                                                        \
    POINTER_VECTOR(T, make)                                                                  \
    static void type_##T(void) {                                                             \
        wasm_##T##_t *first = make, *second = wasm_##T##_copy(first);                        \
        expect(first && second, #T, "copy");                                                \
        wasm_##T##_delete(first);                                                            \
        wasm_##T##_delete(second);                                                           \
        expect(!wasm_##T##_copy(NULL), #T, "copy of null");                                  \
        wasm_##T##_delete(NULL);                                                             \
        vectors_of_##T();                                                                    \
    }

static wasm_functype_t *a_functype(void) {
    return wasm_functype_new_2_1(wasm_valtype_new_i32(), wasm_valtype_new_v128(), wasm_valtype_new_f32());
}
static wasm_globaltype_t *a_globaltype(void) { return wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR); }
static wasm_tabletype_t *a_tabletype(void) {
    wasm_limits_t limits = {2, 9};
    return wasm_tabletype_new(wasm_valtype_new_anyref(), &limits);
}
static wasm_memorytype_t *a_memorytype(void) {
    wasm_limits_t limits = {1, wasm_limits_max_default};
    return wasm_memorytype_new(&limits);
}
static wasm_externtype_t *an_externtype(void) { return wasm_memorytype_as_externtype(a_memorytype()); }
static wasm_importtype_t *an_importtype(void) {
    wasm_name_t module, name;
    wasm_name_new_from_string(&module, "module");
    wasm_name_new_from_string(&name, "name");
    return wasm_importtype_new(&module, &name, an_externtype());
}
static wasm_exporttype_t *an_exporttype(void) {
    wasm_name_t name;
    wasm_name_new_from_string_nt(&name, "name");
    return wasm_exporttype_new(&name, an_externtype());
}

TYPE(valtype, wasm_valtype_new(WASM_F64))
TYPE(functype, a_functype())
TYPE(globaltype, a_globaltype())
TYPE(tabletype, a_tabletype())
TYPE(memorytype, a_memorytype())
TYPE(externtype, an_externtype())
TYPE(importtype, an_importtype())
TYPE(exporttype, an_exporttype())

// A type among the types of what is imported and exported, and back; as another one it is null.
#define EXTERNTYPE(T, other)                                                                         \
    do {                                                                                             \
        wasm_##T##_t *type = a_##T();                                                                \
        wasm_externtype_t *external = wasm_##T##_as_externtype(type);                                \
        const wasm_externtype_t *constant = wasm_##T##_as_externtype_const(type);                    \
        expect(external && external == constant, #T, "as extern type");                              \
        expect(wasm_externtype_as_##T(external) == type, #T, "and back");                            \
        expect(wasm_externtype_as_##T##_const(constant) == type, #T, "and back, constant");          \
        expect(!wasm_externtype_as_##other(external), #T, "is no " #other);                          \
        expect(!wasm_externtype_as_##other##_const(constant), #T, "is no constant " #other);         \
        wasm_externtype_delete(external);                                                            \
    } while (0)

static void kinds(void) {
    EXTERNTYPE(functype, globaltype);
    EXTERNTYPE(globaltype, tabletype);
    EXTERNTYPE(tabletype, memorytype);
    EXTERNTYPE(memorytype, functype);
    wasm_globaltype_t *global = a_globaltype();
    expect(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_I64, "globaltype", "content");
    expect(wasm_globaltype_mutability(global) == WASM_VAR, "globaltype", "mutability");
    wasm_globaltype_delete(global);
    wasm_tabletype_t *table = a_tabletype();
    expect(wasm_valtype_is_ref(wasm_tabletype_element(table)), "tabletype", "element");
    expect(!wasm_valtype_is_num(wasm_tabletype_element(table)), "tabletype", "element is no number");
    expect(wasm_tabletype_limits(table)->min == 2 && wasm_tabletype_limits(table)->max == 9, "tabletype", "limits");
    wasm_tabletype_delete(table);
    wasm_importtype_t *import = an_importtype();
    expect(!memcmp(wasm_importtype_module(import)->data, "module", 6), "importtype", "module");
    expect(wasm_importtype_name(import)->size == 4, "importtype", "name");
    expect(wasm_externtype_kind(wasm_importtype_type(import)) == WASM_EXTERN_MEMORY, "importtype", "type");
    wasm_importtype_delete(import);
    wasm_exporttype_t *export = an_exporttype();
    expect(wasm_exporttype_name(export)->size == 5, "exporttype", "name with its end");
    expect(wasm_externtype_kind(wasm_exporttype_type(export)) == WASM_EXTERN_MEMORY, "exporttype", "type");
    wasm_exporttype_delete(export);
    expect(wasm_valkind_is_num(WASM_V128) && !wasm_valkind_is_num(WASM_FUNCREF), "kinds", "numbers");
    expect(wasm_valkind_is_ref(WASM_EXTERNREF) && !wasm_valkind_is_ref(WASM_I32), "kinds", "references");
}

static void arities(void) {
#define I wasm_valtype_new_i32()
#define F wasm_valtype_new_f64()
    wasm_functype_t *all[3][4] = {
        {wasm_functype_new_0_0(), wasm_functype_new_1_0(I), wasm_functype_new_2_0(I, I), wasm_functype_new_3_0(I, I, I)},
        {wasm_functype_new_0_1(F), wasm_functype_new_1_1(I, F), wasm_functype_new_2_1(I, I, F),
         wasm_functype_new_3_1(I, I, I, F)},
        {wasm_functype_new_0_2(F, F), wasm_functype_new_1_2(I, F, F), wasm_functype_new_2_2(I, I, F, F),
         wasm_functype_new_3_2(I, I, I, F, F)},
    };
    for (size_t results = 0; results < 3; results++)
        for (size_t params = 0; params < 4; params++) {
            wasm_functype_t *type = all[results][params];
            const wasm_valtype_vec_t *taken = wasm_functype_params(type), *given = wasm_functype_results(type);
            bool good = taken->size == params && given->size == results;
            for (size_t i = 0; good && i < params; i++) good = wasm_valtype_kind(taken->data[i]) == WASM_I32;
            for (size_t i = 0; good && i < results; i++) good = wasm_valtype_kind(given->data[i]) == WASM_F64;
            expect(good, "functype", "parameters and results");
            wasm_functype_delete(type);
        }
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_empty(&params);
    wasm_valtype_vec_new_empty(&results);
    wasm_functype_t *type = wasm_functype_new(&params, &results);
    expect(wasm_functype_params(type)->size == 0, "functype", "of two vectors");
    wasm_functype_delete(type);
}

static void bytes_and_values(void) {
    wasm_byte_vec_t empty, blank, copy;
    wasm_byte_vec_new_empty(&empty);
    wasm_byte_vec_new_uninitialized(&blank, 8);
    blank.data[7] = 'x';
    wasm_byte_vec_copy(&copy, &blank);
    expect(empty.size == 0 && copy.size == 8 && copy.data[7] == 'x' && copy.data != blank.data, "bytes", "copy");
    wasm_byte_vec_delete(&empty);
    wasm_byte_vec_delete(&blank);
    wasm_byte_vec_delete(&copy);
    wasm_name_t name, second, nothing, room, more;
    wasm_name_new(&name, 3, "abc");
    wasm_name_copy(&second, &name);
    wasm_name_new_empty(&nothing);
    wasm_name_new_uninitialized(&room, 2);
    wasm_name_new_new_uninitialized(&more, 2);
    expect(second.size == 3 && !memcmp(second.data, "abc", 3) && nothing.size == 0, "names", "copy");
    wasm_name_t *all[] = {&name, &second, &nothing, &room, &more};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) wasm_name_delete(all[i]);

    wasm_val_t list[] = {WASM_I32_VAL(-1), WASM_F32_VAL(0.5f), WASM_I64_VAL(1LL << 40)}, one;
    wasm_val_vec_t values, others, none, slots;
    wasm_val_vec_new(&values, 3, list);
    wasm_val_vec_copy(&others, &values);
    wasm_val_vec_new_empty(&none);
    wasm_val_vec_new_uninitialized(&slots, 2);
    expect(others.size == 3 && others.data[2].of.i64 == 1LL << 40 && none.size == 0 && slots.size == 2, "values", "vectors");
    wasm_val_copy(&one, &values.data[1]);
    expect(one.kind == WASM_F32 && one.of.f32 == 0.5f, "values", "copy");
    wasm_val_delete(&one);
    wasm_val_init_ptr(&one, list);
    expect(wasm_val_ptr(&one) == list, "values", "pointer");
    wasm_val_vec_delete(&values);
    wasm_val_vec_delete(&others);
    wasm_val_vec_delete(&none);
    wasm_val_vec_delete(&slots);
}

// ---- References

static int information = 1;

// A handle that stays the caller's: its copies, its host info, and itself as a reference; as `other` it is null.
#define HANDLE(T, handle)                                                                      \
    do {                                                                                       \
        wasm_##T##_t *copy = wasm_##T##_copy(handle);                                          \
        expect(copy && wasm_##T##_same(copy, handle), #T, "copy is the same");                 \
        expect(!wasm_##T##_same(copy, NULL) && !wasm_##T##_same(NULL, handle), #T, "null is another"); \
        wasm_##T##_set_host_info(handle, &finalized);                                          \
        expect(wasm_##T##_get_host_info(copy) == &finalized, #T, "host info");                 \
        wasm_##T##_set_host_info_with_finalizer(copy, &information, finalize);                 \
        expect(wasm_##T##_get_host_info(handle) == &information, #T, "host info of a copy");   \
        finalized = 0;                                                                         \
        wasm_##T##_set_host_info(copy, NULL);                                                  \
        expect(finalized == 1, #T, "finalizer of host info that others replace");              \
        wasm_##T##_delete(copy);                                                               \
        expect(!wasm_##T##_copy(NULL) && !wasm_##T##_get_host_info(NULL), #T, "null");         \
    } while (0)
#define REFERENCE(T, other, handle)                                                            \
    do {                                                                                       \
        HANDLE(T, handle);                                                                     \
        wasm_ref_t *reference = wasm_##T##_as_ref(handle);                                     \
        const wasm_ref_t *constant = wasm_##T##_as_ref_const(handle);                          \
        expect(reference && wasm_ref_same(reference, constant), #T, "as reference");           \
        expect(wasm_##T##_same(wasm_ref_as_##T(reference), handle), #T, "and back");           \
        expect(wasm_##T##_same(wasm_ref_as_##T##_const(constant), handle), #T, "and back, constant"); \
        expect(!wasm_ref_as_##other(reference), #T, "is no " #other);                          \
        expect(!wasm_ref_as_##other##_const(constant), #T, "is no constant " #other);          \
        HANDLE(ref, reference);                                                                \
    } while (0)
// A part of an instance as something exported, and back.
#define EXTERNAL(T, other, handle)                                                             \
    do {                                                                                       \
        wasm_extern_t *external = wasm_##T##_as_extern(handle);                                \
        const wasm_extern_t *constant = wasm_##T##_as_extern_const(handle);                    \
        expect(external && wasm_extern_same(external, constant), #T, "as extern");             \
        expect(wasm_##T##_same(wasm_extern_as_##T(external), handle), #T, "and back");         \
        expect(wasm_##T##_same(wasm_extern_as_##T##_const(constant), handle), #T, "and back, constant"); \
        expect(!wasm_extern_as_##other(external), #T, "is no " #other);                        \
        expect(!wasm_extern_as_##other##_const(constant), #T, "is no constant " #other);       \
        wasm_externtype_t *type = wasm_extern_type(external);                                  \
        expect(type && wasm_externtype_kind(type) == wasm_extern_kind(external), #T, "kind");  \
        wasm_externtype_delete(type);                                                          \
    } while (0)

static wasm_trap_t *nothing(const wasm_val_vec_t *arguments, wasm_val_vec_t *results) {
    (void)arguments;
    results->data[0] = (wasm_val_t)WASM_I64_VAL(0);
    return NULL;
}

static wasm_extern_t *an_extern;
POINTER_VECTOR(extern, wasm_extern_copy(an_extern))
static wasm_frame_t *a_frame;
POINTER_VECTOR(frame, wasm_frame_copy(a_frame))

static void traps(wasm_store_t *store, wasm_instance_t *instance, wasm_func_t *stop) {
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_t *trap = wasm_func_call(stop, &none, &none);
    expect(trap != NULL, "trap", "is given");
    REFERENCE(trap, foreign, trap);
    a_frame = wasm_trap_origin(trap);
    wasm_frame_t *copy = wasm_frame_copy(a_frame);
    expect(copy && copy != a_frame, "frame", "copy");
    expect(wasm_instance_same(wasm_frame_instance(copy), instance), "frame", "instance");
    expect(wasm_frame_module_offset(copy) > wasm_frame_func_offset(copy), "frame", "offset in the module");
    wasm_frame_delete(copy);
    vectors_of_frame();
    wasm_frame_delete(a_frame);
    wasm_trap_delete(trap);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    REFERENCE(foreign, trap, foreign);
    wasm_foreign_delete(foreign);
}

static void modules(wasm_engine_t *engine, wasm_module_t *module) {
    REFERENCE(module, instance, module);
    wasm_shared_module_t *shared = wasm_module_share(module);
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *obtained = wasm_module_obtain(store, shared);
    wasm_shared_module_delete(shared);
    expect(obtained != NULL, "module", "obtained in another store");
    wasm_byte_vec_t bytes;
    wasm_module_serialize(obtained, &bytes);
    expect(bytes.size > 0, "module", "serialized");
    wasm_module_t *again = wasm_module_deserialize(store, &bytes);
    expect(again != NULL, "module", "deserialized");
    wasm_byte_vec_delete(&bytes);
    wasm_module_delete(again);
    wasm_module_delete(obtained);
    wasm_store_delete(store);
}

static void references(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof basic_guest, (const char *)basic_guest);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    modules(engine, module);

    wasm_functype_t *type = wasm_functype_new_2_1(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_i64());
    wasm_func_t *function = wasm_func_new(store, type, nothing);
    wasm_functype_delete(type);
    expect(wasm_func_param_arity(function) == 2 && wasm_func_result_arity(function) == 1, "func", "arity");
    wasm_extern_t *given[] = {wasm_func_as_extern(function)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(given), exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    wasm_instance_exports(instance, &exports);
    expect(instance && exports.size == 6, "instance", "is made");
    REFERENCE(instance, func, instance);
    REFERENCE(func, memory, function);
    EXTERNAL(func, global, function);

    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[0]);
    wasm_global_t *global = wasm_extern_as_global(exports.data[1]);
    wasm_table_t *table = wasm_extern_as_table(exports.data[2]);
    REFERENCE(memory, global, memory);
    EXTERNAL(memory, table, memory);
    REFERENCE(global, table, global);
    EXTERNAL(global, memory, global);
    REFERENCE(table, func, table);
    EXTERNAL(table, func, table);
    REFERENCE(extern, module, exports.data[3]);
    an_extern = exports.data[4];
    vectors_of_extern();

    wasm_memorytype_t *memory_type = wasm_memory_type(memory);
    wasm_tabletype_t *table_type = wasm_table_type(table);
    wasm_globaltype_t *global_type = wasm_global_type(global);
    expect(wasm_memorytype_limits(memory_type)->max == 3, "memory", "type");
    expect(wasm_valtype_kind(wasm_tabletype_element(table_type)) == WASM_FUNCREF, "table", "type");
    expect(wasm_globaltype_mutability(global_type) == WASM_VAR, "global", "type");
    wasm_memorytype_delete(memory_type);
    wasm_tabletype_delete(table_type);
    wasm_globaltype_delete(global_type);

    traps(store, instance, wasm_extern_as_func(exports.data[5]));
    finalized = 0;
    wasm_instance_set_host_info_with_finalizer(instance, &information, finalize);
    wasm_module_delete(module);
    wasm_instance_delete(instance);
    wasm_extern_vec_delete(&exports);
    wasm_func_delete(function);
    wasm_store_delete(store);
    expect(finalized == 1, "instance", "finalizer of its host info");
}

static void types(void) {
    type_valtype();
    type_functype();
    type_globaltype();
    type_tabletype();
    type_memorytype();
    type_externtype();
    type_importtype();
    type_exporttype();
    kinds();
    arities();
    bytes_and_values();
}

int main(void) {
    types();    // before there is an engine
    wasm_engine_t *engine = wasm_engine_new();
    types();
    references(engine);
    wasm_engine_delete(engine);
    return verdict();
}
