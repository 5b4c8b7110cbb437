// Threads that the runtime makes, and what ends them: what they return, exceptions, terminate.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include "thread_guests.h"

enum { BUMP_COUNT = 100000 };

static char error[256];
static wasm_module_t module;
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static int pipe_ends[2];
static atomic_int ended;

// A system call that nobody ends but terminate.
static int32_t native_block(wasm_exec_env_t env) {
    char byte;
    if (!wasm_runtime_begin_blocking_op(env)) return -1;
    ssize_t count = read(pipe_ends[0], &byte, 1);
    int32_t result = count < 0 ? errno : 0;
    wasm_runtime_end_blocking_op(env);
    return result;
}
static NativeSymbol natives[] = {{"block", (void *)native_block, "()i", NULL}};

static bool call(wasm_exec_env_t env, const char *name, uint32_t count, uint32_t cells[]) {
    wasm_module_inst_t inst = wasm_runtime_get_module_inst(env);
    return wasm_runtime_call_wasm(env, wasm_runtime_lookup_function(inst, name), count, cells);
}

static void *bump(wasm_exec_env_t env, void *argument) {
    uint32_t cells[1] = {BUMP_COUNT}, stack[1] = {0};
    if (!wasm_runtime_thread_env_inited() || !call(env, "bump", 1, cells) || cells[0] != BUMP_COUNT) return NULL;
    return call(env, "stack", 0, stack) && stack[0] > 65536 ? argument : NULL;
}
static void *call_named(wasm_exec_env_t env, void *name) {
    uint32_t cells[1] = {0};
    void *result = call(env, name, 0, cells) ? NULL : name;
    ended++;
    return result;
}
static void *thread_of_a_thread(wasm_exec_env_t env, void *argument) {
    wasm_thread_t inner;
    void *result = NULL;
    if (wasm_runtime_spawn_thread(env, &inner, bump, argument) != 0) return NULL;
    return wasm_runtime_join_thread(inner, &result) == 0 ? result : NULL;
}

static bool has_exception(const char *text) {
    const char *exception = wasm_runtime_get_exception(instance);
    return exception && !strcmp(exception, text);
}

static void open_guest(void) {
    instance = wasm_runtime_instantiate(module, 16384, 16384, error, sizeof error);
    environment = wasm_runtime_create_exec_env(instance, 16384);
    expect(environment, "an instance", error);
}

static void *terminate_soon(void *argument) {
    usleep(50000);
    wasm_runtime_terminate(instance);
    return argument;
}

// Each of these calls never ends by itself.
static void test_terminate(char *name) {
    wasm_thread_t threads[2];
    pthread_t other;
    open_guest();
    for (int i = 0; i < 2; i++) {
        expect(wasm_runtime_spawn_thread(environment, &threads[i], call_named, name) == 0, "spawn_thread", name);
    }
    pthread_create(&other, NULL, terminate_soon, NULL);
    uint32_t cells[1] = {0};
    expect(!call(environment, name, 0, cells), "a call that is terminated", name);
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        expect(wasm_runtime_join_thread(threads[i], &result) == 0 && result == name, "threads that are terminated", name);
    }
    expect(has_exception("Exception: terminated by user"), "the exception of what is terminated", name);
    pthread_join(other, NULL);
    wasm_runtime_deinstantiate(instance);
}

int main(void) {
    // Blocks of the C library's, so that a sanitizer knows each.
    expect(wasm_runtime_init(), "wasm_runtime_init", "");
    expect(wasm_runtime_register_natives("env", natives, 1) && pipe(pipe_ends) == 0, "natives", "");
    module = wasm_runtime_load(thread_guest, sizeof thread_guest, error, sizeof error);
    expect(module, "a module", error);

    open_guest();
    wasm_thread_t threads[4];
    uint32_t cells[1] = {BUMP_COUNT};
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 4; i++) {
            expect(wasm_runtime_spawn_thread(environment, &threads[i], bump, &threads[i]) == 0, "spawn_thread", "");
        }
        wasm_thread_t more;
        wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
        expect(wasm_runtime_spawn_thread(environment, &more, bump, NULL) == -1, "a fifth thread", "was made");
        wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
        cells[0] = BUMP_COUNT;
        expect(call(environment, "bump", 1, cells), "a call beside the threads", "exception");
        for (int i = 0; i < 4; i++) {
            void *result = NULL;
            expect(wasm_runtime_join_thread(threads[i], &result) == 0 && result == &threads[i], "join_thread", "");
            expect(wasm_runtime_join_thread(threads[i], &result) == -1, "join_thread again", "");
        }
    }
    cells[0] = 0;
    expect(call(environment, "load", 1, cells) && cells[0] == 50 * BUMP_COUNT, "the sum of all threads", "wrong");
    void *result = NULL;
    expect(wasm_runtime_spawn_thread(environment, &threads[0], thread_of_a_thread, &result) == 0
               && wasm_runtime_join_thread(threads[0], &result) == 0 && result == &result,
           "a thread of a thread", "");

    // A trap of one ends the others, also one that waits.
    expect(wasm_runtime_spawn_thread(environment, &threads[0], call_named, "wait") == 0, "a thread that waits", "");
    expect(wasm_runtime_spawn_thread(environment, &threads[1], call_named, "block") == 0, "a thread that blocks", "");
    usleep(20000);
    expect(wasm_runtime_spawn_thread(environment, &threads[2], call_named, "stop") == 0, "a thread that traps", "");
    for (int i = 0; i < 3; i++) {
        expect(wasm_runtime_join_thread(threads[i], &result) == 0 && result, "threads after a trap", "went well");
    }
    expect(has_exception("Exception: unreachable"), "the exception of a thread", "");

    // Nobody joins these: the instance's end does.
    wasm_runtime_clear_exception(instance);
    expect(wasm_runtime_spawn_thread(environment, &threads[0], call_named, "spin") == 0, "a thread that spins", "");
    expect(wasm_runtime_spawn_thread(environment, &threads[1], call_named, "block") == 0, "a thread that blocks", "");
    ended = 0;
    wasm_runtime_deinstantiate(instance);
    expect(ended == 2, "an instance with threads", "did not wait for them");

    test_terminate("spin");
    test_terminate("wait");
    test_terminate("block");

    open_guest();
    expect(wasm_runtime_spawn_thread(environment, &threads[0], call_named, "spin") == 0, "a thread that spins", "");
    wasm_runtime_unload(module);
    ended = 0;
    wasm_runtime_destroy();
    expect(ended == 1 && !wasm_runtime_malloc(1), "a runtime with threads", "is still there");
    return verdict();
}
