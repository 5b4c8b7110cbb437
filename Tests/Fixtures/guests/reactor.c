// A WASI reactor: _initialize runs constructors, then the host calls exports. Keeps a counter between calls.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int counter;

__attribute__((constructor)) static void prepare(void) { counter = 100; }

__attribute__((export_name("next"))) int next(void) { return ++counter; }

// A string of the host's, doubled, in memory from the guest's malloc; the host frees it.
__attribute__((export_name("twice"))) char *twice(const char *text) {
    size_t length = strlen(text);
    char *result = malloc(2 * length + 1);
    if (!result) return NULL;
    memcpy(result, text, length);
    memcpy(result + length, text, length + 1);
    return result;
}
