// Sleeps argument 1 seconds (default 60) in one host call: what an interrupt must be able to end.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
    struct timespec duration = {argc > 1 ? atol(argv[1]) : 60, 0};
    puts("sleeping");
    fflush(stdout);
    nanosleep(&duration, NULL);
    puts("awake");
    return 0;
}
