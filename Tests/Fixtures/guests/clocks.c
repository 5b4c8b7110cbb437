// The four clock ids: resolution, reading, that none runs backwards, that the CPU clocks advance with work.
#include <stdint.h>
#include <wasi/api.h>
#include "check.h"

static const char *const names[] = {"realtime", "monotonic", "process_cputime", "thread_cputime"};

static void work(void) {
    static volatile uint32_t sink;
    for (uint32_t i = 0; i < 2000000; i++) sink = sink * 1664525u + 1013904223u;
}

int main(void) {
    char name[64];
    for (uint32_t id = 0; id < 4; id++) {
        __wasi_timestamp_t resolution = 0, before = 0, after = 0;
        __wasi_errno_t error = __wasi_clock_res_get(id, &resolution);
        snprintf(name, sizeof name, "%s resolution (errno %d)", names[id], error);
        check(error == 0 && resolution > 0 && resolution <= 1000000000u, name);
        error = __wasi_clock_time_get(id, 1, &before);
        snprintf(name, sizeof name, "%s reading (errno %d)", names[id], error);
        check(error == 0, name);
        work();
        error = __wasi_clock_time_get(id, 1, &after);
        snprintf(name, sizeof name, "%s advances (errno %d)", names[id], error);
        check(error == 0 && after > before, name);
        if (id == 0) check(before > 1577836800000000000u, "realtime is past 2020");
    }
    __wasi_timestamp_t unused;
    check(__wasi_clock_time_get(9, 1, &unused) == __WASI_ERRNO_INVAL, "an unknown clock is EINVAL");
    return finish();
}
