; (a + b) * (a - b) = a * a - b * b in 6 bits: its negation has no model.
(set-logic QF_BV)
(declare-fun a () (_ BitVec 6))
(declare-fun b () (_ BitVec 6))
(assert (distinct (bvmul (bvadd a b) (bvsub a b)) (bvsub (bvmul a a) (bvmul b b))))
(check-sat)
