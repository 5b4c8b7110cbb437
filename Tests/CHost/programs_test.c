// Whole WASI programs inside a pool: their own verdicts are good, and not one call of the C library's memory functions is
// made for them. Then what needs a second thread.
#include <pthread.h>

#include "check.h"
#include "count_calls.h"

static const char *directory;
static char error[256];

typedef struct {
    const char *name, *argument, *map;
    uint32_t exit_code;
    const char *exception;
} Program;

static int standard_input, standard_output;

static void run(const Program *program) {
    static char mapping[512];
    static const char *maps[] = {mapping}, *variables[] = {"K=V", "LANG=C"};
    Fixture source = fixture(program->name);
    char detail[600], *arguments[3] = {(char *)program->name, (char *)program->argument, NULL};
    snprintf(mapping, sizeof mapping, "%s::%s", program->map ? program->map : "", directory);
    start_with(sizeof pool, NULL, 0);
    count_reset();
    uint32_t code = 999;
    char exception[256] = "";
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, maps, program->map ? 1 : 0, variables, 2, arguments,
                                  program->argument ? 2 : 1, standard_input, standard_output, standard_output);
    // A cap, so that a guest that takes all it can get leaves room for code that is translated later.
    InstantiationArgs limits = {.default_stack_size = 65536, .max_memory_pages = 40};
    wasm_module_inst_t instance = wasm_runtime_instantiate_ex(module, &limits, error, sizeof error);
    if (instance) {
        if (wasm_application_execute_main(instance, 0, NULL)) code = wasm_runtime_get_wasi_exit_code(instance);
        else snprintf(exception, sizeof exception, "%s", wasm_runtime_get_exception(instance));
    }
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
    wasm_runtime_destroy();
    CallCounts counts = count_read();
    snprintf(detail, sizeof detail, "exit code %u, %s, %s", code, exception, error);
    expect(program->exception ? !strcmp(exception, program->exception) : code == program->exit_code, program->name,
           detail);
    snprintf(detail, sizeof detail, "%lu allocations, %lu frees, %lu mappings, %lu unmappings, %lu system calls",
             counts.allocations, counts.frees, counts.mappings, counts.unmappings, counts.system_calls);
    expect(count_total(counts) == 0, program->name, detail);
    free(source.bytes);
}

static void *terminate(void *instance) {
    usleep(50000);
    wasm_runtime_terminate(instance);
    return NULL;
}

// A guest that computes, and one that waits, are stopped from another thread.
static void stopped(const char *name, const char *function) {
    Fixture source = fixture(name);
    start_with(sizeof pool, NULL, 0);
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, NULL, 0, NULL, 0, NULL, 0, standard_input, standard_output,
                                  standard_output);
    wasm_module_inst_t instance = wasm_runtime_instantiate(module, 16384, 0, error, sizeof error);
    wasm_exec_env_t environment = wasm_runtime_get_exec_env_singleton(instance);
    pthread_t thread;
    pthread_create(&thread, NULL, terminate, instance);
    bool ended = wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, function), 0, NULL);
    const char *exception = wasm_runtime_get_exception(instance);
    expect(!ended && exception && !strcmp(exception, "Exception: terminated by user"), name, exception ? exception : "");
    pthread_join(thread, NULL);
    wasm_runtime_destroy();
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count < 2) return 2;
    directory = arguments[1];
    standard_input = open("Tests/Fixtures/README.md", O_RDONLY);
    standard_output = open("/dev/null", O_WRONLY);
    if (!count_system_calls()) puts("system calls cannot be counted here");
    static const Program programs[] = {
        {"hello", "one", NULL, 0, NULL},
        {"environ", "K", NULL, 0, NULL},
        {"clocks", NULL, NULL, 0, NULL},
        {"random", NULL, NULL, 0, NULL},
        {"files", NULL, "/", 0, NULL},
        {"poll", NULL, NULL, 0, NULL},
        {"badpointers", NULL, "/", 0, NULL},
        {"exitcode", "42", NULL, 42, NULL},
        {"recursion", "100", NULL, 0, NULL},
        {"recursion", "forever", NULL, 0, "Exception: wasm operand stack overflow"},
        {"trap", NULL, NULL, 0, "Exception: unreachable"},
        {"heap", "256", NULL, 0, NULL},
        {"heap", "8192", NULL, 3, NULL},
        {"cat", NULL, NULL, 0, NULL},
        {"wordcount", NULL, NULL, 0, NULL},
    };
    char inside[512];
    snprintf(inside, sizeof inside, "%s/programs", arguments[1]);
    mkdir(inside, 0700);
    directory = inside;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        lseek(standard_input, 0, SEEK_SET);
        run(&programs[i]);
    }
    stopped("traps", "spin");
    stopped("sleep", "_start");
    return verdict();
}
