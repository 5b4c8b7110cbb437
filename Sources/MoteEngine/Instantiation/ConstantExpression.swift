internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// A value of a constant expression: one slot, or two for v128.
struct ConstantValue {
    var low: UInt64
    var high: UInt64 = 0
}

/// Values of an expression; what does not fit or is not there is a module that changed behind our back.
struct ConstantStack {
    let values: UnsafeMutablePointer<ConstantValue>
    let capacity: Int
    var count = 0

    init(values: UnsafeMutablePointer<ConstantValue>, _ capacity: Int) {
        self.values = values
        self.capacity = capacity
    }

    mutating func push(_ value: ConstantValue) {
        guard count < capacity else { return }
        values[count] = value
        count &+= 1
    }

    mutating func pop() -> ConstantValue {
        guard count > 0 else { return ConstantValue(low: 0) }
        count &-= 1
        return values[count]
    }
}

/// Reads constant expressions and element lists of a validated module, without recursion.
///
/// Bounds are still checked: a borrowed file may change behind our back, and must not take us outside.
struct ConstantReader {
    let instance: UnsafeMutablePointer<InstanceState>
    let bytes: UnsafePointer<UInt8>
    var position: Int
    let end: Int

    init(_ range: ByteRange, of instance: UnsafeMutablePointer<InstanceState>) {
        let module = instance.pointee.module.pointee.module
        self.instance = instance
        bytes = module.pointee.bytes
        position = Int(range.offset)
        // Safe: both are below 2^32.
        end = min(Int(range.offset) &+ Int(range.sizeInBytes), module.pointee.sizeInBytes)
    }

    /// The value of the expression that lies in a range.
    @inline(never)
    static func value(
        of range: ByteRange,
        in instance: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) -> ConstantValue {
        var reader = ConstantReader(range, of: instance)
        return try reader.evaluate()
    }

    /// The value of the expression that starts here; stops behind its `end`.
    ///
    /// Objects that it makes are reachable only once its value lies in a root: no collection may come between.
    // Inlined it would lie in each caller twice.
    @inline(never)
    mutating func evaluate() throws(MemoryError) -> ConstantValue {
        let start = position
        let first = readByte()
        guard !Build.hasGarbageCollection || first != 0xFB else {
            position = start
            return try evaluateExtended()
        }
        let value = operand(of: first)
        // Nearly all expressions are one instruction.
        if position < end, bytes[position] == 0x0B {
            position &+= 1
            return value
        }
        position = start
        return try evaluateExtended()
    }

    /// The next function index of an element list.
    mutating func readIndex() -> UInt32 { UInt32(truncatingIfNeeded: readUnsigned()) }

    /// An expression of several instructions, on a stack that is as deep as its bytes can make it.
    private mutating func evaluateExtended() throws(MemoryError) -> ConstantValue {
        let arena = instance.pointee.arena
        // Safe: a push takes at least two bytes, and there are fewer than 2^32.
        let capacity = (end &- position) / 2 &+ 2
        let raw = try arena.allocateGrowable(
            sizeInBytes: capacity &* MemoryLayout<ConstantValue>.stride,
            region: .scratch,
            site: .constantExpression
        )
        defer { arena.freeGrowable(raw) }
        var stack = ConstantStack(
            values: raw.bindMemory(to: ConstantValue.self, capacity: capacity),
            capacity
        )
        let start = position
        var mayCollect = true
        while position < end {
            let opcode = readByte()
            if opcode == 0x0B { break }
            if Build.hasGarbageCollection, opcode == 0xFB {
                // What lies on the stack is not rooted: after a collection the expression begins again.
                if try !aggregate(&stack, &mayCollect) {
                    position = start
                    stack.count = 0
                }
            } else if let result = ConstantReader.fold(opcode, stack) {
                _ = stack.pop()
                _ = stack.pop()
                stack.push(ConstantValue(low: result))
            } else {
                stack.push(operand(of: opcode))
            }
        }
        return stack.pop()
    }

    /// The result of an arithmetic instruction on the two topmost values, or nil if it is another.
    private static func fold(_ opcode: UInt8, _ stack: ConstantStack) -> UInt64? {
        guard opcode >= 0x6A, opcode <= 0x7E, stack.count >= 2 else { return nil }
        let left = stack.values[stack.count &- 2].low
        let right = stack.values[stack.count &- 1].low
        switch opcode {
        case 0x6A: return (left &+ right) & 0xFFFF_FFFF
        case 0x6B: return (left &- right) & 0xFFFF_FFFF
        case 0x6C: return (left &* right) & 0xFFFF_FFFF
        case 0x7C: return left &+ right
        case 0x7D: return left &- right
        case 0x7E: return left &* right
        default: return nil
        }
    }

    /// The value that a one-operand instruction pushes.
    private mutating func operand(of opcode: UInt8) -> ConstantValue {
        switch opcode {
        case 0x41: return ConstantValue(low: UInt64(UInt32(truncatingIfNeeded: readSigned())))
        case 0x42: return ConstantValue(low: UInt64(bitPattern: readSigned()))
        case 0x43: return ConstantValue(low: readFixed(4))
        case 0x44: return ConstantValue(low: readFixed(8))
        case 0x23: return globalValue(readIndex())
        case 0xD0:
            _ = readSigned()
            return ConstantValue(low: 0)
        case 0xD2: return ConstantValue(low: Operations.functionReference(instance, readIndex()))
        case 0xFD where Build.hasVectors:
            _ = readUnsigned()
            let low = readFixed(8)
            return ConstantValue(low: low, high: readFixed(8))
        default: return ConstantValue(low: 0)
        }
    }

    private func globalValue(_ index: UInt32) -> ConstantValue {
        guard let cell = EngineInstance(state: instance).global(at: index) else {
            return ConstantValue(low: 0)
        }
        return ConstantValue(low: cell.slots[0], high: cell.type.valueType.slotCount > 1 ? cell.slots[1] : 0)
    }
}

extension ConstantReader {
    @inline(never)
    mutating func readByte() -> UInt8 {
        guard position < end else { return 0x0B }
        position &+= 1
        return bytes[position &- 1]
    }

    /// Little-endian bytes as they stand.
    @inline(never)
    mutating func readFixed(_ sizeInBytes: Int) -> UInt64 {
        var value: UInt64 = 0
        var index = 0
        while index < sizeInBytes {
            value |= UInt64(readByte()) &<< UInt64(index &* 8)
            index &+= 1
        }
        return value
    }

    @inline(never)
    mutating func readUnsigned() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let byte = readByte()
            value |= UInt64(byte & 0x7F) &<< shift
            shift &+= 7
            if byte & 0x80 == 0 { break }
        }
        return value
    }

    @inline(never)
    mutating func readSigned() -> Int64 {
        var value: Int64 = 0
        var shift: Int64 = 0
        while shift < 64 {
            let byte = readByte()
            value |= Int64(byte & 0x7F) &<< shift
            shift &+= 7
            if byte & 0x80 == 0 {
                if shift < 64, byte & 0x40 != 0 { value |= -1 &<< shift }
                break
            }
        }
        return value
    }
}
