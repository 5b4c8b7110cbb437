// Guests without a library, whose library functions the runtime answers: what printf makes of every form is what this
// host's library makes of it; ends, lies and natives of the host's own are as in WAMR.
#include "check.h"

#include "../Fixtures/guests/libc_forms.h"

static char error[256], output_path[512];
static wasm_module_t module;
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static int output;
static volatile double zero;

static void open_guest(const char *name, NativeSymbol *natives, uint32_t count, uint32_t heap_size) {
    start_with(1 << 20, natives, count);
    Fixture source = fixture(name);
    output = open(output_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_runtime_set_wasi_args_ex(module, NULL, 0, NULL, 0, NULL, 0, NULL, 0, -1, output, -1);
    instance = wasm_runtime_instantiate(module, 8192, heap_size, error, sizeof error);
    environment = wasm_runtime_get_exec_env_singleton(instance);
    expect(environment != NULL, name, error);
}

static void close_guest(void) {
    wasm_runtime_destroy();
    close(output);
}

// What the guest printed since.
static const char *printed(void) {
    static char text[16384];
    ssize_t count = pread(output, text, sizeof text - 1, 0);
    text[count < 0 ? 0 : count] = 0;
    if (ftruncate(output, 0) || lseek(output, 0, SEEK_SET)) text[0] = 0;
    return text;
}

// Calls an export with up to three i32: its result in cells[0].
static uint32_t cells[3];
static bool call(const char *name, uint32_t count, uint32_t a, uint32_t b, uint32_t c) {
    cells[0] = a, cells[1] = b, cells[2] = c;
    return wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, name), count, cells);
}

// A call that ends in an exception with a text.
static void fails(const char *what, bool ended_well, const char *text) {
    const char *exception = wasm_runtime_get_exception(instance);
    expect(!ended_well && exception && !strcmp(exception, text), what, exception ? exception : "no exception");
    wasm_runtime_clear_exception(instance);
}

static void forms(void) {
    static char expected[16384];
    size_t count = 0;
#define FORM(...) count += (size_t)snprintf(expected + count, sizeof expected - count, __VA_ARGS__);
    FORMS
#undef FORM
    open_guest("builtin", NULL, 0, 0);
    bool done = call("forms", 0, 0, 0, 0);
    const char *text = printed(), *wanted = expected;
    expect(done && cells[0] == count, "forms", "another count");
    // Line by line, so that one says which.
    while (*wanted) {
        size_t length = strcspn(wanted, "\n"), given = strcspn(text, "\n");
        char line[2048];
        snprintf(line, sizeof line, "%.*s, not %.*s", (int)given, text, (int)length, wanted);
        expect(length == given && !memcmp(wanted, text, length), "form", line);
        wanted += length + (wanted[length] != 0);
        text += given + (text[given] != 0);
    }
    expect(*text == 0, "forms", "printed more");
    close_guest();
}

static void ends(void) {
    open_guest("builtin", NULL, 0, 0);
    fails("exit", call("leave", 1, 3, 0, 0), "Exception: env.exit(3)");
    expect(!strcmp(printed(), "leaving\n"), "exit", "the text before it");
    fails("exit", call("leave", 1, (uint32_t)-1, 0, 0), "Exception: env.exit(-1)");
    fails("abort", call("stop_with", 1, 7, 0, 0), "Exception: env.abort(7)");
    fails("abort", call("stop_with", 1, 0x80000000, 0, 0), "Exception: env.abort(-2147483648)");
    const char *bounds = "Exception: out of bounds memory access";
    fails("strlen", call("length_of", 1, 65536, 0, 0), bounds);
    fails("strlen", call("length_of", 1, UINT32_MAX, 0, 0), bounds);
    fails("format", call("print_from", 2, 70000, 0, 0), bounds);
    fails("memcpy", call("copy_to", 3, 65530, 0, 7), bounds);
    fails("memcpy", call("copy_to", 3, 0, UINT32_MAX, 2), bounds);
    expect(call("copy_to", 3, 65529, 8, 7), "memcpy", "to the end of memory");
    close_guest();
}

static void heaps(void) {
    open_guest("builtin", NULL, 0, 16384);
    expect(call("heap", 0, 0, 0, 0) && cells[0] == 0, "heap", "failed");
    close_guest();
    // Without one, malloc has nothing.
    open_guest("builtin", NULL, 0, 0);
    expect(call("heap", 0, 0, 0, 0) && cells[0] != 0, "no heap", "something was allocated");
    close_guest();
}

static void programs(void) {
    open_guest("builtin", NULL, 0, 4096);
    char *arguments[] = {"builtin", "17", "two", NULL};
    expect(wasm_application_execute_main(instance, 3, arguments), "main", "failed");
    expect(*(int *)arguments == 17, "main", "another result");
    expect(!strcmp(printed(), "2 arguments\n17 two\n"), "main", "printed something else");
    close_guest();
}

static char seen[32];
static int32_t host_puts(wasm_exec_env_t caller, const char *text) {
    snprintf(seen, sizeof seen, "%s", caller == environment ? text : "another environment");
    return 1;
}

static void natives(void) {
    static NativeSymbol symbols[] = {{"puts", host_puts, "($)i", NULL}};
    open_guest("builtin", symbols, 1, 0);
    fails("native", call("leave", 1, 5, 0, 0), "Exception: env.exit(5)");
    expect(!strcmp(seen, "leaving"), "native", seen);
    expect(!*printed(), "native", "the library's was called as well");
    close_guest();
}

static void misfits(void) {
    open_guest("misfits", NULL, 0, 0);
    expect(call("call_known", 0, 0, 0, 0) && cells[0] == 42, "atoi", "another number");
    fails("missing", call("call_missing", 0, 0, 0, 0),
          "Exception: failed to call unlinked import function (env, fprintf)");
    fails("misfit", call("call_misfit", 0, 0, 0, 0), "Exception: failed to call unlinked import function (env, strcmp)");
    close_guest();
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count < 2) return 2;
    snprintf(output_path, sizeof output_path, "%s/printed", arguments[1]);
    forms();
    ends();
    heaps();
    programs();
    natives();
    misfits();
    return verdict();
}
