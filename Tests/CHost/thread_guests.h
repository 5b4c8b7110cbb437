// Small modules whose calls nest, and whose instances run on several threads: the text of each, and its bytes.
#ifndef MOTE_THREAD_GUESTS_H
#define MOTE_THREAD_GUESTS_H

#include <stdint.h>

// (module (import "env" "look" (func $look (param i32) (result i32)))
//   (memory (export "memory") 1)
//   (func $inner (param i32) (result i32)
//     (if (i32.eqz (local.get 0)) (then unreachable))
//     (call $look (local.get 0)))
//   (func (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1)))
//   (func (export "outer") (param i32) (result i32) (i32.add (call 2 (local.get 0)) (i32.const 1)))
//   (func (export "work") (param i32)
//     (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (local.get 0)))))
static uint8_t stack_guest[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 10, 2, 96, 1, 127, 1, 127, 96, 1, 127, 0, 2, 12, 1, 3, 101, 110, 118, 4,
    108, 111, 111, 107, 0, 0, 3, 5, 4, 0, 0, 0, 1, 5, 3, 1, 0, 1, 7, 25, 3, 6, 109, 101, 109, 111, 114, 121, 2,
    0, 5, 111, 117, 116, 101, 114, 0, 3, 4, 119, 111, 114, 107, 0, 4, 10, 52, 4, 13, 0, 32, 0, 69, 4, 64, 0, 11,
    32, 0, 16, 0, 11, 9, 0, 32, 0, 16, 1, 65, 1, 106, 11, 9, 0, 32, 0, 16, 2, 65, 1, 106, 11, 16, 0, 3, 64, 32,
    0, 65, 1, 107, 33, 0, 32, 0, 13, 0, 11, 11, 0, 21, 4, 110, 97, 109, 101, 1, 14, 2, 0, 4, 108, 111, 111, 107,
    1, 5, 105, 110, 110, 101, 114,
};

// (module (import "env" "block" (func $block (result i32)))
//   (memory (export "memory") 1 1 shared)
//   (data (i32.const 1024) "data")
//   (global (export "__data_end") i32 (i32.const 1040))
//   (global (export "__heap_base") i32 (i32.const 5136))
//   (global $__stack_pointer (mut i32) (i32.const 5136))
//   (global $count (mut i32) (i32.const 0))
//   (func $start (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))
//   (start $start)
//   (func (export "bump") (param $n i32) (result i32)
//     (loop $again
//       (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
//       (global.set $count (i32.add (global.get $count) (i32.const 1)))
//       (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
//     (global.get $count))
//   (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
//   (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
//   (func (export "stack") (result i32)
//     (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
//     (global.get $__stack_pointer))
//   (func (export "spin") (loop $again (br $again)))
//   (func (export "stop") unreachable)
//   (func (export "block") (result i32) (call $block)))
static uint8_t thread_guest[] = {
    0, 97, 115, 109, 1, 0, 0, 0, 1, 13, 3, 96, 0, 1, 127, 96, 0, 0, 96, 1, 127, 1, 127, 2, 13, 1, 3, 101, 110,
    118, 5, 98, 108, 111, 99, 107, 0, 0, 3, 9, 8, 1, 2, 2, 0, 0, 1, 1, 0, 5, 4, 1, 3, 1, 1, 6, 24, 4, 127, 0,
    65, 144, 8, 11, 127, 0, 65, 144, 40, 11, 127, 1, 65, 144, 40, 11, 127, 1, 65, 0, 11, 7, 88, 10, 6, 109, 101,
    109, 111, 114, 121, 2, 0, 10, 95, 95, 100, 97, 116, 97, 95, 101, 110, 100, 3, 0, 11, 95, 95, 104, 101, 97,
    112, 95, 98, 97, 115, 101, 3, 1, 4, 98, 117, 109, 112, 0, 2, 4, 108, 111, 97, 100, 0, 3, 4, 119, 97, 105,
    116, 0, 4, 5, 115, 116, 97, 99, 107, 0, 5, 4, 115, 112, 105, 110, 0, 6, 4, 115, 116, 111, 112, 0, 7, 5, 98,
    108, 111, 99, 107, 0, 8, 8, 1, 1, 10, 97, 8, 11, 0, 65, 8, 65, 1, 254, 30, 2, 0, 26, 11, 32, 0, 3, 64, 65,
    0, 65, 1, 254, 30, 2, 0, 26, 35, 3, 65, 1, 106, 36, 3, 32, 0, 65, 1, 107, 34, 0, 13, 0, 11, 35, 3, 11, 8, 0,
    32, 0, 254, 16, 2, 0, 11, 12, 0, 65, 4, 65, 0, 66, 127, 254, 1, 2, 0, 11, 11, 0, 35, 2, 65, 16, 107, 36, 2,
    35, 2, 11, 7, 0, 3, 64, 12, 0, 11, 11, 3, 0, 0, 11, 4, 0, 16, 0, 11, 11, 11, 1, 0, 65, 128, 8, 11, 4, 100,
    97, 116, 97, 0, 78, 4, 110, 97, 109, 101, 1, 15, 2, 0, 5, 98, 108, 111, 99, 107, 1, 5, 115, 116, 97, 114,
    116, 2, 6, 1, 2, 1, 0, 1, 110, 3, 19, 2, 2, 1, 0, 5, 97, 103, 97, 105, 110, 6, 1, 0, 5, 97, 103, 97, 105,
    110, 7, 25, 2, 2, 15, 95, 95, 115, 116, 97, 99, 107, 95, 112, 111, 105, 110, 116, 101, 114, 3, 5, 99, 111,
    117, 110, 116,
};

#endif
