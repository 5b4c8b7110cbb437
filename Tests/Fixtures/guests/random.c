// random_get: fills what it is asked for, touches nothing else, and does not repeat itself.
#include <stdint.h>
#include <string.h>
#include <wasi/api.h>
#include "check.h"

static uint8_t first[4096 + 16], second[4096];

int main(void) {
    check(__wasi_random_get(first, 4096) == 0, "4096 bytes");
    check(__wasi_random_get(second, 4096) == 0, "4096 bytes again");
    check(memcmp(first, second, 4096) != 0, "two readings differ");
    int untouched = 1, distinct = 0;
    for (int i = 0; i < 16; i++) untouched &= first[4096 + i] == 0;
    check(untouched, "nothing is written past the end");
    uint8_t seen[256] = {0};
    for (int i = 0; i < 4096; i++) seen[first[i]] = 1;
    for (int i = 0; i < 256; i++) distinct += seen[i];
    check(distinct > 200, "bytes are spread");
    check(__wasi_random_get(first, 0) == 0, "zero bytes");
    return finish();
}
