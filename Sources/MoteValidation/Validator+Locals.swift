internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Locals declared together, all of one type.
struct LocalRun {
    /// Index behind the last of them.
    var end: UInt32
    var type: ValueType
}

extension Validator {
    /// The type of a local or parameter.
    @inline(__always)
    mutating func localType(_ index: UInt32) throws(Stop) -> ValueType {
        if Int(index) < directLocalCount { return ValueType(rawValue: locals[Int(index)]) }
        return try searchLocal(index)
    }

    @inline(never)
    private mutating func searchLocal(_ index: UInt32) throws(Stop) -> ValueType {
        guard Int(index) < localCount else { throw fail(.unknownLocal) }
        if Int(index) < parameters.count { return parameters[Int(index)] }
        // The first run that ends behind the index. Safe: 0 <= low <= middle < high <= localRunCount.
        var low = 0
        var high = localRunCount
        while low < high {
            let middle = (low &+ high) / 2
            if let run = localRuns?[middle], run.end > index { high = middle } else { low = middle &+ 1 }
        }
        guard low < localRunCount, let run = localRuns?[low] else { throw fail(.unknownLocal) }
        return run.type
    }

    /// Reads the declarations at the start of a body; gives the slots that the locals take.
    mutating func readLocals() throws(Stop) -> Int {
        localRunCount = 0
        localCount = parameters.count
        directLocalCount = min(localCount, ValidationLimits.directLocals)
        var index = 0
        while index < directLocalCount {
            locals[index] = parameters[index].rawValue
            index &+= 1
        }
        var groups = try readU32()
        var total: UInt64 = 0
        var slots: UInt64 = 0
        var needsInitialisation = false
        while groups > 0 {
            groups &-= 1
            instruction = cursor
            let number = try readU32()
            let type = try readValueType()
            // Safe: at most 2^26 groups fit into a body, of less than 2^32 locals each.
            total &+= UInt64(number)
            slots &+= UInt64(number) &* UInt64(type.slotCount)
            guard number > 0, slots <= UInt64(ValidationLimits.maximumSlots) else { continue }
            if !type.isDefaultable { needsInitialisation = true }
            try appendLocals(number, type)
        }
        guard total &+ UInt64(parameters.count) <= UInt64(UInt32.max) else { throw malformedLocals() }
        guard slots <= UInt64(ValidationLimits.maximumSlots) else { throw fail(.tooManySlots) }
        if needsInitialisation { try prepareInitialisation() }
        return Int(slots)
    }

    private mutating func appendLocals(_ number: UInt32, _ type: ValueType) throws(Stop) {
        // Safe: number is at most the limit of slots.
        let newCount = localCount &+ Int(number)
        var index = localCount
        while index < newCount, index < ValidationLimits.directLocals {
            locals[index] = type.rawValue
            index &+= 1
        }
        directLocalCount = min(newCount, ValidationLimits.directLocals)
        localCount = newCount
        if localRunCount == localRunCapacity { try growLocalRuns() }
        localRuns?[localRunCount] = LocalRun(end: UInt32(truncatingIfNeeded: newCount), type: type)
        localRunCount &+= 1
    }

    @inline(never)
    private mutating func growLocalRuns() throws(Stop) {
        // Safe: a run has a local, and locals are at most the limit of slots.
        let capacity = localRunCapacity == 0 ? 16 : localRunCapacity * 2
        let size = capacity * MemoryLayout<LocalRun>.stride
        do {
            let block =
                if let localRuns {
                    try arena.resizeGrowable(localRuns, to: size, site: .validationLocalRunGrowth)
                } else {
                    try arena.allocateGrowable(
                        sizeInBytes: size,
                        region: .scratch,
                        site: .validationLocalRuns
                    )
                }
            localRuns = block.assumingMemoryBound(to: LocalRun.self)
            localRunCapacity = capacity
        } catch {
            failure = .memory(error)
            throw Stop()
        }
    }
}

extension Validator {
    private mutating func prepareInitialisation() throws(Stop) {
        do {
            try initialisation.prepare(localCount: localCount, arena)
        } catch {
            failure = .memory(error)
            throw Stop()
        }
    }
}
