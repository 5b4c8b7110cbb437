// The guest of this example: app.wasm is
//   clang-19 --target=wasm32-unknown-unknown -nostdlib -Oz -Wl,--no-entry -Wl,-z,stack-size=4096 -o app.wasm app.c
__attribute__((import_module("env"), import_name("log"))) void host_log(const char *text, unsigned long count);

static const char greeting[] = "hello from the guest";

__attribute__((export_name("greet"))) void greet(void) { host_log(greeting, sizeof greeting - 1); }

__attribute__((export_name("add"))) int add(int one, int other) { return one + other; }

__attribute__((export_name("divide"))) int divide(int one, int other) { return one / other; }
