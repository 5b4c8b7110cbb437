// Asks for blocks of 16 KiB until malloc fails or 32 are there.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    static void *volatile block;
    int count = 0;
    while (count < 32 && (block = malloc(16 * 1024)) != NULL) count++;
    printf("%d blocks, %d pages\n", count, (int)__builtin_wasm_memory_size(0));
    return 0;
}
