package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_get_export_global_inst(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ global: UnsafeMutablePointer<wasm_global_inst_t>?
) -> Bool {
    guard let instance = record(ofInstance: handle), let name, let global,
        case .global(let cell)? = instance.pointee.instance?.export(named: bytes(of: name))
    else { return false }
    global.pointee.kind = kind(of: cell.type.valueType)
    global.pointee.is_mutable = cell.type.isMutable
    global.pointee.global_data = UnsafeMutableRawPointer(cell.slots)
    return true
}

@c @implementation
package func wasm_runtime_get_export_table_inst(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ table: UnsafeMutablePointer<wasm_table_inst_t>?
) -> Bool {
    guard let instance = record(ofInstance: handle), let name, let table,
        case .table(let found)? = instance.pointee.instance?.export(named: bytes(of: name))
    else { return false }
    table.pointee.elem_kind = kind(of: ValueType(rawValue: found.pointee.elementType))
    table.pointee.cur_size = UInt32(clamping: found.pointee.count)
    table.pointee.max_size = UInt32(clamping: found.pointee.maximum)
    table.pointee.elems = UnsafeMutableRawPointer(found)
    return true
}

@c @implementation
package func wasm_table_get_func_inst(
    _ handle: OpaquePointer?,
    _ table: UnsafePointer<wasm_table_inst_t>?,
    _ index: UInt32
) -> OpaquePointer? {
    guard let instance = record(ofInstance: handle), let engine = instance.pointee.instance, let table,
        let found = engine.table(behind: table.pointee.elems)
    else { return nil }
    return found.function(at: index)
}

@c @implementation
package func wasm_runtime_call_indirect(
    _ handle: OpaquePointer?,
    _ index: UInt32,
    _ cellCount: UInt32,
    _ cells: UnsafeMutablePointer<UInt32>?
) -> Bool {
    guard let environment = record(ofEnvironment: handle) else { return false }
    let instance = environment.callInstance
    guard !instance.isFaulty else { return false }
    guard let table = instance.pointee.instance?.table(at: 0), UInt64(index) < table.pointee.count else {
        instance.setException("undefined element")
        return false
    }
    guard let function = table.function(at: index) else {
        instance.setException("uninitialized element")
        return false
    }
    return wasm_runtime_call_wasm(handle, function, cellCount, cells)
}

extension EngineInstance {
    /// The table of the instance that lies at an address; nil where none does.
    fileprivate func table(behind address: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MoteTable>? {
        guard let address else { return nil }
        for index in 0..<module.module.pointee.tables.count {
            guard let table = table(at: UInt32(truncatingIfNeeded: index)) else { continue }
            if UnsafeMutableRawPointer(table) == address { return table }
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == MoteTable {
    /// A function that the table holds; nil outside, for null, and in a table of other references.
    fileprivate func function(at index: UInt32) -> OpaquePointer? {
        guard kind(of: ValueType(rawValue: pointee.elementType)) == UInt8(WASM_FUNCREF.rawValue),
            let reference = EngineStore.element(of: self, at: UInt64(index))
        else { return nil }
        return OpaquePointer(bitPattern: UInt(truncatingIfNeeded: reference))
    }
}
