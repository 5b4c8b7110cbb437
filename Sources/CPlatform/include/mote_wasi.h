// System calls as WASI needs them: no varargs, no `struct stat`, and the error in the result.
// Every function answers a value >= 0, or the negated errno. Interrupted calls that cannot block for long are
// taken up again here; mote_poll and the transfers report EINTR, because their callers look at the interrupt word.
#ifndef MOTE_WASI_H
#define MOTE_WASI_H

// No _GNU_SOURCE here: it changes structures that Foundation's modules see without it. What needs it is in wasi.c.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "mote_atomics.h"
#include "mote_layout.h"

enum {
    MOTE_FILE_UNKNOWN = 0,
    MOTE_FILE_BLOCK = 1,
    MOTE_FILE_CHARACTER = 2,
    MOTE_FILE_DIRECTORY = 3,
    MOTE_FILE_REGULAR = 4,
    MOTE_FILE_DATAGRAM_SOCKET = 5,
    MOTE_FILE_STREAM_SOCKET = 6,
    MOTE_FILE_LINK = 7,
    MOTE_FILE_PIPE = 8,
};

typedef struct MoteFileStatus {
    uint64_t device;
    uint64_t inode;
    uint64_t linkCount;
    uint64_t sizeInBytes;
    uint64_t accessed;   // nanoseconds since 1970
    uint64_t modified;
    uint64_t changed;
    uint32_t kind;       // MOTE_FILE_*
} MoteFileStatus;

#define MOTE_RETRY(type, expression)                          \
    do {                                                      \
        type result_;                                         \
        do { result_ = (expression); } while (result_ < 0 && errno == EINTR); \
        return result_ < 0 ? -errno : result_;                \
    } while (0)

static inline uint64_t mote_nanoseconds(struct timespec time) {
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint32_t mote_file_kind(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFBLK: return MOTE_FILE_BLOCK;
    case S_IFCHR: return MOTE_FILE_CHARACTER;
    case S_IFDIR: return MOTE_FILE_DIRECTORY;
    case S_IFREG: return MOTE_FILE_REGULAR;
    case S_IFSOCK: return MOTE_FILE_STREAM_SOCKET;
    case S_IFLNK: return MOTE_FILE_LINK;
    case S_IFIFO: return MOTE_FILE_PIPE;
    default: return MOTE_FILE_UNKNOWN;
    }
}

static inline void mote_fill_status(MoteFileStatus *status, const struct stat *from) {
    status->device = from->st_dev;
    status->inode = from->st_ino;
    status->linkCount = from->st_nlink;
    status->sizeInBytes = (uint64_t)from->st_size;
    status->accessed = mote_nanoseconds(from->st_atim);
    status->modified = mote_nanoseconds(from->st_mtim);
    status->changed = mote_nanoseconds(from->st_ctim);
    status->kind = mote_file_kind(from->st_mode);
}

static inline int mote_status(int descriptor, MoteFileStatus *status) {
    struct stat from;
    if (fstat(descriptor, &from) < 0) return -errno;
    mote_fill_status(status, &from);
    if (status->kind == MOTE_FILE_STREAM_SOCKET) {
        int type = 0;
        socklen_t size = sizeof type;
        if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM)
            status->kind = MOTE_FILE_DATAGRAM_SOCKET;
    }
    return 0;
}

// Of the entry itself, never of what a link points to.
static inline int mote_status_at(int directory, const char *name, MoteFileStatus *status) {
    struct stat from;
    if (fstatat(directory, name, &from, AT_SYMLINK_NOFOLLOW) < 0) return -errno;
    mote_fill_status(status, &from);
    return 0;
}

static inline int mote_open_at(int directory, const char *name, int flags, unsigned mode) {
    MOTE_RETRY(int, openat(directory, name, flags | O_CLOEXEC | O_NOCTTY, mode));
}
static inline int mote_open_directory(const char *path) {
    MOTE_RETRY(int, openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
}
// Linux closes the descriptor even when it answers EINTR: never a second time.
static inline int mote_close(int descriptor) {
    return close(descriptor) < 0 && errno != EINTR ? -errno : 0;
}

static inline int mote_get_flags(int descriptor) { MOTE_RETRY(int, fcntl(descriptor, F_GETFL)); }
static inline int mote_set_flags(int descriptor, int flags) { MOTE_RETRY(int, fcntl(descriptor, F_SETFL, flags)); }
static inline bool mote_is_terminal(int descriptor) { return isatty(descriptor) == 1; }

static inline int64_t mote_readv(int descriptor, const struct iovec *vectors, int count) {
    ssize_t done = readv(descriptor, vectors, count);
    return done < 0 ? -errno : done;
}
static inline int64_t mote_writev(int descriptor, const struct iovec *vectors, int count) {
    ssize_t done = writev(descriptor, vectors, count);
    return done < 0 ? -errno : done;
}
static inline int64_t mote_preadv(int descriptor, const struct iovec *vectors, int count, int64_t offset) {
    ssize_t done = preadv(descriptor, vectors, count, offset);
    return done < 0 ? -errno : done;
}
static inline int64_t mote_pwritev(int descriptor, const struct iovec *vectors, int count, int64_t offset) {
    ssize_t done = pwritev(descriptor, vectors, count, offset);
    return done < 0 ? -errno : done;
}
// For pipes and sockets: a reader that went away is EPIPE for the guest, never a signal that ends the host.
static inline int64_t mote_writev_quietly(int descriptor, const struct iovec *vectors, int count) {
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    bool wasPending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ssize_t done = writev(descriptor, vectors, count);
    int64_t result = done < 0 ? -errno : done;
    if (result == -EPIPE && !wasPending) {
        struct timespec now = {0, 0};
        while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static inline int64_t mote_seek(int descriptor, int64_t offset, int whence) {
    MOTE_RETRY(int64_t, lseek(descriptor, offset, whence));
}
static inline int mote_sync(int descriptor) { MOTE_RETRY(int, fsync(descriptor)); }
static inline int mote_sync_data(int descriptor) { MOTE_RETRY(int, fdatasync(descriptor)); }
static inline int mote_truncate(int descriptor, int64_t size) { MOTE_RETRY(int, ftruncate(descriptor, size)); }
static inline int mote_advise(int descriptor, int64_t offset, int64_t size, int advice) {
    return -posix_fadvise(descriptor, offset, size, advice);
}

// How a file time is set: kept, to a value in nanoseconds since 1970, or to now.
enum { MOTE_SET_KEEP = 0, MOTE_SET_TIME = 1, MOTE_SET_NOW = 2 };
static inline struct timespec mote_time(uint64_t nanoseconds, int how) {
    struct timespec time;
    time.tv_sec = (time_t)(nanoseconds / 1000000000u);
    time.tv_nsec = (long)(nanoseconds % 1000000000u);
    if (how == MOTE_SET_NOW) time.tv_nsec = UTIME_NOW;
    if (how == MOTE_SET_KEEP) time.tv_nsec = UTIME_OMIT;
    return time;
}
static inline int mote_set_times(
    int descriptor, uint64_t accessed, int accessedHow, uint64_t modified, int modifiedHow) {
    struct timespec times[2] = {
        mote_time(accessed, accessedHow), mote_time(modified, modifiedHow)};
    MOTE_RETRY(int, futimens(descriptor, times));
}
static inline int mote_set_times_at(
    int directory, const char *name, uint64_t accessed, int accessedHow, uint64_t modified, int modifiedHow) {
    struct timespec times[2] = {
        mote_time(accessed, accessedHow), mote_time(modified, modifiedHow)};
    MOTE_RETRY(int, utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW));
}

static inline int64_t mote_read_link(int directory, const char *name, char *buffer, size_t size) {
    MOTE_RETRY(int64_t, readlinkat(directory, name, buffer, size));
}
static inline int mote_make_directory(int directory, const char *name) {
    MOTE_RETRY(int, mkdirat(directory, name, 0777));
}
static inline int mote_link(int fromDirectory, const char *from, int toDirectory, const char *to) {
    MOTE_RETRY(int, linkat(fromDirectory, from, toDirectory, to, 0));
}
static inline int mote_make_link(const char *target, int directory, const char *name) {
    MOTE_RETRY(int, symlinkat(target, directory, name));
}
// Declared in <stdio.h>, which ring 0 does not include.
extern int renameat(int fromDirectory, const char *from, int toDirectory, const char *to);
static inline int mote_rename(int fromDirectory, const char *from, int toDirectory, const char *to) {
    MOTE_RETRY(int, renameat(fromDirectory, from, toDirectory, to));
}
static inline int mote_remove_file(int directory, const char *name) {
    MOTE_RETRY(int, unlinkat(directory, name, 0));
}
static inline int mote_remove_directory(int directory, const char *name) {
    MOTE_RETRY(int, unlinkat(directory, name, AT_REMOVEDIR));
}
// One entry of what mote_directory_entries wrote.
typedef struct MoteDirectoryEntry {
    uint64_t inode;
    uint64_t next;
    uint32_t kind;
    uint32_t nameCount;
    uint32_t recordSizeInBytes;
    const char *name;
} MoteDirectoryEntry;
int64_t mote_directory_entries(int descriptor, void *buffer, size_t size);
// False past the end, or where the record is not whole.
bool mote_directory_entry(const char *buffer, size_t size, MoteDirectoryEntry *entry);
// A directory to walk through: never a link, needs no permission to read it.
int mote_open_step(int directory, const char *name);
int mote_allocate(int descriptor, int64_t offset, int64_t size);
// Waits at most `timeout` nanoseconds; negative waits for ever. EINTR is reported.
int mote_poll(struct pollfd *descriptors, size_t count, int64_t timeout);

static inline int mote_clock(int identity, uint64_t *nanoseconds) {
    struct timespec time;
    if (clock_gettime(identity, &time) < 0) return -errno;
    *nanoseconds = mote_nanoseconds(time);
    return 0;
}
static inline int mote_clock_resolution(int identity, uint64_t *nanoseconds) {
    struct timespec time;
    if (clock_getres(identity, &time) < 0) return -errno;
    *nanoseconds = mote_nanoseconds(time);
    return 0;
}
static inline int64_t mote_random(void *buffer, size_t size) { MOTE_RETRY(int64_t, getrandom(buffer, size, 0)); }
static inline void mote_yield(void) { sched_yield(); }
static inline int mote_shutdown(int descriptor, int how) { MOTE_RETRY(int, shutdown(descriptor, how)); }

// Bytes that can be read from a pipe, terminal or socket now; 0 where nobody knows.
static inline uint64_t mote_readable_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 && count > 0 ? (uint64_t)count : 0;
}

static inline int mote_make_wake_descriptor(void) {
    int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return made < 0 ? -errno : made;
}
static inline void mote_drain_wake_descriptor(int descriptor) {
    uint64_t count;
    ssize_t done = read(descriptor, &count, sizeof count);
    (void)done;
}

// Ends blocking host calls of an environment: call it after storing the interrupt word (sequentially consistent).
// Safe from any thread and from a signal handler while the environment lives.
static inline void mote_wake(const MoteEnvironment *environment) {
    int32_t descriptor = mote_load_seq_i32(&environment->wakeDescriptor);
    if (descriptor < 0) return;
    uint64_t one = 1;
    ssize_t done = write(descriptor, &one, sizeof one);
    (void)done;
}
// Gives the wake descriptor back, when the environment ends and nobody can interrupt it any more.
static inline void mote_close_wake_descriptor(MoteEnvironment *environment) {
    int32_t descriptor = mote_load_seq_i32(&environment->wakeDescriptor);
    mote_store_seq_i32(&environment->wakeDescriptor, -1);
    if (descriptor >= 0) mote_close(descriptor);
}
static inline void mote_interrupt(MoteEnvironment *environment, uint32_t reason) {
    mote_exchange_u32(&environment->interrupt, reason);
    mote_wake(environment);
}
// The interrupt word, ordered after a wake descriptor that was published before (so that neither side misses the other).
static inline uint32_t mote_interrupt_word(MoteEnvironment *environment) {
    return mote_or_u32(&environment->interrupt, 0);
}
static inline uint32_t mote_interrupt_hint(const MoteEnvironment *environment) {
    return mote_load_relaxed_u32(&environment->interrupt);
}

#endif
