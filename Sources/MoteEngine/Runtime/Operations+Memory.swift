internal import MoteModule
internal import CPlatform
internal import MoteMemory

// Bulk operations on memories (spec 4.6.10). Indices come from validated code; addresses and counts from the guest.
// Addresses and counts are slots as they are, of which a 32-bit memory takes the low half.
// Never inlined into a handler: see Operations+Table.
extension Operations {
    /// Whether `count` bytes from `offset` lie below `size`.
    @inline(__always)
    static func isInside(_ offset: UInt64, _ count: UInt64, _ size: UInt64) -> Bool {
        let (end, overflow) = offset.addingReportingOverflow(count)
        return !overflow && end <= size
    }

    @inline(__always)
    static func memory(_ environment: Environment, _ index: UInt32) -> UnsafeMutablePointer<MoteMemory> {
        // Safe: validation has checked the index, and an instance has every memory of its module.
        environment.pointee.instance.pointee.memories[Int(index)].unsafelyUnwrapped
    }

    /// What an address type takes of a slot.
    @inline(__always)
    static func address(_ slot: UInt64, is64: UInt8) -> UInt64 {
        is64 != 0 ? slot : slot & 0xFFFF_FFFF
    }

    /// Takes fuel for bytes of a bulk operation; false where it ran out.
    @inline(__always)
    static func charge(_ environment: Environment, units: UInt64) -> Bool {
        guard environment.pointee.instance.pointee.variant & 2 != 0 else { return true }
        let cost = Int64(truncatingIfNeeded: min(units, 1 << 40))
        environment.pointee.fuel &-= cost
        return environment.pointee.fuel >= 0
    }

    /// Where bytes of a memory lie, or of a shared heap behind memory 0.
    ///
    /// `isInside` is false where one of them lies elsewhere; the pointer may be null where there are none.
    @inline(__always)
    private static func bytes(
        _ instance: UnsafeMutablePointer<MoteInstance>,
        _ memory: UnsafeMutablePointer<MoteMemory>,
        _ index: UInt32,
        _ address: UInt64,
        _ count: UInt64
    ) -> (UnsafeMutableRawPointer?, isInside: Bool) {
        if isInside(address, count, EffectiveAddress.currentSize(of: memory)) {
            // Safe: inside the memory, so the address is an Int.
            let base = UnsafeMutableRawPointer(memory.pointee.base)
            return (base.map { $0 + Int(truncatingIfNeeded: address) }, true)
        }
        let place = SharedHeapAccess.bytes(instance, memoryIndex: index, address: address, count: count)
        return (place, place != nil)
    }

    /// Pages of a memory.
    @inline(never)
    static func memorySize(_ environment: Environment, _ index: UInt32) -> UInt64 {
        let memory = memory(environment, index)
        // Other threads may grow a shared one. The size in bytes is no help: an app heap may lie behind the pages.
        return memory.pointee.isShared != 0
            ? LinearMemory.currentPageCount(of: memory) : memory.pointee.pageCount
    }

    /// Grows a memory; the pages it had, or -1 in the memory's address type.
    @inline(never)
    static func memoryGrow(
        _ environment: Environment,
        _ index: UInt32,
        _ delta: UInt64,
        _ pc: UnsafeRawPointer,
        _ fp: UnsafeMutablePointer<UInt64>
    ) -> UInt64 {
        let memory = memory(environment, index)
        let failure = address(.max, is64: memory.pointee.is64)
        let count = address(delta, is64: memory.pointee.is64)
        do throws(MemoryError) {
            guard let before = try memory.instance.grow(byPages: count) else {
                reportGrowthFailure(environment, index, count, nil, pc, fp)
                return failure
            }
            reloadCaches(environment, environment.pointee.instance)
            return before
        } catch {
            environment.state.pointee.memoryError = error
            reportGrowthFailure(environment, index, count, error, pc, fp)
            return failure
        }
    }

    @inline(never)
    static func memoryFill(
        _ environment: Environment,
        _ index: UInt32,
        _ destinationSlot: UInt64,
        _ value: UInt32,
        _ countSlot: UInt64
    ) -> UInt32 {
        let memory = memory(environment, index)
        let destination = address(destinationSlot, is64: memory.pointee.is64)
        let count = address(countSlot, is64: memory.pointee.is64)
        let (start, isInside) = bytes(environment.pointee.instance, memory, index, destination, count)
        guard isInside else { return UInt32(TrapCode.memoryOutOfBounds.rawValue) }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        guard count > 0, let start else { return 0 }
        memset(start, Int32(value & 0xFF), Int(truncatingIfNeeded: count))
        return 0
    }

    @inline(never)
    static func memoryCopy(
        _ environment: Environment,
        _ to: UInt32,
        _ from: UInt32,
        _ destinationSlot: UInt64,
        _ sourceSlot: UInt64,
        _ countSlot: UInt64
    ) -> UInt32 {
        let target = memory(environment, to)
        let origin = memory(environment, from)
        let destination = address(destinationSlot, is64: target.pointee.is64)
        let source = address(sourceSlot, is64: origin.pointee.is64)
        // The count has the smaller of the two types.
        let count = address(countSlot, is64: target.pointee.is64 & origin.pointee.is64)
        let instance = environment.pointee.instance.unsafelyUnwrapped
        let (end, endIsInside) = bytes(instance, target, to, destination, count)
        let (start, startIsInside) = bytes(instance, origin, from, source, count)
        guard endIsInside, startIsInside else { return UInt32(TrapCode.memoryOutOfBounds.rawValue) }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        guard count > 0, let end, let start else { return 0 }
        memmove(end, start, Int(truncatingIfNeeded: count))
        return 0
    }

    @inline(never)
    static func memoryInit(
        _ environment: Environment,
        _ index: UInt32,
        _ segment: UInt32,
        _ destinationSlot: UInt64,
        _ sourceSlot: UInt64,
        _ countSlot: UInt64
    ) -> UInt32 {
        let count = address(countSlot, is64: 0)
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        let instance = environment.pointee.instance.state
        return initialize(instance, index, segment, destinationSlot, address(sourceSlot, is64: 0), count)
    }

    /// Copies bytes of a data segment into a memory that the instance has; a dropped one has none.
    @inline(never)
    static func initialize(
        _ instance: UnsafeMutablePointer<InstanceState>,
        _ memoryIndex: UInt32,
        _ segmentIndex: UInt32,
        _ destinationSlot: UInt64,
        _ source: UInt64,
        _ count: UInt64
    ) -> UInt32 {
        let module = instance.pointee.module.pointee.module
        guard let segment = module.pointee.dataSegments.pointer(at: Int(segmentIndex)),
            let memory = instance.pointee.base.memories?[Int(memoryIndex)]
        else { return UInt32(TrapCode.memoryOutOfBounds.rawValue) }
        let destination = address(destinationSlot, is64: memory.pointee.is64)
        let size = instance.isDataDropped(segmentIndex) ? 0 : UInt64(segment.pointee.bytes.sizeInBytes)
        let (start, startIsInside) = bytes(instance.base, memory, memoryIndex, destination, count)
        guard startIsInside, isInside(source, count, size) else {
            return UInt32(TrapCode.memoryOutOfBounds.rawValue)
        }
        guard count > 0, let start else { return 0 }
        // Safe: decoding has checked that segments lie in the module's bytes.
        let bytes = module.pointee.bytes + Int(segment.pointee.bytes.offset) + Int(truncatingIfNeeded: source)
        memcpy(start, bytes, Int(truncatingIfNeeded: count))
        return 0
    }

    @inline(never)
    static func dataDrop(_ environment: Environment, _ segment: UInt32) {
        environment.pointee.instance.state.dropData(segment)
    }
}
