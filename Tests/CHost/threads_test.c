// The C interface from eight threads at once: own environments in one instance whose memory is shared, and one module in
// eight instances. scripts/run-c-tests thread runs it under ThreadSanitizer.
#include <pthread.h>

#include "check.h"

enum { THREAD_COUNT = 8, BUMP_COUNT = 2000, ROUND_COUNT = 20 };

// (module
//   (import "env" "note" (func $note (param i32)))
//   (memory (export "memory") 1 1 shared)
//   (func (export "bump") (param $count i32)
//     (loop $again
//       (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
//       (local.set $count (i32.sub (local.get $count) (i32.const 1)))
//       (br_if $again (local.get $count))))
//   (func (export "total") (result i32) (i32.atomic.load (i32.const 0)))
//   (func (export "tell") (param i32) (call $note (local.get 0)))
//   (func (export "stop") unreachable)
//   (func (export "spin") (loop $again (br $again))))
static uint8_t shared_guest[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x03, 0x60, 0x01, 0x7f, 0x00, 0x60, 0x00,
    0x01, 0x7f, 0x60, 0x00, 0x00, 0x02, 0x0c, 0x01, 0x03, 0x65, 0x6e, 0x76, 0x04, 0x6e, 0x6f, 0x74, 0x65,
    0x00, 0x00, 0x03, 0x06, 0x05, 0x00, 0x01, 0x00, 0x02, 0x02, 0x05, 0x04, 0x01, 0x03, 0x01, 0x01, 0x07,
    0x2e, 0x06, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x04, 0x62, 0x75, 0x6d, 0x70, 0x00,
    0x01, 0x05, 0x74, 0x6f, 0x74, 0x61, 0x6c, 0x00, 0x02, 0x04, 0x74, 0x65, 0x6c, 0x6c, 0x00, 0x03, 0x04,
    0x73, 0x74, 0x6f, 0x70, 0x00, 0x04, 0x04, 0x73, 0x70, 0x69, 0x6e, 0x00, 0x05, 0x0a, 0x37, 0x05, 0x19,
    0x00, 0x03, 0x40, 0x41, 0x00, 0x41, 0x01, 0xfe, 0x1e, 0x02, 0x00, 0x1a, 0x20, 0x00, 0x41, 0x01, 0x6b,
    0x21, 0x00, 0x20, 0x00, 0x0d, 0x00, 0x0b, 0x0b, 0x08, 0x00, 0x41, 0x00, 0xfe, 0x10, 0x02, 0x00, 0x0b,
    0x06, 0x00, 0x20, 0x00, 0x10, 0x00, 0x0b, 0x03, 0x00, 0x00, 0x0b, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00,
    0x0b, 0x0b, 0x00, 0x2f, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x01, 0x07, 0x01, 0x00, 0x04, 0x6e, 0x6f, 0x74,
    0x65, 0x02, 0x0a, 0x01, 0x01, 0x01, 0x00, 0x05, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x03, 0x13, 0x02, 0x01,
    0x01, 0x00, 0x05, 0x61, 0x67, 0x61, 0x69, 0x6e, 0x05, 0x01, 0x00, 0x05, 0x61, 0x67, 0x61, 0x69, 0x6e,
};

// (module
//   (memory 1 2)
//   (global $count (mut i32) (i32.const 0))
//   (func $sum (export "sum") (param $n i32) (result i32)
//     (if (result i32) (i32.eqz (local.get $n)) (then (i32.const 0))
//       (else (i32.add (local.get $n) (call $sum (i32.sub (local.get $n) (i32.const 1)))))))
//   (func (export "bump") (param $count i32)
//     (loop $again
//       (global.set $count (i32.add (global.get $count) (i32.const 1)))
//       (local.set $count (i32.sub (local.get $count) (i32.const 1)))
//       (br_if $again (local.get $count))))
//   (func (export "total") (result i32) (global.get $count))
//   (func (export "grow") (result i32) (memory.grow (i32.const 1))))
static uint8_t private_guest[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0e, 0x03, 0x60, 0x01, 0x7f, 0x01, 0x7f, 0x60,
    0x01, 0x7f, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x03, 0x05, 0x04, 0x00, 0x01, 0x02, 0x02, 0x05, 0x04, 0x01,
    0x01, 0x01, 0x02, 0x06, 0x06, 0x01, 0x7f, 0x01, 0x41, 0x00, 0x0b, 0x07, 0x1d, 0x04, 0x03, 0x73, 0x75,
    0x6d, 0x00, 0x00, 0x04, 0x62, 0x75, 0x6d, 0x70, 0x00, 0x01, 0x05, 0x74, 0x6f, 0x74, 0x61, 0x6c, 0x00,
    0x02, 0x04, 0x67, 0x72, 0x6f, 0x77, 0x00, 0x03, 0x0a, 0x3b, 0x04, 0x15, 0x00, 0x20, 0x00, 0x45, 0x04,
    0x7f, 0x41, 0x00, 0x05, 0x20, 0x00, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x10, 0x00, 0x6a, 0x0b, 0x0b, 0x17,
    0x00, 0x03, 0x40, 0x23, 0x00, 0x41, 0x01, 0x6a, 0x24, 0x00, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x21, 0x00,
    0x20, 0x00, 0x0d, 0x00, 0x0b, 0x0b, 0x04, 0x00, 0x23, 0x00, 0x0b, 0x06, 0x00, 0x41, 0x01, 0x40, 0x00,
    0x0b, 0x00, 0x34, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x01, 0x06, 0x01, 0x00, 0x03, 0x73, 0x75, 0x6d, 0x02,
    0x0f, 0x02, 0x00, 0x01, 0x00, 0x01, 0x6e, 0x01, 0x01, 0x00, 0x05, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x03,
    0x0a, 0x01, 0x01, 0x01, 0x00, 0x05, 0x61, 0x67, 0x61, 0x69, 0x6e, 0x07, 0x08, 0x01, 0x00, 0x05, 0x63,
    0x6f, 0x75, 0x6e, 0x74,
};

static char error[256];
static wasm_module_t module;
static wasm_module_inst_t shared_instance;
static int told[THREAD_COUNT];

// Results of one thread, read when it is over.
typedef struct {
    pthread_t thread;
    uint32_t index;
    const char *failure;
} Worker;

#define WANT(condition) \
    do { \
        if (!(condition) && !worker->failure) worker->failure = #condition; \
    } while (0)

static void note(wasm_exec_env_t environment, int32_t index) {
    Worker *worker = wasm_runtime_get_user_data(environment);
    if (worker && worker->index == (uint32_t)index) told[index]++;
}

static NativeSymbol natives[] = {{"note", (void *)note, "(i)", NULL}};

static bool call(wasm_exec_env_t environment, const char *name, uint32_t count, uint32_t cells[]) {
    wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
    return wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, name), count, cells);
}

// One of eight in the shared instance: it makes an environment, calls, and gives it back, again and again.
static void *in_one_instance(void *argument) {
    Worker *worker = argument;
    for (int round = 0; round < ROUND_COUNT; round++) {
        wasm_exec_env_t environment = wasm_runtime_create_exec_env(shared_instance, 8192);
        WANT(environment);
        if (!environment) return NULL;
        wasm_runtime_set_user_data(environment, worker);
        uint32_t cells[1] = {BUMP_COUNT};
        WANT(call(environment, "bump", 1, cells));
        cells[0] = worker->index;
        WANT(call(environment, "tell", 1, cells));
        wasm_runtime_destroy_exec_env(environment);
    }
    return NULL;
}

// One of eight that instantiate the same module.
static void *in_own_instance(void *argument) {
    Worker *worker = argument;
    char text[128];
    for (int round = 0; round < ROUND_COUNT; round++) {
        wasm_module_inst_t instance = wasm_runtime_instantiate(module, 16384, 0, text, sizeof text);
        WANT(instance);
        wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);
        WANT(environment);
        if (!environment) return NULL;
        uint32_t cells[1] = {100};
        WANT(call(environment, "sum", 1, cells) && cells[0] == 5050);
        cells[0] = BUMP_COUNT;
        WANT(call(environment, "bump", 1, cells));
        WANT(call(environment, "total", 0, cells) && cells[0] == BUMP_COUNT);
        WANT(call(environment, "grow", 0, cells) && cells[0] == 1);
        void *block = wasm_runtime_malloc(64 + worker->index);
        WANT(block);
        wasm_runtime_free(block);
        wasm_runtime_deinstantiate(instance);
    }
    return NULL;
}

// Calls until another thread terminates the instance.
static void *until_terminated(void *argument) {
    Worker *worker = argument;
    wasm_exec_env_t environment = wasm_runtime_create_exec_env(shared_instance, 8192);
    WANT(environment && !call(environment, "spin", 0, NULL));
    wasm_runtime_destroy_exec_env(environment);
    return NULL;
}

static void run(const char *what, void *(*body)(void *), void (*meanwhile)(void)) {
    Worker workers[THREAD_COUNT];
    memset(workers, 0, sizeof workers);
    for (uint32_t i = 0; i < THREAD_COUNT; i++) {
        workers[i].index = i;
        if (pthread_create(&workers[i].thread, NULL, body, &workers[i])) exit(2);
    }
    if (meanwhile) meanwhile();
    const char *failure = NULL;
    for (uint32_t i = 0; i < THREAD_COUNT; i++) {
        pthread_join(workers[i].thread, NULL);
        if (workers[i].failure) failure = workers[i].failure;
    }
    expect(!failure, what, failure);
}

static void terminate(void) {
    usleep(50000);
    wasm_runtime_terminate(shared_instance);
}

int main(void) {
    // Blocks of the C library's, so that a sanitizer knows each.
    expect(wasm_runtime_init(), "wasm_runtime_init", "");
    expect(wasm_runtime_register_natives("env", natives, 1), "wasm_runtime_register_natives", "");
    module = wasm_runtime_load(shared_guest, sizeof shared_guest, error, sizeof error);
    shared_instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    expect(shared_instance, "an instance with a shared memory", error);
    run("eight environments of one instance", in_one_instance, NULL);
    uint32_t total[1] = {0};
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(shared_instance);
    expect(call(environment, "total", 0, total), "the sum of eight threads", "exception");
    expect(total[0] == THREAD_COUNT * ROUND_COUNT * BUMP_COUNT, "the sum of eight threads", "wrong");
    for (int i = 0; i < THREAD_COUNT; i++) expect(told[i] == ROUND_COUNT, "calls of a native", "wrong");

    run("eight calls that one thread terminates", until_terminated, terminate);
    const char *exception = wasm_runtime_get_exception(shared_instance);
    expect(exception && !strcmp(exception, "Exception: terminated by user"), "the exception of terminated calls",
           exception ? exception : "none");
    expect(!call(environment, "total", 0, total), "a call behind an exception", "went well");
    wasm_runtime_deinstantiate(shared_instance);
    wasm_runtime_unload(module);

    module = wasm_runtime_load(private_guest, sizeof private_guest, error, sizeof error);
    expect(module, "a module for eight instances", error);
    run("eight instances of one module", in_own_instance, NULL);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    return verdict();
}
