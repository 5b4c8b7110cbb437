// The standard C API: engines and stores, types, modules, calls in both directions, tables, memories,
// globals, references, traps, host info. Each part ends what it made; at the end every engine's last holder
// has gone.
#include "check.h"
#include "standard_guests.h"
#include "wasm.h"

static void same(int64_t found, int64_t wanted, const char *what) {
    char detail[96];
    snprintf(detail, sizeof detail, "%lld, expected %lld", (long long)found, (long long)wanted);
    expect(found == wanted, what, detail);
}

enum { EXPORT_MEMORY, EXPORT_GLOBAL, EXPORT_TABLE, EXPORT_ADD, EXPORT_HOST, EXPORT_STOP };

static int finalized;
static void finalize(void *data) { finalized += *(int *)data; }

static wasm_store_t *callback_store;
static wasm_trap_t *multiply(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    if (args->data[0].of.i32 < 0) {
        wasm_name_t text;
        wasm_name_new_from_string_nt(&text, "no negative numbers");
        wasm_trap_t *trap = wasm_trap_new(callback_store, &text);
        wasm_name_delete(&text);
        return trap;
    }
    results->data[0] = (wasm_val_t)WASM_I64_VAL(args->data[0].of.i32 * args->data[1].of.i64 + *(int *)env);
    return NULL;
}

static void types(void) {
    wasm_functype_t *type = wasm_functype_new_2_1(wasm_valtype_new_i32(), wasm_valtype_new_funcref(),
                                                  wasm_valtype_new_f64());
    same((int64_t)wasm_functype_params(type)->size, 2, "parameters of a type");
    same(wasm_valtype_kind(wasm_functype_params(type)->data[1]), WASM_FUNCREF, "kind of a parameter");
    wasm_functype_t *copy = wasm_functype_copy(type);
    wasm_functype_delete(type);
    same(wasm_valtype_kind(wasm_functype_results(copy)->data[0]), WASM_F64, "result of a copy");
    wasm_externtype_t *external = wasm_functype_as_externtype(copy);
    same(wasm_externtype_kind(external), WASM_EXTERN_FUNC, "kind of an extern type");
    expect(!wasm_externtype_as_memorytype(external), "conversion", "a function type is no memory type");
    wasm_name_t module, name;
    wasm_name_new_from_string(&module, "env");
    wasm_name_new_from_string(&name, "f");
    wasm_importtype_t *import = wasm_importtype_new(&module, &name, external);
    wasm_importtype_t *second = wasm_importtype_copy(import);
    wasm_importtype_delete(import);
    same((int64_t)wasm_importtype_module(second)->size, 3, "name of an import's copy");
    wasm_importtype_vec_t vector;
    wasm_importtype_vec_new(&vector, 1, &second);
    wasm_importtype_vec_t vectors;
    wasm_importtype_vec_copy(&vectors, &vector);
    wasm_importtype_vec_delete(&vector);
    same((int64_t)vectors.size, 1, "a vector's copy");
    wasm_importtype_vec_delete(&vectors);
}

static void calls(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    callback_store = store;
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof basic_guest, (const char *)basic_guest);
    expect(wasm_module_validate(store, &bytes), "module", "is valid");
    wasm_module_t *module = wasm_module_new(store, &bytes);
    bytes.data[4] = 2;
    expect(!wasm_module_validate(store, &bytes), "module", "of another version is not valid");
    wasm_byte_vec_delete(&bytes);
    expect(module != NULL, "module", "loads");

    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    same((int64_t)imports.size, 1, "imports");
    same(wasm_externtype_kind(wasm_importtype_type(imports.data[0])), WASM_EXTERN_FUNC, "kind of the import");
    wasm_importtype_vec_delete(&imports);
    wasm_exporttype_vec_t exports;
    wasm_module_exports(module, &exports);
    same((int64_t)exports.size, 6, "exports");
    const wasm_externtype_t *first = wasm_exporttype_type(exports.data[0]);
    same(wasm_memorytype_limits(wasm_externtype_as_memorytype_const(first))->max, 3, "maximum of the memory");
    wasm_exporttype_vec_delete(&exports);

    static int env = 5;
    wasm_functype_t *type = wasm_functype_new_2_1(wasm_valtype_new_i32(), wasm_valtype_new_i64(),
                                                  wasm_valtype_new_i64());
    wasm_func_t *function = wasm_func_new_with_env(store, type, multiply, &env, finalize);
    wasm_functype_delete(type);
    wasm_trap_t *trap = NULL;
    wasm_extern_vec_t nothing = WASM_EMPTY_VEC;
    expect(!wasm_instance_new(store, module, &nothing, &trap), "instance", "without its import");
    expect(trap != NULL, "instance", "without its import gives a reason");
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    expect(message.size > 0 && message.data[message.size - 1] == 0, "message", "ends in zero");
    wasm_name_delete(&message);
    wasm_trap_delete(trap);

    wasm_extern_t *given[] = {wasm_func_as_extern(function)};
    wasm_extern_vec_t vector = WASM_ARRAY_VEC(given);
    wasm_instance_t *instance = wasm_instance_new(store, module, &vector, &trap);
    expect(instance && !trap, "instance", "is made");
    wasm_module_delete(module);
    wasm_extern_vec_t found;
    wasm_instance_exports(instance, &found);
    same((int64_t)found.size, 6, "exports of the instance");
    wasm_instance_delete(instance);    // its parts hold it

    wasm_val_t arguments[] = {WASM_I32_VAL(40), WASM_I32_VAL(2)};
    wasm_val_t results[] = {WASM_INIT_VAL};
    wasm_val_vec_t argument_vector = WASM_ARRAY_VEC(arguments), result_vector = WASM_ARRAY_VEC(results);
    wasm_func_t *add = wasm_extern_as_func(found.data[EXPORT_ADD]);
    expect(!wasm_func_call(add, &argument_vector, &result_vector), "add", "does not trap");
    same(results[0].of.i32, 42, "add");
    arguments[1] = (wasm_val_t)WASM_I64_VAL(3);
    trap = wasm_func_call(add, &argument_vector, &result_vector);
    expect(trap != NULL, "add", "wants two i32");
    wasm_trap_delete(trap);
    argument_vector.size = 1;
    trap = wasm_func_call(add, &argument_vector, &result_vector);
    expect(trap != NULL, "add", "wants two arguments");
    wasm_trap_delete(trap);
    argument_vector.size = 2;

    wasm_func_t *host = wasm_extern_as_func(found.data[EXPORT_HOST]);
    expect(!wasm_func_call(host, &argument_vector, &result_vector), "host", "does not trap");
    same(results[0].of.i64, 125, "host");
    arguments[0].of.i32 = -1;
    trap = wasm_func_call(host, &argument_vector, &result_vector);
    wasm_trap_message(trap, &message);
    expect(message.data && !strcmp(message.data, "no negative numbers"), "host", "gives the callback's trap");
    wasm_name_delete(&message);
    wasm_trap_delete(trap);

    wasm_val_vec_t none = WASM_EMPTY_VEC;
    trap = wasm_func_call(wasm_extern_as_func(found.data[EXPORT_STOP]), &none, &none);
    wasm_trap_message(trap, &message);
    expect(message.data && !strcmp(message.data, "Exception: unreachable"), "stop", "says unreachable");
    wasm_name_delete(&message);
    wasm_frame_vec_t frames;
    wasm_trap_trace(trap, &frames);
    same((int64_t)frames.size, 1, "frames");
    if (frames.size) {
        same(wasm_frame_func_index(frames.data[0]), 3, "function of the frame");
        same((int64_t)wasm_frame_func_offset(frames.data[0]), 1, "offset in the function");
    }
    wasm_frame_vec_delete(&frames);
    wasm_frame_t *origin = wasm_trap_origin(trap);
    expect(origin != NULL, "stop", "has an origin");
    wasm_frame_delete(origin);
    wasm_trap_delete(trap);

    wasm_global_t *global = wasm_extern_as_global(found.data[EXPORT_GLOBAL]);
    wasm_val_t value = WASM_I32_VAL(9), seen;
    wasm_global_set(global, &value);
    wasm_global_get(global, &seen);
    same(seen.of.i32, 9, "global");

    wasm_memory_t *memory = wasm_extern_as_memory(found.data[EXPORT_MEMORY]);
    same(wasm_memory_size(memory), 1, "pages");
    same((int64_t)wasm_memory_data_size(memory), 65536, "bytes");
    wasm_memory_data(memory)[65535] = 3;
    expect(wasm_memory_grow(memory, 2), "memory", "grows to its maximum");
    expect(!wasm_memory_grow(memory, 1), "memory", "does not grow past it");
    same(wasm_memory_data(memory)[65535], 3, "byte after growth");

    wasm_table_t *table = wasm_extern_as_table(found.data[EXPORT_TABLE]);
    same(wasm_table_size(table), 4, "elements");
    wasm_ref_t *element = wasm_table_get(table, 1);
    expect(wasm_ref_same(element, wasm_func_as_ref(add)), "table", "element is the function");
    expect(!wasm_table_get(table, 0), "table", "others are null");
    expect(wasm_table_set(table, 0, element), "table", "is set");
    expect(!wasm_table_set(table, 4, element), "table", "ends");
    expect(wasm_table_grow(table, 2, element) && wasm_table_size(table) == 6, "table", "grows");
    wasm_ref_delete(element);

    wasm_func_t *copy = wasm_func_copy(add);
    expect(wasm_func_same(copy, add), "copy", "is the same");
    static int info = 10;
    wasm_func_set_host_info_with_finalizer(copy, &info, finalize);
    wasm_func_delete(copy);
    expect(wasm_func_get_host_info(add) == &info, "host info", "stays with the function");

    wasm_extern_vec_delete(&found);
    wasm_func_delete(function);
    wasm_store_delete(store);
    same(finalized, 15, "finalizers of function and host info");
}

static void host_entities(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_limits_t limits = {1, 2};
    wasm_memorytype_t *memory_type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, memory_type);
    wasm_memorytype_delete(memory_type);
    same(wasm_memory_size(memory), 1, "pages of the host's memory");
    expect(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 1), "memory",
           "the host's grows to its maximum");
    wasm_memory_delete(memory);

    wasm_foreign_t *foreign = wasm_foreign_new(store);
    static int number = 100;
    wasm_foreign_set_host_info_with_finalizer(foreign, &number, finalize);
    wasm_tabletype_t *table_type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    wasm_table_t *table = wasm_table_new(store, table_type, wasm_foreign_as_ref(foreign));
    wasm_tabletype_delete(table_type);
    wasm_foreign_t *seen = wasm_ref_as_foreign(wasm_table_get(table, 0));
    expect(seen && wasm_foreign_same(seen, foreign), "table", "of the host holds a foreign object");
    expect(wasm_foreign_get_host_info(seen) == &number, "foreign", "keeps its host info");
    wasm_foreign_delete(seen);
    wasm_foreign_delete(foreign);
    wasm_table_delete(table);

    wasm_globaltype_t *global_type = wasm_globaltype_new(wasm_valtype_new_f64(), WASM_CONST);
    wasm_val_t value = WASM_F64_VAL(1.5), seen_value;
    wasm_global_t *global = wasm_global_new(store, global_type, &value);
    wasm_globaltype_delete(global_type);
    wasm_val_t other = WASM_F64_VAL(2.5);
    wasm_global_set(global, &other);
    wasm_global_get(global, &seen_value);
    expect(seen_value.of.f64 == 1.5, "global", "that is constant stays");
    wasm_global_delete(global);
    finalized = 0;
    wasm_store_delete(store);
    same(finalized, 100, "finalizer of the foreign object");
}

static void nulls(void) {
    wasm_byte_vec_t bytes = WASM_EMPTY_VEC;
    wasm_val_t value;
    expect(!wasm_store_new(NULL), "null", "store");
    expect(!wasm_module_new(NULL, &bytes) && !wasm_module_validate(NULL, NULL), "null", "module");
    expect(!wasm_instance_new(NULL, NULL, NULL, NULL), "null", "instance");
    expect(!wasm_func_call(NULL, NULL, NULL) && !wasm_func_new(NULL, NULL, NULL), "null", "function");
    expect(!wasm_memory_data(NULL) && !wasm_memory_grow(NULL, 1), "null", "memory");
    expect(!wasm_table_get(NULL, 0) && !wasm_table_set(NULL, 0, NULL), "null", "table");
    expect(!wasm_table_grow(NULL, 1, NULL), "null", "table that grows");
    wasm_global_get(NULL, &value);
    wasm_global_set(NULL, NULL);
    wasm_ref_delete(NULL);
    wasm_val_delete(NULL);
    wasm_module_delete(NULL);
    wasm_engine_delete(NULL);
    wasm_config_delete(NULL);
    wasm_functype_delete(NULL);
    wasm_extern_vec_delete(NULL);
    expect(!wasm_extern_type(NULL) && !wasm_func_type(NULL) && !wasm_global_type(NULL), "null", "types");
    expect(!wasm_trap_origin(NULL) && !wasm_trap_new(NULL, NULL), "null", "trap");
}

int main(void) {
    types();    // before there is an engine
    nulls();
    wasm_engine_t *engine = wasm_engine_new();
    wasm_engine_t *second = wasm_engine_new_with_config(wasm_config_new());
    calls(engine);
    types();
    host_entities(second);
    wasm_engine_delete(engine);
    host_entities(second);
    wasm_engine_delete(second);
    return verdict();
}
