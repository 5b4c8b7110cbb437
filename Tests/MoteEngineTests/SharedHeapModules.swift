/// One access as text: how wide it is, and what it takes and gives.
struct AccessOperation {
    var name: String
    var width: Int
    var kind: Kind
    /// Behind the offset: the lane.
    var suffix = ""

    enum Kind {
        case load(String), store(String), modify(String), exchange(String), vectorLoad, laneLoad, vectorStore
    }

    var isAtomic: Bool { name.contains("atomic") }

    /// The address forms that the translator has for it, as what computes the address of `$a`, `$one` (which is 1) and
    /// a constant; form C is not among them.
    static let forms = ["S", "R", "X", "A", "B"]

    static func address(_ form: String, is64: Bool, constant: Int) -> String {
        let t = is64 ? "i64" : "i32"
        let product = "(\(t).mul (local.get $a) (local.get $one))"
        return switch form {
        case "S": "(local.get $a)"
        case "R": product
        case "X": "(\(t).add (\(t).sub (local.get $a) (local.get $one)) (local.get $one))"
        case "A": "(\(t).add (local.get $b) (\(t).const \(constant)))"
        case "B": "(\(t).add (\(t).mul (local.get $b) (local.get $one)) (\(t).const \(constant)))"
        default: "(\(t).const \(constant))"
        }
    }

    private static func narrow(_ type: String, _ value: String) -> String {
        switch type {
        case "i32": "(i32.wrap_i64 \(value))"
        case "f32": "(f32.reinterpret_i32 (i32.wrap_i64 \(value)))"
        case "f64": "(f64.reinterpret_i64 \(value))"
        case "v128": "(i64x2.replace_lane 1 (i64x2.splat \(value)) (i64.rotl \(value) (i64.const 23)))"
        default: value
        }
    }

    private static func widen(_ type: String, _ value: String) -> String {
        switch type {
        case "i32": "(i64.extend_i32_u \(value))"
        case "f32": "(i64.extend_i32_u (i32.reinterpret_f32 \(value)))"
        case "f64": "(i64.reinterpret_f64 \(value))"
        default: value
        }
    }

    /// The instruction at an address, as something that leaves one i64.
    func expression(at address: String, offset: Int) -> String {
        let head = "(\(name) offset=\(offset)\(suffix) \(address)"
        let value = "(local.get $v)"
        switch kind {
        case .load(let type): return Self.widen(type, head + ")")
        case .store(let type): return head + " " + Self.narrow(type, value) + ") (i64.const 0)"
        case .modify(let type): return Self.widen(type, head + " " + Self.narrow(type, value) + ")")
        case .exchange(let type):
            let expected = "(i64.const 0)"
            return Self.widen(
                type,
                head + " " + Self.narrow(type, expected) + " " + Self.narrow(type, value) + ")"
            )
        case .vectorLoad: return "(call $mix " + head + "))"
        case .laneLoad: return "(call $mix " + head + " " + Self.narrow("v128", value) + "))"
        case .vectorStore: return head + " " + Self.narrow("v128", value) + ") (i64.const 0)"
        }
    }

    static let all: [AccessOperation] = {
        var all: [AccessOperation] = []
        for (name, width, type) in [
            ("i32.load", 4, "i32"), ("i64.load", 8, "i64"), ("f32.load", 4, "f32"), ("f64.load", 8, "f64"),
            ("i32.load8_s", 1, "i32"), ("i32.load8_u", 1, "i32"), ("i32.load16_s", 2, "i32"),
            ("i32.load16_u", 2, "i32"), ("i64.load8_s", 1, "i64"), ("i64.load8_u", 1, "i64"),
            ("i64.load16_s", 2, "i64"), ("i64.load16_u", 2, "i64"), ("i64.load32_s", 4, "i64"),
            ("i64.load32_u", 4, "i64"), ("i32.atomic.load", 4, "i32"), ("i64.atomic.load", 8, "i64"),
            ("i32.atomic.load8_u", 1, "i32"), ("i64.atomic.load16_u", 2, "i64"),
        ] { all.append(AccessOperation(name: name, width: width, kind: .load(type))) }
        for (name, width, type) in [
            ("i32.store", 4, "i32"), ("i64.store", 8, "i64"), ("f32.store", 4, "f32"),
            ("f64.store", 8, "f64"),
            ("i32.store8", 1, "i32"), ("i32.store16", 2, "i32"), ("i64.store8", 1, "i64"),
            ("i64.store16", 2, "i64"), ("i64.store32", 4, "i64"), ("i32.atomic.store", 4, "i32"),
            ("i64.atomic.store", 8, "i64"), ("i32.atomic.store8", 1, "i32"), ("i64.atomic.store16", 2, "i64"),
        ] { all.append(AccessOperation(name: name, width: width, kind: .store(type))) }
        for operation in ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"] {
            for (prefix, suffix, width, type) in [
                ("i32.atomic.rmw", "", 4, "i32"), ("i64.atomic.rmw", "", 8, "i64"),
                ("i32.atomic.rmw8", "_u", 1, "i32"), ("i64.atomic.rmw16", "_u", 2, "i64"),
            ] {
                let name = "\(prefix).\(operation)\(suffix)"
                let kind: Kind = operation == "cmpxchg" ? .exchange(type) : .modify(type)
                all.append(AccessOperation(name: name, width: width, kind: kind))
            }
        }
        for (name, width) in [
            ("load", 16), ("load8x8_s", 8), ("load8x8_u", 8), ("load16x4_s", 8), ("load16x4_u", 8),
            ("load32x2_s", 8), ("load32x2_u", 8), ("load8_splat", 1), ("load16_splat", 2),
            ("load32_splat", 4),
            ("load64_splat", 8), ("load32_zero", 4), ("load64_zero", 8),
        ] { all.append(AccessOperation(name: "v128." + name, width: width, kind: .vectorLoad)) }
        for bits in [8, 16, 32, 64] {
            let name = "v128.load\(bits)_lane"
            all.append(AccessOperation(name: name, width: bits / 8, kind: .laneLoad, suffix: " 1"))
            let store = "v128.store\(bits)_lane"
            all.append(AccessOperation(name: store, width: bits / 8, kind: .vectorStore, suffix: " 1"))
        }
        all.append(AccessOperation(name: "v128.store", width: 16, kind: .vectorStore))
        return all
    }()
}

/// Modules that reach shared heaps.
enum SharedHeapModules {
    /// Added in the forms A and B to `$b`, which is `$a` less it.
    static let constant = 1000

    /// Every access in every form, named `name.form.offset`, of (address, 1, address less the constant, value) to i64.
    static func accesses(is64: Bool, offsets: [Int]) -> String {
        let t = is64 ? "i64" : "i32"
        var text = """
            (module
              (memory (export "memory") \(is64 ? "i64 " : "")1 4)
              (func $mix (param $x v128) (result i64)
                (i64.add (i64x2.extract_lane 0 (local.get $x))
                  (i64.mul (i64x2.extract_lane 1 (local.get $x)) (i64.const 31))))

            """
        for operation in AccessOperation.all {
            for form in AccessOperation.forms {
                for offset in offsets {
                    let address = AccessOperation.address(form, is64: is64, constant: constant)
                    text += """
                          (func (export "\(operation.name).\(form).\(offset)")
                            (param $a \(t)) (param $one \(t)) (param $b \(t)) (param $v i64) (result i64)
                            \(operation.expression(at: address, offset: offset)))

                        """
                }
            }
        }
        return text + bulk(t) + ")"
    }

    /// Every access at constant addresses, named `name.C.index`, of a value to i64.
    static func constants(_ addresses: [Int]) -> String {
        var text = """
            (module
              (memory (export "memory") 1 4)
              (func $mix (param $x v128) (result i64)
                (i64.add (i64x2.extract_lane 0 (local.get $x))
                  (i64.mul (i64x2.extract_lane 1 (local.get $x)) (i64.const 31))))

            """
        for operation in AccessOperation.all {
            for (index, address) in addresses.enumerated() {
                text += """
                      (func (export "\(operation.name).C.\(index)") (param $v i64) (result i64)
                        \(operation.expression(at: "(i32.const \(address))", offset: 0)))

                    """
            }
        }
        return text + ")"
    }

    private static func bulk(_ t: String) -> String {
        """
          (data $bytes "0123456789abcdef")
          (func (export "fill") (param \(t) i32 \(t))
            (memory.fill (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy") (param \(t) \(t) \(t))
            (memory.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init") (param \(t) i32 i32)
            (memory.init $bytes (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param \(t)) (result \(t)) (memory.grow (local.get 0)))
          (func (export "wait") (param \(t) i32 i64) (result i32)
            (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "notify") (param \(t) i32) (result i32)
            (memory.atomic.notify (local.get 0) (local.get 1)))

        """
    }
}
