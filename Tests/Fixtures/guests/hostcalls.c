// Imports of the module `env` that a host provides, and calls in both directions.
#define HOST(name) __attribute__((import_module("env"), import_name(#name)))
typedef __SIZE_TYPE__ size_t;

void host_log(const char *text, size_t length) HOST(log);
int host_add(int one, int other) HOST(add);
double host_scale(long long integer, float factor, double offset) HOST(scale);
// Calls back into the export named `twice`, or anything else that the host wants to do.
int host_callback(int value) HOST(callback);

static char greeting[] = "hello, host";

__attribute__((export_name("greet"))) void greet(void) { host_log(greeting, sizeof greeting - 1); }

// The host reads past the end of memory if it does not check.
__attribute__((export_name("greet_badly"))) void greet_badly(void) { host_log((const char *)0xFFFFFFF0u, 64); }

__attribute__((export_name("sum_to"))) int sum_to(int count) {
    int sum = 0;
    for (int i = 1; i <= count; i++) sum = host_add(sum, i);
    return sum;
}

__attribute__((export_name("scaled"))) double scaled(long long integer) { return host_scale(integer, 0.5f, 0.25); }

__attribute__((export_name("twice"))) int twice(int value) { return 2 * value; }

__attribute__((export_name("through_host"))) int through_host(int value) { return host_callback(value) + 1; }

// Recursion that passes through the host at every level; the host calls `down` again.
__attribute__((export_name("down"))) int down(int levels) { return levels <= 0 ? 0 : host_callback(levels - 1) + 1; }
