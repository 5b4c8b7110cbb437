// A line by the C library's simplest means: for measuring how small a pool may be.
#include <stdio.h>

int main(void) {
    puts("hello");
    return 0;
}
