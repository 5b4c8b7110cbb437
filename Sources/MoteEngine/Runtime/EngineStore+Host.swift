package import CPlatform
package import MoteMemory
package import MoteModule

extension EngineStore {
    /// A function of the host's with the given type (copied). Called with `data`; `finalizer` is called with it when
    /// the store goes. Lives as long as the store.
    package func makeHostFunction(
        parameters: Items<ValueType>, results: Items<ValueType>, target: MoteHostFunction,
        data: UnsafeMutableRawPointer?, finalizer: HostFinalizer? = nil
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction> {
        throw .usage(.unsupported)
    }

    /// A global of the host's; `low` is its value, `high` the upper half of a v128. Lives as long as the store.
    package func makeGlobal(
        type: GlobalType, low: UInt64, high: UInt64 = 0
    ) throws(EngineError) -> GlobalCell {
        do throws(MemoryError) {
            let slots = try state.pointee.arena.allocate(
                UInt64.self, count: type.valueType.slotCount, region: .globals, site: .hostGlobal)
            slots[0] = low
            if type.valueType.slotCount > 1 { slots[1] = high }
            return GlobalCell(slots: slots, type: type, owner: nil)
        } catch {
            throw .memory(error)
        }
    }

    /// A memory of the host's, all zero. Lives as long as the store.
    package func makeMemory(
        type: MemoryType, limits: InstanceLimits = InstanceLimits()
    ) throws(EngineError) -> UnsafeMutablePointer<MoteMemory> {
        do throws(MemoryError) {
            let arena = state.pointee.arena
            let memory = try arena.allocate(
                MemoryInstance.self, count: 1, region: .structures, site: .hostMemory)
            try memory.initialize(
                type: type, limits: limits, plan: state.pointee.runtime.pointee.plan, owner: nil, arena: arena)
            memory.pointee.next = state.pointee.firstHostMemory
            state.pointee.firstHostMemory = memory
            return memory.base
        } catch {
            throw .memory(error)
        }
    }

    /// A table of the host's, filled with `initial`. Lives as long as the store.
    package func makeTable(
        type: TableType, initial: UInt64 = 0
    ) throws(EngineError) -> UnsafeMutablePointer<MoteTable> {
        do throws(MemoryError) {
            let arena = state.pointee.arena
            let table = try arena.allocate(TableInstance.self, count: 1, region: .structures, site: .hostTable)
            try table.initialize(type: type, initial: initial, owner: nil, arena: arena)
            noteStored(initial, in: table.base)
            return table.base
        } catch {
            throw .memory(error)
        }
    }

    /// Memories outlive arenas where they are reservations.
    func destroyHostMemories() {
        while let memory = state.pointee.firstHostMemory {
            state.pointee.firstHostMemory = memory.pointee.next
            memory.destroy()
        }
    }
}
