(module
  (memory 1)
  ;; Writes the squares of 0 to count - 1 from an address on.
  (func (export "fill") (param $address i32) (param $count i32) (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store
            (i32.add (local.get $address) (i32.shl (local.get $i) (i32.const 2)))
            (i32.mul (local.get $i) (local.get $i)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))))
