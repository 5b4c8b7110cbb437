// A module that lives in one page: for hosts with a static buffer. No import, one page, never grows.
typedef unsigned char u8;
typedef __SIZE_TYPE__ size_t;

static u8 text[1024] = "desserts";

// Where the host may write a string, and how much of it.
__attribute__((export_name("buffer"))) u8 *buffer(void) { return text; }

__attribute__((export_name("capacity"))) unsigned capacity(void) { return sizeof text; }

// Reverses the zero-terminated string in place and returns its length in bytes.
__attribute__((export_name("reverse"))) unsigned reverse(u8 *string) {
    unsigned length = 0;
    while (string[length]) length++;
    for (unsigned i = 0; i < length / 2; i++) {
        u8 byte = string[i];
        string[i] = string[length - 1 - i];
        string[length - 1 - i] = byte;
    }
    return length;
}

// CRC-32 (reflected, polynomial 0xEDB88320) of `count` bytes; of "123456789" it is 0xCBF43926.
__attribute__((export_name("checksum"))) unsigned checksum(const u8 *bytes, unsigned count) {
    unsigned crc = 0xFFFFFFFFu;
    for (unsigned i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

__attribute__((export_name("add"))) int add(int one, int other) { return one + other; }

// Runs into the end of memory: what a bounds check is for.
__attribute__((export_name("overrun"))) unsigned overrun(void) {
    unsigned sum = 0;
    for (volatile u8 *byte = text;; byte++) sum += *byte;
    return sum;
}
