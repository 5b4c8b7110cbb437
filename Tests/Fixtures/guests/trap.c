// A trap three named calls deep; built with its name section, for backtraces.
#include <stdio.h>

__attribute__((noinline)) void innermost(int depth) {
    if (depth) __builtin_trap();
    puts("not reached");
}

__attribute__((noinline)) void middle(int depth) {
    innermost(depth + 1);
    puts("not reached");
}

__attribute__((noinline)) void outermost(int depth) {
    middle(depth);
    puts("not reached");
}

int main(int argc, char **argv) {
    (void)argv;
    puts("about to trap");
    fflush(stdout);
    outermost(argc);
    return 0;
}
