// Every environment variable as NAME=VALUE; with an argument, only that variable (exit 1 if it is not set).
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc > 1) {
        const char *value = getenv(argv[1]);
        if (!value) return 1;
        puts(value);
        return 0;
    }
    for (char **variable = environ; variable && *variable; variable++) puts(*variable);
    return 0;
}
