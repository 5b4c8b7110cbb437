// What the runtime tells on standard output, by level, in lines of WAMR's form.
#include <ctype.h>
#include <sys/wait.h>

#include "check.h"
#include "small_modules.h"

static char output[8192], error[256];

static void run(void (*scenario)(void)) {
    int ends[2], saved = dup(1);
    fflush(stdout);
    if (pipe(ends) || saved < 0) exit(2);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    dup2(ends[1], 1);
    scenario();
    dup2(saved, 1);
    close(ends[1]), close(saved);
    ssize_t size = read(ends[0], output, sizeof output - 1);
    output[size > 0 ? size : 0] = 0;
    close(ends[0]);
    wasm_runtime_destroy();
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

// Whether every line begins with "[HH:MM:SS:mmm - THREAD]: ".
static bool well_formed(void) {
    for (char *line = output; *line;) {
        const char *form = "[##:##:##:### - ";
        for (; *form; form++, line++) {
            if (*form == '#' ? !isdigit((unsigned char)*line) : *line != *form) return false;
        }
        char *digits = line;
        while (isxdigit((unsigned char)*line) && !islower((unsigned char)*line)) line++;
        if (line == digits || strncmp(line, "]: ", 3) || !(line = strchr(line, '\n'))) return false;
        line++;
    }
    return true;
}
static int lines(void) {
    int count = 0;
    for (char *at = output; (at = strchr(at, '\n')); at++) count++;
    return count;
}
static void expect_line(const char *text, const char *what) {
    expect(well_formed() && lines() == 1 && strstr(output, text), what, output);
}

static Fixture hostcalls, grow;

static void before_init(void) { wasm_runtime_malloc(8); }
static void zero_and_null(void) {
    wasm_runtime_init();
    wasm_runtime_free(wasm_runtime_malloc(0));
    wasm_runtime_free(NULL);
}
static void instantiate(Fixture source, InstantiationArgs arguments) {
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    wasm_runtime_instantiate_ex(module, &arguments, error, sizeof error);
}
static void unlinked(void) {
    wasm_runtime_init();
    instantiate(hostcalls, (InstantiationArgs){.default_stack_size = 4096});
}
static void unlinked_and_quiet(void) {
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_ERROR);
    unlinked();
}
static void unresolved(void) {
    wasm_runtime_init();
    LoadArgs arguments = {.no_resolve = true};
    wasm_module_t module =
        wasm_runtime_load_ex(hostcalls.bytes, hostcalls.size, &arguments, error, sizeof error);
    wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
}
static void unfit(void) {
    static NativeSymbol symbols[] = {{"add", (void *)before_init, "(Fi)i", NULL}};
    wasm_runtime_init();
    wasm_runtime_register_natives("env", symbols, 1);
    instantiate(hostcalls, (InstantiationArgs){.default_stack_size = 4096});
}
static void too_many_pages(void) {
    wasm_runtime_init();
    instantiate(grow, (InstantiationArgs){.max_memory_pages = 60000});
}
static void small_pool(void) { start_with(300, NULL, 0); }
static void same_allocator(void) {
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_Allocator};
    arguments.mem_alloc_option.allocator.malloc_func = (void *)malloc;
    arguments.mem_alloc_option.allocator.free_func = (void *)malloc;
    expect(!wasm_runtime_full_init(&arguments), "one function as malloc and free", "");
}
static void wrong_mode(void) {
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_System_Allocator, .running_mode = Mode_LLVM_JIT};
    expect(!wasm_runtime_full_init(&arguments), "a mode that is not there", "");
}
static void debugger(void) {
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_System_Allocator, .ip_addr = "127.0.0.1"};
    expect(wasm_runtime_full_init(&arguments), "a debugger is asked for", "");
}
static void jit_sizes(void) {
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_VERBOSE);
    RuntimeInitArgs arguments = {.mem_alloc_type = Alloc_With_System_Allocator, .llvm_jit_opt_level = 3};
    expect(wasm_runtime_full_init(&arguments), "levels of a JIT", "");
}
static void sockets(void) {
    wasm_runtime_init();
    const char *pool[] = {"10.0.0.0/8"};
    wasm_module_t module = wasm_runtime_load(grow.bytes, grow.size, error, sizeof error);
    wasm_runtime_set_wasi_addr_pool(module, pool, 1);
}
static void missing_global(void) {
    wasm_runtime_init();
    const SmallModule *types = small_module("types");
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    wasm_module_t module = wasm_runtime_load(types->bytes, types->size, error, sizeof error);
    wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
}
static void index_outside(void) {
    wasm_runtime_init();
    wasm_import_t import;
    wasm_module_t module = wasm_runtime_load(grow.bytes, grow.size, error, sizeof error);
    wasm_runtime_get_import_type(module, 77, &import);
}
static void long_name(void) {
    // A name that no line holds: cut, and the line ends.
    static uint8_t bytes[1100] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 0x86, 8, 1, 3, 'e', 'n', 'v', 0xFD, 7};
    memset(bytes + 24, 'x', 1021);
    wasm_runtime_init();
    wasm_module_t module = wasm_runtime_load(bytes, 24 + 1021 + 2, error, sizeof error);
    expect(module != NULL, "a long name", error);
    wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
}

int main(void) {
    hostcalls = fixture("hostcalls"), grow = fixture("grow");
    run(before_init);
    expect_line("wasm_runtime_malloc failed: memory hasn't been initialized.", "before init");
    run(zero_and_null);
    expect(well_formed() && lines() == 2, "zero and null", output);
    expect(strstr(output, "]: warning: wasm_runtime_malloc with size zero\n"), "size zero", output);
    expect(strstr(output, "]: warning: wasm_runtime_free with NULL pointer\n"), "null", output);
    run(unlinked);
    expect(well_formed() && lines() == 4, "unlinked imports", output);
    expect(strstr(output, "]: warning: failed to link import function (env, add)\n"), "an unlinked import", output);
    run(unlinked_and_quiet);
    expect(!output[0], "a level that is off", output);
    run(unresolved);
    expect(!output[0], "imports that are resolved later", output);
    run(unfit);
    expect(strstr(output, "failed to check signature '(Fi)i' and resolve pointer params for import function (env, add)"),
           "a signature that does not fit", output);
    run(too_many_pages);
    expect_line("Cannot override max memory with value greater than module max memory", "too many pages");
    run(small_pool);
    expect_line(", 300) failed.", "a pool that is too small");
    run(same_allocator);
    expect_line("Init memory with allocator (0x", "one function as malloc and free");
    run(wrong_mode);
    expect_line("running mode 3 is not supported: there is the interpreter only", "a mode that is not there");
    run(debugger);
    expect_line("there is no debugger", "a debugger is asked for");
    run(jit_sizes);
    expect_line("there is no native code", "levels of a JIT");
    run(sockets);
    expect_line("there are no sockets", "addresses");
    run(missing_global);
    expect(!strcmp(error, "WASM module instantiate failed: failed to link import table (env, t)"), "a missing table", error);
    run(index_outside);
    expect_line("import index is out of bounds", "an index outside");
    run(long_name);
    expect(well_formed() && lines() == 1 && strlen(output) == 511, "a line that is too long", output);
    return verdict();
}
