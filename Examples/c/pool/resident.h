// How much memory the process ever had resident, as the kernel counts it.
#include <stdio.h>

// Prints VmHWM; 0 when it is below the limit, else 1.
static int resident_report(long limit_in_kib) {
    char line[128];
    long peak = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld kB", &peak);
    if (status) fclose(status);
    printf("resident at most: %ld KiB (limit %ld)\n", peak, limit_in_kib);
    return peak < 0 || peak > limit_in_kib;
}
