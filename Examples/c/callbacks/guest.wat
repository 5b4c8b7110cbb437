(module
  (import "host" "next" (func $next (result i32)))
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (func $count (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $next))
  ;; Adds up what the host gives, up to the first 0.
  (func (export "total") (result i64) (local $number i32) (local $total i64)
    (loop $more
      (local.set $total (i64.add (local.get $total) (i64.extend_i32_s (local.get $number))))
      (br_if $more (local.tee $number (call $count))))
    (local.get $total))
  (func (export "endless")
    (loop $more (drop (call $count)) (br $more))))
