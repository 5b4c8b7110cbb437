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
        for position in 0..<module.pointee.elements.count {
            guard let segment = module.pointee.elements[checked: position], segment.mode != .passive else {
                continue
            }
            let index = UInt32(truncatingIfNeeded: position)
            let isShared = isPeer && Int(segment.tableIndex) < module.pointee.importedTableCount
            if segment.mode == .active, !isShared {
                let trap = try copy(segment, index, of: state)
                if trap != .none { return trap }
            }
            state.dropElement(index)
        }
        for position in 0..<module.pointee.dataSegments.count {
            guard let segment = module.pointee.dataSegments[checked: position], segment.mode == .active else {
                continue
            }
            let index = UInt32(truncatingIfNeeded: position)
            if isPeer {
                state.dropData(index)
                continue
            }
            guard let memory = state.pointee.base.memories?[Int(segment.memoryIndex)] else { continue }
            var reader = ConstantReader(segment.offset, of: state)
            let code = Operations.initialize(
                memory,
                segment.memoryIndex,
                state,
                index,
                Operations.address(try reader.evaluate().low, is64: memory.pointee.is64),
                0,
                UInt64(segment.bytes.sizeInBytes)
            )
            if code != 0 { return TrapCode(returned: code) }
            state.dropData(index)
        }
        return .none
    }

    private static func copy(
        _ segment: ElementSegment,
        _ index: UInt32,
        of state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) -> TrapCode {
        guard let table = state.pointee.base.tables?[Int(segment.tableIndex)] else { return .none }
        var reader = ConstantReader(segment.offset, of: state)
        let offset = Operations.address(try reader.evaluate().low, is64: table.pointee.is64)
        let isForeign = segment.count > 0 && table.pointee.owner != state.base
        do throws(MemoryError) {
            let trap = try Operations.initialize(table, state, index, offset, 0, UInt64(segment.count))
            if trap == .none, isForeign { EngineInstance(state: state).markEscaped() }
            return trap
        } catch {
            // Some references may lie there already.
            if isForeign { EngineInstance(state: state).markEscaped() }
            throw error
        }
    }
}
