// Handles of the standard C API: copies, sameness, host info and its finalizers, conversions, references
// through guests, what keeps what alive.
#include "standard_host.h"

// What every kind of handle can do; `made` is the only handle, and deleted. Finalizers run at the latest with
// the store.
#define HANDLES(T, others)                                                                                  \
    static void T##_handles(wasm_##T##_t *made, int *finalized) {                                           \
        expect(made != NULL, #T, "is made");                                                                \
        wasm_##T##_t *copy = wasm_##T##_copy(made);                                                         \
        expect(wasm_##T##_same(made, copy) && !wasm_##T##_same(made, NULL), #T, "and its copy are the same"); \
        static int first, second;                                                                           \
        wasm_##T##_set_host_info(made, &first);                                                             \
        expect(wasm_##T##_get_host_info(copy) == &first, #T, "has host info");                              \
        wasm_##T##_set_host_info_with_finalizer(copy, &second, count_end);                                  \
        wasm_##T##_set_host_info_with_finalizer(copy, finalized, count_end);                                \
        same(first, 0, "finalizers of host info without one");                                              \
        same(second, 1, "finalizers of host info that other info replaced");                                \
        second = 0;                                                                                         \
        wasm_ref_t *reference = wasm_##T##_as_ref(made);                                                    \
        expect(wasm_ref_as_##T(reference) == made, #T, "as reference and back");                            \
        expect(wasm_ref_as_##T##_const(wasm_##T##_as_ref_const(made)) == made, #T, "const, and back");      \
        expect(wasm_ref_get_host_info(reference) == finalized, #T, "reference has the host info");          \
        wasm_ref_t *other = wasm_ref_copy(reference);                                                       \
        expect(wasm_ref_same(reference, other), #T, "reference and its copy are the same");                 \
        wasm_ref_delete(other);                                                                             \
        int kinds = !!wasm_ref_as_func(reference) + !!wasm_ref_as_global(reference) +                       \
                    !!wasm_ref_as_table(reference) + !!wasm_ref_as_memory(reference) +                      \
                    !!wasm_ref_as_instance(reference) + !!wasm_ref_as_module(reference) +                   \
                    !!wasm_ref_as_foreign(reference) + !!wasm_ref_as_trap(reference);                       \
        same(kinds, 1, "kinds that a reference is of");                                                     \
        same(!!wasm_ref_as_extern(reference), others, "whether a reference is an extern");                  \
        expect(!wasm_ref_as_##T(NULL) && !wasm_ref_as_##T##_const(NULL), #T, "null is none");               \
        expect(!wasm_##T##_copy(NULL) && !wasm_##T##_get_host_info(NULL), #T, "null has nothing");          \
        wasm_##T##_set_host_info(NULL, &first);                                                             \
        wasm_##T##_set_host_info_with_finalizer(NULL, &first, count_end);                                   \
        wasm_##T##_delete(copy);                                                                            \
        wasm_##T##_delete(made);                                                                            \
        wasm_##T##_delete(NULL);                                                                            \
    }
HANDLES(func, 1)
HANDLES(global, 1)
HANDLES(table, 1)
HANDLES(memory, 1)
HANDLES(extern, 1)
HANDLES(instance, 0)
HANDLES(module, 0)
HANDLES(foreign, 0)
HANDLES(trap, 0)

static wasm_trap_t *nothing(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)args, (void)results;
    return NULL;
}
static wasm_func_t *a_function(wasm_store_t *store) {
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *function = wasm_func_new(store, type, nothing);
    wasm_functype_delete(type);
    return function;
}
static wasm_global_t *a_global(wasm_store_t *store) {
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
    wasm_val_t value = WASM_I64_VAL(5);
    wasm_global_t *global = wasm_global_new(store, type, &value);
    wasm_globaltype_delete(type);
    return global;
}
static wasm_table_t *a_table(wasm_store_t *store, wasm_valtype_t *element) {
    wasm_limits_t limits = {2, 4};
    wasm_tabletype_t *type = wasm_tabletype_new(element, &limits);
    wasm_table_t *table = wasm_table_new(store, type, NULL);
    wasm_tabletype_delete(type);
    return table;
}
static wasm_memory_t *a_memory(wasm_store_t *store) {
    wasm_limits_t limits = {1, 2};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, type);
    wasm_memorytype_delete(type);
    return memory;
}
static wasm_trap_t *a_trap(wasm_store_t *store) {
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "told");
    wasm_trap_t *trap = wasm_trap_new(store, &message);
    wasm_name_delete(&message);
    return trap;
}

static void every_kind(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    int finalized[9] = {0};
    func_handles(a_function(store), &finalized[0]);
    global_handles(a_global(store), &finalized[1]);
    table_handles(a_table(store, wasm_valtype_new_funcref()), &finalized[2]);
    memory_handles(a_memory(store), &finalized[3]);
    extern_handles(wasm_memory_as_extern(a_memory(store)), &finalized[4]);
    wasm_module_t *module = GUEST(store, counter);
    Linked linked = link_all(store, module, NULL, 0);
    wasm_extern_vec_delete(&linked.exports);
    instance_handles(linked.instance, &finalized[5]);
    module_handles(GUEST(store, counter), &finalized[6]);
    foreign_handles(wasm_foreign_new(store), &finalized[7]);
    trap_handles(a_trap(store), &finalized[8]);
    wasm_store_delete(store);
    for (int i = 0; i < 9; i++) same(finalized[i], 1, "finalizers of one object's host info");
}

#define EXTERNS(T, number, make)                                                                            \
    {                                                                                                       \
        wasm_##T##_t *made = make;                                                                          \
        wasm_extern_t *external = wasm_##T##_as_extern(made);                                               \
        same(wasm_extern_kind(external), number, "kind of an extern");                                      \
        expect(wasm_extern_as_##T(external) == made, #T, "as extern and back");                             \
        const wasm_extern_t *constant = wasm_##T##_as_extern_const(made);                                   \
        expect(wasm_extern_as_##T##_const(constant) == made, #T, "as const extern and back");               \
        int kinds = !!wasm_extern_as_func(external) + !!wasm_extern_as_global(external) +                   \
                    !!wasm_extern_as_table(external) + !!wasm_extern_as_memory(external);                   \
        same(kinds, 1, "kinds that an extern is of");                                                       \
        wasm_externtype_t *type = wasm_extern_type(external);                                               \
        same(wasm_externtype_kind(type), number, "kind of an extern's type");                               \
        wasm_externtype_delete(type);                                                                       \
        expect(!wasm_extern_as_##T(NULL) && !wasm_extern_as_##T##_const(NULL), #T, "null");                 \
        elements[number] = external;                                                                        \
    }
static void externs(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_extern_t *elements[4];
    EXTERNS(func, WASM_EXTERN_FUNC, a_function(store))
    EXTERNS(global, WASM_EXTERN_GLOBAL, a_global(store))
    EXTERNS(table, WASM_EXTERN_TABLE, a_table(store, wasm_valtype_new_externref()))
    EXTERNS(memory, WASM_EXTERN_MEMORY, a_memory(store))
    wasm_extern_vec_t empty, zero, full, copy;
    wasm_extern_vec_new_empty(&empty);
    wasm_extern_vec_new_uninitialized(&zero, 2);
    wasm_extern_vec_new(&full, 4, elements);
    wasm_extern_vec_copy(&copy, &full);
    expect(wasm_extern_same(full.data[1], copy.data[1]), "vector", "of copied externs");
    wasm_extern_vec_delete(&full);
    same(wasm_memory_size(wasm_extern_as_memory(copy.data[WASM_EXTERN_MEMORY])), 1, "pages by the copy");
    wasm_extern_vec_delete(&copy);
    wasm_extern_vec_delete(&zero);
    wasm_extern_vec_delete(&empty);
    wasm_store_delete(store);
}

// ---- References that guests have

static wasm_store_t *seen_store;
static wasm_ref_t *seen;
static wasm_trap_t *see(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    wasm_ref_delete(seen);
    seen = wasm_ref_copy(args->data[0].of.ref);
    wasm_val_copy(&results->data[0], &args->data[0]);
    return NULL;
}

enum { OBJECTS, FUNCTIONS, KEPT, PASS, KEEP, GIVE, IS_NULL, PUT, FIVE, RUN, MINE };
static Linked references_guest_in(wasm_store_t *store) {
    wasm_functype_t *object = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
    wasm_functype_t *function = wasm_functype_new_1_1(wasm_valtype_new_funcref(), wasm_valtype_new_funcref());
    wasm_extern_t *imports[] = {
        wasm_func_as_extern(wasm_func_new(store, object, see)),
        wasm_func_as_extern(wasm_func_new(store, function, see)),
    };
    wasm_functype_delete(object);
    wasm_functype_delete(function);
    Linked linked = link_all(store, GUEST(store, references), imports, 2);
    wasm_extern_delete(imports[0]);
    wasm_extern_delete(imports[1]);
    same((int64_t)linked.exports.size, 11, "exports of the guest with references");
    return linked;
}

// Passes a reference through the guest and the callback, leaves it in the guest's table, and takes it out
// again.
static void through_guest(Linked *linked, wasm_ref_t *reference, const char *what) {
    wasm_val_t value = WASM_REF_VAL(reference), back = WASM_INIT_VAL;
    wasm_trap_t *trap = call(linked->exports.data[PASS], 1, &value, 1, &back);
    expect(!trap, what, "passes");
    expect(wasm_ref_same(back.of.ref, reference), what, "comes back");
    expect(wasm_ref_same(seen, reference), what, "is what the callback sees");
    wasm_val_delete(&back);
    wasm_val_t pair[] = {WASM_I32_VAL(1), value};
    expect(!call(linked->exports.data[KEEP], 2, pair, 0, NULL), what, "is kept");
    expect(!call(linked->exports.data[GIVE], 1, pair, 1, &back), what, "is given");
    expect(wasm_ref_same(back.of.ref, reference), what, "is the same later");
    wasm_val_delete(&back);
    same(call_number(linked->exports.data[IS_NULL], 1, &value), reference == NULL, "whether it is null");
    wasm_ref_delete(seen);
    seen = NULL;
}

static void guests(wasm_engine_t *engine) {
    wasm_store_t *store = seen_store = wasm_store_new(engine);
    Linked linked = references_guest_in(store);
    int finalized = 0;
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, &finalized, count_end);
    wasm_module_t *module = GUEST(store, counter);
    wasm_global_t *global = a_global(store);
    wasm_trap_t *trap = a_trap(store);
    through_guest(&linked, NULL, "null");
    through_guest(&linked, wasm_foreign_as_ref(foreign), "foreign");
    through_guest(&linked, wasm_module_as_ref(module), "module");
    through_guest(&linked, wasm_instance_as_ref(linked.instance), "instance");
    through_guest(&linked, wasm_extern_as_ref(linked.exports.data[FIVE]), "function as an externref");
    through_guest(&linked, wasm_table_as_ref(wasm_extern_as_table(linked.exports.data[OBJECTS])), "table");
    through_guest(&linked, wasm_global_as_ref(global), "global");
    through_guest(&linked, wasm_trap_as_ref(trap), "trap");
    wasm_global_delete(global);
    wasm_trap_delete(trap);
    wasm_module_delete(module);

    // The guest's table keeps the foreign object; when it lets go, a collection ends it once.
    wasm_table_t *objects = wasm_extern_as_table(linked.exports.data[OBJECTS]);
    expect(wasm_table_set(objects, 0, wasm_foreign_as_ref(foreign)), "foreign", "is put into a table");
    wasm_val_t value = WASM_REF_VAL(wasm_foreign_as_ref(foreign)), got;
    wasm_global_set(wasm_extern_as_global(linked.exports.data[KEPT]), &value);
    wasm_global_get(wasm_extern_as_global(linked.exports.data[KEPT]), &got);
    expect(wasm_ref_same(got.of.ref, value.of.ref), "foreign", "is in a global");
    wasm_val_delete(&got);
    wasm_foreign_delete(foreign);
    wasm_ref_t *again = wasm_table_get(objects, 0);
    expect(again && wasm_ref_get_host_info(again) == &finalized, "foreign", "keeps its host info in the guest");
    wasm_ref_delete(again);
    same(finalized, 0, "finalizers while the guest has the object");
    wasm_val_t null = WASM_INIT_VAL;
    wasm_global_set(wasm_extern_as_global(linked.exports.data[KEPT]), &null);
    wasm_val_t pair[] = {WASM_I32_VAL(0), WASM_INIT_VAL};
    expect(!call(linked.exports.data[KEEP], 2, pair, 0, NULL), "null", "is kept");
    for (int i = 0; i < 1000; i++) wasm_foreign_delete(wasm_foreign_new(store));
    same(finalized, 1, "finalizers once the guest let go");

    // Functions: from the host, and the guest's own.
    wasm_func_t *five = wasm_extern_as_func(linked.exports.data[FIVE]);
    wasm_val_t mine = WASM_INIT_VAL;
    expect(!call(linked.exports.data[MINE], 0, NULL, 1, &mine), "funcref", "is given");
    expect(mine.kind == WASM_FUNCREF && wasm_ref_same(mine.of.ref, wasm_func_as_ref(five)), "funcref", "is five");
    expect(wasm_ref_as_func_const(wasm_func_as_ref_const(five)) == five, "funcref", "const, and back");
    wasm_val_t put[] = {WASM_I32_VAL(1), mine};
    expect(!call(linked.exports.data[PUT], 2, put, 0, NULL), "funcref", "is put");
    same(call_number(linked.exports.data[RUN], 1, put), 5, "result of a call through the table");
    wasm_val_delete(&mine);
    says(call(linked.exports.data[RUN], 1, (wasm_val_t[]){WASM_I32_VAL(0)}, 1, &mine),
         "Exception: uninitialized element", "a call of a null element");
    wasm_val_t wrong[] = {WASM_I32_VAL(1), WASM_REF_VAL(wasm_instance_as_ref(linked.instance))};
    expect(strcmp(text_of(call(linked.exports.data[PUT], 2, wrong, 0, NULL)), "(no trap)"), "funcref",
           "is no instance");

    // A reference of another store is none.
    wasm_store_t *other = wasm_store_new(engine);
    wasm_foreign_t *stranger = wasm_foreign_new(other);
    expect(!wasm_table_set(objects, 0, wasm_foreign_as_ref(stranger)), "foreign", "of another store");
    wasm_foreign_delete(stranger);
    wasm_store_delete(other);
    wasm_ref_delete(seen);
    seen = NULL;
    unlink_all(&linked);
    wasm_store_delete(store);
    same(finalized, 1, "finalizers after the store");
}

// A function of the guest's outlives every other handle of the instance; a table of the host's keeps one on
// its own.
static void lifetimes(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    Linked linked = link_all(store, GUEST(store, counter), NULL, 0);
    wasm_extern_t *next = wasm_extern_copy(linked.exports.data[1]);
    int ended = 0;
    wasm_instance_set_host_info_with_finalizer(linked.instance, &ended, count_end);
    unlink_all(&linked);
    same(call_number(next, 0, NULL), 1, "a call after the instance's handle is gone");
    wasm_table_t *table = a_table(store, wasm_valtype_new_funcref());
    expect(wasm_table_set(table, 1, wasm_extern_as_ref(next)), "table", "of the host takes a function");
    wasm_extern_delete(next);
    wasm_ref_t *found = wasm_table_get(table, 1);
    same(call_number(wasm_ref_as_extern(found), 0, NULL), 2, "a call of what only the table kept");
    wasm_ref_delete(found);
    wasm_table_delete(table);
    wasm_store_delete(store);
    same(ended, 1, "finalizers of an instance");

    // Host info of a part: found again by a later handle, finalized once with the instance.
    store = wasm_store_new(engine);
    linked = link_all(store, GUEST(store, counter), NULL, 0);
    int part = 0, part_of_linked = 0;
    wasm_extern_set_host_info_with_finalizer(linked.exports.data[1], &part, count_end);
    wasm_extern_vec_delete(&linked.exports);
    wasm_instance_exports(linked.instance, &linked.exports);
    expect(wasm_extern_get_host_info(linked.exports.data[1]) == &part, "host info", "of a part is found again");
    unlink_all(&linked);
    same(part, 1, "finalizers of a part's host info when its instance goes");
    // Others may still reach this one.
    linked = link_all(store, GUEST(store, counter), NULL, 0);
    wasm_extern_set_host_info_with_finalizer(linked.exports.data[1], &part_of_linked, count_end);
    table = a_table(store, wasm_valtype_new_funcref());
    expect(wasm_table_set(table, 0, wasm_extern_as_ref(linked.exports.data[1])), "table", "takes a function");
    unlink_all(&linked);
    same(part_of_linked, 0, "finalizers while a table has the function");
    found = wasm_table_get(table, 0);
    expect(wasm_ref_get_host_info(found) == &part_of_linked, "host info", "is found by the table's function");
    wasm_ref_delete(found);
    wasm_table_delete(table);
    wasm_store_delete(store);
    same(part_of_linked, 1, "finalizers when the store goes");

    // Handles may go after their store's.
    store = wasm_store_new(engine);
    linked = link_all(store, GUEST(store, counter), NULL, 0);
    wasm_trap_t *trap = a_trap(store);
    wasm_store_delete(store);
    same(call_number(linked.exports.data[1], 0, NULL), 1, "a call after the store's handle is gone");
    unlink_all(&linked);
    says(trap, "told", "a trap after the store's handle");

    // Many references are found as few are.
    store = wasm_store_new(engine);
    enum { COUNT = 3000 };
    static wasm_func_t *functions[COUNT];
    for (int i = 0; i < COUNT; i++) functions[i] = a_function(store);
    wasm_table_t *one = a_table(store, wasm_valtype_new_funcref());
    bool all = true;
    for (int i = 0; i < COUNT; i++) {
        all = all && wasm_table_set(one, 0, wasm_func_as_ref(functions[i]));
        wasm_ref_t *back = wasm_table_get(one, 0);
        all = all && wasm_ref_same(back, wasm_func_as_ref(functions[i]));
        wasm_ref_delete(back);
    }
    expect(all, "functions", "are the same when they come back");
    for (int i = 0; i < COUNT; i++) wasm_func_delete(functions[i]);
    wasm_table_delete(one);
    wasm_store_delete(store);
}

int main(void) {
    wasm_engine_t *engine = wasm_engine_new();
    every_kind(engine);
    externs(engine);
    guests(engine);
    lifetimes(engine);
    wasm_ref_set_host_info(NULL, NULL);
    wasm_ref_set_host_info_with_finalizer(NULL, NULL, NULL);
    expect(!wasm_ref_copy(NULL) && !wasm_foreign_new(NULL), "null", "reference");
    wasm_engine_delete(engine);
    return verdict();
}
