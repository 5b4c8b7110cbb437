;; What scripts/check-c-calls counts the instructions of.
(module
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (import "env" "touch" (func $touch (param i32 i32) (result i32)))
  (import "env" "scale" (func $scale (param i64 f64) (result f64)))
  (import "env" "raw" (func $raw (param i32 i32) (result i32)))
  (memory 1 1)
  (func (export "sum") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func (export "nothing"))
  (func (export "mixed") (param i64 f64) (result f64) local.get 0 f64.convert_i64_s local.get 1 f64.add)
  (func (export "empty_loop") (param $n i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (i32.add (local.get $x) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $x)
  (func (export "add_loop") (param $n i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (call $add (local.get $x) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $x)
  (func (export "touch_loop") (param $n i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (i32.add (local.get $x) (call $touch (i32.const 16) (i32.const 4))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $x)
  (func (export "scale_loop") (param $n i32) (result f64) (local $x f64)
    (loop $again
      (local.set $x (call $scale (i64.const 3) (local.get $x)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $x)
  (func (export "raw_loop") (param $n i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (call $raw (local.get $x) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $x))
