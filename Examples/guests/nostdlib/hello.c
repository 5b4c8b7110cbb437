// A WASI command without any library: it imports the one call that it makes.
struct Vector {
    const char *start;
    unsigned long sizeInBytes;
};

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int descriptor, const struct Vector *vectors, int count, unsigned long *written);

__attribute__((export_name("_start")))
void start(void) {
    static const char text[] = "hello from wasm\n";
    struct Vector vector = {text, sizeof text - 1};
    unsigned long written;
    fd_write(1, &vector, 1, &written);
}
