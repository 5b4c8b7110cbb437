internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// An import that a C function answers, with what its call has to convert; in the store's arena.
struct NativeImport {
    var function: UnsafeMutableRawPointer
    var attachment: UnsafeMutableRawPointer?
    /// One letter a parameter, as in signatures.
    var letters: UnsafeMutablePointer<UInt8>
    var letterCount: Int
    /// The result's letter; 0 for none.
    var result: UInt8

    /// What calls of it do.
    static let target: MoteHostFunction = { environment, data, slots in
        guard let environment, let data, let slots else { return UInt32(TrapCode.hostError.rawValue) }
        return data.assumingMemoryBound(to: NativeImport.self).pointee.call(environment, slots)
    }

    /// Nil where symbol and signature do not fit the import's type.
    static func make(
        _ symbol: NativeSymbol,
        _ type: DefinedType,
        in arena: Arena
    ) throws(MemoryError) -> UnsafeMutablePointer<NativeImport>? {
        guard let function = symbol.func_ptr, type.resultCount <= 1 else { return nil }
        let record = try arena.allocate(
            NativeImport.self,
            count: 1,
            region: .structures,
            site: .cNativeImport
        )
        let count = type.parameters.count
        let letters = try arena.allocate(UInt8.self, count: count, region: .structures, site: .cNativeLetters)
        var signature = symbol.signature.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        if let start = signature {
            guard start.pointee == UInt8(ascii: "(") else { return nil }
            signature = start + 1
        }
        for index in 0..<count {
            guard let value = type.parameters[checked: index], let plain = letter(of: value) else {
                return nil
            }
            letters[index] = plain
            guard let next = signature else { continue }
            letters[index] = next.pointee
            guard fits(next.pointee, plain) else { return nil }
            if next.pointee == UInt8(ascii: "~"), index == 0 || letters[index &- 1] != UInt8(ascii: "*") {
                return nil
            }
            signature = next + 1
        }
        var result: UInt8 = 0
        if let value = type.results[checked: 0] {
            guard let plain = letter(of: value) else { return nil }
            result = plain
        }
        if let rest = signature {
            guard rest.pointee == UInt8(ascii: ")"), rest[1] == result else { return nil }
        }
        record.initialize(
            to: NativeImport(
                function: function,
                attachment: symbol.attachment,
                letters: letters,
                letterCount: count,
                result: result
            )
        )
        return record
    }

    private static func letter(of type: ValueType) -> UInt8? {
        switch type {
        case .i32: UInt8(ascii: "i")
        case .i64: UInt8(ascii: "I")
        case .f32: UInt8(ascii: "f")
        case .f64: UInt8(ascii: "F")
        default: nil
        }
    }

    private static func fits(_ letter: UInt8, _ plain: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "$"): plain == UInt8(ascii: "i")
        default: letter == plain
        }
    }

    private func call(
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        // Environments that the interface did not make have no handle.
        guard let data = environment.pointee.userData else { return UInt32(TrapCode.hostError.rawValue) }
        let record = data.assumingMemoryBound(to: EnvironmentRecord.self)
        var call = MoteNativeCall()
        mote_native_begin(&call, function, data)
        for index in 0..<letterCount {
            guard let bits = parameter(index, slots, environment) else {
                return UInt32(TrapCode.memoryOutOfBounds.rawValue)
            }
            let isFloat = letters[index] == UInt8(ascii: "f") || letters[index] == UInt8(ascii: "F")
            guard mote_native_add(&call, bits, isFloat) else {
                record.pointee.instance.setException("the argument number of native function exceeds maximum")
                return UInt32(TrapCode.hostError.rawValue)
            }
        }
        let outer = record.pointee.attachment
        record.pointee.attachment = attachment
        mote_native_call(&call)
        record.pointee.attachment = outer
        if record.pointee.instance.isFaulty { return UInt32(TrapCode.hostError.rawValue) }
        switch result {
        case UInt8(ascii: "i"): slots[0] = call.integerResult & 0xFFFF_FFFF
        case UInt8(ascii: "I"): slots[0] = call.integerResult
        case UInt8(ascii: "f"): slots[0] = call.floatResult & 0xFFFF_FFFF
        case UInt8(ascii: "F"): slots[0] = call.floatResult
        default: break
        }
        return 0
    }

    /// The same for a pointer that memory 0 does not hold.
    private func sharedParameter(
        _ index: Int,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ address: UInt64
    ) -> UInt64? {
        guard let first = environment.pointee.instance?.sharedHeap,
            let (heap, offset) = SharedHeap.find(first, address, is64: false)
        else { return nil }
        let place = heap.pointee.base + Int(truncatingIfNeeded: offset)
        let rest = heap.pointee.sizeInBytes &- offset
        if letters[index] == UInt8(ascii: "$") {
            // Safe: at most 1 GiB.
            guard memchr(place, 0, Int(truncatingIfNeeded: rest)) != nil else { return nil }
        } else if index &+ 1 < letterCount, letters[index &+ 1] == UInt8(ascii: "~") {
            guard slots[index &+ 1] & 0xFFFF_FFFF <= rest else { return nil }
        }
        return UInt64(UInt(bitPattern: place))
    }

    /// A parameter's bits; nil where it is a guest pointer that leads outside.
    func parameter(
        _ index: Int,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ environment: UnsafeMutablePointer<MoteEnvironment>
    ) -> UInt64? {
        let isPointer = letters[index] == UInt8(ascii: "*")
        guard isPointer || letters[index] == UInt8(ascii: "$") else { return slots[index] }
        guard environment.pointee.instance != nil, let base = environment.pointee.memoryBase else {
            return nil
        }
        let address = slots[index] & 0xFFFF_FFFF
        let size = environment.pointee.memorySizeInBytes
        guard address < size else { return sharedParameter(index, slots, environment, address) }
        if isPointer {
            guard index &+ 1 < letterCount, letters[index &+ 1] == UInt8(ascii: "~") else {
                return UInt64(UInt(bitPattern: base + Int(address)))
            }
            guard slots[index &+ 1] & 0xFFFF_FFFF <= size &- address else { return nil }
        } else {
            guard memchr(base + Int(address), 0, Int(size &- address)) != nil else { return nil }
        }
        return UInt64(UInt(bitPattern: base + Int(address)))
    }
}
