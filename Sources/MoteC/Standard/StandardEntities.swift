package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

// Globals, tables and memories: the host's own, and those of instances.

extension StandardReference {
    fileprivate static func global(behind handle: OpaquePointer?) -> (Pointer, GlobalCell)? {
        guard let reference = behind(handle), case .global(let cell) = reference.pointee.payload else {
            return nil
        }
        return (reference, cell)
    }

    fileprivate static func table(behind handle: OpaquePointer?) -> (
        Pointer, UnsafeMutablePointer<MoteTable>
    )? {
        guard let reference = behind(handle), case .table(let table) = reference.pointee.payload else {
            return nil
        }
        return (reference, table)
    }

    fileprivate static func memory(behind handle: OpaquePointer?) -> (
        Pointer, UnsafeMutablePointer<MoteMemory>
    )? {
        guard let reference = behind(handle), case .memory(let memory) = reference.pointee.payload else {
            return nil
        }
        return (reference, memory)
    }

    /// A reference of what an instance or the host has; nil for what the interface has no kind for.
    static func external(_ value: ExternalValue, in store: StandardStore.Pointer) -> Pointer? {
        switch value {
        case .function(let function):
            hold(
                .function(function),
                identity: UInt64(UInt(bitPattern: function)),
                owner: function.pointee.instance,
                in: store
            )
        case .global(let cell):
            hold(.global(cell), identity: UInt64(UInt(bitPattern: cell.slots)), owner: cell.owner, in: store)
        case .table(let table):
            hold(
                .table(table),
                identity: UInt64(UInt(bitPattern: table)),
                owner: table.pointee.owner,
                in: store
            )
        case .memory(let memory):
            hold(
                .memory(memory),
                identity: UInt64(UInt(bitPattern: memory)),
                owner: memory.instance.pointee.owner,
                in: store
            )
        case .tag, .unlinkedFunction: nil
        }
    }
}

// MARK: globals

@c @implementation
package func wasm_global_new(
    _ handle: OpaquePointer?,
    _ type: UnsafePointer<wasm_globaltype_t>?,
    _ value: UnsafePointer<wasm_val_t>?
) -> OpaquePointer? {
    guard let store = StandardStore.behind(handle), let type, let value,
        let content = valueType(of: wasm_valtype_kind(type.pointee.content))
    else { return nil }
    var slots: (UInt64, UInt64) = (0, 0)
    let isGood = withUnsafeMutablePointer(to: &slots.0) {
        StandardStore.write(value.pointee, as: content, to: $0, in: store)
    }
    guard isGood,
        let cell = try? store.pointee.store.makeGlobal(
            type: GlobalType(
                valueType: content,
                isMutable: UInt32(type.pointee.mutability) == WASM_VAR.rawValue
            ),
            low: slots.0
        )
    else { return nil }
    return StandardReference.external(.global(cell), in: store)?.opaque
}

@c @implementation
package func wasm_global_type(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_globaltype_t>? {
    StandardReference.global(behind: handle).flatMap { StandardType.global($0.1.type) }
}

@c @implementation
package func wasm_global_get(_ handle: OpaquePointer?, _ out: UnsafeMutablePointer<wasm_val_t>?) {
    guard let (reference, cell) = StandardReference.global(behind: handle), let out else { return }
    out.pointee = StandardStore.read(cell.type.valueType, from: cell.slots, in: reference.pointee.store)
}

@c @implementation
package func wasm_global_set(_ handle: OpaquePointer?, _ value: UnsafePointer<wasm_val_t>?) {
    guard let (reference, cell) = StandardReference.global(behind: handle), let value else { return }
    var slot: UInt64 = 0
    let store = reference.pointee.store
    guard StandardStore.write(value.pointee, as: cell.type.valueType, to: &slot, in: store) else { return }
    _ = store.pointee.store.set(cell, low: slot)
}

// MARK: tables

@c @implementation
package func wasm_table_new(
    _ handle: OpaquePointer?,
    _ type: UnsafePointer<wasm_tabletype_t>?,
    _ initial: UnsafeMutablePointer<wasm_ref_t>?
) -> OpaquePointer? {
    guard let store = StandardStore.behind(handle), let type,
        let element = valueType(of: wasm_valtype_kind(type.pointee.element)), element.isReference,
        type.pointee.limits.min <= type.pointee.limits.max,
        let bits = StandardStore.bits(initial, as: element, in: store)
    else { return nil }
    let tableType = TableType(limits: type.pointee.limits.limits, elementType: element, initializer: .empty)
    guard let table = try? store.pointee.store.makeTable(type: tableType, initial: bits) else { return nil }
    return StandardReference.external(.table(table), in: store)?.opaque
}

@c @implementation
package func wasm_table_type(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_tabletype_t>? {
    guard let (_, table) = StandardReference.table(behind: handle) else { return nil }
    let type = table.instance.pointee.type
    return StandardType.table(type.elementType, type.limits)
}

@c @implementation
package func wasm_table_get(_ handle: OpaquePointer?, _ index: UInt32) -> UnsafeMutablePointer<wasm_ref_t>? {
    guard let (reference, table) = StandardReference.table(behind: handle),
        let bits = EngineStore.element(of: table, at: UInt64(index))
    else { return nil }
    return StandardStore.reference(bits, in: reference.pointee.store)
}

@c @implementation
package func wasm_table_set(
    _ handle: OpaquePointer?,
    _ index: UInt32,
    _ value: UnsafeMutablePointer<wasm_ref_t>?
) -> Bool {
    guard let (reference, table) = StandardReference.table(behind: handle),
        let bits = StandardStore.bits(
            value,
            as: ValueType(rawValue: table.pointee.elementType),
            in: reference.pointee.store
        )
    else { return false }
    return reference.pointee.store.pointee.store.setElement(of: table, at: UInt64(index), to: bits)
}

@c @implementation
package func wasm_table_size(_ handle: OpaquePointer?) -> UInt32 {
    StandardReference.table(behind: handle).map { UInt32(clamping: $0.1.pointee.count) } ?? 0
}

@c @implementation
package func wasm_table_grow(
    _ handle: OpaquePointer?,
    _ delta: UInt32,
    _ value: UnsafeMutablePointer<wasm_ref_t>?
) -> Bool {
    guard let (reference, table) = StandardReference.table(behind: handle),
        let bits = StandardStore.bits(
            value,
            as: ValueType(rawValue: table.pointee.elementType),
            in: reference.pointee.store
        )
    else { return false }
    let store = reference.pointee.store.pointee.store
    return (try? store.grow(table, by: UInt64(delta), filledWith: bits)) != nil
}

// MARK: memories

@c @implementation
package func wasm_memory_new(
    _ handle: OpaquePointer?,
    _ type: UnsafePointer<wasm_memorytype_t>?
) -> OpaquePointer? {
    guard let store = StandardStore.behind(handle), let type,
        type.pointee.limits.min <= min(type.pointee.limits.max, 65536),
        type.pointee.limits.max <= 65536 || type.pointee.limits.max == .max
    else { return nil }
    let memoryType = MemoryType(limits: type.pointee.limits.limits, pageSizeLog2: 16)
    guard let memory = try? store.pointee.store.makeMemory(type: memoryType) else { return nil }
    return StandardReference.external(.memory(memory), in: store)?.opaque
}

@c @implementation
package func wasm_memory_type(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_memorytype_t>? {
    guard let (_, memory) = StandardReference.memory(behind: handle) else { return nil }
    return StandardType.memory(memory.instance.pointee.type.limits)
}

@c @implementation
package func wasm_memory_data(_ handle: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
    guard let base = StandardReference.memory(behind: handle)?.1.pointee.base else { return nil }
    return UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self)
}

@c @implementation
package func wasm_memory_data_size(_ handle: OpaquePointer?) -> Int {
    StandardReference.memory(behind: handle).map { Int(clamping: $0.1.pointee.sizeInBytes) } ?? 0
}

@c @implementation
package func wasm_memory_size(_ handle: OpaquePointer?) -> UInt32 {
    StandardReference.memory(behind: handle).map { UInt32(clamping: $0.1.pointee.pageCount) } ?? 0
}

@c @implementation
package func wasm_memory_grow(_ handle: OpaquePointer?, _ delta: UInt32) -> Bool {
    guard let (reference, memory) = StandardReference.memory(behind: handle) else { return false }
    let grown = try? reference.pointee.store.pointee.store.grow(memory, byPages: UInt64(delta))
    return grown.flatMap { $0 } != nil
}
