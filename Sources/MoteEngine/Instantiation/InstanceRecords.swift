internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension EngineInstance {
    /// Bytes of an instance's small records together, so that they lie in one block without a rest.
    ///
    /// Nothing depends on it but that: what is missing here is found elsewhere.
    static func recordsSizeInBytes(_ module: Module.Pointer, hasLimits: Bool) -> Int {
        let module = module.pointee
        let pointers =
            module.importedFunctionCount &+ module.tables.count &+ module.memories.count &+ module.tags.count
            &+ module.importedGlobalCount
        var size = stride(InstanceState.self) &+ pointers &* 8 &+ module.globalSlots &* 8
        size &+= module.importedGlobalCount &* stride(GlobalCell.self)
        size &+= (module.memories.count &- module.importedMemoryCount) &* stride(MemoryInstance.self)
        size &+= (module.tables.count &- module.importedTableCount) &* stride(TableInstance.self)
        size &+= (module.tags.count &- module.importedTagCount) &* stride(MoteTag.self)
        let records = module.referencedFunctionCount &* stride(MoteFunction.self)
        // Larger ones are blocks of their own.
        if records < 1024 { size &+= records }
        size &+= ((module.dataSegments.count &+ 63) / 64 &+ (module.elements.count &+ 63) / 64) &* 8
        if hasLimits { size &+= stride(InstanceLimits.self) }
        return size
    }

    private static func stride<Record>(_ type: Record.Type) -> Int {
        (MemoryLayout<Record>.stride &+ 7) & ~7
    }
}

extension InstanceLimits {
    /// Whether everything is as the plan says, so that nothing has to be kept.
    var isPlan: Bool {
        operandStackSizeInBytes == nil && maximumMemoryPageCount == nil && linearMemory == nil
            && bounds == nil
            && maximumPageCountOverride == nil && linearMemoryBuffer == nil && truncation == nil
            && appHeapSizeInBytes == nil && appHeapPlacement == nil && guestHeap == nil
            && maximumGuestHeapSizeInBytes == nil && checksAuxiliaryStack == nil && !attachesSharedHeaps
            && !isMetered
    }
}

extension InstanceState {
    /// Whether shared heaps may be attached: memory 0 has no guard pages then, and its code checks.
    var attachesSharedHeaps: Bool {
        allowsSharedHeaps || ownLimits?.pointee.attachesSharedHeaps == true
    }

    /// A copy of what the instance overrides of the plan.
    package var limits: InstanceLimits {
        @inline(never) get {
            var limits = ownLimits?.pointee ?? InstanceLimits()
            if allowsSharedHeaps { limits.attachesSharedHeaps = true }
            return limits
        }
    }
}
