internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// New structs and arrays (spec 4.6.8). Operands lie in the frame's slots at `fp`, named by the instruction at `pc`;
// they stay there, so references among them are roots while the object is allocated.
// Never inlined into a handler: see Operations+Table.
extension Operations {
    /// A new object, or a trap.
    typealias Made = (object: UInt64, trap: UInt32)

    @inline(__always)
    private static func made(_ object: UnsafeMutableRawPointer) -> Made {
        (UInt64(UInt(bitPattern: object)), 0)
    }
    @inline(__always)
    private static func failed(_ trap: TrapCode) -> Made { (0, UInt32(trap.rawValue)) }
    @inline(__always)
    private static func header32(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 16, as: UInt32.self) }
    @inline(__always)
    private static func segment(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 20, as: UInt32.self) }

    /// Writes a field or element of 2^`sizeLog2` bytes from slots.
    @inline(__always)
    static func store(
        _ slots: UnsafePointer<UInt64>,
        sizeLog2: Int,
        to target: UnsafeMutableRawPointer
    ) {
        switch sizeLog2 {
        case 0: target.storeBytes(of: UInt8(truncatingIfNeeded: slots[0]), as: UInt8.self)
        case 1: target.storeBytes(of: UInt16(truncatingIfNeeded: slots[0]), as: UInt16.self)
        case 2: target.storeBytes(of: UInt32(truncatingIfNeeded: slots[0]), as: UInt32.self)
        case 3: target.storeBytes(of: slots[0], as: UInt64.self)
        default:
            target.storeBytes(of: slots[0], as: UInt64.self)
            target.storeBytes(of: slots[1], toByteOffset: 8, as: UInt64.self)
        }
    }

    @inline(never)
    static func structNew(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let header = pc.load(fromByteOffset: 16, as: UInt64.self)
        guard let object = allocateObject(environment, fp, header: header) else {
            return failed(.memoryExhausted)
        }
        let count = Int(immediate32(pc))
        var field = pc + 24
        for _ in 0..<count {
            let offset = Int(field.load(fromByteOffset: 4, as: UInt32.self))
            let sizeLog2 = Int(field.load(fromByteOffset: 2, as: UInt16.self))
            store(fp + slotField(field, 0), sizeLog2: sizeLog2, to: object + offset)
            field += 8
        }
        return made(object)
    }

    @inline(never)
    static func structNewDefault(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let header = pc.load(fromByteOffset: 16, as: UInt64.self)
        guard let object = allocateObject(environment, fp, header: header) else {
            return failed(.memoryExhausted)
        }
        return made(object)
    }

    /// An array of zeroes.
    @inline(never)
    static func makeArray(_ environment: Environment, _ fp: FP, _ header32: UInt32, _ count: UInt32) -> Made {
        guard charge(environment, units: UInt64(count)) else { return failed(.fuelExhausted) }
        let header = UInt64(header32) | UInt64(count) &<< 32
        guard let object = allocateObject(environment, fp, header: header) else {
            return failed(.memoryExhausted)
        }
        return made(object)
    }

    @inline(never)
    static func arrayNew(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let count = low(fp[slotField(pc, 12)])
        let result = makeArray(environment, fp, header32(pc), count)
        guard let array = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: result.object)) else {
            return result
        }
        fill(array, first: 0, count: Int(count), with: fp + slotField(pc, 10))
        return result
    }

    @inline(never)
    static func arrayNewFixed(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let count = immediate32(pc)
        let result = makeArray(environment, fp, header32(pc), count)
        guard let array = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: result.object)) else {
            return result
        }
        let shift = Int(GCObject.elementSizeLog2(UInt64(header32(pc))))
        var target = array + GCObject.headerSizeInBytes
        for index in 0..<Int(count) {
            store(fp + slotField(pc, 24 &+ index &* 2), sizeLog2: shift, to: target)
            target += 1 &<< shift
        }
        return result
    }

    @inline(never)
    static func arrayNewData(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let source = UInt64(low(fp[slotField(pc, 10)]))
        let count = low(fp[slotField(pc, 12)])
        let size = UInt64(count) &<< GCObject.elementSizeLog2(UInt64(header32(pc)))
        guard let bytes = dataBytes(environment, segment(pc), source, size) else {
            return failed(.memoryOutOfBounds)
        }
        let result = makeArray(environment, fp, header32(pc), count)
        if let array = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: result.object)) {
            memcpy(array + GCObject.headerSizeInBytes, bytes, Int(truncatingIfNeeded: size))
        }
        return result
    }

    @inline(never)
    static func arrayNewElement(_ environment: Environment, _ fp: FP, _ pc: PC) -> Made {
        let source = UInt64(low(fp[slotField(pc, 10)]))
        let count = low(fp[slotField(pc, 12)])
        let instance = environment.pointee.instance.state
        guard isInside(source, UInt64(count), elementCount(instance, segment(pc))) else {
            return failed(.tableOutOfBounds)
        }
        let result = makeArray(environment, fp, header32(pc), count)
        guard let array = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: result.object)) else {
            return result
        }
        let target = (array + GCObject.headerSizeInBytes).assumingMemoryBound(to: UInt64.self)
        let trap = copyElements(environment, segment(pc), source, UInt64(count), to: target)
        return trap == .none ? result : failed(trap)
    }
}

// Many elements at a time.
extension Operations {
    /// The array in a slot, if elements from `first` on lie in it; or why not.
    @inline(__always)
    private static func array(
        _ reference: UInt64,
        _ first: UInt64,
        _ count: UInt64,
        _ trap: inout TrapCode
    ) -> UnsafeMutableRawPointer? {
        guard let array = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: reference)) else {
            trap = .nullArrayReference
            return nil
        }
        guard isInside(first, count, UInt64(GCObject.count(array))) else {
            trap = .arrayOutOfBounds
            return nil
        }
        return array
    }

    @inline(__always)
    private static func address(
        _ array: UnsafeMutableRawPointer,
        _ index: UInt64
    ) -> UnsafeMutableRawPointer {
        let shift = GCObject.elementSizeLog2(GCObject.header(array))
        return array + GCObject.headerSizeInBytes + Int(truncatingIfNeeded: index &<< shift)
    }

    /// Sets elements that lie in an array to the value in slots.
    private static func fill(
        _ array: UnsafeMutableRawPointer,
        first: UInt64,
        count: Int,
        with value: UnsafePointer<UInt64>
    ) {
        let shift = Int(GCObject.elementSizeLog2(GCObject.header(array)))
        var target = address(array, first)
        if shift == 0 {
            memset(target, Int32(truncatingIfNeeded: value[0] & 0xFF), count)
            return
        }
        for _ in 0..<count {
            store(value, sizeLog2: shift, to: target)
            target += 1 &<< shift
        }
    }

    @inline(never)
    static func arrayFill(_ environment: Environment, _ fp: FP, _ pc: PC) -> UInt32 {
        let first = UInt64(low(fp[slotField(pc, 10)]))
        let count = UInt64(low(fp[slotField(pc, 14)]))
        var trap = TrapCode.none
        guard let array = array(fp[slotField(pc, 8)], first, count, &trap) else {
            return UInt32(trap.rawValue)
        }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        fill(array, first: first, count: Int(truncatingIfNeeded: count), with: fp + slotField(pc, 12))
        return 0
    }

    @inline(never)
    static func arrayCopy(_ environment: Environment, _ fp: FP, _ pc: PC) -> UInt32 {
        let destination = UInt64(low(fp[slotField(pc, 10)]))
        let source = UInt64(low(fp[slotField(pc, 14)]))
        let count = UInt64(low(fp[slotField(pc, 16)]))
        guard fp[slotField(pc, 8)] != 0, fp[slotField(pc, 12)] != 0 else {
            return UInt32(TrapCode.nullArrayReference.rawValue)
        }
        var trap = TrapCode.none
        guard let target = array(fp[slotField(pc, 8)], destination, count, &trap),
            let origin = array(fp[slotField(pc, 12)], source, count, &trap)
        else { return UInt32(trap.rawValue) }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        let size = count &<< GCObject.elementSizeLog2(GCObject.header(target))
        memmove(address(target, destination), address(origin, source), Int(truncatingIfNeeded: size))
        return 0
    }

    @inline(never)
    static func arrayInitData(_ environment: Environment, _ fp: FP, _ pc: PC) -> UInt32 {
        let first = UInt64(low(fp[slotField(pc, 10)]))
        let source = UInt64(low(fp[slotField(pc, 12)]))
        let count = UInt64(low(fp[slotField(pc, 14)]))
        var trap = TrapCode.none
        guard let array = array(fp[slotField(pc, 8)], first, count, &trap) else {
            return UInt32(trap.rawValue)
        }
        let size = count &<< GCObject.elementSizeLog2(GCObject.header(array))
        guard let bytes = dataBytes(environment, header32(pc), source, size) else {
            return UInt32(TrapCode.memoryOutOfBounds.rawValue)
        }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        memcpy(address(array, first), bytes, Int(truncatingIfNeeded: size))
        return 0
    }

    @inline(never)
    static func arrayInitElement(_ environment: Environment, _ fp: FP, _ pc: PC) -> UInt32 {
        let first = UInt64(low(fp[slotField(pc, 10)]))
        let source = UInt64(low(fp[slotField(pc, 12)]))
        let count = UInt64(low(fp[slotField(pc, 14)]))
        var trap = TrapCode.none
        guard let array = array(fp[slotField(pc, 8)], first, count, &trap) else {
            return UInt32(trap.rawValue)
        }
        let instance = environment.pointee.instance.state
        guard isInside(source, count, elementCount(instance, header32(pc))) else {
            return UInt32(TrapCode.tableOutOfBounds.rawValue)
        }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        let target = address(array, first).assumingMemoryBound(to: UInt64.self)
        return UInt32(copyElements(environment, header32(pc), source, count, to: target).rawValue)
    }
}

// Segments.
extension Operations {
    /// Bytes of a data segment, or nil where they do not lie in it; a dropped one has none.
    private static func dataBytes(
        _ environment: Environment,
        _ segmentIndex: UInt32,
        _ source: UInt64,
        _ sizeInBytes: UInt64
    ) -> UnsafePointer<UInt8>? {
        let instance = environment.pointee.instance.state
        let module = instance.pointee.module.pointee.module
        guard let segment = module.pointee.dataSegments[checked: Int(segmentIndex)] else { return nil }
        let size = instance.isDataDropped(segmentIndex) ? 0 : UInt64(segment.bytes.sizeInBytes)
        guard isInside(source, sizeInBytes, size) else { return nil }
        // Safe: decoding has checked that segments lie in the module's bytes.
        return module.pointee.bytes + Int(segment.bytes.offset) + Int(truncatingIfNeeded: source)
    }

    /// References of an element segment; a dropped one has none.
    static func elementCount(_ instance: UnsafeMutablePointer<InstanceState>, _ segmentIndex: UInt32)
        -> UInt64
    {
        guard !instance.isElementDropped(segmentIndex) else { return 0 }
        let module = instance.pointee.module.pointee.module
        return UInt64(module.pointee.elements.pointer(at: Int(segmentIndex))?.pointee.count ?? 0)
    }

    private static func copyElements(
        _ environment: Environment,
        _ segmentIndex: UInt32,
        _ source: UInt64,
        _ count: UInt64,
        to target: UnsafeMutablePointer<UInt64>
    ) -> TrapCode {
        do throws(MemoryError) {
            try copyElements(environment.pointee.instance.state, segmentIndex, source, count, to: target)
            return .none
        } catch {
            environment.state.pointee.memoryError = error
            return .memoryExhausted
        }
    }

    /// Copies references that lie in an element segment.
    ///
    /// O(source + count) where they lie encoded: only objects are made once for all, at instantiation.
    static func copyElements(
        _ instance: UnsafeMutablePointer<InstanceState>,
        _ segmentIndex: UInt32,
        _ source: UInt64,
        _ count: UInt64,
        to target: UnsafeMutablePointer<UInt64>
    ) throws(MemoryError) {
        let module = instance.pointee.module.pointee.module
        guard let segment = module.pointee.elements.pointer(at: Int(segmentIndex)) else { return }
        if Build.hasGarbageCollection, let values = instance.pointee.elementValues?[Int(segmentIndex)] {
            memcpy(target, values + Int(truncatingIfNeeded: source), Int(truncatingIfNeeded: count) &* 8)
            return
        }
        guard count > 0 else { return }
        var reader = ConstantReader(segment.pointee.elements, of: instance)
        let last = source &+ count
        var position: UInt64 = 0
        while position < last {
            let isWanted = position >= source
            var value: UInt64 = 0
            if segment.pointee.isExpressions {
                value = try reader.evaluate().low
            } else {
                let index = reader.readIndex()
                if isWanted { value = functionReference(instance, index) }
            }
            if isWanted { target[Int(truncatingIfNeeded: position &- source)] = value }
            position &+= 1
        }
    }
}
