// What mote_wasi.h declares and libc has only with _GNU_SOURCE.
#define _GNU_SOURCE
#include "mote_wasi.h"

#include <dirent.h>

int mote_open_step(int directory, const char *name) {
    MOTE_RETRY(int, openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
}

int mote_allocate(int descriptor, int64_t offset, int64_t size) {
    MOTE_RETRY(int, fallocate(descriptor, 0, offset, size));
}

int64_t mote_directory_entries(int descriptor, void *buffer, size_t size) {
    MOTE_RETRY(int64_t, getdents64(descriptor, buffer, size));
}


bool mote_directory_entry(const char *buffer, size_t size, MoteDirectoryEntry *entry) {
    const size_t head = offsetof(struct dirent64, d_name);
    struct dirent64 record;
    if (size < head) return false;
    memcpy(&record, buffer, head);
    if (record.d_reclen < head || record.d_reclen > size) return false;
    entry->inode = record.d_ino;
    entry->next = (uint64_t)record.d_off;
    switch (record.d_type) {
    case DT_BLK: entry->kind = MOTE_FILE_BLOCK; break;
    case DT_CHR: entry->kind = MOTE_FILE_CHARACTER; break;
    case DT_DIR: entry->kind = MOTE_FILE_DIRECTORY; break;
    case DT_REG: entry->kind = MOTE_FILE_REGULAR; break;
    case DT_SOCK: entry->kind = MOTE_FILE_STREAM_SOCKET; break;
    case DT_LNK: entry->kind = MOTE_FILE_LINK; break;
    case DT_FIFO: entry->kind = MOTE_FILE_PIPE; break;
    default: entry->kind = MOTE_FILE_UNKNOWN; break;
    }
    entry->name = buffer + head;
    entry->nameCount = (uint32_t)strnlen(buffer + head, record.d_reclen - head);
    entry->recordSizeInBytes = record.d_reclen;
    return true;
}


int mote_poll(struct pollfd *descriptors, size_t count, int64_t timeout) {
    struct timespec time = {timeout / 1000000000, timeout % 1000000000};
    int ready = ppoll(descriptors, count, timeout < 0 ? NULL : &time, NULL);
    return ready < 0 ? -errno : ready;
}
