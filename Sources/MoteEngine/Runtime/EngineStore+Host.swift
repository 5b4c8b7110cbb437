package import CPlatform
package import MoteMemory
package import MoteModule

extension EngineStore {
    /// A function of the host's with the given type (copied).
    ///
    /// Called with `data`; `finalizer` is called with it when the store goes. Lives as long as the store.
    package func makeHostFunction(
        parameters: Items<ValueType>,
        results: Items<ValueType>,
        target: MoteHostFunction,
        data: UnsafeMutableRawPointer?,
        finalizer: HostFinalizer? = nil
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction> {
        guard parameters.count <= 1000, results.count <= 1000 else { throw .usage(.functionTypeTooLarge) }
        do throws(MemoryError) {
            return try makeRecord(parameters, results, target, data, finalizer)
        } catch {
            throw .memory(error)
        }
    }

    private func makeRecord(
        _ parameters: Items<ValueType>,
        _ results: Items<ValueType>,
        _ target: MoteHostFunction,
        _ data: UnsafeMutableRawPointer?,
        _ finalizer: HostFinalizer?
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteFunction> {
        let registry = state.pointee.runtime.pointee.types
        let group = try internType(parameters, results)
        let record: UnsafeMutablePointer<HostFunctionRecord>
        do throws(MemoryError) {
            record = try state.pointee.arena.allocate(
                HostFunctionRecord.self,
                count: 1,
                region: .structures,
                site: .hostFunction
            )
        } catch {
            TypeRegistry.release(registry, group)
            throw error
        }
        let type = TypeGroup.types(group)[0]
        var function = MoteFunction()
        function.target = unsafeBitCast(target, to: UnsafeMutableRawPointer.self)
        function.hostData = data
        function.typeID = type.canonicalID
        function.parameterSlots = type.parameterSlots
        function.resultSlots = type.resultSlots
        function.isHost = 1
        function.reserved = MoteFunction.referenceBits(of: type)
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        record.initialize(
            to: HostFunctionRecord(
                function: function,
                handler: callReference,
                native: nil,
                type: type,
                typeGroup: group,
                finalizer: finalizer,
                store: state,
                next: state.pointee.firstHostFunction
            )
        )
        state.pointee.firstHostFunction = record
        return UnsafeMutableRawPointer(record).assumingMemoryBound(to: MoteFunction.self)
    }

    /// The canonical group of one function type.
    func internType(
        _ parameters: Items<ValueType>,
        _ results: Items<ValueType>
    ) throws(MemoryError) -> TypeGroup.Pointer {
        let count = parameters.count &+ results.count
        let arena = state.pointee.arena
        let raw = try arena.allocateGrowable(
            sizeInBytes: count &* 5 &+ 1,
            region: .scratch,
            site: .hostFunctionType
        )
        defer { arena.freeGrowable(raw) }
        let values = raw.bindMemory(to: ValueType.self, capacity: count)
        let mutability = (raw + count &* 4).bindMemory(to: Bool.self, capacity: count)
        for index in 0..<count {
            let isParameter = index < parameters.count
            values[index] =
                (isParameter ? parameters[checked: index] : results[checked: index &- parameters.count])
                ?? .i32
            mutability[index] = false
        }
        var candidate = TypeCandidate(
            kind: .function,
            isFinal: true,
            supertype: .max,
            parameterCount: UInt32(truncatingIfNeeded: parameters.count),
            firstValue: 0,
            valueCount: count
        )
        return try TypeRegistry.intern(
            state.pointee.runtime.pointee.types,
            &candidate,
            count: 1,
            values: values,
            mutability: mutability,
            valueCount: count
        )
    }

    /// A global of the host's; `low` is its value, `high` the upper half of a v128.
    ///
    /// Lives as long as the store.
    package func makeGlobal(
        type: GlobalType,
        low: UInt64,
        high: UInt64 = 0
    ) throws(EngineError) -> GlobalCell {
        do throws(MemoryError) {
            guard !type.valueType.isReference else { return try makeReferenceGlobal(type, low) }
            let slots = try state.pointee.arena.allocate(
                UInt64.self,
                count: type.valueType.slotCount,
                region: .globals,
                site: .hostGlobal
            )
            slots[0] = low
            if type.valueType.slotCount > 1 { slots[1] = high }
            return GlobalCell(slots: slots, type: type, owner: nil)
        } catch {
            throw .memory(error)
        }
    }

    private func makeReferenceGlobal(_ type: GlobalType, _ value: UInt64) throws(MemoryError) -> GlobalCell {
        let record = try state.pointee.arena.allocate(
            HostGlobalRecord.self,
            count: 1,
            region: .globals,
            site: .hostReferenceGlobal
        )
        noteShared(value)
        record.initialize(to: HostGlobalRecord(value: value, next: state.pointee.firstHostGlobal))
        state.pointee.firstHostGlobal = record
        let slots = UnsafeMutableRawPointer(record).assumingMemoryBound(to: UInt64.self)
        return GlobalCell(slots: slots, type: type, owner: nil)
    }

    /// A memory of the host's, all zero.
    ///
    /// Lives as long as the store.
    package func makeMemory(
        type: MemoryType,
        limits: InstanceLimits = InstanceLimits()
    ) throws(EngineError) -> UnsafeMutablePointer<MoteMemory> {
        do throws(MemoryError) {
            let arena = state.pointee.arena
            // A block of its own, so that a failure leaves nothing in the store.
            let raw = try arena.allocateGrowable(
                sizeInBytes: MemoryLayout<MemoryInstance>.size,
                region: .structures,
                site: .hostMemory
            )
            let memory = raw.bindMemory(to: MemoryInstance.self, capacity: 1)
            var limits = limits
            var type = type
            do throws(MemoryError) {
                _ = try memory.create(
                    type: &type,
                    isFirst: true,
                    isChecked: limits.attachesSharedHeaps,
                    module: nil,
                    limits: &limits,
                    store: state,
                    owner: nil,
                    arena: arena
                )
            } catch {
                arena.freeGrowable(raw)
                throw error
            }
            memory.pointee.next = state.pointee.firstHostMemory
            state.pointee.firstHostMemory = memory
            return memory.base
        } catch {
            throw .memory(error)
        }
    }

    /// A table of the host's, filled with `initial`.
    ///
    /// Lives as long as the store.
    package func makeTable(
        type: TableType,
        initial: UInt64 = 0
    ) throws(EngineError) -> UnsafeMutablePointer<MoteTable> {
        do throws(MemoryError) {
            let arena = state.pointee.arena
            var type = type
            // A block of its own, so that a failure leaves nothing in the store.
            let raw = try arena.allocateGrowable(
                sizeInBytes: MemoryLayout<HostTableRecord>.size,
                region: .structures,
                site: .hostTable
            )
            let record = raw.bindMemory(to: HostTableRecord.self, capacity: 1)
            let table = raw.assumingMemoryBound(to: TableInstance.self)
            do throws(MemoryError) {
                try table.create(type: &type, initial: initial, owner: nil, arena: arena)
            } catch {
                arena.freeGrowable(raw)
                throw error
            }
            noteStored(initial, in: table.base)
            record.pointee.next = state.pointee.firstHostTable
            state.pointee.firstHostTable = record
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
