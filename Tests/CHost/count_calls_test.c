// The counters count: each call that they claim to see is made once, directly or inside the C library.
#define _GNU_SOURCE
#include "count_calls.h"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int passed, failed;

static void expect(int condition, const char *what) {
    printf("%s %s\n", condition ? "ok" : "FAILED", what);
    if (condition) passed++;
    else failed++;
}

static void *nothing(void *argument) { return argument; }

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    int system_calls = count_system_calls();
    void *volatile block;

    count_reset();
    expect(count_total(count_read()) == 0, "nothing counts nothing");

    count_reset();
    block = malloc(10);
    block = realloc(block, 20);
    free(block);
    block = calloc(2, 5);
    free(block);
    block = aligned_alloc(64, 64);
    free(block);
    block = reallocarray(NULL, 4, 4);
    free(block);
    void *aligned = NULL;
    int error = posix_memalign(&aligned, 64, 64);
    memset(aligned, 1, 64);
    free(aligned);
    CallCounts counts = count_read();
    expect(error == 0 && counts.allocations == 6 && counts.frees == 5, "the malloc family");

    count_reset();
    block = strdup("a string that the library copies");
    free(block);
    expect(count_read().allocations == 1, "strdup's malloc");

    count_reset();
    DIR *directory = opendir("/");
    closedir(directory);
    expect(count_read().allocations >= 1, "opendir's malloc");

    count_reset();
    FILE *file = fopen("/dev/null", "w");
    fputs("x", file);
    fclose(file);
    expect(count_read().allocations >= 2, "stdio's mallocs");

    count_reset();
    void *mapping = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(volatile char *)mapping = 1;
    munmap(mapping, 4096);
    counts = count_read();
    expect(counts.mappings == 1 && counts.unmappings == 1, "mmap and munmap by name");
    if (system_calls) expect(counts.system_calls == 2, "and as system calls");

    if (system_calls) {
        count_reset();
        mapping = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        syscall(SYS_munmap, mapping, 4096);
        counts = count_read();
        expect(counts.mappings == 0 && counts.system_calls == 2, "an mmap without the library");

        count_reset();
        pthread_t thread;
        pthread_create(&thread, NULL, nothing, NULL);
        pthread_join(thread, NULL);
        expect(count_read().system_calls >= 1, "the mmap of a thread's stack");
    } else {
        puts("system calls cannot be counted here");
    }

    count_reset();
    char text[64];
    snprintf(text, sizeof text, "%d %s %.3f", 1, "two", 3.0);
    expect(count_total(count_read()) == 0, "snprintf allocates nothing");

    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
