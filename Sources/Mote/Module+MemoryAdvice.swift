internal import MoteModule

extension Module {
    /// What would take less memory if the module were built differently, most bytes first.
    ///
    /// With what runs showed, there is more to say: see ``MemoryAdvice/Measured``. `plan` is the plan that the numbers
    /// are for, the runtime's where nothing is given.
    public func memoryAdvice(
        measured: MemoryAdvice.Measured = MemoryAdvice.Measured(),
        plan: MemoryPlan? = nil
    ) -> [MemoryAdvice] {
        var facts = MemoryFacts()
        facts.toolchain = toolchain
        facts.measured = measured
        facts.appHeap = UInt64(clamping: max(0, (plan ?? runtime.plan).appHeap))
        facts.removable = sections.filter(\.isRemovable).map { ($0.name, $0.sizeInBytes) }
        facts.usesMemorySize = tables.pointee.usesMemorySize
        facts.exportsAllocator = engine.state.pointee.guestAllocator.isPresent
        facts.exportsLayout = memoryLayout?.isComplete ?? false
        if let memory = tables.pointee.memories[checked: 0], memory.pageSizeLog2 == 16,
            tables.pointee.importedMemoryCount == 0
        {
            facts.pages = memory.limits.minimum
            facts.maximumPages = memory.limits.maximum
        }
        if let layout = memoryLayout {
            facts.heapBase = layout.heapBase
            facts.dataEnd = layout.dataEnd
            if layout.stackTop > layout.stackBottom, layout.isStackSizeExact {
                facts.stack = layout.stackBottom..<layout.stackTop
                facts.isStackGuessed = layout.stackPointerSource == .guess
            }
        }
        facts.dataStart = dataRanges.filter { !$0.isEmpty }.map(\.lowerBound).min()
        readMutableGlobals(&facts)
        return facts.advice
    }

    /// Whether some function asks for the memory's size or grows it: such a memory is never truncated.
    public var usesMemorySize: Bool { tables.pointee.usesMemorySize }

    /// The function that the guest's own heap is asked by, `malloc` or `__new`, where it exports one that the host can use.
    public var allocator: String? { engine.state.pointee.guestAllocator.exportNames }

    /// Linkers make the stack pointer first; without a mutable global there is none.
    private func readMutableGlobals(_ facts: inout MemoryFacts) {
        facts.hasMutableGlobal = false
        for index in 0..<tables.pointee.globals.count {
            guard let global = tables.pointee.globals[checked: index], global.type.isMutable else { continue }
            facts.hasMutableGlobal = true
            guard index >= tables.pointee.importedGlobalCount, global.type.valueType == .i32 else { continue }
            var reader = NameReader(tables.pointee.text(global.initializer))
            guard reader.byte() == 0x41, let value = reader.signed32(), reader.byte() == 0x0B, reader.isAtEnd
            else { continue }
            facts.firstMutable = UInt64(UInt32(bitPattern: value))
            return
        }
    }
}

extension NameReader {
    fileprivate mutating func signed32() -> Int32? {
        var value: Int64 = 0
        for shift in stride(from: Int64(0), to: 35, by: 7) {
            guard let byte = byte() else { return nil }
            value |= Int64(byte & 0x7F) << shift
            guard byte < 0x80 else { continue }
            if byte & 0x40 != 0 { value |= -1 << (shift + 7) }
            return Int32(exactly: value)
        }
        return nil
    }
}

extension ModuleSection {
    /// Whether programs run the same without it.
    fileprivate var isRemovable: Bool {
        isCustom
            && ([
                "name", "producers", "linking", "sourceMappingURL", "external_debug_info", "target_features",
            ]
            .contains(name) || name.hasPrefix(".debug_") || name.hasPrefix("reloc."))
    }
}
