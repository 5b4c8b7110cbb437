// Each function of WASI, called by a guest in a pool: the answer is right, and from after the init to after the destroy
// nothing of the C library's memory functions is called. The guest is made here: it imports all functions and exports
// for each one that passes its parameters on.
#include "check.h"
#include "count_calls.h"

typedef struct {
    const char *name, *parameters, *result;  // letters: i is i32, I is i64
} Function;

// wasi_calls.h is made from the table in Sources/MoteWASI/Functions.swift.
static const Function functions[] = {
#include "wasi_calls.h"
};
enum { function_count = sizeof functions / sizeof *functions };

// ---- The guest

static uint8_t guest[16384];
static uint32_t guest_size;

static void byte(int value) { guest[guest_size++] = (uint8_t)value; }
static void number(uint32_t value) {
    for (; value > 127; value >>= 7) byte((int)(value & 127) | 128);
    byte((int)value);
}
static void text(const char *string) {
    number((uint32_t)strlen(string));
    while (*string) byte(*string++);
}
// A section's size comes first, and always in five bytes.
static uint32_t begin(int section) {
    byte(section);
    guest_size += 5;
    return guest_size;
}
static void end(uint32_t start) {
    uint32_t size = guest_size - start;
    for (int i = 0; i < 5; i++, size >>= 7) guest[start - 5 + (uint32_t)i] = (uint8_t)((size & 127) | (i < 4 ? 128 : 0));
}
static void types(const char *letters) {
    text(letters);
    for (size_t i = strlen(letters); i > 0; i--) guest[guest_size - i] = guest[guest_size - i] == 'I' ? 0x7E : 0x7F;
}

static void make_guest(void) {
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    memcpy(guest, header, guest_size = sizeof header);
    uint32_t section = begin(1);
    number(function_count);
    for (int i = 0; i < function_count; i++) byte(0x60), types(functions[i].parameters), types(functions[i].result);
    end(section);
    section = begin(2);
    number(function_count);
    for (int i = 0; i < function_count; i++) {
        text("wasi_snapshot_preview1"), text(functions[i].name), byte(0), number((uint32_t)i);
    }
    end(section);
    section = begin(3);
    number(function_count);
    for (int i = 0; i < function_count; i++) number((uint32_t)i);
    end(section);
    section = begin(5);
    byte(1), byte(0), byte(1);
    end(section);
    section = begin(7);
    number(function_count + 1);
    text("memory"), byte(2), byte(0);
    for (int i = 0; i < function_count; i++) text(functions[i].name), byte(0), number((uint32_t)(function_count + i));
    end(section);
    section = begin(10);
    number(function_count);
    for (int i = 0; i < function_count; i++) {
        uint32_t parameters = (uint32_t)strlen(functions[i].parameters);
        number(1 + 2 * parameters + (i < 128 ? 2 : 3) + 1);
        byte(0);
        for (uint32_t j = 0; j < parameters; j++) byte(0x20), byte((int)j);
        byte(0x10), number((uint32_t)i), byte(0x0B);
    }
    end(section);
}

// ---- Scenarios

static char error[256];
static const char *directory;
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static uint8_t *memory;
static const char *broken;
static int broken_line;
#define CHECK(condition) \
    do { \
        if (!(condition) && !broken) broken = #condition, broken_line = __LINE__; \
    } while (0)

enum { ok = 0, badf = 8, exist = 20, inval = 28, noent = 44, notsock = 57, notsup = 58 };
// Where things lie in the guest's memory.
enum { out = 0, vector = 64, subscription = 128, event = 256, path = 512, other = 768, buffer = 1024 };

// Calls a function with its parameters; the error number, or -1 for an exception.
static int wasi(const char *name, ...) {
    uint32_t cells[20], count = 0;
    const Function *function = functions;
    while (strcmp(function->name, name)) function++;
    __builtin_va_list list;
    __builtin_va_start(list, name);
    for (const char *letter = function->parameters; *letter; letter++) {
        long long value = __builtin_va_arg(list, long long);
        cells[count++] = (uint32_t)value;
        if (*letter == 'I') cells[count++] = (uint32_t)(value >> 32);
    }
    __builtin_va_end(list);
    if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, name), count, cells)) return -1;
    return *function->result ? (int)cells[0] : 0;
}
// Arguments of `wasi` are all long long.
#define N(value) ((long long)(value))

static uint32_t word(uint32_t at) {
    uint32_t value;
    memcpy(&value, memory + at, 4);
    return value;
}
static void set(uint32_t at, uint64_t value, size_t size) { memcpy(memory + at, &value, size); }
static long long put(uint32_t at, const char *string) {
    memcpy(memory + at, string, strlen(string));
    return N(strlen(string));
}
static void span(uint32_t address, uint32_t size) { set(vector, address, 4), set(vector + 4, size, 4); }

// Opens (and makes, and truncates) a file with all rights.
static long long file(const char *name) {
    int result = wasi("path_open", N(3), N(0), N(path), put(path, name), N(1 | 8), N(0x1FFFFFFF), N(0x1FFFFFFF), N(0),
                      N(out));
    CHECK(result == ok);
    return result == ok ? N(word(out)) : N(99);
}
static long long file_with(const char *name, const char *contents) {
    long long fd = file(name);
    span(buffer, (uint32_t)put(buffer, contents));
    CHECK(wasi("fd_pwrite", fd, N(vector), N(1), N(0), N(out)) == ok && word(out) == strlen(contents));
    memset(memory + buffer, 0, 256);
    span(buffer, 64);
    return fd;
}

static void test_args_sizes_get(void) {
    CHECK(wasi("args_sizes_get", N(out), N(out + 4)) == ok && word(out) == 2 && word(out + 4) == 10);
}
static void test_args_get(void) {
    CHECK(wasi("args_get", N(out), N(buffer)) == ok && !memcmp(memory + buffer, "guest\0arg\0", 10));
    CHECK(word(out + 4) == buffer + 6);
}
static void test_clock_res_get(void) { CHECK(wasi("clock_res_get", N(1), N(out)) == ok && word(out) > 0); }
static void test_clock_time_get(void) {
    for (int id = 0; id < 4; id++) CHECK(wasi("clock_time_get", N(id), N(1), N(out)) == ok && word(out));
    CHECK(wasi("clock_time_get", N(9), N(1), N(out)) == inval);
}
static void test_environ_sizes_get(void) {
    CHECK(wasi("environ_sizes_get", N(out), N(out + 4)) == ok && word(out) == 1 && word(out + 4) == 4);
}
static void test_environ_get(void) {
    CHECK(wasi("environ_get", N(out), N(buffer)) == ok && !memcmp(memory + buffer, "K=V", 4));
}
static void test_fd_advise(void) { CHECK(wasi("fd_advise", file("f"), N(0), N(10), N(0)) == ok); }
static void test_fd_allocate(void) {
    long long fd = file("f");
    CHECK(wasi("fd_allocate", fd, N(0), N(100)) == ok && wasi("fd_filestat_get", fd, N(buffer)) == ok);
    CHECK(word(buffer + 32) == 100);
}
static void test_fd_close(void) {
    long long fd = file("f");
    CHECK(wasi("fd_close", fd) == ok && wasi("fd_close", fd) == badf);
}
static void test_fd_datasync(void) { CHECK(wasi("fd_datasync", file("f")) == ok); }
static void test_fd_fdstat_get(void) { CHECK(wasi("fd_fdstat_get", file("f"), N(buffer)) == ok && memory[buffer] == 4); }
static void test_fd_fdstat_set_flags(void) { CHECK(wasi("fd_fdstat_set_flags", file("f"), N(1)) == ok); }
static void test_fd_fdstat_set_rights(void) { CHECK(wasi("fd_fdstat_set_rights", file("f"), N(2), N(0)) == ok); }
static void test_fd_filestat_get(void) {
    CHECK(wasi("fd_filestat_get", file_with("f", "12345"), N(buffer)) == ok && word(buffer + 32) == 5);
}
static void test_fd_filestat_set_size(void) {
    long long fd = file("f");
    CHECK(wasi("fd_filestat_set_size", fd, N(1000)) == ok && wasi("fd_filestat_get", fd, N(buffer)) == ok);
    CHECK(word(buffer + 32) == 1000);
}
static void test_fd_filestat_set_times(void) {
    CHECK(wasi("fd_filestat_set_times", file("f"), N(0), N(0), N(2 | 8)) == ok);
}
static void test_fd_pread(void) {
    long long fd = file_with("f", "contents");
    CHECK(wasi("fd_pread", fd, N(vector), N(1), N(3), N(out)) == ok && word(out) == 5);
    CHECK(!memcmp(memory + buffer, "tents", 5));
}
static void test_fd_prestat_get(void) {
    CHECK(wasi("fd_prestat_get", N(3), N(buffer)) == ok && word(buffer + 4) == 1);
    CHECK(wasi("fd_prestat_get", N(4), N(buffer)) == badf);
}
static void test_fd_prestat_dir_name(void) {
    CHECK(wasi("fd_prestat_dir_name", N(3), N(buffer), N(1)) == ok && memory[buffer] == '/');
}
static void test_fd_pwrite(void) { file_with("f", "written"); }
static void test_fd_read(void) {
    long long fd = file_with("f", "contents");
    CHECK(wasi("fd_read", fd, N(vector), N(1), N(out)) == ok && word(out) == 8);
    CHECK(!memcmp(memory + buffer, "contents", 8));
}
static void test_fd_readdir(void) {
    file("f");
    CHECK(wasi("fd_readdir", N(3), N(buffer), N(4096), N(0), N(out)) == ok && word(out) >= 3 * 24);
}
static void test_fd_renumber(void) {
    long long one = file("f"), two = file("g");
    CHECK(wasi("fd_renumber", one, two) == ok && wasi("fd_close", one) == badf && wasi("fd_close", two) == ok);
}
static void test_fd_seek(void) {
    CHECK(wasi("fd_seek", file_with("f", "12345"), N(-2), N(2), N(out)) == ok && word(out) == 3);
}
static void test_fd_sync(void) { CHECK(wasi("fd_sync", file("f")) == ok); }
static void test_fd_tell(void) { CHECK(wasi("fd_tell", file("f"), N(out)) == ok && word(out) == 0); }
static void test_fd_write(void) {
    long long fd = file("f");
    span(buffer, (uint32_t)put(buffer, "text"));
    CHECK(wasi("fd_write", fd, N(vector), N(1), N(out)) == ok && word(out) == 4);
    span(0xFFFFFFF0u, 64);
    CHECK(wasi("fd_write", fd, N(vector), N(1), N(out)) == 21);
}
static void test_path_create_directory(void) {
    long long size = put(path, "made");
    CHECK(wasi("path_create_directory", N(3), N(path), size) == ok);
    CHECK(wasi("path_create_directory", N(3), N(path), size) == exist);
    CHECK(wasi("path_remove_directory", N(3), N(path), size) == ok);
}
static void test_path_filestat_get(void) {
    file_with("f", "123");
    CHECK(wasi("path_filestat_get", N(3), N(0), N(path), put(path, "f"), N(buffer)) == ok && word(buffer + 32) == 3);
    CHECK(wasi("path_filestat_get", N(3), N(0), N(path), put(path, "none"), N(buffer)) == noent);
}
static void test_path_filestat_set_times(void) {
    file("f");
    CHECK(wasi("path_filestat_set_times", N(3), N(0), N(path), put(path, "f"), N(0), N(0), N(2 | 8)) == ok);
}
static void test_path_link(void) {
    file("f");
    CHECK(wasi("path_link", N(3), N(0), N(path), put(path, "f"), N(3), N(other), put(other, "hard")) == ok);
    CHECK(wasi("path_unlink_file", N(3), N(other), N(4)) == ok);
}
static void test_path_open(void) {
    CHECK(file("f") > 3);
    CHECK(wasi("path_open", N(3), N(0), N(path), put(path, "../x"), N(0), N(2), N(0), N(0), N(out)) != ok);
}
static void test_path_symlink(void) {
    CHECK(wasi("path_symlink", N(path), put(path, "f"), N(3), N(other), put(other, "soft")) == ok);
    CHECK(wasi("path_readlink", N(3), N(other), N(4), N(buffer), N(64), N(out)) == ok && word(out) == 1);
    CHECK(memory[buffer] == 'f' && wasi("path_unlink_file", N(3), N(other), N(4)) == ok);
}
#define test_path_readlink test_path_symlink
#define test_path_remove_directory test_path_create_directory
static void test_path_rename(void) {
    file("f");
    CHECK(wasi("path_rename", N(3), N(path), put(path, "f"), N(3), N(other), put(other, "g")) == ok);
}
static void test_path_unlink_file(void) {
    file("f");
    CHECK(wasi("path_unlink_file", N(3), N(path), put(path, "f")) == ok);
    CHECK(wasi("path_unlink_file", N(3), N(path), N(1)) == noent);
}
static void test_poll_oneoff(void) {
    set(subscription + 16, 1, 4), set(subscription + 24, 1000000, 8);
    CHECK(wasi("poll_oneoff", N(subscription), N(event), N(1), N(out)) == ok && word(out) == 1);
    memory[subscription + 8] = 2, set(subscription + 16, (uint64_t)file("f"), 4);
    CHECK(wasi("poll_oneoff", N(subscription), N(event), N(1), N(out)) == ok && word(out) == 1);
}
static void test_proc_exit(void) {
    CHECK(wasi("proc_exit", N(3)) == -1 && wasm_runtime_get_wasi_exit_code(instance) == 3);
    CHECK(!strcmp(wasm_runtime_get_exception(instance), "Exception: wasi proc exit"));
}
static void test_proc_raise(void) { CHECK(wasi("proc_raise", N(2)) == notsup); }
static void test_random_get(void) {
    CHECK(wasi("random_get", N(buffer), N(64)) == ok);
    int zeros = 0;
    for (int i = 0; i < 64; i++) zeros += !memory[buffer + i];
    CHECK(zeros < 16);
}
static void test_sched_yield(void) { CHECK(wasi("sched_yield") == ok); }
static void test_sock_accept(void) { CHECK(wasi("sock_accept", N(3), N(0), N(out)) > 0); }
static void test_sock_recv(void) { CHECK(wasi("sock_recv", N(3), N(vector), N(1), N(0), N(out), N(out + 4)) > 0); }
static void test_sock_send(void) { CHECK(wasi("sock_send", N(3), N(vector), N(1), N(0), N(out)) > 0); }
static void test_sock_shutdown(void) { CHECK(wasi("sock_shutdown", N(3), N(1)) > 0); }

#define SCENARIO(name) test_##name,
static void (*const scenarios[])(void) = {
#include "wasi_scenarios.h"
};

static bool open_guest(void) {
    static char mapping[512];
    static const char *maps[] = {mapping}, *variables[] = {"K=V"};
    static char first[] = "guest", second[] = "arg", *arguments[] = {first, second, NULL};
    snprintf(mapping, sizeof mapping, "/::%s", directory);
    wasm_module_t module = wasm_runtime_load(guest, guest_size, error, sizeof error);
    if (!module) return false;
    wasm_runtime_set_wasi_args(module, NULL, 0, maps, 1, variables, 1, arguments, 2);
    instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof error);
    environment = wasm_runtime_get_exec_env_singleton(instance);
    memory = wasm_runtime_addr_app_to_native(instance, 0);
    return memory;
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count < 2) return 2;
    directory = arguments[1];
    make_guest();
    if (!count_system_calls()) puts("system calls cannot be counted here");
    for (int i = 0; i < function_count; i++) {
        broken = NULL;
        error[0] = 0;
        start_with(512 * 1024, NULL, 0);
        count_reset();
        CHECK(open_guest());
        if (!broken) scenarios[i]();
        wasm_runtime_destroy();
        CallCounts counts = count_read();
        char detail[400];
        snprintf(detail, sizeof detail, "line %d: %s (last error: %s)", broken_line, broken ? broken : "", error);
        expect(!broken, functions[i].name, detail);
        snprintf(detail, sizeof detail, "%lu allocations, %lu frees, %lu mappings, %lu unmappings, %lu system calls",
                 counts.allocations, counts.frees, counts.mappings, counts.unmappings, counts.system_calls);
        expect(count_total(counts) == 0, functions[i].name, detail);
    }
    return verdict();
}
