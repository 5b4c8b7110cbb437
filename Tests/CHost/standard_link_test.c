// What instances of the standard C API import and export, calls in both directions, and traps with their
// frames.
#include "standard_host.h"

static int calls;
static wasm_trap_t *add_one(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    calls++;
    results->data[0].of.i32 = args->data[0].of.i32 + 1;    // its kind is set already
    return NULL;
}

static wasm_extern_t *a_function(wasm_store_t *store, wasm_func_callback_t callback, wasm_functype_t *type) {
    wasm_func_t *function = wasm_func_new(store, type, callback);
    wasm_functype_delete(type);
    return wasm_func_as_extern(function);
}
static wasm_extern_t *adder(wasm_store_t *store) {
    return a_function(store, add_one, wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32()));
}
static wasm_extern_t *a_global(wasm_store_t *store, wasm_valkind_t kind, wasm_mutability_t mutability, int64_t n) {
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new(kind), mutability);
    wasm_val_t value = {.kind = kind, .of = {.i64 = n}};
    wasm_global_t *global = wasm_global_new(store, type, &value);
    wasm_globaltype_delete(type);
    return wasm_global_as_extern(global);
}
static wasm_extern_t *a_table(wasm_store_t *store, uint32_t count, wasm_ref_t *initial) {
    wasm_limits_t limits = {count, 4};
    wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
    wasm_table_t *table = wasm_table_new(store, type, initial);
    wasm_tabletype_delete(type);
    return wasm_table_as_extern(table);
}
static wasm_extern_t *a_memory(wasm_store_t *store, uint32_t pages) {
    wasm_limits_t limits = {pages, 2};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, type);
    wasm_memorytype_delete(type);
    return wasm_memory_as_extern(memory);
}

// The host's memory, table, globals and function in a guest; both sides see what the other writes.
enum { SUM, SET, INDIRECT, GROW, MEMORY, GLOBAL, FUNCTION, TABLE };
static void host_made(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_extern_t *function = adder(store);
    wasm_extern_t *imports[] = {
        a_memory(store, 1),
        a_table(store, 2, wasm_extern_as_ref(function)),
        a_global(store, WASM_I32, WASM_VAR, 10),
        a_global(store, WASM_I64, WASM_CONST, 1000),
        function,
    };
    wasm_memory_t *memory = wasm_extern_as_memory(imports[0]);
    wasm_table_t *table = wasm_extern_as_table(imports[1]);
    wasm_global_t *global = wasm_extern_as_global(imports[2]);
    Linked linked = link_all(store, GUEST(store, imports), imports, 5);
    wasm_memory_data(memory)[0] = 5;
    same(call_number(linked.exports.data[SUM], 0, NULL), 1016, "sum of what the host made");
    wasm_val_t seven[] = {WASM_I32_VAL(70), WASM_I32_VAL(1)}, value;
    expect(!call(linked.exports.data[SET], 1, seven, 0, NULL), "set", "does not trap");
    wasm_global_get(global, &value);
    same(value.of.i32, 70, "the host's global after the guest");
    same(wasm_memory_data(memory)[4], 70, "the host's memory after the guest");
    wasm_val_t pair[] = {WASM_I32_VAL(0), WASM_I32_VAL(41)};
    same(call_number(linked.exports.data[INDIRECT], 2, pair), 42, "a call through the host's table");
    expect(wasm_table_set(table, 0, NULL), "table", "takes null");
    says(call(linked.exports.data[INDIRECT], 2, pair, 1, &value), "Exception: uninitialized element",
         "a call of null");
    same(call_number(linked.exports.data[GROW], 0, NULL), 1, "pages before the guest grew the memory");
    same(wasm_memory_size(memory), 2, "pages after");
    same((int64_t)wasm_memory_data_size(memory), 2 << 16, "bytes after");
    expect(!wasm_memory_grow(memory, 1), "memory", "is at its maximum");
    expect(wasm_memory_grow(memory, 0), "memory", "grows by nothing");
    same(call_number(linked.exports.data[SUM], 0, NULL), 1076, "sum after the growth");
    expect(wasm_table_grow(table, 2, NULL) && !wasm_table_grow(table, 1, NULL), "table", "grows to its maximum");
    expect(wasm_extern_same(linked.exports.data[MEMORY], imports[0]), "export", "is the imported memory");
    expect(wasm_extern_same(linked.exports.data[GLOBAL], imports[2]), "export", "is the imported global");
    expect(wasm_extern_same(linked.exports.data[FUNCTION], imports[4]), "export", "is the imported function");
    expect(wasm_extern_same(linked.exports.data[TABLE], imports[1]), "export", "is the imported table");
    wasm_tabletype_t *type = wasm_table_type(table);
    same(wasm_tabletype_limits(type)->max, 4, "maximum of the table's type");
    wasm_tabletype_delete(type);
    wasm_memorytype_t *memory_type = wasm_memory_type(memory);
    same(wasm_memorytype_limits(memory_type)->max, 2, "maximum of the memory's type");
    wasm_memorytype_delete(memory_type);
    wasm_globaltype_t *global_type = wasm_global_type(global);
    same(wasm_valtype_kind(wasm_globaltype_content(global_type)), WASM_I32, "content of the global's type");
    wasm_globaltype_delete(global_type);

    // What does not fit is refused, with a reason.
    static const struct {
        int at;
        int what;    // 0: null, 1: another kind, 2: too small, 3: constant
    } wrong[] = {{0, 0}, {0, 1}, {0, 2}, {1, 2}, {2, 3}, {4, 1}, {3, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wasm_extern_t *others[5];
        memcpy(others, imports, sizeof others);
        wasm_extern_t *odd = NULL;
        switch (wrong[i].what) {
        case 1: odd = a_global(store, WASM_I32, WASM_VAR, 0); break;
        case 2: odd = wrong[i].at ? a_table(store, 1, NULL) : a_memory(store, 0); break;
        case 3: odd = a_global(store, WASM_I32, WASM_CONST, 0); break;
        }
        others[wrong[i].at] = odd;
        wasm_extern_vec_t vector = WASM_ARRAY_VEC(others);
        wasm_module_t *module = GUEST(store, imports);
        wasm_trap_t *trap = NULL;
        expect(!wasm_instance_new(store, module, &vector, &trap) && trap, "import", "that does not fit");
        const char *text = text_of(trap);
        expect(strstr(text, "import") != NULL, "reason", text);
        expect(!wasm_instance_new(store, module, &vector, NULL), "import", "that does not fit, unasked");
        wasm_module_delete(module);
        wasm_extern_delete(odd);
    }
    // Types that nothing can have.
    wasm_limits_t odd[] = {{3, 2}, {70000, wasm_limits_max_default}, {1, 70000}};
    for (int i = 0; i < 3; i++) {
        memory_type = wasm_memorytype_new(&odd[i]);
        expect(!wasm_memory_new(store, memory_type), "memory", "of odd limits");
        wasm_memorytype_delete(memory_type);
    }
    type = wasm_tabletype_new(wasm_valtype_new_funcref(), &odd[0]);
    expect(!wasm_table_new(store, type, NULL), "table", "of odd limits");
    wasm_tabletype_delete(type);
    type = wasm_tabletype_new(wasm_valtype_new_i32(), &odd[2]);
    expect(!wasm_table_new(store, type, NULL), "table", "of numbers");
    wasm_tabletype_delete(type);
    wasm_extern_t *placeholder = wasm_extern_new_empty(store, WASM_EXTERN_FUNC);
    says(call(placeholder, 0, NULL, 0, NULL), "failed to call unlinked function", "a placeholder");
    expect(!wasm_extern_type(placeholder), "placeholder", "has no type");
    wasm_extern_delete(placeholder);
    unlink_all(&linked);
    for (int i = 0; i < 5; i++) wasm_extern_delete(imports[i]);
    wasm_store_delete(store);
}

// One instance's exports are another's imports; the first one's handles go first.
static void chained(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    Linked first = link_all(store, GUEST(store, exporter), NULL, 0);
    enum { G, M, T, C, F };
    wasm_extern_t *imports[] = {first.exports.data[M], first.exports.data[T], first.exports.data[G],
                                first.exports.data[C], first.exports.data[F]};
    Linked second = link_all(store, GUEST(store, imports), imports, 5);
    unlink_all(&first);
    same(call_number(second.exports.data[SUM], 0, NULL), 100 + 7 + 3 + 3, "sum of another instance's parts");
    wasm_val_t pair[] = {WASM_I32_VAL(1), WASM_I32_VAL(5)};
    same(call_number(second.exports.data[INDIRECT], 2, pair), 8, "a call into another instance");
    wasm_val_t twenty[] = {WASM_I32_VAL(20)};
    expect(!call(second.exports.data[SET], 1, twenty, 0, NULL), "set", "does not trap");
    same(call_number(second.exports.data[INDIRECT], 2, pair), 25, "the other instance sees its global");
    wasm_ref_t *function = wasm_table_get(wasm_extern_as_table(second.exports.data[TABLE]), 0);
    unlink_all(&second);
    same(call_number(wasm_ref_as_extern(function), 1, &pair[1]), 25, "a function that only a handle keeps");
    wasm_ref_delete(function);

    // A failed instance whose function is in a table of the host's already.
    wasm_extern_t *table = a_table(store, 2, NULL);
    wasm_extern_t *stopping = wasm_extern_new_empty(store, WASM_EXTERN_FUNC);
    wasm_extern_t *given[] = {table, stopping};
    wasm_extern_vec_t vector = WASM_ARRAY_VEC(given);
    wasm_module_t *module = GUEST(store, publisher);
    wasm_trap_t *trap = NULL;
    expect(!wasm_instance_new(store, module, &vector, &trap) && trap, "start", "that traps");
    wasm_trap_delete(trap);
    wasm_module_delete(module);
    function = wasm_table_get(wasm_extern_as_table(table), 1);
    expect(function != NULL, "table", "has the failed instance's function");
    same(call_number(wasm_ref_as_extern(function), 1, pair), 7, "a failed instance's function");
    wasm_extern_delete(table);
    wasm_extern_delete(stopping);
    same(call_number(wasm_ref_as_extern(function), 1, pair), 7, "the same without the table's handle");
    wasm_ref_delete(function);
    wasm_store_delete(store);
}

static wasm_trap_t *turn(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    same((int64_t)args->size, 5, "arguments of a callback");
    same((int64_t)results->num_elems, 5, "results of a callback");
    for (int i = 0; i < 5; i++) wasm_val_copy(&results->data[i], &args->data[4 - i]);
    ++*(int *)env;
    return NULL;
}

static void many_values(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_I64};
    wasm_valtype_t *forth[5], *back[5];
    for (int i = 0; i < 5; i++) forth[i] = back[4 - i] = wasm_valtype_new(kinds[i]);
    wasm_valtype_vec_t parameters, results;
    wasm_valtype_vec_new(&parameters, 5, forth);
    wasm_valtype_vec_new(&results, 5, back);
    wasm_functype_t *type = wasm_functype_new(&parameters, &results);
    int times = 0;
    wasm_func_t *function = wasm_func_new_with_env(store, type, turn, &times, NULL);
    same((int64_t)wasm_func_param_arity(function), 5, "parameters");
    same((int64_t)wasm_func_result_arity(function), 5, "results");
    wasm_functype_t *found = wasm_func_type(function);
    same(wasm_valtype_kind(wasm_functype_results(found)->data[1]), WASM_F64, "kind of a result");
    wasm_functype_delete(found);
    wasm_functype_delete(type);
    wasm_extern_t *import = wasm_func_as_extern(function);
    Linked linked = link_all(store, GUEST(store, multi), &import, 1);
    wasm_val_t values[] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(1.5f), WASM_F64_VAL(-2.5),
                           WASM_I64_VAL(7)};
    for (int direct = 0; direct < 2; direct++) {
        wasm_val_t turned[5];
        memset(turned, 0, sizeof turned);
        wasm_extern_t *target = direct ? import : linked.exports.data[0];
        expect(!call(target, 5, values, 5, turned), "five values", "do not trap");
        expect(turned[0].kind == WASM_I64 && turned[0].of.i64 == 7, "first result", "i64");
        expect(turned[1].kind == WASM_F64 && turned[1].of.f64 == -2.5, "second result", "f64");
        expect(turned[2].kind == WASM_F32 && turned[2].of.f32 == 1.5f, "third result", "f32");
        expect(turned[3].of.i64 == INT64_MIN && turned[4].of.i32 == -1, "last results", "i64 and i32");
    }
    same(times, 2, "calls of the callback");
    says(call(import, 4, values, 5, values), "the number of arguments does not fit the function", "few arguments");
    says(call(import, 5, values, 4, values), "there is no room for the function's results", "few results");
    // A value has no room for 128 bits.
    wasm_val_t vector = {.kind = WASM_V128};
    says(call(linked.exports.data[1], 1, &vector, 1, &vector),
         "an argument is of another type than the function's", "a vector");
    unlink_all(&linked);
    wasm_extern_delete(import);
    wasm_store_delete(store);
}

// ---- Traps

static wasm_store_t *trap_store;
static Linked trap_guest;
static wasm_trap_t *told(wasm_store_t *store, const char *text) {
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, text);
    wasm_trap_t *trap = wasm_trap_new(store, &message);
    wasm_name_delete(&message);
    return trap;
}
static int stopping;
static wasm_trap_t *stop(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)args;
    switch (stopping) {
    case 0: return told(trap_store, "told by the callback");
    case 1: return call(trap_guest.exports.data[1], 0, NULL, 1, results->data);    // the guest's trap, handed on
    case 2: results->data[0] = (wasm_val_t)WASM_F64_VAL(1); return NULL;
    case 3: {    // entered again and again, until the innermost traps
        static int depth;
        if (++depth == 20) {
            depth = 0;
            return told(trap_store, "at the bottom");
        }
        return call(trap_guest.exports.data[0], 0, NULL, 1, results->data);
    }
    default: results->data[0].of.i32 = 3; return NULL;
    }
}

static void traps(wasm_engine_t *engine) {
    wasm_store_t *store = trap_store = wasm_store_new(engine);
    wasm_extern_t *import = a_function(store, stop, wasm_functype_new_0_1(wasm_valtype_new_i32()));
    Linked linked = trap_guest = link_all(store, GUEST(store, traps), &import, 1);
    enum { CALLBACK, UNREACHABLE, DEEP, DIVIDE, OUTSIDE, ENDLESS };
    wasm_val_t result;
    wasm_extern_t **exports = linked.exports.data;
    stopping = 0;
    wasm_trap_t *first = call(exports[CALLBACK], 0, NULL, 1, &result);
    wasm_frame_t *caller = wasm_trap_origin(first);
    same(wasm_frame_func_index(caller), 1, "the function whose call of a callback trapped");
    wasm_frame_delete(caller);
    says(first, "told by the callback", "a callback's trap");
    says(call(import, 0, NULL, 1, &result), "told by the callback", "a callback's trap without a guest");
    stopping = 1;
    says(call(exports[CALLBACK], 0, NULL, 1, &result), "Exception: unreachable", "a trap handed on");
    stopping = 2;
    expect(strcmp(text_of(call(exports[CALLBACK], 0, NULL, 1, &result)), "(no trap)"), "result", "of another type");
    stopping = 3;
    says(call(exports[CALLBACK], 0, NULL, 1, &result), "at the bottom", "a trap from twenty calls below");
    stopping = 4;
    same(call_number(exports[CALLBACK], 0, NULL), 3, "a call after all those traps");
    says(call(exports[DIVIDE], 0, NULL, 1, &result), "Exception: integer divide by zero", "a division");
    says(call(exports[OUTSIDE], 0, NULL, 1, &result), "Exception: out of bounds memory access", "a fill");
    wasm_trap_t *trap = call(exports[ENDLESS], 0, NULL, 1, &result);
    wasm_frame_vec_t frames;
    wasm_trap_trace(trap, &frames);
    same((int64_t)frames.size, 64, "frames of an endless recursion");
    wasm_frame_vec_delete(&frames);
    expect(strstr(text_of(trap), "stack overflow") != NULL, "recursion", "overflows the stack");

    trap = call(exports[DEEP], 0, NULL, 1, &result);
    wasm_trap_trace(trap, &frames);
    same((int64_t)frames.size, 3, "frames");
    for (size_t i = 0; i < frames.size; i++) {
        wasm_frame_t *frame = frames.data[i];
        same(wasm_frame_func_index(frame), (int64_t)i + 2, "function of a frame");
        expect(wasm_instance_same(wasm_frame_instance(frame), linked.instance), "frame", "has its instance");
        expect(wasm_frame_module_offset(frame) > wasm_frame_func_offset(frame), "frame", "has two offsets");
    }
    wasm_frame_t *origin = wasm_trap_origin(trap);
    wasm_trap_delete(trap);
    wasm_frame_vec_t copy;
    wasm_frame_vec_copy(&copy, &frames);
    wasm_frame_vec_delete(&frames);
    wasm_frame_t *last = wasm_frame_copy(copy.data[2]);
    wasm_frame_vec_delete(&copy);
    same(wasm_frame_func_index(last), 4, "function of a copied frame");
    wasm_frame_vec_new(&copy, 1, &last);
    wasm_frame_vec_delete(&copy);
    wasm_frame_vec_new_uninitialized(&copy, 1);
    wasm_frame_vec_delete(&copy);
    wasm_frame_vec_new_empty(&copy);
    same(wasm_frame_func_index(origin), 2, "function of the origin");
    unlink_all(&linked);
    expect(wasm_frame_instance(origin) != NULL, "frame", "keeps its instance");
    wasm_frame_delete(origin);

    // A start function that traps is the reason.
    stopping = 0;
    wasm_extern_t *void_stop = a_function(store, stop, wasm_functype_new_0_0());
    wasm_module_t *module = GUEST(store, start);
    wasm_extern_vec_t vector = {1, &void_stop, 1, sizeof void_stop, NULL};
    trap = NULL;
    expect(!wasm_instance_new(store, module, &vector, &trap), "start", "that traps");
    says(trap, "told by the callback", "the start function's trap");
    wasm_module_delete(module);
    wasm_extern_delete(void_stop);
    wasm_extern_delete(import);

    wasm_message_t odd = WASM_EMPTY_VEC;
    says(wasm_trap_new(store, &odd), "", "a trap without a text");
    says(wasm_trap_new(store, NULL), "", "a trap without a message");
    wasm_name_new(&odd, 3, "abc");
    says(wasm_trap_new(store, &odd), "abc", "a text without a zero");
    wasm_name_delete(&odd);
    trap = told(store, "x");
    expect(!wasm_trap_origin(trap), "trap", "of the host's has no origin");
    wasm_trap_trace(trap, &frames);
    same((int64_t)frames.size, 0, "frames of the host's trap");
    wasm_trap_delete(trap);
    expect(!wasm_frame_copy(NULL) && !wasm_frame_instance(NULL) && !wasm_frame_func_index(NULL), "null", "frame");
    expect(!wasm_frame_func_offset(NULL) && !wasm_frame_module_offset(NULL), "null", "frame's offsets");
    wasm_frame_delete(NULL);
    wasm_trap_trace(NULL, &frames);
    wasm_trap_trace(NULL, NULL);
    wasm_trap_message(NULL, NULL);
    wasm_store_delete(store);
}

// ---- Callbacks that give up what they are called through

static wasm_extern_vec_t given_up;
static wasm_store_t *given_store;
static wasm_trap_t *give_up(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)args;
    wasm_extern_vec_delete(&given_up);
    wasm_store_delete(given_store);
    results->data[0].of.i32 = 11;
    return NULL;
}
static void giving_up(wasm_engine_t *engine) {
    given_store = wasm_store_new(engine);
    wasm_extern_t *import = a_function(given_store, give_up, wasm_functype_new_0_1(wasm_valtype_new_i32()));
    Linked linked = link_all(given_store, GUEST(given_store, traps), &import, 1);
    wasm_extern_delete(import);
    wasm_instance_delete(linked.instance);
    given_up = linked.exports;
    same(call_number(given_up.data[0], 0, NULL), 11, "a call whose callback gives everything up");
}

// The finalizer of a function's environment: once, when the store goes; also where the function was never
// called.
static void environments(wasm_engine_t *engine) {
    wasm_store_t *store = wasm_store_new(engine);
    int ended[3] = {0};
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *functions[3];
    for (int i = 0; i < 3; i++) functions[i] = wasm_func_new_with_env(store, type, turn, &ended[i], count_end);
    wasm_functype_delete(type);
    wasm_func_t *copy = wasm_func_copy(functions[0]);
    for (int i = 0; i < 3; i++) wasm_func_delete(functions[i]);
    wasm_func_delete(copy);
    wasm_store_delete(store);
    for (int i = 0; i < 3; i++) same(ended[i], 1, "finalizers of an environment");
    expect(!wasm_func_new_with_env(NULL, NULL, turn, NULL, NULL), "null", "store");
}

int main(void) {
    wasm_engine_t *engine = wasm_engine_new();
    host_made(engine);
    chained(engine);
    many_values(engine);
    traps(engine);
    giving_up(engine);
    environments(engine);
    wasm_engine_delete(engine);
    expect(calls > 0, "callback", "was called");
    return verdict();
}
