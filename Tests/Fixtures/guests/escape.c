// Tries to leave the first preopen (descriptor 3) by every road. The host puts `secret.txt` and the directory
// `outside` beside the preopened directory. Success of any attempt is a failure of the sandbox. Calls WASI
// directly, because the library resolves some of these paths before the host sees them.
#include <stdint.h>
#include <string.h>
#include <wasi/api.h>
#include "check.h"

enum { root = 3 };
static const __wasi_rights_t rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN;

static __wasi_errno_t open_path(const char *path, uint32_t length, __wasi_oflags_t flags, __wasi_lookupflags_t lookup) {
    __wasi_fd_t fd = 0;
    // The generated wrapper measures with strlen; the raw import takes a length.
    extern int32_t raw_open(int32_t, int32_t, const char *, int32_t, int32_t, int64_t, int64_t, int32_t, __wasi_fd_t *)
        __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));
    __wasi_errno_t error = raw_open(root, lookup, path, length, flags, rights, rights, 0, &fd);
    if (!error) __wasi_fd_close(fd);
    return error;
}

static __wasi_errno_t follow(const char *path) {
    return open_path(path, strlen(path), 0, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW);
}

static void refused(__wasi_errno_t error, const char *what) {
    char line[160];
    snprintf(line, sizeof line, "%s is refused (errno %d)", what, error);
    check(error != 0, line);
}

// For what exists outside, "no such file" would mean that the host looked.
static void outside(__wasi_errno_t error, const char *what) {
    char line[160];
    snprintf(line, sizeof line, "%s is not permitted (errno %d)", what, error);
    check(error == __WASI_ERRNO_PERM || error == __WASI_ERRNO_NOTCAPABLE, line);
}

static void allowed(__wasi_errno_t error, const char *what) {
    char line[160];
    snprintf(line, sizeof line, "%s is allowed (errno %d)", what, error);
    check(error == 0, line);
}

int main(void) {
    char long_path[5000];
    allowed(__wasi_path_create_directory(root, "sub"), "a directory inside");
    allowed(__wasi_path_create_directory(root, "sub/deep"), "a directory inside that");
    allowed(open_path("inside.txt", 10, __WASI_OFLAGS_CREAT, 0), "a file inside");
    allowed(follow("sub/../inside.txt"), "`..` that stays inside");
    allowed(follow("./sub/./../sub/deep/.."), "dots that stay inside");
    allowed(follow("sub//deep/"), "doubled and trailing slashes");

    outside(follow("../secret.txt"), "../secret.txt");
    outside(follow(".."), "..");
    outside(follow("sub/../../secret.txt"), "sub/../../secret.txt");
    outside(follow("sub/deep/../../../secret.txt"), "sub/deep/../../../secret.txt");
    outside(follow("../outside"), "../outside");
    outside(follow("/etc/passwd"), "an absolute path");
    outside(follow("/"), "the absolute root");
    refused(follow("sub/absent/../../inside.txt"), "`..` after a name that does not exist");
    refused(follow("inside.txt/../inside.txt"), "`..` after a file");
    refused(follow(""), "an empty path");
    refused(open_path("inside.txt\0/../../secret.txt", 27, 0, 1), "a path with a zero byte");
    refused(open_path("\xff\xfe", 2, 0, 1), "a path that is not UTF-8");
    memset(long_path, 'a', sizeof long_path);
    refused(open_path(long_path, sizeof long_path, 0, 1), "a path of 5000 bytes");

    allowed(__wasi_path_symlink("inside.txt", root, "to-inside"), "a link to a file inside");
    allowed(follow("to-inside"), "following it");
    allowed(__wasi_path_symlink("../inside.txt", root, "sub/up"), "a link with `..` that stays inside");
    allowed(follow("sub/up"), "following it");
    allowed(__wasi_path_symlink("..", root, "parent"), "a link to `..`");
    outside(follow("parent"), "following it");
    outside(follow("parent/secret.txt"), "a file behind it");
    outside(follow("sub/../parent/secret.txt"), "a file behind it, with dots before");
    allowed(__wasi_path_symlink("parent", root, "chain"), "a link to that link");
    outside(follow("chain/secret.txt"), "a file behind two links");
    allowed(__wasi_path_symlink("../secret.txt", root, "to-secret"), "a link to a file outside");
    outside(follow("to-secret"), "following it");
    allowed(__wasi_path_symlink("../../secret.txt", root, "sub/to-secret"), "the same from a directory");
    outside(follow("sub/to-secret"), "following it");
    // Hosts may refuse to make an absolute link, or make it and refuse to follow it.
    if (__wasi_path_symlink("/etc", root, "absolute") == 0) {
        outside(follow("absolute"), "an absolute link");
        outside(follow("absolute/passwd"), "a file behind an absolute link");
        __wasi_path_unlink_file(root, "absolute");
    }
    refused(open_path("to-secret", 9, __WASI_OFLAGS_CREAT, 1), "creating through a link");
    refused(open_path("to-secret", 9, __WASI_OFLAGS_TRUNC, 1), "truncating through a link");

    __wasi_filestat_t status;
    uint8_t buffer[64];
    __wasi_size_t used;
    outside(__wasi_path_filestat_get(root, 0, "../secret.txt", &status), "stat");
    outside(__wasi_path_filestat_get(root, 1, "to-secret", &status), "stat through a link");
    allowed(__wasi_path_filestat_get(root, 0, "to-secret", &status), "stat of the link itself");
    outside(__wasi_path_filestat_set_times(root, 1, "to-secret", 0, 0, 8), "setting times through a link");
    outside(__wasi_path_readlink(root, "../outside/link", buffer, sizeof buffer, &used), "readlink");
    outside(__wasi_path_create_directory(root, "../made"), "making a directory");
    outside(__wasi_path_create_directory(root, "parent/made"), "making a directory behind a link");
    outside(__wasi_path_remove_directory(root, "../outside"), "removing a directory");
    outside(__wasi_path_unlink_file(root, "../secret.txt"), "unlinking");
    outside(__wasi_path_unlink_file(root, "parent/secret.txt"), "unlinking behind a link");
    outside(__wasi_path_rename(root, "inside.txt", root, "../stolen.txt"), "renaming out");
    outside(__wasi_path_rename(root, "../secret.txt", root, "stolen.txt"), "renaming in");
    outside(__wasi_path_rename(root, "parent/secret.txt", root, "stolen.txt"), "renaming in behind a link");
    outside(__wasi_path_link(root, 0, "../secret.txt", root, "stolen.txt"), "linking in");
    outside(__wasi_path_link(root, 0, "inside.txt", root, "../stolen.txt"), "linking out");
    outside(__wasi_path_symlink("x", root, "../link"), "making a link outside");

    static const char *const made[] = {"to-secret", "sub/to-secret", "chain", "parent", "sub/up", "to-inside", "inside.txt"};
    for (unsigned i = 0; i < sizeof made / sizeof *made; i++) __wasi_path_unlink_file(root, made[i]);
    __wasi_path_remove_directory(root, "sub/deep");
    __wasi_path_remove_directory(root, "sub");
    return finish();
}
