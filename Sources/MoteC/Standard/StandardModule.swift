package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A loaded module, shared by the references of it in several stores and by `wasm_shared_module_t`s.
///
/// In a block of its own from the engine's heap.
struct StandardModule {
    typealias Pointer = UnsafeMutablePointer<StandardModule>

    var engine: EngineModule
    /// Under ``Standard/gate``: stores may be used by several threads.
    var holderCount: Int

    static func hold(_ module: Pointer) { Standard.exclusively { module.pointee.holderCount &+= 1 } }

    static func release(_ module: Pointer) {
        let isLast = Standard.exclusively {
            module.pointee.holderCount &-= 1
            return module.pointee.holderCount == 0
        }
        guard isLast else { return }
        module.pointee.engine.unload()
        StandardEngine.free(UnsafeMutableRawPointer(module))
    }

    /// The module behind a handle.
    static func behind(_ handle: UnsafePointer<wasm_module_t?>?) -> Pointer? {
        guard
            case .module(let module)? = StandardReference.behind(handle.map { OpaquePointer($0) })?.pointee
                .payload
        else {
            return nil
        }
        return module
    }

    /// A reference in a store that takes over one hold; nil, and the hold is gone, when there is no memory.
    static func reference(_ module: Pointer, in store: StandardStore.Pointer) -> UnsafeMutablePointer<
        wasm_module_t?
    >? {
        let identity = UInt64(UInt(bitPattern: module))
        let found: StandardReference.Pointer?
        if let known = store.reference(UInt32(MOTE_REFERENCE_MODULE), identity) {
            // It has a hold already.
            release(module)
            StandardReference.hold(known)
            found = known
        } else {
            found = StandardReference.make(.module(module), identity: identity, in: store)
            if found == nil { release(module) }
        }
        guard let reference = found else { return nil }
        return UnsafeMutableRawPointer(reference).assumingMemoryBound(to: wasm_module_t?.self)
    }
}

@c @implementation
package func wasm_module_new(_ handle: OpaquePointer?, _ binary: UnsafePointer<wasm_byte_vec_t>?)
    -> UnsafeMutablePointer<wasm_module_t?>?
{
    guard let store = StandardStore.behind(handle), let loaded = load(binary, store) else { return nil }
    guard let raw = StandardEngine.allocate(MemoryLayout<StandardModule>.size, from: store.pointee.engine)
    else {
        loaded.unload()
        return nil
    }
    let module = raw.bindMemory(to: StandardModule.self, capacity: 1)
    module.initialize(to: StandardModule(engine: loaded, holderCount: 1))
    return StandardModule.reference(module, in: store)
}

@c @implementation
package func wasm_module_validate(_ handle: OpaquePointer?, _ binary: UnsafePointer<wasm_byte_vec_t>?) -> Bool
{
    guard let store = StandardStore.behind(handle), let loaded = load(binary, store) else { return false }
    loaded.unload()
    return true
}

private func load(_ binary: UnsafePointer<wasm_byte_vec_t>?, _ store: StandardStore.Pointer) -> EngineModule?
{
    guard let binary, let data = binary.pointee.data else { return nil }
    let bytes = UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self)
    return try? store.pointee.engine.pointee.runtime.load(
        bytes,
        sizeInBytes: binary.pointee.size,
        ownership: .copied,
        features: .standard
    )
}

@c @implementation
package func wasm_module_imports(
    _ handle: UnsafePointer<wasm_module_t?>?,
    _ out: UnsafeMutablePointer<wasm_importtype_vec_t>?
) {
    guard let out else { return }
    guard let module = StandardModule.behind(handle)?.pointee.engine.module else {
        return wasm_importtype_vec_new_empty(out)
    }
    wasm_importtype_vec_new_uninitialized(out, module.pointee.imports.count)
    for index in 0..<out.pointee.size {
        guard let declaration = module.pointee.imports[checked: index] else { break }
        var moduleName = wasm_name_t(module.pointee.text(declaration.moduleName))
        var name = wasm_name_t(module.pointee.text(declaration.name))
        let type = StandardType.external(declaration.kind, declaration.index, of: module)
        out.pointee.data[index] = wasm_importtype_new(&moduleName, &name, type)
        guard out.pointee.data[index] != nil || declaration.kind == .tag else {
            return wasm_importtype_vec_delete(out)
        }
        out.pointee.num_elems = index &+ 1
    }
}

@c @implementation
package func wasm_module_exports(
    _ handle: UnsafePointer<wasm_module_t?>?,
    _ out: UnsafeMutablePointer<wasm_exporttype_vec_t>?
) {
    guard let out else { return }
    guard let module = StandardModule.behind(handle)?.pointee.engine.module else {
        return wasm_exporttype_vec_new_empty(out)
    }
    wasm_exporttype_vec_new_uninitialized(out, module.pointee.exports.count)
    for index in 0..<out.pointee.size {
        guard let declaration = module.pointee.exports[checked: index] else { break }
        var name = wasm_name_t(module.pointee.text(declaration.name))
        let type = StandardType.external(declaration.kind, declaration.index, of: module)
        out.pointee.data[index] = wasm_exporttype_new(&name, type)
        guard out.pointee.data[index] != nil || declaration.kind == .tag else {
            return wasm_exporttype_vec_delete(out)
        }
        out.pointee.num_elems = index &+ 1
    }
}

extension wasm_name_t {
    fileprivate init(_ text: UnsafeBufferPointer<UInt8>) {
        self.init()
        let start = text.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
        wasm_byte_vec_new(&self, text.count, start)
    }
}

@c @implementation
package func wasm_module_serialize(
    _ handle: UnsafePointer<wasm_module_t?>?,
    _ out: UnsafeMutablePointer<wasm_byte_vec_t>?
) {
    guard let module = StandardModule.behind(handle)?.pointee.engine.module else {
        return wasm_byte_vec_new_empty(out)
    }
    let bytes = UnsafeRawPointer(module.pointee.bytes).assumingMemoryBound(to: CChar.self)
    wasm_byte_vec_new(out, module.pointee.sizeInBytes, bytes)
}

@c @implementation
package func wasm_module_deserialize(_ handle: OpaquePointer?, _ bytes: UnsafePointer<wasm_byte_vec_t>?)
    -> UnsafeMutablePointer<wasm_module_t?>?
{
    wasm_module_new(handle, bytes)
}

@c @implementation
package func wasm_module_share(_ handle: UnsafePointer<wasm_module_t?>?) -> OpaquePointer? {
    guard let module = StandardModule.behind(handle) else { return nil }
    StandardModule.hold(module)
    return OpaquePointer(module)
}

@c @implementation
package func wasm_shared_module_delete(_ shared: OpaquePointer?) {
    if let shared { StandardModule.release(StandardModule.Pointer(shared)) }
}

@c @implementation
package func wasm_module_obtain(_ handle: OpaquePointer?, _ shared: OpaquePointer?) -> UnsafeMutablePointer<
    wasm_module_t?
>? {
    guard let store = StandardStore.behind(handle), let shared else { return nil }
    let module = StandardModule.Pointer(shared)
    guard module.pointee.engine.runtime.state == store.pointee.engine.pointee.runtime.state else {
        return nil
    }
    StandardModule.hold(module)
    return StandardModule.reference(module, in: store)
}
