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
    mutating func localType(_ index: UInt32) -> ValueType {
        if Int(index) < directLocalCount { return ValueType(rawValue: locals[Int(index)]) }
        return searchLocal(index)
    }

    @inline(never)
    private mutating func searchLocal(_ index: UInt32) -> ValueType {
        if let parameter = parameters[checked: Int(index)] { return parameter }
        // The first run that ends behind the index. Safe: 0 <= low <= middle < high <= localRunCount.
        var low = 0
        var high = localRunCount
        if let localRuns {
            while low < high {
                let middle = (low &+ high) &>> 1
                if localRuns[middle].end > index { high = middle } else { low = middle &+ 1 }
            }
            if low < localRunCount { return localRuns[low].type }
        }
        fail(.unknownLocal)
        return .bottom
    }

    /// Reads the declarations at the start of a body; gives the slots that the locals take.
    mutating func readLocals() -> Int {
        localRunCount = 0
        localCount = 0
        directLocalCount = 0
        var index = 0
        while let type = parameters[checked: index], index < ValidationLimits.directLocals {
            locals[index] = type.rawValue
            index &+= 1
        }
        localCount = parameters.count
        directLocalCount = index
        var groups = readU32()
        var total = UInt64(truncatingIfNeeded: localCount)
        var slots: UInt64 = 0
        var needsInitialisation = false
        while groups > 0, !hasFailed {
            groups &-= 1
            instruction = cursor
            let number = readU32()
            let type = readValueType()
            // Safe: at most 2^26 groups fit into a body, of less than 2^32 locals each.
            total &+= UInt64(number)
            slots &+= UInt64(number) &* UInt64(truncatingIfNeeded: type.slotCount)
            guard number > 0, slots <= UInt64(ValidationLimits.maximumSlots) else { continue }
            if !type.isDefaultable { needsInitialisation = true }
            appendLocals(number, type)
        }
        if total > UInt64(UInt32.max) { malformed(.tooManyLocals) }
        if slots > UInt64(ValidationLimits.maximumSlots) { fail(.tooManySlots) }
        if needsInitialisation { prepareInitialisation() }
        return Int(truncatingIfNeeded: slots)
    }

    private mutating func appendLocals(_ number: UInt32, _ type: ValueType) {
        // Safe: number is at most the limit of slots.
        localCount &+= Int(number)
        while directLocalCount < localCount, directLocalCount < ValidationLimits.directLocals {
            locals[directLocalCount] = type.rawValue
            directLocalCount &+= 1
        }
        if localRunCount == localRunCapacity {
            // Safe: a run has a local, and locals are at most the limit of slots.
            let capacity = localRunCapacity == 0 ? 16 : localRunCapacity &* 2
            let size = capacity &* MemoryLayout<LocalRun>.stride
            let taken =
                localRuns == nil
                ? resize(nil, to: size, site: .validationLocalRuns)
                : resize(localRuns, to: size, site: .validationLocalRunGrowth)
            guard let block = taken else { return }
            localRuns = block.assumingMemoryBound(to: LocalRun.self)
            localRunCapacity = capacity
        }
        localRuns?[localRunCount] = LocalRun(end: UInt32(truncatingIfNeeded: localCount), type: type)
        localRunCount &+= 1
    }
}
