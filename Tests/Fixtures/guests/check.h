// What the self-checking guests share: `ok NAME` or `FAILED NAME`, and the exit code.
#include <stdio.h>

static int failures;

static void check(int passed, const char *name) {
    printf("%s %s\n", passed ? "ok" : "FAILED", name);
    if (!passed) failures++;
}

static int finish(void) {
    printf("%d failed\n", failures);
    return failures ? 1 : 0;
}
