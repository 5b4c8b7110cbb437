// The file system under one preopened directory (argument 1, or "/"). Leaves the directory as it was found.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "check.h"

static const char *root = "/";

static const char *at(const char *name) {
    static char paths[4][256];
    static int turn;
    char *path = paths[turn = (turn + 1) % 4];
    snprintf(path, 256, "%s%s%s", root, root[strlen(root) - 1] == '/' ? "" : "/", name);
    return path;
}

static int holds(const char *name, const char *expected) {
    char buffer[256];
    int fd = open(at(name), O_RDONLY);
    if (fd < 0) return 0;
    ssize_t count = read(fd, buffer, sizeof buffer);
    close(fd);
    return count == (ssize_t)strlen(expected) && !memcmp(buffer, expected, count);
}

static void reading_and_writing(void) {
    int fd = open(at("a.txt"), O_CREAT | O_EXCL | O_RDWR, 0644);
    check(fd >= 0, "create");
    check(open(at("a.txt"), O_CREAT | O_EXCL | O_RDWR, 0644) < 0 && errno == EEXIST, "create again is EEXIST");
    check(write(fd, "hello world", 11) == 11, "write");
    check(lseek(fd, 0, SEEK_CUR) == 11, "tell");
    check(lseek(fd, -5, SEEK_END) == 6, "seek from the end");
    char buffer[32] = {0};
    check(read(fd, buffer, 32) == 5 && !memcmp(buffer, "world", 5), "read to the end");
    check(read(fd, buffer, 32) == 0, "read at the end is 0");
    check(pread(fd, buffer, 5, 0) == 5 && !memcmp(buffer, "hello", 5), "pread");
    check(pwrite(fd, "HELLO", 5, 0) == 5 && lseek(fd, 0, SEEK_CUR) == 11, "pwrite does not move");
    char one[6] = {0}, two[6] = {0};
    struct iovec vectors[3] = {{one, 5}, {buffer, 0}, {two, 5}};
    // A host may stop after the first buffer, but not skip one.
    ssize_t count = lseek(fd, 0, SEEK_SET) == 0 ? readv(fd, vectors, 3) : -1;
    check(count == 5 || count == 10, "readv");
    check(!memcmp(one, "HELLO", 5) && !memcmp(two, count == 10 ? " worl" : "\0\0\0\0\0", 5), "readv fills in order");
    check(lseek(fd, -1, SEEK_SET) < 0 && errno == EINVAL, "seek before the start is EINVAL");
    check(fsync(fd) == 0, "fsync");
    check(fdatasync(fd) == 0, "fdatasync");
    check(close(fd) == 0, "close");
    check(close(fd) < 0 && errno == EBADF, "close again is EBADF");
    check(holds("a.txt", "HELLO world"), "contents");
    fd = open(at("a.txt"), O_WRONLY | O_APPEND);
    check(fd >= 0 && write(fd, "!", 1) == 1 && close(fd) == 0, "append");
    check(holds("a.txt", "HELLO world!"), "contents after append");
    fd = open(at("a.txt"), O_RDONLY);
    check(write(fd, "x", 1) < 0, "writing to a read-only descriptor fails");
    close(fd);
    fd = open(at("a.txt"), O_WRONLY);
    check(ftruncate(fd, 5) == 0, "ftruncate");
    close(fd);
    check(holds("a.txt", "HELLO"), "contents after ftruncate");
    check(truncate(at("a.txt"), 3) == 0 && holds("a.txt", "HEL"), "truncate");
    fd = open(at("a.txt"), O_WRONLY | O_TRUNC);
    close(fd);
    check(holds("a.txt", ""), "O_TRUNC empties");
}

static void attributes(void) {
    struct stat status;
    int fd = open(at("a.txt"), O_RDWR);
    check(write(fd, "12345678", 8) == 8, "write for stat");
    check(fstat(fd, &status) == 0 && status.st_size == 8 && S_ISREG(status.st_mode), "fstat");
    struct timespec times[2] = {{1000000000, 5000}, {1100000000, 7000}};
    check(futimens(fd, times) == 0, "futimens");
    close(fd);
    check(stat(at("a.txt"), &status) == 0 && status.st_mtim.tv_sec == 1100000000, "stat sees the time");
    times[1].tv_sec = 1200000000;
    check(utimensat(AT_FDCWD, at("a.txt"), times, 0) == 0, "utimensat");
    check(stat(at("a.txt"), &status) == 0 && status.st_mtim.tv_sec == 1200000000, "stat sees the new time");
    check(stat(root, &status) == 0 && S_ISDIR(status.st_mode), "stat of the preopen");
    check(stat(at("absent"), &status) < 0 && errno == ENOENT, "stat of nothing is ENOENT");
    check(fstat(0, &status) == 0, "fstat of stdin");
}

static void directories(void) {
    check(mkdir(at("d"), 0755) == 0, "mkdir");
    check(mkdir(at("d"), 0755) < 0 && errno == EEXIST, "mkdir again is EEXIST");
    check(mkdir(at("d/e"), 0755) == 0, "mkdir inside");
    char name[32];
    int made = 0;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/a-somewhat-long-name-%d", i);
        int fd = open(at(name), O_CREAT | O_WRONLY, 0644);
        made += fd >= 0;
        close(fd);
    }
    check(made == 300, "create 300 files");
    DIR *directory = opendir(at("d"));
    check(directory != NULL, "opendir");
    int files = 0, folders = 0, dots = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') dots++;
        else if (entry->d_type == DT_DIR) folders++;
        else files++;
    }
    check(files == 300 && folders == 1 && dots <= 2, "readdir sees everything once");
    if (directory) {
        rewinddir(directory);
        check(readdir(directory) != NULL, "rewinddir");
        closedir(directory);
    }
    check(rmdir(at("d")) < 0 && errno == ENOTEMPTY, "rmdir of a full directory is ENOTEMPTY");
    check(unlink(at("d/e")) < 0, "unlink of a directory fails");
    int removed = 0;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/a-somewhat-long-name-%d", i);
        removed += unlink(at(name)) == 0;
    }
    check(removed == 300, "unlink 300 files");
    check(rmdir(at("d/e")) == 0 && rmdir(at("d")) == 0, "rmdir");
    check(open(at("a.txt/x"), O_RDONLY) < 0 && errno == ENOTDIR, "a file is no directory");
    check(open(at("a.txt"), O_RDONLY | O_DIRECTORY) < 0 && errno == ENOTDIR, "O_DIRECTORY on a file is ENOTDIR");
}

static void names(void) {
    check(rename(at("a.txt"), at("b.txt")) == 0, "rename");
    check(access(at("a.txt"), F_OK) < 0 && access(at("b.txt"), F_OK) == 0, "rename moves");
    check(link(at("b.txt"), at("c.txt")) == 0, "link");
    struct stat one, two;
    check(stat(at("b.txt"), &one) == 0 && stat(at("c.txt"), &two) == 0 && one.st_ino == two.st_ino, "link shares the inode");
    check(one.st_nlink == 2, "two names");
    check(symlink("b.txt", at("s")) == 0, "symlink");
    char target[16];
    check(readlink(at("s"), target, sizeof target) == 5 && !memcmp(target, "b.txt", 5), "readlink");
    check(readlink(at("s"), target, 2) == 2, "readlink cuts");
    check(lstat(at("s"), &one) == 0 && S_ISLNK(one.st_mode), "lstat sees the link");
    check(stat(at("s"), &one) == 0 && S_ISREG(one.st_mode), "stat follows it");
    check(holds("s", "12345678"), "open follows it");
    check(open(at("s"), O_RDONLY | O_NOFOLLOW) < 0 && errno == ELOOP, "O_NOFOLLOW is ELOOP");
    check(symlink("loop", at("loop")) == 0 && open(at("loop"), O_RDONLY) < 0 && errno == ELOOP, "a loop is ELOOP");
    check(unlink(at("loop")) == 0 && unlink(at("s")) == 0, "unlink of links");
    check(unlink(at("b.txt")) == 0 && unlink(at("c.txt")) == 0, "unlink");
    check(unlink(at("b.txt")) < 0 && errno == ENOENT, "unlink again is ENOENT");
}

int main(int argc, char **argv) {
    if (argc > 1) root = argv[1];
    reading_and_writing();
    attributes();
    directories();
    names();
    return finish();
}
