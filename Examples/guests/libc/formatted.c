#include <stdio.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("argument %d of %d: %s\n", i, argc - 1, argv[i]);
    return 0;
}
