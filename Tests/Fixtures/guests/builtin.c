// A program without a library, whose library functions come from the host: module `env`, by name.
#include "libc_forms.h"

typedef __SIZE_TYPE__ size_t;

int printf(const char *format, ...);
int snprintf(char *buffer, size_t size, const char *format, ...);
int puts(const char *text);
int putchar(int character);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
size_t strlen(const char *text);
char *strdup(const char *text);
int strcmp(const char *left, const char *right);
void *memcpy(void *to, const void *from, size_t size);
int atoi(const char *text);
void exit(int code);
__attribute__((import_module("env"), import_name("abort"))) void stop(int code);
__attribute__((import_module("env"), import_name("printf"))) int print_at(const char *format, unsigned arguments);

static volatile double zero;

// Prints everything that the header says, then the sum of what printf gave.
__attribute__((export_name("forms"))) int forms(void) {
    int count = 0;
#define FORM(...) count += printf(__VA_ARGS__);
    FORMS
#undef FORM
    return count;
}

// Uses the heap: 0, or the line of what failed.
__attribute__((export_name("heap"))) int heap(void) {
    char *copy = strdup("copied");
    if (!copy || strcmp(copy, "copied")) return __LINE__;
    char *cleared = calloc(7, 13);
    if (!cleared) return __LINE__;
    for (int i = 0; i < 91; i++)
        if (cleared[i]) return __LINE__;
    copy = realloc(copy, 1000);
    if (!copy || strcmp(copy, "copied")) return __LINE__;
    if (malloc(1 << 30) || calloc(65536, 65537)) return __LINE__;
    free(copy);
    free(cleared);
    free(0);
    return 0;
}

__attribute__((export_name("leave"))) int leave(int code) {
    puts("leaving");
    exit(code);
    return 1;
}

__attribute__((export_name("stop_with"))) int stopWith(int code) {
    stop(code);
    return 1;
}

// Pointers of a guest that lies: each traps.
__attribute__((export_name("length_of"))) unsigned lengthOf(unsigned address) { return strlen((const char *)address); }
__attribute__((export_name("print_from"))) int printFrom(unsigned format, unsigned arguments) {
    return print_at((const char *)format, arguments);
}
__attribute__((export_name("copy_to"))) void copyTo(unsigned to, unsigned from, unsigned size) {
    memcpy((void *)to, (const void *)from, size);
}

// Prints its arguments; the first one is what it returns.
__attribute__((export_name("main"))) int start(int argc, char **argv) {
    char line[64];
    snprintf(line, sizeof line, "%d arguments", argc - 1);
    puts(line);
    for (int i = 1; i < argc; i++) printf("%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
    return argc > 1 ? atoi(argv[1]) : putchar('.') * 0;
}
