// Standard input to standard output, unbuffered by the library.
#include <unistd.h>

int main(void) {
    static char buffer[8192];
    for (;;) {
        ssize_t count = read(0, buffer, sizeof buffer);
        if (count < 0) return 1;
        if (count == 0) return 0;
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(1, buffer + done, count - done);
            if (written <= 0) return 2;
            done += written;
        }
    }
}
