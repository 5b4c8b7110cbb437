// A formatted line, which brings the C library's largest function: for measuring how small a pool may be.
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    printf("hello %d %s\n", argc, "from wasm");
    return 0;
}
