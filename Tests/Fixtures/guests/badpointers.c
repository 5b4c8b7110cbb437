// Every import that takes a guest address, called with addresses out of range. A host may answer EFAULT (21) or
// trap; it may never touch anything else.
//   badpointers        all cases, each must answer EFAULT
//   badpointers count  how many cases there are
//   badpointers K      case K alone, for hosts that trap: exit 0 on EFAULT, 1 otherwise
// Where a length is absurd ("wraps"), another error will do: a host may look at it first. Run it with one preopened
// directory and one environment variable.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
typedef int32_t i32;
typedef int64_t i64;

i32 args_get(i32, i32) WASI(args_get);
i32 args_sizes_get(i32, i32) WASI(args_sizes_get);
i32 environ_get(i32, i32) WASI(environ_get);
i32 environ_sizes_get(i32, i32) WASI(environ_sizes_get);
i32 clock_res(i32, i32) WASI(clock_res_get);
i32 clock_time(i32, i64, i32) WASI(clock_time_get);
i32 random_bytes(i32, i32) WASI(random_get);
i32 fdstat(i32, i32) WASI(fd_fdstat_get);
i32 filestat(i32, i32) WASI(fd_filestat_get);
i32 prestat(i32, i32) WASI(fd_prestat_get);
i32 prestat_name(i32, i32, i32) WASI(fd_prestat_dir_name);
i32 vector_read(i32, i32, i32, i32) WASI(fd_read);
i32 vector_write(i32, i32, i32, i32) WASI(fd_write);
i32 vector_pread(i32, i32, i32, i64, i32) WASI(fd_pread);
i32 vector_pwrite(i32, i32, i32, i64, i32) WASI(fd_pwrite);
i32 list(i32, i32, i32, i64, i32) WASI(fd_readdir);
i32 seek(i32, i64, i32, i32) WASI(fd_seek);
i32 tell(i32, i32) WASI(fd_tell);
i32 make_directory(i32, i32, i32) WASI(path_create_directory);
i32 path_stat(i32, i32, i32, i32, i32) WASI(path_filestat_get);
i32 path_times(i32, i32, i32, i32, i64, i64, i32) WASI(path_filestat_set_times);
i32 path_link_(i32, i32, i32, i32, i32, i32, i32) WASI(path_link);
i32 path_open_(i32, i32, i32, i32, i32, i64, i64, i32, i32) WASI(path_open);
i32 path_readlink_(i32, i32, i32, i32, i32, i32) WASI(path_readlink);
i32 path_remove(i32, i32, i32) WASI(path_remove_directory);
i32 path_rename_(i32, i32, i32, i32, i32, i32) WASI(path_rename);
i32 path_symlink_(i32, i32, i32, i32, i32) WASI(path_symlink);
i32 path_unlink(i32, i32, i32) WASI(path_unlink_file);
i32 poll_once(i32, i32, i32, i32) WASI(poll_oneoff);

static struct { i32 pointer, length; } vector;
static uint8_t good[256];
static i32 used;

// Three kinds of wrong: far out, the last byte (so that a longer object straddles the end), and wrapping around.
static i32 far, edge, wrap = -4;

#define CASES \
    CASE("args_get, list", args_get(far, (i32)good)) \
    CASE("args_get, text", args_get((i32)good, edge + 1)) \
    CASE("args_sizes_get, count", args_sizes_get(edge, (i32)&used)) \
    CASE("args_sizes_get, size", args_sizes_get((i32)&used, far)) \
    CASE("environ_get, list", environ_get(wrap, (i32)good)) \
    CASE("environ_get, text", environ_get((i32)good, far)) \
    CASE("environ_sizes_get, count", environ_sizes_get(far, (i32)&used)) \
    CASE("environ_sizes_get, size", environ_sizes_get((i32)&used, edge)) \
    CASE("clock_res_get", clock_res(0, edge)) \
    CASE("clock_time_get", clock_time(0, 1, wrap)) \
    CASE("random_get, far", random_bytes(far, 16)) \
    CASE("random_get, straddling", random_bytes(edge, 16)) \
    CASE("random_get, length wraps", random_bytes((i32)good, -1)) \
    CASE("fd_fdstat_get", fdstat(1, edge)) \
    CASE("fd_filestat_get", filestat(1, edge)) \
    CASE("fd_prestat_get", prestat(3, edge)) \
    CASE("fd_prestat_dir_name", prestat_name(3, far, 1)) \
    CASE("fd_read, vectors", vector_read(0, far, 1, (i32)&used)) \
    CASE("fd_read, vector count wraps", vector_read(0, (i32)&vector, 0x20000000, (i32)&used)) \
    CASE("fd_read, buffer", (vector.pointer = edge, vector.length = 100, vector_read(0, (i32)&vector, 1, (i32)&used))) \
    CASE("fd_write, vectors", vector_write(1, edge, 1, (i32)&used)) \
    CASE("fd_write, buffer far", (vector.pointer = far, vector.length = 1, vector_write(1, (i32)&vector, 1, (i32)&used))) \
    CASE("fd_write, buffer wraps", (vector.pointer = (i32)good, vector.length = -1, vector_write(1, (i32)&vector, 1, (i32)&used))) \
    CASE("fd_write, result", (vector.pointer = (i32)good, vector.length = 0, vector_write(1, (i32)&vector, 1, edge))) \
    CASE("path_create_directory", make_directory(3, far, 4)) \
    CASE("path_create_directory, length wraps", make_directory(3, (i32)good, -1)) \
    CASE("path_filestat_get, path", path_stat(3, 0, edge, 8, (i32)good)) \
    CASE("path_filestat_get, result", path_stat(3, 0, (i32)".", 1, edge)) \
    CASE("path_filestat_set_times", path_times(3, 0, far, 1, 0, 0, 0)) \
    CASE("path_link, old", path_link_(3, 0, far, 1, 3, (i32)"x", 1)) \
    CASE("path_link, new", path_link_(3, 0, (i32)"x", 1, 3, far, 1)) \
    CASE("path_open, path", path_open_(3, 0, wrap, 8, 0, 2, 2, 0, (i32)&used)) \
    CASE("path_open, result", path_open_(3, 0, (i32)".", 1, 0, 2, 2, 0, edge)) \
    CASE("path_readlink, path", path_readlink_(3, far, 1, (i32)good, 8, (i32)&used)) \
    CASE("path_remove_directory", path_remove(3, far, 1)) \
    CASE("path_rename, old", path_rename_(3, far, 1, 3, (i32)"x", 1)) \
    CASE("path_rename, new", path_rename_(3, (i32)"x", 1, 3, edge, 9)) \
    CASE("path_symlink, target", path_symlink_(far, 1, 3, (i32)"x", 1)) \
    CASE("path_symlink, path", path_symlink_((i32)"x", 1, 3, edge, 9)) \
    CASE("path_unlink_file", path_unlink(3, far, 1)) \
    CASE("fd_readdir, buffer", list(3, far, 64, 0, (i32)&used)) \
    CASE("fd_readdir, buffer wraps", list(3, (i32)good, -1, 0, (i32)&used)) \
    CASE("fd_readdir, result", list(3, (i32)good, 64, 0, edge)) \
    CASE("poll_oneoff, subscriptions", poll_once(edge, (i32)good, 1, (i32)&used)) \
    CASE("poll_oneoff, events", poll_once((i32)good, far, 1, (i32)&used)) \
    CASE("poll_oneoff, count wraps", poll_once((i32)good, (i32)good, 0x10000000, (i32)&used)) \
    CASE("poll_oneoff, result", poll_once((i32)good, (i32)(good + 64), 1, edge))

int main(int argc, char **argv) {
    i32 only = -1, index = 0, ran_badly = 0;
    edge = (i32)(__builtin_wasm_memory_size(0) * 65536 - 1);
    far = edge + 0x100000;
#define CASE(name, call) index++;
    if (argc > 1 && !strcmp(argv[1], "count")) {
        CASES
        printf("%d\n", index);
        return 0;
    }
#undef CASE
    if (argc > 1) only = atoi(argv[1]);
#define CASE(name, call) \
    if (only < 0 || only == index) { \
        memset(good, 0, sizeof good); \
        i32 error = (call); \
        char line[96]; \
        snprintf(line, sizeof line, "%s (errno %d)", name, error); \
        i32 good_answer = error == 21 || (error != 0 && strstr(name, "wraps")); \
        check(good_answer, line); \
        ran_badly |= !good_answer; \
    } \
    index++;
    CASES
    return only >= 0 ? ran_badly : finish();
}
