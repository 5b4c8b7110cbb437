internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension EngineInstance {
    /// Copies active segments, elements before data, each in order; the first that does not fit traps and leaves
    /// what came before it (spec 4.7.2).
    ///
    /// In a peer only its own tables are filled.
    static func initializeSegments(
        of state: UnsafeMutablePointer<InstanceState>,
        isPeer: Bool
    ) throws(EngineError) {
        let trap: TrapCode
        do throws(MemoryError) {
            trap = try copySegments(of: state, isPeer: isPeer)
        } catch {
            throw .memory(error)
        }
        if trap != .none { throw .trap(trap) }
    }

    private static func copySegments(
        of state: UnsafeMutablePointer<InstanceState>,
        isPeer: Bool
    ) throws(MemoryError) -> TrapCode {
        let module = state.pointee.module.pointee.module
        var position = 0
        while let segment = module.pointee.elements.pointer(at: position) {
            let index = UInt32(truncatingIfNeeded: position)
            position &+= 1
            if segment.pointee.mode == .passive { continue }
            let isShared = isPeer && Int(segment.pointee.tableIndex) < module.pointee.importedTableCount
            if segment.pointee.mode == .active, !isShared {
                let trap = try copy(segment, index, of: state)
                if trap != .none { return trap }
            }
            state.dropElement(index)
        }
        position = 0
        while let segment = module.pointee.dataSegments.pointer(at: position) {
            let index = UInt32(truncatingIfNeeded: position)
            position &+= 1
            if segment.pointee.mode != .active { continue }
            if !isPeer {
                let memory = segment.pointee.memoryIndex
                guard state.pointee.base.memories?[Int(memory)] != nil else { continue }
                let offset = try ConstantReader.value(of: segment.pointee.offset, in: state).low
                let size = UInt64(segment.pointee.bytes.sizeInBytes)
                let code = Operations.initialize(state, memory, index, offset, 0, size)
                if code != 0 { return TrapCode(returned: code) }
            }
            state.dropData(index)
        }
        return .none
    }

    private static func copy(
        _ segment: UnsafeMutablePointer<ElementSegment>,
        _ index: UInt32,
        of state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) -> TrapCode {
        guard let table = state.pointee.base.tables?[Int(segment.pointee.tableIndex)] else { return .none }
        let slot = try ConstantReader.value(of: segment.pointee.offset, in: state).low
        let offset = Operations.address(slot, is64: table.pointee.is64)
        let count = UInt64(segment.pointee.count)
        let isForeign = count > 0 && table.pointee.owner != state.base
        var trap = TrapCode.none
        // After a failure too: some references may lie there already.
        defer { if isForeign, trap == .none { EngineInstance(state: state).markEscaped() } }
        trap = try Operations.initialize(table, state, index, offset, 0, count)
        return trap
    }
}
