internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// Values as the interface passes them, on their way to the slots of a call and back.
///
/// In cells of 32 bits an i32 and an f32 take one, an i64 and an f64 two, a v128 four, low parts first; an externref is the
/// host's object, two; a funcref is the index of its function, one. No object is null, no function all ones.
struct CellReader {
    let instance: UnsafeMutablePointer<InstanceRecord>
    var cell: UnsafeMutablePointer<UInt32>?

    /// How many cells values take; nil where a type cannot be passed.
    static func count(_ types: Items<ValueType>) -> Int? {
        var count = 0
        for index in 0..<types.count {
            guard let one = cellCount(types[checked: index]) else { return nil }
            count &+= one
        }
        return count
    }

    static func cellCount(_ type: ValueType?) -> Int? {
        switch type {
        case .i32, .f32: return 1
        case .i64, .f64: return 2
        case .v128: return 4
        default:
            // Of references the two general kinds: what is more special the host could not make.
            if type?.heapType == .external { return 2 }
            return type?.heapType == .function ? 1 : nil
        }
    }

    private mutating func next() -> UInt64 {
        guard let at = cell else { return 0 }
        cell = at + 1
        return UInt64(at.pointee)
    }

    private mutating func nextTwo() -> UInt64 {
        let low = next()
        return low | next() &<< 32
    }

    /// Takes a value from the cells; the slots it filled, nil where it stands for nothing.
    mutating func read(_ type: ValueType?, into slot: UnsafeMutablePointer<UInt64>) -> Int? {
        switch type {
        case .i32, .f32: slot[0] = next()
        case .i64, .f64: slot[0] = nextTwo()
        case .v128:
            slot[0] = nextTwo()
            slot[1] = nextTwo()
            return 2
        default:
            guard CellReader.cellCount(type) == 1 else {
                let object = UnsafeMutableRawPointer(bitPattern: UInt(nextTwo()))
                guard let reference = instance.reference(to: object),
                    reference != 0 || type?.isNullable == true
                else {
                    return nil
                }
                slot[0] = reference
                return 1
            }
            guard let reference = instance.functionReference(UInt32(truncatingIfNeeded: next())),
                reference != 0 || type?.isNullable == true
            else { return nil }
            slot[0] = reference
        }
        return 1
    }

    private mutating func put(_ bits: UInt64) {
        guard let at = cell else { return }
        at.pointee = UInt32(truncatingIfNeeded: bits)
        cell = at + 1
    }

    private mutating func putTwo(_ bits: UInt64) {
        put(bits)
        put(bits &>> 32)
    }

    /// Puts a value into the cells; the slots it was in.
    mutating func write(_ type: ValueType?, from slot: UnsafeMutablePointer<UInt64>) -> Int {
        switch type {
        case .i32, .f32: put(slot[0])
        case .i64, .f64: putTwo(slot[0])
        case .v128:
            putTwo(slot[0])
            putTwo(slot[1])
            return 2
        default:
            if CellReader.cellCount(type) == 1 {
                put(UInt64(instance.index(ofFunction: slot[0])))
            } else {
                putTwo(UInt64(UInt(bitPattern: instance.object(of: slot[0]))))
            }
        }
        return 1
    }
}

extension wasm_val_t {
    /// Takes the value for a parameter; the slots it filled, nil where it is of another kind.
    func read(
        _ type: ValueType?,
        into slot: UnsafeMutablePointer<UInt64>,
        _ instance: UnsafeMutablePointer<InstanceRecord>
    ) -> Int? {
        guard kind == MoteC.kind(of: type), type != .v128, let cells = CellReader.cellCount(type) else {
            return nil
        }
        if type?.isReference == true {
            let bits =
                cells == 1
                ? instance.functionReference(UInt32(bitPattern: of.i32))
                : instance.reference(to: UnsafeMutableRawPointer(bitPattern: of.foreign))
            guard let bits, bits != 0 || type?.isNullable == true else { return nil }
            slot[0] = bits
        } else {
            slot[0] = cells == 1 ? UInt64(UInt32(bitPattern: of.i32)) : UInt64(bitPattern: of.i64)
        }
        return 1
    }

    /// The value of a result.
    init(
        _ type: ValueType?,
        from slot: UnsafeMutablePointer<UInt64>,
        _ instance: UnsafeMutablePointer<InstanceRecord>
    ) {
        self.init()
        kind = MoteC.kind(of: type)
        guard type?.isReference == true else {
            of.i64 = Int64(bitPattern: slot[0])
            return
        }
        if CellReader.cellCount(type) == 1 {
            of.i64 = Int64(instance.index(ofFunction: slot[0]))
        } else {
            of.foreign = UInt(bitPattern: instance.object(of: slot[0]))
        }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// The reference to a function by its index in the module; all ones is null, nil where it cannot be referred to.
    func functionReference(_ index: UInt32) -> UInt64? {
        if index == .max { return 0 }
        guard let engine = pointee.instance,
            Int(index) < engine.module.module.pointee.functions.count,
            let function = engine.function(at: index)
        else { return nil }
        return UInt64(UInt(bitPattern: function))
    }

    /// The index of a referenced function in the module; all ones for null, and for functions of elsewhere.
    func index(ofFunction reference: UInt64) -> UInt32 {
        guard let function = UnsafePointer<MoteFunction>(bitPattern: UInt(truncatingIfNeeded: reference)),
            let engine = pointee.instance
        else { return .max }
        if function.pointee.instance == engine.base { return function.pointee.functionIndex }
        for index in 0..<engine.module.module.pointee.importedFunctionCount
        where engine.function(at: UInt32(truncatingIfNeeded: index)).map({ UnsafePointer($0) }) == function {
            return UInt32(truncatingIfNeeded: index)
        }
        return .max
    }
}
