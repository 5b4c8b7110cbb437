// The guest's own heap: takes argument 1 KiB (default 512) in pieces, checks and frees them, three times over,
// and prints how many pages the memory has. Exports malloc, free, __heap_base and __data_end.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { piece = 4096 };

int main(int argc, char **argv) {
    size_t pieces = (argc > 1 ? strtoul(argv[1], NULL, 10) : 512) * 1024 / piece;
    uint8_t **taken = calloc(pieces ? pieces : 1, sizeof *taken);
    if (!taken) return 2;
    size_t pages = 0;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < pieces; i++) {
            taken[i] = malloc(piece);
            if (!taken[i]) {
                printf("out of memory after %zu KiB\n", i * piece / 1024);
                return 3;
            }
            memset(taken[i], (int)(i + round), piece);
        }
        for (size_t i = 0; i < pieces; i++) {
            if (taken[i][0] != (uint8_t)(i + round) || taken[i][piece - 1] != (uint8_t)(i + round)) return 4;
            free(taken[i]);
        }
        size_t now = __builtin_wasm_memory_size(0);
        if (round && now != pages) return 5;  // what was freed is used again
        pages = now;
    }
    printf("%zu pieces, %zu pages\n", pieces, pages);
    return 0;
}
