// wasm_application_execute_func: what it prints of results and failures, on the descriptor that is standard output.
#include "check.h"

static char error[256], output_path[512];
static wasm_module_inst_t instance;
static int output, standard_output;

static void open_guest(const char *name) {
    start_with(1 << 20, NULL, 0);
    Fixture source = fixture(name);
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    instance = wasm_runtime_instantiate(module, 8192, 0, error, sizeof error);
    expect(instance != NULL, name, error);
}

// Calls a function with words; what it prints and whether it went well must be as said.
static void prints(bool well, const char *text, const char *name, int count, char *a, char *b) {
    static char seen[1024];
    char *words[] = {a, b, "0"};
    fflush(stdout);
    dup2(output, 1);
    bool done = wasm_application_execute_func(instance, name, count, words);
    dup2(standard_output, 1);
    ssize_t size = pread(output, seen, sizeof seen - 1, 0);
    seen[size < 0 ? 0 : size] = 0;
    if (ftruncate(output, 0) || lseek(output, 0, SEEK_SET)) seen[0] = 0;
    expect(done == well && !strcmp(seen, text), name, seen);
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count < 2) return 2;
    snprintf(output_path, sizeof output_path, "%s/printed", arguments[1]);
    output = open(output_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    standard_output = dup(1);
    open_guest("add");
    prints(true, "0x3:i32\n", "add", 2, "1", "2");
    prints(true, "0xffffffff:i32\n", "add", 2, "-2", "0x1");
    prints(true, "0x8:i32\n", "add", 2, "010", "0_i32");
    prints(true, "0x0:i32\n", "add", 2, "4294967295", "1");
    prints(true, "0x8000000000000000:i64\n", "add64", 2, "0x7fffffffffffffff", "1");
    prints(true, "0x0:i64\n", "add64", 2, "18446744073709551615", "1");
    prints(true, "1.5:f64\n", "mean", 2, "1", "2");
    prints(true, "3.141593:f64\n", "mean", 2, "3.14159265", "3.14159265");
    prints(true, "1e+300:f64\n", "mean", 2, "1e300", "1e300");
    prints(true, "inf:f64\n", "mean", 2, "inf", "0x1p3");
    prints(true, "-inf:f32\n", "meanf", 2, "-infinity", "0");
    prints(true, "nan:f32\n", "meanf", 2, "nan:0x200000", "0");
    prints(true, "-nan:f64\n", "mean", 2, "-nan", "0");
    prints(false, "Exception: lookup function nothing failed\n", "nothing", 0, NULL, NULL);
    prints(false, "Exception: invalid input argument count\n", "add", 1, "1", NULL);
    prints(false, "Exception: invalid input argument 1\n", "add", 2, "1", "");
    prints(false, "Exception: invalid input argument 0: one\n", "add", 2, "one", "2");
    prints(false, "Exception: invalid input argument 1: 1.5\n", "add", 2, "1", "1.5");
    prints(false, "Exception: invalid input argument 1: nan:5x\n", "mean", 2, "1", "nan:5x");
    prints(true, "0x3:i32\n", "add", 2, "1", "2");
    wasm_runtime_destroy();
    open_guest("traps");
    prints(false, "Exception: unreachable\n", "unreachable", 0, NULL, NULL);
    prints(false, "Exception: integer divide by zero\n", "divide", 2, "1", "0");
    prints(true, "0x2:i32\n", "divide", 2, "5", "2");
    prints(false, "Exception: out of bounds memory access\n", "load", 1, "65536", NULL);
    wasm_runtime_destroy();
    // No result: an empty line. The handle is gone: nothing.
    open_guest("builtin");
    prints(true, "\n", "copy_to", 3, "0", "0");
    wasm_runtime_destroy();
    prints(false, "", "copy_to", 0, NULL, NULL);
    return verdict();
}
