(module
  (memory 1)
  (func (export "sum") (param $address i32) (param $count i32) (result i32) (local $sum i32)
    (loop $next
      (if (local.get $count)
        (then
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (local.set $sum (i32.add
            (local.get $sum)
            (i32.load (i32.add (local.get $address) (i32.shl (local.get $count) (i32.const 2))))))
          (br $next))))
    (local.get $sum)))
