internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// An import that a C function answers, with what its call has to convert; in the store's arena.
///
/// Those of up to five integers are called by the interpreter itself (`NativeHandlers`), all others through here.
struct NativeImport {
    var function: UnsafeMutableRawPointer
    var attachment: UnsafeMutableRawPointer?
    /// One letter a parameter, as in signatures.
    var letters: UnsafeMutablePointer<UInt8>
    /// Where each goes: below 14 a register of `MoteNativeCall`, from 14 on the stack.
    var places: UnsafeMutablePointer<UInt8>
    var letterCount: Int
    var stackCount: Int
    /// The result's letter; 0 for none.
    var result: UInt8

    /// What calls of it do.
    static let target: MoteHostFunction = { environment, data, slots in
        guard let environment, let data, let slots else { return UInt32(TrapCode.hostError.rawValue) }
        return data.assumingMemoryBound(to: NativeImport.self).call(environment, slots)
    }

    /// The native that runs in an environment, if the innermost thing that runs is one.
    static func running(in environment: EngineEnvironment) -> UnsafeMutablePointer<NativeImport>? {
        guard let function = environment.runningHostFunction, isNative(function) else { return nil }
        return function.pointee.hostData?.assumingMemoryBound(to: NativeImport.self)
    }

    static func isNative(_ function: UnsafePointer<MoteFunction>) -> Bool {
        function.pointee.isHost != 0
            && function.pointee.target == unsafeBitCast(target, to: UnsafeMutableRawPointer.self)
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
        let letters = try arena.allocate(
            UInt8.self,
            count: count &* 2,
            region: .structures,
            site: .cNativeLetters
        )
        var signature = symbol.signature.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        if let start = signature {
            guard start.pointee == UInt8(ascii: "(") else { return nil }
            signature = start + 1
        }
        for index in 0..<count {
            guard let value = type.parameters[checked: index], let plain = NativeLetter.plain(value) else {
                return nil
            }
            letters[index] = plain
            guard let next = signature else { continue }
            letters[index] = next.pointee
            guard NativeLetter.fits(next.pointee, plain) else { return nil }
            if next.pointee == NativeLetter.size, index == 0 || letters[index &- 1] != NativeLetter.pointer {
                return nil
            }
            signature = next + 1
        }
        var result: UInt8 = 0
        if let value = type.results[checked: 0] {
            guard let plain = NativeLetter.plain(value) else { return nil }
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
                places: letters + count,
                letterCount: count,
                stackCount: place(letters, count, at: letters + count),
                result: result
            )
        )
        return record
    }

    /// Whether guests can call it at once.
    var isDirect: Bool {
        guard letterCount <= 5, result == 0 || NativeLetter.isInteger(result) else { return false }
        for index in 0..<letterCount where !NativeLetter.isInteger(letters[index]) { return false }
        return true
    }

    /// Gives every parameter its place, and the number of those on the stack.
    private static func place(
        _ letters: UnsafePointer<UInt8>,
        _ count: Int,
        at places: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var integers = 1
        var floats = 0
        var stack = 0
        for index in 0..<count {
            let isFloat = NativeLetter.isFloat(letters[index])
            if isFloat, floats < MOTE_NATIVE_FLOATS {
                places[index] = UInt8(truncatingIfNeeded: MOTE_NATIVE_INTEGERS &+ floats)
                floats &+= 1
            } else if !isFloat, integers < MOTE_NATIVE_INTEGERS {
                places[index] = UInt8(truncatingIfNeeded: integers)
                integers &+= 1
            } else {
                places[index] = UInt8(clamping: 14 &+ stack)
                stack &+= 1
            }
        }
        return stack
    }
}

extension UnsafeMutablePointer where Pointee == NativeImport {
    fileprivate func call(
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        // Environments that the interface did not make have no handle.
        guard let record = MoteC.record(of: environment) else { return UInt32(TrapCode.hostError.rawValue) }
        if pointee.stackCount > 0 { return callWithStack(environment, record, slots) }
        // Not written before: what is read of it is, by then.
        return withUnsafeTemporaryAllocation(of: MoteNativeCall.self, capacity: 1) { words in
            guard let call = words.baseAddress else { return UInt32(TrapCode.hostError.rawValue) }
            return finish(&call.pointee, nil, environment, record, slots)
        }
    }

    /// One of the few whose parameters do not all fit into registers.
    @inline(never)
    private func callWithStack(
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ record: UnsafeMutablePointer<EnvironmentRecord>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        guard pointee.stackCount <= MOTE_NATIVE_STACK else {
            record.pointee.instance.setException("the argument number of native function exceeds maximum")
            return UInt32(TrapCode.hostError.rawValue)
        }
        var words = InlineArray<64, UInt64>(repeating: 0)
        return withUnsafeMutablePointer(to: &words) {
            var call = MoteNativeCall()
            let stack = UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self)
            return finish(&call, stack, environment, record, slots)
        }
    }

    @inline(__always)
    private func finish(
        _ call: inout MoteNativeCall,
        _ stack: UnsafeMutablePointer<UInt64>?,
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ record: UnsafeMutablePointer<EnvironmentRecord>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        call.function = pointee.function
        call.registers.0 = UInt64(UInt(bitPattern: record))
        call.stack = UnsafePointer(stack)
        call.stackCount = UInt64(pointee.stackCount)
        let isPlaced = withUnsafeMutablePointer(to: &call.registers) {
            let registers = UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self)
            for index in 0..<pointee.letterCount {
                guard let bits = parameter(index, slots, environment) else { return false }
                let place = Int(pointee.places[index])
                if place < 14 { registers[place] = bits } else { stack?[place &- 14] = bits }
            }
            return true
        }
        guard isPlaced else { return UInt32(TrapCode.memoryOutOfBounds.rawValue) }
        let outer = record.pointee.attachment
        record.pointee.attachment = pointee.attachment
        mote_native_call(&call)
        record.pointee.attachment = outer
        if record.pointee.instance.isFaulty { return UInt32(TrapCode.hostError.rawValue) }
        switch pointee.result {
        case NativeLetter.i32: slots[0] = call.integerResult & 0xFFFF_FFFF
        case NativeLetter.i64: slots[0] = call.integerResult
        case NativeLetter.f32: slots[0] = call.floatResult & 0xFFFF_FFFF
        case NativeLetter.f64: slots[0] = call.floatResult
        case NativeLetter.object:
            slots[0] = call.integerResult
            return record.pointee.instance.makeReference(slots)
        default: break
        }
        return 0
    }

    /// A parameter's bits; nil where it is a guest pointer that leads outside.
    @inline(__always)
    func parameter(
        _ index: Int,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ environment: UnsafeMutablePointer<MoteEnvironment>
    ) -> UInt64? {
        let letter = pointee.letters[index]
        guard letter == NativeLetter.pointer || letter == NativeLetter.string || letter == NativeLetter.object
        else {
            return slots[index]
        }
        return pointer(index, slots, environment)
    }

    /// The same for a pointer.
    private func pointer(
        _ index: Int,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ environment: UnsafeMutablePointer<MoteEnvironment>
    ) -> UInt64? {
        if pointee.letters[index] == NativeLetter.object {
            let object = MoteC.record(of: environment)?.pointee.instance.object(of: slots[index])
            return UInt64(UInt(bitPattern: object))
        }
        guard environment.pointee.instance != nil, let base = environment.pointee.memoryBase else {
            return nil
        }
        let address = slots[index] & 0xFFFF_FFFF
        let size = environment.pointee.memorySizeInBytes
        guard address < size else { return sharedParameter(index, slots, environment, address) }
        if pointee.letters[index] == NativeLetter.pointer {
            guard index &+ 1 < pointee.letterCount, pointee.letters[index &+ 1] == NativeLetter.size else {
                return UInt64(UInt(bitPattern: base + Int(address)))
            }
            guard slots[index &+ 1] & 0xFFFF_FFFF <= size &- address else { return nil }
        } else {
            guard memchr(base + Int(address), 0, Int(size &- address)) != nil else { return nil }
        }
        return UInt64(UInt(bitPattern: base + Int(address)))
    }

    /// The same for a pointer that memory 0 does not hold.
    private func sharedParameter(
        _ index: Int,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ address: UInt64
    ) -> UInt64? {
        guard Build.hasSharedHeaps, let first = environment.pointee.instance?.sharedHeap,
            let (heap, offset) = SharedHeap.find(first, address, is64: false)
        else { return nil }
        let place = heap.pointee.base + Int(truncatingIfNeeded: offset)
        let rest = heap.pointee.sizeInBytes &- offset
        if pointee.letters[index] == NativeLetter.string {
            // Safe: at most 1 GiB.
            guard memchr(place, 0, Int(truncatingIfNeeded: rest)) != nil else { return nil }
        } else if index &+ 1 < pointee.letterCount, pointee.letters[index &+ 1] == NativeLetter.size {
            guard slots[index &+ 1] & 0xFFFF_FFFF <= rest else { return nil }
        }
        return UInt64(UInt(bitPattern: place))
    }
}

/// The letters of signatures.
enum NativeLetter {
    static var i32: UInt8 { UInt8(ascii: "i") }
    static var i64: UInt8 { UInt8(ascii: "I") }
    static var f32: UInt8 { UInt8(ascii: "f") }
    static var f64: UInt8 { UInt8(ascii: "F") }
    /// A guest pointer.
    static var pointer: UInt8 { UInt8(ascii: "*") }
    /// How many bytes the pointer before is about.
    static var size: UInt8 { UInt8(ascii: "~") }
    /// An externref, which arrives as the host's object.
    static var object: UInt8 { UInt8(ascii: "r") }
    /// A guest pointer to a string that ends in NUL.
    static var string: UInt8 { UInt8(ascii: "$") }

    /// A value as it is; nil for types that natives cannot have.
    static func plain(_ type: ValueType) -> UInt8? {
        if type.isReference { return type.heapType == .external && type.isNullable ? object : nil }
        switch type {
        case .i32: return i32
        case .i64: return i64
        case .f32: return f32
        case .f64: return f64
        default: return nil
        }
    }

    static func fits(_ letter: UInt8, _ plain: UInt8) -> Bool {
        switch letter {
        case pointer, size, string: plain == i32
        default: letter == plain
        }
    }

    static func isInteger(_ letter: UInt8) -> Bool { letter == i32 || letter == i64 }
    static func isFloat(_ letter: UInt8) -> Bool { letter == f32 || letter == f64 }
    static func isNarrow(_ letter: UInt8) -> Bool { letter == i32 || letter == f32 }
}
