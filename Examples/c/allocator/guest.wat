(module
  (memory 1)
  ;; Adds up 1 to the parameter, by way of memory.
  (func (export "sum") (param $count i32) (result i32)
    (loop $next
      (if (local.get $count)
        (then
          (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get $count)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next))))
    (i32.load (i32.const 0))))
