internal import CPlatform
internal import MoteMemory
internal import MoteModule

// Operations on tables (spec 4.6.11). Indices of tables come from validated code; the rest from the guest.
// Indices and counts are slots as they are, of which a 32-bit table takes the low half.
// Never inlined into a handler: an address of a local of theirs in it would cost the handler its tail call.
extension Operations {
    @inline(__always)
    static func table(_ environment: Environment, _ index: UInt32) -> UnsafeMutablePointer<MoteTable> {
        // Safe: validation has checked the index, and an instance has every table of its module.
        environment.pointee.instance.pointee.tables[Int(index)].unsafelyUnwrapped
    }

    @inline(never)
    static func tableGet(
        _ environment: Environment,
        _ index: UInt32,
        _ elementSlot: UInt64
    ) -> (value: UInt64, trap: UInt32) {
        let table = table(environment, index)
        let element = address(elementSlot, is64: table.pointee.is64)
        guard element < table.pointee.count else { return (0, UInt32(TrapCode.tableOutOfBounds.rawValue)) }
        return (table.pointee.elements[Int(truncatingIfNeeded: element)], 0)
    }

    @inline(never)
    static func tableSet(
        _ environment: Environment,
        _ index: UInt32,
        _ elementSlot: UInt64,
        _ value: UInt64
    ) -> UInt32 {
        let table = table(environment, index)
        let element = address(elementSlot, is64: table.pointee.is64)
        guard element < table.pointee.count else { return UInt32(TrapCode.tableOutOfBounds.rawValue) }
        table.pointee.elements[Int(truncatingIfNeeded: element)] = value
        return 0
    }

    @inline(never)
    static func tableSize(_ environment: Environment, _ index: UInt32) -> UInt64 {
        table(environment, index).pointee.count
    }

    /// Grows a table with a value; the elements it had, or -1 in the table's address type.
    @inline(never)
    static func tableGrow(
        _ environment: Environment,
        _ index: UInt32,
        _ value: UInt64,
        _ deltaSlot: UInt64
    ) -> UInt64 {
        let table = table(environment, index)
        let failure = address(.max, is64: table.pointee.is64)
        let delta = address(deltaSlot, is64: table.pointee.is64)
        guard charge(environment, units: delta) else { return failure }
        do throws(MemoryError) {
            return try table.instance.grow(by: delta, filledWith: value) ?? failure
        } catch {
            environment.state.pointee.memoryError = error
            return failure
        }
    }

    @inline(never)
    static func tableFill(
        _ environment: Environment,
        _ index: UInt32,
        _ startSlot: UInt64,
        _ value: UInt64,
        _ countSlot: UInt64
    ) -> UInt32 {
        let table = table(environment, index)
        let start = address(startSlot, is64: table.pointee.is64)
        let count = address(countSlot, is64: table.pointee.is64)
        guard isInside(start, count, table.pointee.count) else {
            return UInt32(TrapCode.tableOutOfBounds.rawValue)
        }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        guard count > 0, let elements = table.pointee.elements else { return 0 }
        let first = elements + Int(truncatingIfNeeded: start)
        for offset in 0..<Int(truncatingIfNeeded: count) { first[offset] = value }
        return 0
    }

    @inline(never)
    static func tableCopy(
        _ environment: Environment,
        _ to: UInt32,
        _ from: UInt32,
        _ destinationSlot: UInt64,
        _ sourceSlot: UInt64,
        _ countSlot: UInt64
    ) -> UInt32 {
        let target = table(environment, to)
        let origin = table(environment, from)
        let destination = address(destinationSlot, is64: target.pointee.is64)
        let source = address(sourceSlot, is64: origin.pointee.is64)
        // The count has the smaller of the two types.
        let count = address(countSlot, is64: target.pointee.is64 & origin.pointee.is64)
        guard isInside(destination, count, target.pointee.count),
            isInside(source, count, origin.pointee.count)
        else { return UInt32(TrapCode.tableOutOfBounds.rawValue) }
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        guard count > 0, let targets = target.pointee.elements, let origins = origin.pointee.elements else {
            return 0
        }
        // Safe: the range was checked against tables that exist in memory.
        memmove(
            targets + Int(truncatingIfNeeded: destination),
            origins + Int(truncatingIfNeeded: source),
            Int(truncatingIfNeeded: count) &* 8
        )
        return 0
    }

    @inline(never)
    static func tableInit(
        _ environment: Environment,
        _ index: UInt32,
        _ segment: UInt32,
        _ destinationSlot: UInt64,
        _ sourceSlot: UInt64,
        _ countSlot: UInt64
    ) -> UInt32 {
        let table = table(environment, index)
        let count = address(countSlot, is64: 0)
        guard charge(environment, units: count) else { return UInt32(TrapCode.fuelExhausted.rawValue) }
        do throws(MemoryError) {
            let trap = try initialize(
                table,
                environment.pointee.instance.state,
                segment,
                address(destinationSlot, is64: table.pointee.is64),
                address(sourceSlot, is64: 0),
                count
            )
            return UInt32(trap.rawValue)
        } catch {
            environment.state.pointee.memoryError = error
            return UInt32(TrapCode.memoryExhausted.rawValue)
        }
    }

    /// Copies references of an element segment; a dropped one has none.
    ///
    /// O(source + count): they lie encoded.
    @inline(never)
    static func initialize(
        _ table: UnsafeMutablePointer<MoteTable>,
        _ instance: UnsafeMutablePointer<InstanceState>,
        _ segmentIndex: UInt32,
        _ destination: UInt64,
        _ source: UInt64,
        _ count: UInt64
    ) throws(MemoryError) -> TrapCode {
        let size = elementCount(instance, segmentIndex)
        guard isInside(destination, count, table.pointee.count), isInside(source, count, size) else {
            return .tableOutOfBounds
        }
        guard count > 0, let elements = table.pointee.elements else { return .none }
        let target = elements + Int(truncatingIfNeeded: destination)
        try copyElements(instance, segmentIndex, source, count, to: target)
        return .none
    }

    @inline(never)
    static func elementDrop(_ environment: Environment, _ segment: UInt32) {
        environment.pointee.instance.state.dropElement(segment)
    }

    /// The reference of a function by index.
    @inline(never)
    static func functionReference(_ environment: Environment, _ index: UInt32) -> UInt64 {
        functionReference(environment.pointee.instance.state, index)
    }

    @inline(never)
    static func functionReference(_ instance: UnsafeMutablePointer<InstanceState>, _ index: UInt32) -> UInt64
    {
        UInt64(UInt(bitPattern: EngineInstance(state: instance).function(at: index)))
    }
}
