package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_get_import_count(_ handle: OpaquePointer?) -> Int32 {
    guard let module = record(ofModule: handle) else { return -1 }
    return Int32(clamping: module.pointee.engine.module.pointee.imports.count)
}

@c @implementation
package func wasm_runtime_get_import_type(
    _ handle: OpaquePointer?,
    _ index: Int32,
    _ target: UnsafeMutablePointer<wasm_import_t>?
) {
    guard let target else { return }
    memset(target, 0, MemoryLayout<wasm_import_t>.size)
    guard let state = Door.current, let module = record(ofModule: handle) else { return }
    guard let declaration = module.pointee.engine.module.pointee.imports[checked: Int(index)] else {
        Log.write(.error, "import index is out of bounds")
        return
    }
    guard let names = module.importNames(in: state) else { return }
    target.pointee.module_name = names[2 &* Int(index)]
    target.pointee.name = names[2 &* Int(index) &+ 1]
    target.pointee.kind = wasm_import_export_kind_t(rawValue: UInt32(declaration.kind.rawValue))
    target.pointee.linked = module.isAnswered(declaration, in: state)
    target.pointee.u.func_type = module.type(declaration.kind, declaration.index)
}

@c @implementation
package func wasm_runtime_get_export_count(_ handle: OpaquePointer?) -> Int32 {
    guard let module = record(ofModule: handle) else { return -1 }
    return Int32(clamping: module.pointee.engine.module.pointee.exports.count)
}

@c @implementation
package func wasm_runtime_get_export_type(
    _ handle: OpaquePointer?,
    _ index: Int32,
    _ target: UnsafeMutablePointer<wasm_export_t>?
) {
    guard let target else { return }
    memset(target, 0, MemoryLayout<wasm_export_t>.size)
    guard let state = Door.current, let module = record(ofModule: handle) else { return }
    guard let declaration = module.pointee.engine.module.pointee.exports[checked: Int(index)] else {
        Log.write(.error, "export index is out of bounds")
        return
    }
    guard let names = module.exportNames(in: state) else { return }
    target.pointee.name = names[Int(index)]
    target.pointee.kind = wasm_import_export_kind_t(rawValue: UInt32(declaration.kind.rawValue))
    target.pointee.u.func_type = module.type(declaration.kind, declaration.index)
}

@c @implementation
package func wasm_runtime_is_import_func_linked(
    _ moduleName: UnsafePointer<CChar>?,
    _ name: UnsafePointer<CChar>?
) -> Bool {
    guard let state = Door.current, let moduleName, let name else { return false }
    return state.answersFunction(bytes(of: moduleName), bytes(of: name))
}

@c @implementation
package func wasm_runtime_is_import_global_linked(
    _ moduleName: UnsafePointer<CChar>?,
    _ name: UnsafePointer<CChar>?
) -> Bool {
    guard Door.current != nil, let moduleName, let name else { return false }
    return BuiltInGlobals.bits(bytes(of: moduleName), bytes(of: name)) != nil
}

/// Globals that the runtime itself answers.
enum BuiltInGlobals {
    /// The bits of a constant f64.
    static func bits(_ moduleName: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> UInt64?
    {
        guard equal(moduleName, "global") else { return nil }
        if equal(name, "NaN") { return 0x7FF8_0000_0000_0000 }
        return equal(name, "Infinity") ? 0x7FF0_0000_0000_0000 : nil
    }
}

extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// Whether something answers an import now.
    func isAnswered(
        _ declaration: ImportDeclaration,
        in state: UnsafeMutablePointer<DoorState>
    ) -> Bool {
        let module = pointee.engine.module
        let moduleName = module.pointee.text(declaration.moduleName)
        let name = module.pointee.text(declaration.name)
        if declaration.kind == .function, state.answersFunction(moduleName, name) { return true }
        if declaration.kind == .global, BuiltInGlobals.bits(moduleName, name) != nil { return true }
        guard let giver = dependency(named: moduleName),
            let export = giver.pointee.engine.export(named: name)
        else { return false }
        return export.kind == declaration.kind
    }

    /// The record that a type handle is.
    fileprivate func type(_ kind: ExternalKind, _ index: UInt32) -> OpaquePointer? {
        let module = pointee.engine.module
        return switch kind {
        case .function: module.functionType(of: index).map { OpaquePointer($0) }
        case .table: module.pointee.tables.pointer(at: Int(index)).map { OpaquePointer($0) }
        case .memory: module.pointee.memories.pointer(at: Int(index)).map { OpaquePointer($0) }
        case .global: module.pointee.globals.pointer(at: Int(index)).map { OpaquePointer($0) }
        case .tag: nil
        }
    }

    /// The names of all imports as C strings, each module's and its own, made when they are first asked for.
    fileprivate func importNames(
        in state: UnsafeMutablePointer<DoorState>
    ) -> UnsafeMutablePointer<UnsafePointer<CChar>?>? {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        if let names = pointee.importNames { return names }
        let imports = pointee.engine.module.pointee.imports
        pointee.importNames = try? makeNames(count: 2 &* imports.count) {
            let declaration = imports[checked: $0 / 2]
            return $0 % 2 == 0 ? declaration?.moduleName : declaration?.name
        }
        return pointee.importNames
    }

    /// The same for exports.
    fileprivate func exportNames(
        in state: UnsafeMutablePointer<DoorState>
    ) -> UnsafeMutablePointer<UnsafePointer<CChar>?>? {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        if let names = pointee.exportNames { return names }
        let exports = pointee.engine.module.pointee.exports
        pointee.exportNames = try? makeNames(count: exports.count) { exports[checked: $0]?.name }
        return pointee.exportNames
    }

    /// A table of strings with the strings behind it, in the module's arena: names in the module's bytes have no end.
    private func makeNames(
        count: Int,
        _ range: (Int) -> ByteRange?
    ) throws(MemoryError) -> UnsafeMutablePointer<UnsafePointer<CChar>?> {
        let module = pointee.engine.module
        var size = count &* MemoryLayout<UnsafePointer<CChar>?>.stride
        for index in 0..<count { size &+= module.pointee.text(range(index) ?? .empty).count &+ 1 }
        let raw = try module.pointee.arena.allocateGrowable(
            sizeInBytes: size,
            region: .structures,
            site: .cModuleNames
        )
        let table = raw.bindMemory(to: UnsafePointer<CChar>?.self, capacity: count)
        let strings = raw + count &* MemoryLayout<UnsafePointer<CChar>?>.stride
        var next = strings.assumingMemoryBound(to: CChar.self)
        for index in 0..<count {
            let name = module.pointee.text(range(index) ?? .empty)
            (table + index).initialize(to: UnsafePointer(next))
            if let start = name.baseAddress { memcpy(next, start, name.count) }
            next[name.count] = 0
            next += name.count &+ 1
        }
        return table
    }
}
