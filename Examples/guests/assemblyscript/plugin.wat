;; Written by hand, with the imports and exports that `asc --exportRuntime` gives a module, for tests on machines
;; without that compiler. The allocator only ever moves on; a block's size stands in the four bytes before it.
(module
  (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
  (memory (export "memory") 0)
  (global $next (mut i32) (i32.const 1024))
  (global (export "__rtti_base") i32 (i32.const 1024))

  (func (export "__new") (param $size i32) (param $class i32) (result i32)
    (local $block i32)
    (local.set $block (i32.add (global.get $next) (i32.const 16)))
    (global.set $next
      (i32.and (i32.add (i32.add (local.get $block) (local.get $size)) (i32.const 15)) (i32.const -16)))
    (block $enough
      (loop $grow
        (br_if $enough
          (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (unreachable))
    (i32.store (i32.sub (local.get $block) (i32.const 4)) (local.get $size))
    (local.get $block))
  (func (export "__pin") (param $block i32) (result i32)
    (local.get $block))
  (func (export "__unpin") (param $block i32))
  (func (export "__collect"))

  (func (export "sum") (param $block i32) (result i32)
    (local $end i32) (local $total i32)
    (local.set $end
      (i32.add (local.get $block) (i32.load (i32.sub (local.get $block) (i32.const 4)))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $block) (local.get $end)))
        (local.set $total (i32.add (local.get $total) (i32.load8_u (local.get $block))))
        (local.set $block (i32.add (local.get $block) (i32.const 1)))
        (br $next)))
    (local.get $total)))
