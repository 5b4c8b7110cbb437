// What dumps print: memory consumption, call stacks, execution times.
#include <ctype.h>

#include "check.h"
#include "mote.h"
#include "thread_guests.h"

static char error[256], printed[8192];
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;

// What a call leaves on standard output.
static void capture(void (*body)(void)) {
    FILE *file = tmpfile();
    fflush(stdout);
    int saved = dup(1);
    dup2(fileno(file), 1);
    body();
    dup2(saved, 1);
    close(saved);
    ssize_t count = pread(fileno(file), printed, sizeof printed - 1, 0);
    printed[count < 0 ? 0 : count] = 0;
    fclose(file);
}

static void dump_memory(void) { wasm_runtime_dump_mem_consumption(environment); }
static void dump_stack(void) { wasm_runtime_dump_call_stack(environment); }
static void dump_times(void) { wasm_runtime_dump_perf_profiling(instance); }
static void dump_times_of_nothing(void) { wasm_runtime_dump_perf_profiling(NULL); }

// The number behind a text, -1 where it is not printed.
static long number(const char *text) {
    const char *found = strstr(printed, text);
    return found ? atol(found + strlen(text)) : -1;
}

// The sum of the lines of four blanks from one line on, up to one without.
static long sum(const char *text) {
    const char *line = strstr(printed, text);
    long result = 0;
    while (line && (line = strchr(line, '\n')) && !strncmp(line, "\n    ", 5)) {
        line++;
        if (line[4] != ' ') result += atol(strchr(line, ':') + 1);
    }
    return result;
}

static int32_t look(wasm_exec_env_t env, int32_t value) {
    uint32_t cells[1] = {200000};
    wasm_runtime_call_wasm(env, wasm_runtime_lookup_function(instance, "work"), 1, cells);
    return value;
}

int main(void) {
    NativeSymbol natives[] = {{"look", (void *)look, "(i)i", NULL}};
    expect(start_with(1 << 20, natives, 1), "wasm_runtime_full_init", "");
    Fixture guest = fixture("onepage");
    wasm_module_t module = wasm_runtime_load(guest.bytes, guest.size, error, sizeof error);
    instance = wasm_runtime_instantiate(module, 8192, 4096, error, sizeof error);
    expect(instance, "an instance", error);
    environment = wasm_runtime_create_exec_env(instance, 8192);
    uint32_t cells[2] = {1, 2};
    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "add"), 2, cells);
    wasm_runtime_module_free(instance, wasm_runtime_module_malloc(instance, 100, NULL));
    capture(dump_memory);
    expect(!strncmp(printed, "Memory consumption summary (bytes):\nWASM module memory consumption, total size: ", 80),
           "memory", printed);
    long all = 0;
    const char *totals[] = {"WASM module memory consumption, total size: ",
                            "WASM module inst memory consumption, total size: ",
                            "Exec env memory consumption, total size: "};
    for (int i = 0; i < 3; i++) {
        long total = number(totals[i]);
        expect(total > 0 && sum(totals[i]) == total, totals[i], printed);
        all += total;
    }
    expect(number("Total memory consumption of module, module inst and exec env: ") == all, "the sum", printed);
    expect(number("\n    stack size: ") == 8192, "the operand stack", printed);
    expect(number("\n        app heap size: ") == 4096, "the app heap", printed);
    expect(number("Total app heap used: ") == 104, "the app heap's peak", printed);
    long used = number("Total interpreter stack used: ");
    expect(used > 0 && used < 8192, "the operand stack's peak", printed);
    expect(number("Total auxiliary stack used: ") >= 0 && number("Native stack left: ") > 10000, "other stacks", printed);
    mem_alloc_info_t info;
    wasm_runtime_get_mem_alloc_info(&info);
    expect(all < info.total_size - info.total_free_size, "less than the pool gave", printed);

    module = wasm_runtime_load(stack_guest, sizeof stack_guest, error, sizeof error);
    instance = wasm_runtime_instantiate(module, 8192, 0, error, sizeof error);
    environment = wasm_runtime_create_exec_env(instance, 8192);
    capture(dump_stack);
    expect(!printed[0], "no call stack", printed);
    wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "outer"), 1, (uint32_t[]){0});
    capture(dump_stack);
    expect(!strcmp(printed, "\n#00: 0x0053 - inner\n#01: 0x005e - $f2\n#02: 0x0068 - outer\n\n"), "a call stack", printed);
    wasm_runtime_clear_exception(instance);

    capture(dump_times);
    expect(strstr(printed, "no execution times") && strstr(printed, "Performance profiler data:\n"), "no times", printed);
    mote_set_perf_profiling(true);
    wasm_runtime_destroy_exec_env(environment);
    environment = wasm_runtime_create_exec_env(instance, 8192);
    wasm_function_inst_t outer = wasm_runtime_lookup_function(instance, "outer");
    for (int i = 0; i < 3; i++) {
        expect(wasm_runtime_call_wasm(environment, outer, 1, (uint32_t[]){1}), "a measured call", "exception");
    }
    capture(dump_times);
    char *work = strstr(printed, "  func work, execution time: "), *own = strstr(printed, "  func outer, execution time: ");
    expect(work && own && !strncmp(printed, "Performance profiler data:\n", 27), "times", printed);
    if (work && own) {
        double worked, whole, nested, nothing;
        int works, calls;
        expect(sscanf(work, "  func work, execution time: %lf ms, execution count: %d times, "
                            "children execution time: %lf ms", &worked, &works, &nothing) == 3
                   && works == 3 && worked > 0 && nothing == 0, "times of what natives call", printed);
        expect(sscanf(own, "  func outer, execution time: %lf ms, execution count: %d times, "
                           "children execution time: %lf ms", &whole, &calls, &nested) == 3
                   && calls == 3 && whole > worked && nested >= worked - 0.002 && nested <= whole, "times of what the host calls",
               printed);
        double all_of_it = wasm_runtime_sum_wasm_exec_time(instance);
        expect(all_of_it > whole - 0.01 && all_of_it < whole + 0.01, "their sum", printed);
    }
    capture(dump_times_of_nothing);
    expect(!printed[0], "nothing of nothing", printed);
    wasm_runtime_destroy();
    return verdict();
}
