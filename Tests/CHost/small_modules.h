// Small modules of the tests: the text of each, and its bytes.
#ifndef MOTE_MODULES_H
#define MOTE_MODULES_H

#include <stdint.h>

typedef struct {
    const char *name;
    uint8_t *bytes;
    uint32_t size;
} SmallModule;

// (module (import "mid" "twice" (func $twice (param i32) (result i32)))
//   (import "leaf" "count" (global $count (mut i32)))
//   (import "leaf" "tell" (func $tell))
//   (import "global" "Infinity" (global f64))
//   (func (export "run") (param i32) (result i32)
//     (call $tell) (i32.add (call $twice (local.get 0)) (global.get $count))))
static uint8_t top_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 1, 127, 1, 127, 96, 0, 0, 2, 58, 4, 3, 109, 105, 100, 5, 116,
    119, 105, 99, 101, 0, 0, 4, 108, 101, 97, 102, 5, 99, 111, 117, 110, 116, 3, 127, 1, 4, 108, 101, 97, 102,
    4, 116, 101, 108, 108, 0, 1, 6, 103, 108, 111, 98, 97, 108, 8, 73, 110, 102, 105, 110, 105, 116, 121, 3,
    124, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 2, 10, 13, 1, 11, 0, 16, 1, 32, 0, 16, 0, 35, 0, 106,
    11, 0, 31, 4, 110, 97, 109, 101, 1, 14, 2, 0, 5, 116, 119, 105, 99, 101, 1, 4, 116, 101, 108, 108, 7, 8,
    1, 0, 5, 99, 111, 117, 110, 116,
};

// (module (import "leaf" "bump" (func $bump))
//   (func (export "twice") (param i32) (result i32) (call $bump) (i32.shl (local.get 0) (i32.const 1))))
static uint8_t mid_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 0, 96, 1, 127, 1, 127, 2, 13, 1, 4, 108, 101, 97, 102, 4, 98,
    117, 109, 112, 0, 0, 3, 2, 1, 1, 7, 9, 1, 5, 116, 119, 105, 99, 101, 0, 1, 10, 11, 1, 9, 0, 16, 0, 32, 0,
    65, 1, 116, 11, 0, 14, 4, 110, 97, 109, 101, 1, 7, 1, 0, 4, 98, 117, 109, 112,
};

// (module (import "env" "note" (func $note (param i32)))
//   (memory (export "memory") 1) (data (i32.const 8) "leaf")
//   (global $count (export "count") (mut i32) (i32.const 0))
//   (func (export "bump") (global.set $count (i32.add (global.get $count) (i32.const 1))))
//   (func (export "tell") (call $note (i32.const 8))))
static uint8_t leaf_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 1, 127, 0, 96, 0, 0, 2, 12, 1, 3, 101, 110, 118, 4, 110, 111,
    116, 101, 0, 0, 3, 3, 2, 1, 1, 5, 3, 1, 0, 1, 6, 6, 1, 127, 1, 65, 0, 11, 7, 32, 4, 6, 109, 101, 109, 111,
    114, 121, 2, 0, 5, 99, 111, 117, 110, 116, 3, 0, 4, 98, 117, 109, 112, 0, 1, 4, 116, 101, 108, 108, 0, 2,
    10, 18, 2, 9, 0, 35, 0, 65, 1, 106, 36, 0, 11, 6, 0, 65, 8, 16, 0, 11, 11, 10, 1, 0, 65, 8, 11, 4, 108,
    101, 97, 102, 0, 24, 4, 110, 97, 109, 101, 1, 7, 1, 0, 4, 110, 111, 116, 101, 7, 8, 1, 0, 5, 99, 111, 117,
    110, 116,
};

// (module (import "pong" "f" (func)) (func (export "f")))
static uint8_t ping_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 10, 1, 4, 112, 111, 110, 103, 1, 102, 0, 0, 3, 2, 1, 0,
    7, 5, 1, 1, 102, 0, 1, 10, 4, 1, 2, 0, 11,
};

// (module (import "ping" "f" (func)) (func (export "f")))
static uint8_t pong_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 10, 1, 4, 112, 105, 110, 103, 1, 102, 0, 0, 3, 2, 1, 0,
    7, 5, 1, 1, 102, 0, 1, 10, 4, 1, 2, 0, 11,
};

// (module (func (export "_start")) (func (export "f")))
static uint8_t command_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 3, 2, 0, 0, 7, 14, 2, 6, 95, 115, 116, 97, 114, 116, 0,
    0, 1, 102, 0, 1, 10, 7, 2, 2, 0, 11, 2, 0, 11,
};

// (module (import "command" "f" (func)))
static uint8_t caller_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 13, 1, 7, 99, 111, 109, 109, 97, 110, 100, 1, 102, 0,
    0,
};

// (module (import "env" "f" (func (param i32 i64) (result f64)))
//   (import "env" "t" (table 2 9 funcref))
//   (import "env" "m" (memory 1 3))
//   (import "global" "NaN" (global f64))
//   (import "env" "g" (global (mut i64)))
//   (func (export "nothing"))
//   (table (export "table") 5 funcref)
//   (global (export "three") i32 (i32.const 3))
//   (export "again" (memory 0))
//   (@custom "note" "hello"))
static uint8_t types_bytes[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 10, 2, 96, 2, 127, 126, 1, 124, 96, 0, 0, 2, 53, 5, 3, 101, 110, 118, 1,
    102, 0, 0, 3, 101, 110, 118, 1, 116, 1, 112, 1, 2, 9, 3, 101, 110, 118, 1, 109, 2, 1, 1, 3, 6, 103, 108,
    111, 98, 97, 108, 3, 78, 97, 78, 3, 124, 0, 3, 101, 110, 118, 1, 103, 3, 126, 1, 3, 2, 1, 1, 4, 4, 1, 112,
    0, 5, 6, 6, 1, 127, 0, 65, 3, 11, 7, 35, 4, 7, 110, 111, 116, 104, 105, 110, 103, 0, 1, 5, 116, 97, 98,
    108, 101, 1, 1, 5, 116, 104, 114, 101, 101, 3, 2, 5, 97, 103, 97, 105, 110, 2, 0, 10, 4, 1, 2, 0, 11, 0,
    10, 4, 110, 111, 116, 101, 104, 101, 108, 108, 111,
};

#define SMALL_MODULE(name) {#name, name##_bytes, sizeof name##_bytes}
static const SmallModule small_modules[] = {
    SMALL_MODULE(top),
    SMALL_MODULE(mid),
    SMALL_MODULE(leaf),
    SMALL_MODULE(ping),
    SMALL_MODULE(pong),
    SMALL_MODULE(command),
    SMALL_MODULE(caller),
    SMALL_MODULE(types),
};

static inline const SmallModule *small_module(const char *name) {
    for (unsigned i = 0; i < sizeof small_modules / sizeof *small_modules; i++) {
        if (!__builtin_strcmp(small_modules[i].name, name)) return &small_modules[i];
    }
    return 0;
}

#endif
