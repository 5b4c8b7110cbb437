;; Sorts the numbers at the beginning of the host's memory, in the order that the host says.
(module
  (import "host" "memory" (memory 1))
  (import "host" "before" (func $before (param i32 i32) (result i32)))
  (func (export "sort") (param $count i32)
    (local $next i32) (local $place i32) (local $value i32) (local $other i32)
    (local.set $next (i32.const 4))
    (local.set $count (i32.shl (local.get $count) (i32.const 2)))
    (block $sorted
      (loop $each
        (br_if $sorted (i32.ge_u (local.get $next) (local.get $count)))
        (local.set $value (i32.load (local.get $next)))
        (local.set $place (local.get $next))
        (block $found
          (loop $down
            (br_if $found (i32.eqz (local.get $place)))
            (local.set $other (i32.load (i32.sub (local.get $place) (i32.const 4))))
            (br_if $found (i32.eqz (call $before (local.get $value) (local.get $other))))
            (i32.store (local.get $place) (local.get $other))
            (local.set $place (i32.sub (local.get $place) (i32.const 4)))
            (br $down)))
        (i32.store (local.get $place) (local.get $value))
        (local.set $next (i32.add (local.get $next) (i32.const 4)))
        (br $each)))))
