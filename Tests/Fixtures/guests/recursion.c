// Recursion that the host must bound: `recursion N` counts to N; `recursion forever` never ends.
// The function keeps nothing on the guest's own C stack, so that only the host's stack can run out.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile unsigned sink;

__attribute__((noinline)) static unsigned descend(unsigned remaining) {
    if (!remaining) return 0;
    unsigned below = descend(remaining - 1);
    sink = below;
    return below + 1;
}

int main(int argc, char **argv) {
    unsigned depth = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
    if (argc > 1 && !strcmp(argv[1], "forever")) depth = 0xFFFFFFFFu;
    printf("depth %u\n", descend(depth));
    return 0;
}
