// Types and vectors of the standard C API: each family made, read, copied, converted and deleted; nulls
// everywhere.
#include "standard_host.h"

// A vector of each kind of element, made in every way; `make` gives an element, which the vector owns.
#define VECTORS(T, element, make)                                                                           \
    static void T##_vectors(void) {                                                                         \
        wasm_##T##_vec_t empty, zero, full, copy;                                                           \
        wasm_##T##_vec_new_empty(&empty);                                                                   \
        expect(!empty.size && !empty.data && !empty.num_elems, #T, "an empty vector");                      \
        wasm_##T##_vec_new_uninitialized(&zero, 3);                                                         \
        expect(zero.size == 3 && zero.num_elems == 0, #T, "a vector to be filled");                         \
        for (size_t i = 0; i < 3 * sizeof(element); i++)                                                    \
            if (((char *)zero.data)[i]) expect(false, #T, "elements to be filled are zero");                \
        element elements[2] = {make, make};                                                                 \
        wasm_##T##_vec_new(&full, 2, elements);                                                             \
        expect(full.size == 2 && full.num_elems == 2, #T, "a vector of elements");                          \
        same((int64_t)full.size_of_elem, sizeof(element), "size of an element");                            \
        wasm_##T##_vec_copy(&copy, &full);                                                                  \
        expect(copy.size == 2 && copy.num_elems == 2 && copy.data != full.data, #T, "a copy");              \
        wasm_##T##_vec_delete(&full);                                                                       \
        expect(!full.size && !full.data, #T, "a deleted vector is empty");                                  \
        wasm_##T##_vec_delete(&full);                                                                       \
        wasm_##T##_vec_delete(&copy);                                                                       \
        wasm_##T##_vec_delete(&zero);                                                                       \
        wasm_##T##_vec_copy(&copy, &empty);                                                                 \
        expect(!copy.size && !copy.data, #T, "a copy of nothing");                                          \
        wasm_##T##_vec_new(&copy, 2, NULL);                                                                 \
        expect(!copy.size && !copy.data, #T, "elements from nowhere");                                      \
        wasm_##T##_vec_new_uninitialized(&copy, SIZE_MAX / 2);                                              \
        expect(!copy.size && !copy.data, #T, "more than there is memory for");                              \
        wasm_##T##_vec_copy(&copy, NULL);                                                                   \
        wasm_##T##_vec_new_empty(NULL);                                                                     \
        wasm_##T##_vec_new_uninitialized(NULL, 1);                                                          \
        wasm_##T##_vec_new(NULL, 1, elements);                                                              \
        wasm_##T##_vec_delete(NULL);                                                                        \
    }

static wasm_globaltype_t *a_global(void) { return wasm_globaltype_new(wasm_valtype_new_f32(), WASM_VAR); }
static wasm_tabletype_t *a_table(void) {
    wasm_limits_t limits = {1, 7};
    return wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
}
static wasm_memorytype_t *a_memory(void) {
    wasm_limits_t limits = {2, wasm_limits_max_default};
    return wasm_memorytype_new(&limits);
}
static wasm_functype_t *a_function(void) {
    return wasm_functype_new_1_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_anyref());
}
static wasm_name_t a_name(const char *text) {
    wasm_name_t name;
    wasm_name_new_from_string(&name, text);
    return name;
}
static wasm_importtype_t *an_import(void) {
    wasm_name_t module = a_name("env"), name = a_name("table");
    return wasm_importtype_new(&module, &name, wasm_tabletype_as_externtype(a_table()));
}
static wasm_exporttype_t *an_export(void) {
    wasm_name_t name = a_name("memory");
    return wasm_exporttype_new(&name, wasm_memorytype_as_externtype(a_memory()));
}

VECTORS(byte, wasm_byte_t, 'x')
VECTORS(val, wasm_val_t, (wasm_val_t)WASM_I32_VAL(7))
VECTORS(valtype, wasm_valtype_t *, wasm_valtype_new(WASM_F64))
VECTORS(functype, wasm_functype_t *, a_function())
VECTORS(globaltype, wasm_globaltype_t *, a_global())
VECTORS(tabletype, wasm_tabletype_t *, a_table())
VECTORS(memorytype, wasm_memorytype_t *, a_memory())
VECTORS(externtype, wasm_externtype_t *, wasm_globaltype_as_externtype(a_global()))
VECTORS(importtype, wasm_importtype_t *, an_import())
VECTORS(exporttype, wasm_exporttype_t *, an_export())

static void values(void) {
    static const wasm_valkind_t kinds[] = {
        WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_V128, WASM_EXTERNREF, WASM_FUNCREF,
    };
    for (size_t i = 0; i < sizeof kinds; i++) {
        wasm_valtype_t *type = wasm_valtype_new(kinds[i]);
        wasm_valtype_t *copy = wasm_valtype_copy(type);
        wasm_valtype_delete(type);
        same(wasm_valtype_kind(copy), kinds[i], "kind of a value type");
        expect(wasm_valtype_is_ref(copy) == (kinds[i] >= WASM_EXTERNREF), "value type", "is a reference");
        expect(wasm_valtype_is_num(copy) == !wasm_valkind_is_ref(kinds[i]), "value type", "is a number");
        expect(wasm_valkind_is_num(kinds[i]) != wasm_valkind_is_ref(kinds[i]), "kind", "is one of the two");
        wasm_valtype_delete(copy);
    }
    expect(!wasm_valtype_new(77), "value type", "of no kind");
    same(wasm_valtype_kind(wasm_valtype_new_v128()), WASM_V128, "kind of v128");
    same(wasm_valtype_kind(wasm_valtype_new_externref()), WASM_EXTERNREF, "kind of externref");

    wasm_val_t pointer, copy;
    wasm_val_init_ptr(&pointer, &copy);
    expect(wasm_val_ptr(&pointer) == &copy, "value", "that is a pointer");
    wasm_val_copy(&copy, &pointer);
    same(copy.of.i64, pointer.of.i64, "a value's copy");
    wasm_val_delete(&copy);
    wasm_val_t null = WASM_INIT_VAL, reference = WASM_REF_VAL(NULL), float_value = WASM_F32_VAL(1.5f);
    wasm_val_copy(&copy, &null);
    expect(copy.kind == WASM_EXTERNREF && !copy.of.ref && !reference.of.ref, "value", "that is a null reference");
    expect(float_value.of.f32 == 1.5f, "value", "that is a float");
    same(sizeof(wasm_val_t), 16, "bytes of a value");
}

static void names(void) {
    wasm_name_t name, copy;
    wasm_name_new_from_string_nt(&name, "abc");
    same((int64_t)name.size, 4, "bytes of a name with its zero");
    wasm_name_copy(&copy, &name);
    wasm_name_delete(&name);
    expect(!strcmp(copy.data, "abc"), "name", "is copied");
    wasm_name_delete(&copy);
    wasm_name_new(&name, 2, "xyz");
    same((int64_t)name.size, 2, "bytes of a name");
    wasm_name_delete(&name);
    wasm_name_new_empty(&name);
    wasm_name_delete(&name);
    wasm_name_new_uninitialized(&name, 1);
    wasm_name_delete(&name);
    wasm_name_new_new_uninitialized(&name, 1);
    wasm_name_delete(&name);
}

// The kinds of the parameters, then of the results.
static void has_kinds(wasm_functype_t *type, size_t parameters, size_t results, const char *what) {
    const wasm_valtype_vec_t *vectors[] = {wasm_functype_params(type), wasm_functype_results(type)};
    static const wasm_valkind_t wanted[2][3] = {{WASM_I32, WASM_I64, WASM_F32}, {WASM_F64, WASM_FUNCREF}};
    size_t counts[] = {parameters, results};
    for (int side = 0; side < 2; side++) {
        same((int64_t)vectors[side]->size, (int64_t)counts[side], what);
        same((int64_t)vectors[side]->num_elems, (int64_t)counts[side], what);
        for (size_t i = 0; i < counts[side]; i++)
            same(wasm_valtype_kind(vectors[side]->data[i]), wanted[side][i], what);
    }
    wasm_functype_delete(type);
}

static void functions(void) {
    wasm_valtype_t *p1 = wasm_valtype_new_i32(), *p2 = wasm_valtype_new_i64(), *p3 = wasm_valtype_new_f32();
    wasm_valtype_t *r1 = wasm_valtype_new_f64(), *r2 = wasm_valtype_new_funcref();
    has_kinds(wasm_functype_new_0_0(), 0, 0, "functype 0 0");
    has_kinds(wasm_functype_new_1_0(p1), 1, 0, "functype 1 0");
    has_kinds(wasm_functype_new_2_0(p1, p2), 2, 0, "functype 2 0");
    has_kinds(wasm_functype_new_3_0(p1, p2, p3), 3, 0, "functype 3 0");
    has_kinds(wasm_functype_new_0_1(r1), 0, 1, "functype 0 1");
    has_kinds(wasm_functype_new_1_1(p1, r1), 1, 1, "functype 1 1");
    has_kinds(wasm_functype_new_2_1(p1, p2, r1), 2, 1, "functype 2 1");
    has_kinds(wasm_functype_new_3_1(p1, p2, p3, r1), 3, 1, "functype 3 1");
    has_kinds(wasm_functype_new_0_2(r1, r2), 0, 2, "functype 0 2");
    has_kinds(wasm_functype_new_1_2(p1, r1, r2), 1, 2, "functype 1 2");
    has_kinds(wasm_functype_new_2_2(p1, p2, r1, r2), 2, 2, "functype 2 2");
    has_kinds(wasm_functype_new_3_2(p1, p2, p3, r1, r2), 3, 2, "functype 3 2");
    has_kinds(wasm_functype_new(NULL, NULL), 0, 0, "functype of nothing");
    expect(!wasm_functype_copy(NULL), "functype", "of none");
}

// An extern type is its own four forms, and no other's.
#define CONVERSIONS(T, number, make)                                                                        \
    static void T##_conversions(void) {                                                                     \
        wasm_##T##type_t *type = make;                                                                      \
        wasm_externtype_t *external = wasm_##T##type_as_externtype(type);                                   \
        same(wasm_externtype_kind(external), number, "kind of an extern type");                             \
        expect(wasm_externtype_as_##T##type(external) == type, #T, "type and back");                        \
        const wasm_externtype_t *constant = wasm_##T##type_as_externtype_const(type);                       \
        expect(wasm_externtype_as_##T##type_const(constant) == type, #T, "const type and back");            \
        expect(!wasm_externtype_as_functype(external) == (number != WASM_EXTERN_FUNC), #T, "no function");  \
        expect(!wasm_externtype_as_globaltype(external) == (number != WASM_EXTERN_GLOBAL), #T, "no global"); \
        expect(!wasm_externtype_as_tabletype(external) == (number != WASM_EXTERN_TABLE), #T, "no table");   \
        expect(!wasm_externtype_as_memorytype(external) == (number != WASM_EXTERN_MEMORY), #T, "no memory"); \
        wasm_externtype_t *copy = wasm_externtype_copy(external);                                           \
        wasm_##T##type_t *second = wasm_##T##type_copy(wasm_externtype_as_##T##type(copy));                 \
        wasm_##T##type_delete(type);                                                                        \
        wasm_externtype_delete(copy);                                                                       \
        expect(second != NULL, #T, "type's copy");                                                          \
        wasm_##T##type_delete(second);                                                                      \
        expect(!wasm_externtype_as_##T##type(NULL) && !wasm_externtype_as_##T##type_const(NULL), #T, "null"); \
        wasm_##T##type_delete(NULL);                                                                        \
    }
CONVERSIONS(func, WASM_EXTERN_FUNC, a_function())
CONVERSIONS(global, WASM_EXTERN_GLOBAL, a_global())
CONVERSIONS(table, WASM_EXTERN_TABLE, a_table())
CONVERSIONS(memory, WASM_EXTERN_MEMORY, a_memory())

static void entities(void) {
    wasm_globaltype_t *global = a_global();
    same(wasm_valtype_kind(wasm_globaltype_content(global)), WASM_F32, "content of a global type");
    same(wasm_globaltype_mutability(global), WASM_VAR, "mutability of a global type");
    wasm_globaltype_delete(global);
    wasm_tabletype_t *table = a_table();
    same(wasm_valtype_kind(wasm_tabletype_element(table)), WASM_FUNCREF, "element of a table type");
    same(wasm_tabletype_limits(table)->max, 7, "maximum of a table type");
    wasm_tabletype_delete(table);
    wasm_memorytype_t *memory = a_memory();
    same(wasm_memorytype_limits(memory)->min, 2, "minimum of a memory type");
    same(wasm_memorytype_limits(memory)->max, wasm_limits_max_default, "no maximum of a memory type");
    wasm_memorytype_delete(memory);

    wasm_importtype_t *import = an_import(), *second = wasm_importtype_copy(import);
    wasm_importtype_delete(import);
    same((int64_t)wasm_importtype_module(second)->size, 3, "module of an import");
    expect(!memcmp(wasm_importtype_name(second)->data, "table", 5), "import", "has its name");
    same(wasm_externtype_kind(wasm_importtype_type(second)), WASM_EXTERN_TABLE, "kind of an import");
    expect(!wasm_importtype_is_linked(second), "import", "of the host's is not linked");
    wasm_importtype_delete(second);
    wasm_exporttype_t *export = an_export(), *third = wasm_exporttype_copy(export);
    wasm_exporttype_delete(export);
    same((int64_t)wasm_exporttype_name(third)->size, 6, "name of an export");
    same(wasm_externtype_kind(wasm_exporttype_type(third)), WASM_EXTERN_MEMORY, "kind of an export");
    wasm_exporttype_delete(third);
    // Own parameters are taken also where there is no result.
    wasm_name_t module = a_name("a"), name = a_name("b");
    expect(!wasm_importtype_new(&module, &name, NULL), "import", "without a type");
    expect(!wasm_importtype_new(NULL, NULL, wasm_globaltype_as_externtype(a_global())), "import", "without names");
    expect(!wasm_exporttype_new(NULL, wasm_globaltype_as_externtype(a_global())), "export", "without a name");
    expect(!wasm_globaltype_new(NULL, WASM_VAR) && !wasm_tabletype_new(NULL, NULL), "types", "without parts");
    expect(!wasm_memorytype_new(NULL), "memory type", "without limits");
}

static void nulls(void) {
    expect(!wasm_functype_params(NULL) && !wasm_functype_results(NULL), "null", "function type");
    expect(!wasm_globaltype_content(NULL) && !wasm_tabletype_element(NULL), "null", "global and table type");
    expect(!wasm_tabletype_limits(NULL) && !wasm_memorytype_limits(NULL), "null", "limits");
    expect(!wasm_importtype_module(NULL) && !wasm_importtype_name(NULL), "null", "import");
    expect(!wasm_importtype_type(NULL) && !wasm_exporttype_name(NULL), "null", "import and export");
    expect(!wasm_exporttype_type(NULL) && !wasm_externtype_copy(NULL), "null", "extern type");
    expect(!wasm_importtype_copy(NULL) && !wasm_exporttype_copy(NULL), "null", "copies");
    expect(!wasm_valtype_copy(NULL) && !wasm_importtype_is_linked(NULL), "null", "value type");
    wasm_importtype_delete(NULL);
    wasm_exporttype_delete(NULL);
    wasm_externtype_delete(NULL);
    wasm_valtype_delete(NULL);
    wasm_val_copy(NULL, NULL);
}

static void everything(void) {
    byte_vectors();
    val_vectors();
    valtype_vectors();
    functype_vectors();
    globaltype_vectors();
    tabletype_vectors();
    memorytype_vectors();
    externtype_vectors();
    importtype_vectors();
    exporttype_vectors();
    values();
    names();
    functions();
    func_conversions();
    global_conversions();
    table_conversions();
    memory_conversions();
    entities();
    nulls();
}

int main(void) {
    everything();    // without an engine
    wasm_engine_t *engine = wasm_engine_new();
    everything();
    // A type from an engine's heap outlives the engine's handle.
    wasm_functype_t *type = a_function();
    wasm_engine_delete(engine);
    has_kinds(wasm_functype_new_0_0(), 0, 0, "functype after the engine");
    same((int64_t)wasm_functype_results(type)->size, 2, "results of a type that outlives its engine");
    wasm_functype_delete(type);
    return verdict();
}
