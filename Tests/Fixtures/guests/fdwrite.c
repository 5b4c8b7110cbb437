// The smallest program that says something: no library, one system call, 1 KB of stack. For measuring what a runtime
// itself takes.
typedef __SIZE_TYPE__ size_t;

struct vector {
    const char *base;
    size_t size;
};

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int descriptor, const struct vector *vectors, size_t count, size_t *written);

__attribute__((export_name("_start"))) void start(void) {
    static const char text[] = "hello\n";
    struct vector vector = {text, sizeof text - 1};
    size_t written;
    fd_write(1, &vector, 1, &written);
}
