// The scenarios of dumps, call stacks, threads and what ends them, for api_calls_test.c alone. What is printed is what dumps_test.c looks
// at, and threads of the runtime's, for which the C library takes memory, are in spawn_test.c.
#ifndef MOTE_DUMP_CALLS_H
#define MOTE_DUMP_CALLS_H

#include "mote.h"
#include "thread_guests.h"

static char stack_text[512];
static WASMCApiFrame stack_frames[4];
static uint32_t stack_frame_count;

static int32_t native_look_around(wasm_exec_env_t env, int32_t value) {
    stack_frame_count = wasm_copy_callstack(env, stack_frames, 4, 0, error, sizeof error);
    wasm_runtime_dump_call_stack_to_buf(env, stack_text, sizeof stack_text);
    return value;
}
static NativeSymbol look_native[] = {{"look", (void *)native_look_around, "(i)i", NULL}};

static bool open_stack(void) {
    return wasm_runtime_register_natives("env", look_native, 1)
        && open_module((Fixture){stack_guest, sizeof stack_guest});
}

// Standard output goes nowhere meanwhile.
static void quietly(void (*body)(void)) {
    int saved = dup(1);
    dup2(null_device, 1);
    body();
    dup2(saved, 1);
    close(saved);
}

static void dump_all(void) {
    wasm_runtime_dump_mem_consumption(environment), wasm_runtime_dump_mem_consumption(NULL);
    wasm_runtime_dump_perf_profiling(instance), wasm_runtime_dump_perf_profiling(NULL);
    wasm_runtime_dump_call_stack(environment), wasm_runtime_dump_call_stack(NULL);
}
static void test_wasm_runtime_dump_mem_consumption(void) {
    uint32_t cells[1] = {0};
    CHECK(open_stack() && !call("outer", 1, cells));
    quietly(dump_all);
}
#define test_wasm_runtime_dump_perf_profiling test_wasm_runtime_dump_mem_consumption
#define test_wasm_runtime_dump_call_stack test_wasm_runtime_dump_mem_consumption

static void test_wasm_runtime_sum_wasm_exec_time(void) {
    uint32_t cells[1] = {1000};
    CHECK(open_stack() && call("work", 1, cells));
    CHECK(wasm_runtime_sum_wasm_exec_time(instance) == 0 && wasm_runtime_sum_wasm_exec_time(NULL) == 0);
    mote_set_perf_profiling(true);
    wasm_exec_env_t other = wasm_runtime_create_exec_env(instance, 8192);
    cells[0] = 1000000;
    CHECK(wasm_runtime_call_wasm(other, wasm_runtime_lookup_function(instance, "work"), 1, cells));
    mote_set_perf_profiling(false);
    double all = wasm_runtime_sum_wasm_exec_time(instance);
    CHECK(all > 0.1 && all < 10000 && wasm_runtime_get_wasm_func_exec_time(instance, "work") == all);
    CHECK(wasm_runtime_get_wasm_func_exec_time(instance, "inner") == 0);
    CHECK(wasm_runtime_get_wasm_func_exec_time(instance, "none") == -1);
    CHECK(wasm_runtime_get_wasm_func_exec_time(instance, NULL) == -1);
    CHECK(wasm_runtime_get_wasm_func_exec_time(NULL, "work") == -1);
}
#define test_wasm_runtime_get_wasm_func_exec_time test_wasm_runtime_sum_wasm_exec_time

static const char trapped_text[] = "\n#00: 0x0053 - inner\n#01: 0x005e - $f2\n#02: 0x0068 - outer\n\n";
static const char native_text[] =
    "\n#00: 0x0000 - look\n#01: 0x0057 - inner\n#02: 0x005e - $f2\n#03: 0x0068 - outer\n\n";

static void test_wasm_runtime_get_call_stack_buf_size(void) {
    uint32_t cells[1] = {0};
    char text[sizeof trapped_text];
    CHECK(open_stack() && wasm_runtime_get_call_stack_buf_size(environment) == 0);
    CHECK(wasm_runtime_dump_call_stack_to_buf(environment, text, sizeof text) == 0);
    CHECK(!call("outer", 1, cells) && excepted("Exception: unreachable"));
    CHECK(wasm_runtime_get_call_stack_buf_size(environment) == sizeof trapped_text);
    CHECK(wasm_runtime_dump_call_stack_to_buf(environment, text, sizeof text) == sizeof text);
    CHECK(!strcmp(text, trapped_text));
    CHECK(wasm_runtime_dump_call_stack_to_buf(environment, text, 8) == 8 && !strcmp(text, "\n#00: 0"));
    CHECK(wasm_runtime_dump_call_stack_to_buf(environment, NULL, 8) == 0);
    CHECK(wasm_runtime_dump_call_stack_to_buf(environment, text, 0) == 0);
    wasm_runtime_clear_exception(instance);
    // Inside of a native; afterwards there is nothing to be seen.
    cells[0] = 7;
    CHECK(call("outer", 1, cells) && cells[0] == 9 && !strcmp(stack_text, native_text));
    CHECK(wasm_runtime_get_call_stack_buf_size(environment) == 0);
    CHECK(wasm_runtime_get_call_stack_buf_size(NULL) == 0);
}
#define test_wasm_runtime_dump_call_stack_to_buf test_wasm_runtime_get_call_stack_buf_size

static void test_wasm_copy_callstack(void) {
    uint32_t cells[1] = {0};
    WASMCApiFrame frames[8];
    CHECK(open_stack() && wasm_copy_callstack(environment, frames, 8, 0, error, sizeof error) == 0);
    CHECK(!call("outer", 1, cells) && wasm_copy_callstack(environment, frames, 8, 0, error, sizeof error) == 3);
    CHECK(frames[0].instance == instance && frames[0].func_index == 1 && frames[0].func_offset == 0x53);
    CHECK(frames[0].module_offset == 0x53 && !strcmp(frames[0].func_name_wp, "inner"));
    CHECK(frames[1].func_index == 2 && !frames[1].func_name_wp);
    CHECK(frames[2].func_index == 3 && !strcmp(frames[2].func_name_wp, "outer"));
    CHECK(wasm_copy_callstack(environment, frames, 8, 2, NULL, 0) == 1 && frames[0].func_index == 3);
    CHECK(wasm_copy_callstack(environment, frames, 2, 0, NULL, 0) == 2 && frames[1].func_index == 2);
    CHECK(wasm_copy_callstack(environment, frames, 8, 3, NULL, 0) == 0);
    CHECK(wasm_copy_callstack(environment, NULL, 8, 0, error, sizeof error) == 0 && error[0]);
    CHECK(wasm_copy_callstack(NULL, frames, 8, 0, error, sizeof error) == 0 && error[0]);
    wasm_runtime_clear_exception(instance);
    cells[0] = 1;
    CHECK(call("outer", 1, cells) && stack_frame_count == 4 && stack_frames[0].func_index == 0);
    CHECK(stack_frames[0].instance == instance && !strcmp(stack_frames[0].func_name_wp, "look"));
}

static void test_wasm_runtime_start_debug_instance(void) {
    CHECK(open_module(onepage) && wasm_runtime_start_debug_instance(environment) == 0);
    CHECK(wasm_runtime_start_debug_instance_with_port(environment, 1234) == 0);
    CHECK(wasm_runtime_get_pgo_prof_data_size(instance) == 0);
    CHECK(wasm_runtime_dump_pgo_prof_data_to_buf(instance, error, sizeof error) == 0);
}
#define test_wasm_runtime_start_debug_instance_with_port test_wasm_runtime_start_debug_instance
#define test_wasm_runtime_get_pgo_prof_data_size test_wasm_runtime_start_debug_instance
#define test_wasm_runtime_dump_pgo_prof_data_to_buf test_wasm_runtime_start_debug_instance

static void test_wasm_runtime_set_bounds_checks(void) {
    CHECK(open_module(onepage));
    wasm_runtime_set_bounds_checks(instance, false);
    CHECK(wasm_runtime_is_bounds_checks_enabled(instance) && !wasm_runtime_is_bounds_checks_enabled(NULL));
    CHECK(!call("overrun", 0, NULL) && excepted("Exception: out of bounds memory access"));
}
#define test_wasm_runtime_is_bounds_checks_enabled test_wasm_runtime_set_bounds_checks

static void test_wasm_runtime_init_thread_env(void) {
    CHECK(wasm_runtime_thread_env_inited());
    wasm_runtime_destroy_thread_env();
    CHECK(!wasm_runtime_thread_env_inited());
    CHECK(wasm_runtime_init_thread_env() && wasm_runtime_thread_env_inited());
}
#define test_wasm_runtime_destroy_thread_env test_wasm_runtime_init_thread_env
#define test_wasm_runtime_thread_env_inited test_wasm_runtime_init_thread_env

static int32_t native_block(wasm_exec_env_t env) {
    if (!wasm_runtime_begin_blocking_op(env)) return -1;
    wasm_runtime_end_blocking_op(env);
    return 1;
}
static NativeSymbol block_native[] = {{"block", (void *)native_block, "()i", NULL}};

static bool open_threads(void) {
    return wasm_runtime_register_natives("env", block_native, 1)
        && open_with_heap((Fixture){thread_guest, sizeof thread_guest}, 8192);
}
static bool call_in(wasm_exec_env_t env, const char *name, uint32_t count, uint32_t cells[]) {
    wasm_module_inst_t inst = wasm_runtime_get_module_inst(env);
    return wasm_runtime_call_wasm(env, wasm_runtime_lookup_function(inst, name), count, cells);
}

static void test_wasm_runtime_spawn_exec_env(void) {
    uint32_t cells[1] = {10};
    CHECK(open_threads() && call("bump", 1, cells) && cells[0] == 10);
    char *data = wasm_runtime_addr_app_to_native(instance, 1024);
    CHECK(!memcmp(data, "data", 4));
    memcpy(data, "mine", 4);
    wasm_runtime_set_custom_data(instance, &zero);
    wasm_exec_env_t other = wasm_runtime_spawn_exec_env(environment);
    CHECK(other && other != environment);
    wasm_module_inst_t inst = wasm_runtime_get_module_inst(other);
    CHECK(inst && inst != instance && wasm_runtime_get_custom_data(inst) == &zero);
    CHECK(wasm_runtime_get_module(inst) == module && !memcmp(data, "mine", 4));
    // Its globals are its own, the memory is not.
    cells[0] = 5;
    CHECK(call_in(other, "bump", 1, cells) && cells[0] == 5);
    cells[0] = 0;
    CHECK(call("load", 1, cells) && cells[0] == 15);
    cells[0] = 8;
    CHECK(call("load", 1, cells) && cells[0] == 1);  // the start function ran once
    // A function of the other instance means the thread's own.
    wasm_function_inst_t bump = wasm_runtime_lookup_function(instance, "bump");
    for (uint32_t i = 6; i < 9; i++) {
        cells[0] = 1;
        CHECK(wasm_runtime_call_wasm(other, bump, 1, cells) && cells[0] == i);
    }
    uint32_t first = 0, second = 0;
    CHECK(call("stack", 0, &first) && call_in(other, "stack", 0, &second));
    CHECK(first == 5120 && second > 65536 && second % 16 == 0);  // in the app heap, which lies behind the memory
    // Neither handle can be given back in the wrong way.
    wasm_runtime_deinstantiate(inst);
    wasm_runtime_destroy_spawned_exec_env(environment);
    CHECK(call("load", 1, cells) && wasm_runtime_get_module_inst(other) == inst);
    wasm_runtime_destroy_spawned_exec_env(other);
    CHECK(!wasm_runtime_get_module_inst(other));
    // As many as one likes, one after the other: all is used again.
    mem_alloc_info_t before, after;
    wasm_runtime_get_mem_alloc_info(&before);
    for (int i = 0; i < 100; i++) {
        cells[0] = 0;
        wasm_exec_env_t next = wasm_runtime_spawn_exec_env(environment);
        CHECK(next && call_in(next, "load", 1, cells));
        wasm_runtime_destroy_spawned_exec_env(next);
    }
    wasm_runtime_get_mem_alloc_info(&after);
    CHECK(before.total_free_size == after.total_free_size);
    CHECK(!wasm_runtime_spawn_exec_env(NULL));
    wasm_runtime_destroy_spawned_exec_env(NULL);
    // An exception of one ends all.
    other = wasm_runtime_spawn_exec_env(environment);
    CHECK(!call_in(other, "stop", 0, NULL) && excepted("Exception: unreachable"));
    cells[0] = 0;
    CHECK(!call("load", 1, cells));
    wasm_runtime_clear_exception(instance);
    CHECK(call("load", 1, cells));
    // Without a heap there is no room for another stack; where memory is not shared, each has one of its own.
    CHECK(open_with_heap((Fixture){thread_guest, sizeof thread_guest}, 0));
    CHECK(!wasm_runtime_spawn_exec_env(environment));
    CHECK(open_module(grow) && (other = wasm_runtime_spawn_exec_env(environment)));
    CHECK(wasm_runtime_get_default_memory(instance)
          != wasm_runtime_get_default_memory(wasm_runtime_get_module_inst(other)));
}
#define test_wasm_runtime_destroy_spawned_exec_env test_wasm_runtime_spawn_exec_env

static void test_wasm_runtime_set_max_thread_num(void) {
    wasm_exec_env_t others[3];
    wasm_runtime_set_max_thread_num(2);
    wasm_runtime_set_max_thread_num(0);
    CHECK(open_threads());
    for (int i = 0; i < 3; i++) others[i] = wasm_runtime_spawn_exec_env(i ? others[0] : environment);
    CHECK(others[0] && others[1] && !others[2]);
    wasm_runtime_destroy_spawned_exec_env(others[0]);
    CHECK(wasm_runtime_spawn_exec_env(environment) && !wasm_runtime_spawn_exec_env(environment));
    wasm_runtime_set_max_thread_num(4);
}

static void *never(wasm_exec_env_t env, void *argument) {
    (void)env;
    return argument;
}
static void test_wasm_runtime_spawn_thread(void) {
    wasm_thread_t thread = 0;
    CHECK(open_threads() && wasm_runtime_spawn_thread(environment, &thread, NULL, NULL) == -1);
    CHECK(wasm_runtime_spawn_thread(environment, NULL, never, NULL) == -1);
    CHECK(wasm_runtime_spawn_thread(NULL, &thread, never, NULL) == -1);
    CHECK(wasm_runtime_join_thread(0, NULL) == -1);
}
#define test_wasm_runtime_join_thread test_wasm_runtime_spawn_thread

static void test_wasm_runtime_terminate(void) {
    CHECK(open_module(traps));
    wasm_runtime_terminate(instance);
    CHECK(!call("spin", 0, NULL) && excepted("Exception: terminated by user"));
    wasm_runtime_clear_exception(instance);
    uint32_t cells[1] = {10};
    CHECK(call("count", 1, cells));
}
static void test_wasm_runtime_begin_blocking_op(void) {
    uint32_t cells[1] = {0};
    CHECK(open_threads() && call("block", 0, cells) && cells[0] == 1);
    wasm_runtime_terminate(instance);
    CHECK(!wasm_runtime_begin_blocking_op(environment) && !wasm_runtime_begin_blocking_op(NULL));
    wasm_runtime_clear_exception(instance);
    CHECK(wasm_runtime_begin_blocking_op(environment));
    wasm_runtime_end_blocking_op(environment), wasm_runtime_end_blocking_op(NULL);
}
#define test_wasm_runtime_end_blocking_op test_wasm_runtime_begin_blocking_op

#endif
