// A greeting, then each argument on a line of its own.
#include <stdio.h>

int main(int argc, char **argv) {
    puts("hello from wasm");
    for (int index = 1; index < argc; index++) printf("argument %d: %s\n", index, argv[index]);
    return 0;
}
