// poll_oneoff: relative and absolute clocks, descriptors that are ready, wrong arguments.
// Standard input must be readable or at its end (a file, /dev/null or a closed pipe).
#include <stdint.h>
#include <string.h>
#include <wasi/api.h>
#include "check.h"

static __wasi_subscription_t subscriptions[3];
static __wasi_event_t events[3];

static uint64_t now(void) {
    __wasi_timestamp_t time = 0;
    __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &time);
    return time;
}

static void on_clock(int index, uint64_t nanoseconds, uint16_t flags) {
    __wasi_subscription_t *subscription = &subscriptions[index];
    memset(subscription, 0, sizeof *subscription);
    subscription->userdata = 100 + index;
    subscription->u.tag = __WASI_EVENTTYPE_CLOCK;
    subscription->u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    subscription->u.u.clock.timeout = nanoseconds;
    subscription->u.u.clock.flags = flags;
}

static void on_descriptor(int index, __wasi_fd_t fd, uint8_t tag) {
    __wasi_subscription_t *subscription = &subscriptions[index];
    memset(subscription, 0, sizeof *subscription);
    subscription->userdata = 100 + index;
    subscription->u.tag = tag;
    subscription->u.u.fd_read.file_descriptor = fd;
}

int main(void) {
    __wasi_size_t count = 0;
    uint64_t before = now();
    on_clock(0, 30000000, 0);
    __wasi_errno_t error = __wasi_poll_oneoff(subscriptions, events, 1, &count);
    check(error == 0 && count == 1, "a relative clock");
    check(now() - before >= 30000000, "it waits");
    check(now() - before < 5000000000, "but not for long");
    check(events[0].userdata == 100 && events[0].error == 0 && events[0].type == __WASI_EVENTTYPE_CLOCK, "its event");

    before = now();
    on_clock(0, before + 20000000, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    error = __wasi_poll_oneoff(subscriptions, events, 1, &count);
    check(error == 0 && count == 1 && now() - before >= 20000000, "an absolute clock");

    before = now();
    on_clock(0, 0, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    error = __wasi_poll_oneoff(subscriptions, events, 1, &count);
    check(error == 0 && count == 1 && now() - before < 1000000000, "an absolute time that has passed");

    on_clock(0, 3600000000000, 0);
    on_clock(1, 10000000, 0);
    error = __wasi_poll_oneoff(subscriptions, events, 2, &count);
    check(error == 0 && count == 1 && events[0].userdata == 101, "the earlier of two clocks");

    on_clock(0, 3600000000000, 0);
    on_descriptor(1, 0, __WASI_EVENTTYPE_FD_READ);
    error = __wasi_poll_oneoff(subscriptions, events, 2, &count);
    check(error == 0 && count == 1 && events[0].userdata == 101, "standard input before an hour");

    on_clock(0, 3600000000000, 0);
    on_descriptor(1, 1, __WASI_EVENTTYPE_FD_WRITE);
    error = __wasi_poll_oneoff(subscriptions, events, 2, &count);
    check(error == 0 && count == 1 && events[0].userdata == 101, "standard output before an hour");

    on_clock(0, 3600000000000, 0);
    on_descriptor(1, 77, __WASI_EVENTTYPE_FD_READ);
    error = __wasi_poll_oneoff(subscriptions, events, 2, &count);
    check(error == __WASI_ERRNO_BADF || (error == 0 && count == 1 && events[0].error == __WASI_ERRNO_BADF),
          "a descriptor that is not open is EBADF");

    check(__wasi_poll_oneoff(subscriptions, events, 0, &count) == __WASI_ERRNO_INVAL, "no subscription is EINVAL");
    check(__wasi_sched_yield() == 0, "sched_yield");
    return finish();
}
