internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Structs, arrays and small integers in constant expressions.

extension ConstantReader {
    /// An instruction behind 0xFB; false where a collection took place instead and the expression is to begin again.
    mutating func aggregate(_ stack: inout ConstantStack, _ mayCollect: inout Bool) throws(MemoryError)
        -> Bool
    {
        let number = readUnsigned()
        switch number {
        case 0, 1, 6, 7, 8: return try make(number, &stack, &mayCollect)
        case 28:
            let value = UInt32(truncatingIfNeeded: stack.pop().low)
            stack.push(ConstantValue(low: UInt64(value &<< 1 | 1)))
        default: break
        }
        return true
    }

    /// struct.new, struct.new_default, array.new, array.new_default, array.new_fixed.
    private mutating func make(
        _ number: UInt64,
        _ stack: inout ConstantStack,
        _ mayCollect: inout Bool
    ) throws(MemoryError) -> Bool {
        let module = instance.pointee.module.pointee.module
        guard let type = module.pointee.types.pointer(at: Int(readIndex())) else { return true }
        if number < 2 {
            let size = GCObject.headerSizeInBytes &+ Int(type.pointee.fieldsSizeInBytes)
            let header = GCObject.header(
                .structure,
                typeID: type.pointee.canonicalID,
                sizeInBytes: max(size, GCObject.smallestSizeInBytes)
            )
            guard let object = try allocate(header, &mayCollect) else { return false }
            if number == 0 { fill(object, type, &stack) }
            stack.push(ConstantValue(low: UInt64(UInt(bitPattern: object))))
            return true
        }
        let element = type.pointee.values[checked: 0] ?? .i32
        let count =
            number == 8
            ? UInt32(truncatingIfNeeded: readUnsigned()) : UInt32(truncatingIfNeeded: stack.pop().low)
        let lower = GCObject.arrayHeader(
            typeID: type.pointee.canonicalID,
            elementSizeLog2: element.storageSizeLog2
        )
        guard let array = try allocate(UInt64(lower) | UInt64(count) &<< 32, &mayCollect) else {
            return false
        }
        let shift = Int(element.storageSizeLog2)
        let elements = array + GCObject.headerSizeInBytes
        if number == 6 {
            let value = stack.pop()
            for index in 0..<Int(count) { put(value, shift, elements + index &<< shift) }
        } else if number == 8 {
            var index = Int(count)
            while index > 0 {
                index &-= 1
                put(stack.pop(), shift, elements + index &<< shift)
            }
        }
        stack.push(ConstantValue(low: UInt64(UInt(bitPattern: array))))
        return true
    }

    /// Fields from the stack, the last one on top.
    private func fill(
        _ object: UnsafeMutableRawPointer,
        _ type: UnsafeMutablePointer<DefinedType>,
        _ stack: inout ConstantStack
    ) {
        let count = type.pointee.values.count
        let first = stack.count &- count
        guard first >= 0 else { return }
        var layout = FieldLayout()
        for index in 0..<count {
            guard let field = type.pointee.values[checked: index] else { return }
            let target = object + GCObject.headerSizeInBytes + layout.next(field)
            put(stack.values[first &+ index], Int(field.storageSizeLog2), target)
        }
        stack.count = first
    }

    private func put(_ value: ConstantValue, _ sizeLog2: Int, _ target: UnsafeMutableRawPointer) {
        var value = value
        withUnsafeBytes(of: &value) { bytes in
            guard let slots = bytes.baseAddress?.assumingMemoryBound(to: UInt64.self) else { return }
            Operations.store(slots, sizeLog2: sizeLog2, to: target)
        }
    }

    /// A new object; nil after a collection, which is due or was the last resort.
    private func allocate(
        _ header: UInt64,
        _ mayCollect: inout Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer? {
        let store = instance.pointee.store
        if mayCollect, Collector.isDue(store) {
            mayCollect = false
            if Collector.collect(store, frame: nil) { return nil }
        }
        do throws(MemoryError) {
            let object = try Collector.allocateWithoutCollection(store, header: header)
            return object
        } catch {
            guard mayCollect, Collector.collect(store, frame: nil) else { throw error }
            mayCollect = false
            return nil
        }
    }

    /// Whether one of the `count` expressions that start here makes an object, so that it must be evaluated once only.
    mutating func makesObjects(_ count: Int) -> Bool {
        for _ in 0..<count {
            while position < end {
                let opcode = readByte()
                if opcode == 0x0B { break }
                switch opcode {
                case 0x41, 0x42, 0xD0: _ = readSigned()
                case 0x43: _ = readFixed(4)
                case 0x44: _ = readFixed(8)
                case 0x23, 0xD2: _ = readUnsigned()
                case 0xFD:
                    _ = readUnsigned()
                    position &+= 16
                case 0xFB: if readUnsigned() < 20 { return true }
                default: break
                }
            }
        }
        return false
    }
}

extension EngineInstance {
    /// Evaluates the element segments whose expressions make objects: each segment has its objects, however often it is
    /// copied.
    static func makeElementValues(of state: UnsafeMutablePointer<InstanceState>) throws(MemoryError) {
        guard Build.hasGarbageCollection else { return }
        let module = state.pointee.module.pointee.module
        for index in 0..<module.pointee.elements.count {
            guard let segment = module.pointee.elements[checked: index], segment.isExpressions,
                segment.mode != .declarative, segment.elementType.heapType != .function
            else { continue }
            var scout = ConstantReader(segment.elements, of: state)
            guard scout.makesObjects(Int(segment.count)) else { continue }
            try makeValues(segment, index, of: state)
        }
    }

    private static func makeValues(
        _ segment: ElementSegment,
        _ index: Int,
        of state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) {
        let arena = state.pointee.arena
        let module = state.pointee.module.pointee.module
        if state.pointee.elementValues == nil {
            state.pointee.elementValues = try arena.allocateZeroed(
                UnsafeMutablePointer<UInt64>?.self,
                count: module.pointee.elements.count,
                region: .structures,
                site: .instanceElementSegments
            )
        }
        let count = Int(segment.count)
        let raw = try arena.allocateGrowableZeroed(
            sizeInBytes: count &* 8,
            region: .tables,
            site: .instanceElementValues
        )
        let values = raw.bindMemory(to: UInt64.self, capacity: count)
        state.pointee.elementValues?[index] = values
        var reader = ConstantReader(segment.elements, of: state)
        for position in 0..<count { values[position] = try reader.evaluate().low }
    }
}
