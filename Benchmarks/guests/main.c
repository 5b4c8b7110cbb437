// The WASI shape of every benchmark: n from argument 1, the result on standard output.
#include <stdio.h>
#include <stdlib.h>

int run(int n);

int main(int argc, char **argv) {
    printf("%d\n", run(argc > 1 ? atoi(argv[1]) : 1));
    return 0;
}
