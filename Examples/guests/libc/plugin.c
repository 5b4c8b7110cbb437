// A plugin that brings malloc and free: the host lays what it passes into the libc heap.
__attribute__((export_name("sum")))
unsigned sum(const unsigned char *bytes, unsigned count) {
    unsigned total = 0;
    for (unsigned i = 0; i < count; i++) total += bytes[i];
    return total;
}
