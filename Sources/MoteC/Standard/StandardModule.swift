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
    /// The engine whose block it is; it lives as long as the block.
    var owner: StandardEngine.Pointer
    /// What the host calls it, in a block of its own; nil: nothing yet.
    var name: UnsafePointer<CChar>?

    static func hold(_ module: Pointer) { Standard.exclusively { module.pointee.holderCount &+= 1 } }

    static func release(_ module: Pointer) {
        let isLast = Standard.exclusively {
            module.pointee.holderCount &-= 1
            return module.pointee.holderCount == 0
        }
        guard isLast else { return }
        module.pointee.engine.unload()
        if let name = module.pointee.name { StandardEngine.free(UnsafeMutableRawPointer(mutating: name)) }
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

extension StandardModule {
    /// Loads a module into the engine of a store, and makes the first reference of it.
    static func make(
        _ handle: OpaquePointer?,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ ownership: ModuleBytesOwnership
    ) -> UnsafeMutablePointer<wasm_module_t?>? {
        guard let store = StandardStore.behind(handle), let loaded = load(bytes, store, ownership) else {
            return nil
        }
        let engine = store.pointee.engine
        guard let raw = StandardEngine.allocate(MemoryLayout<StandardModule>.size, from: engine) else {
            loaded.unload()
            return nil
        }
        let module = raw.bindMemory(to: StandardModule.self, capacity: 1)
        module.initialize(to: StandardModule(engine: loaded, holderCount: 1, owner: engine, name: nil))
        return reference(module, in: store)
    }

    fileprivate static func load(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ store: StandardStore.Pointer,
        _ ownership: ModuleBytesOwnership
    ) -> EngineModule? {
        guard let base = bytes.baseAddress else { return nil }
        return try? store.pointee.engine.pointee.runtime.load(
            base,
            sizeInBytes: bytes.count,
            ownership: ownership,
            features: .standard
        )
    }
}

extension Optional where Wrapped == UnsafePointer<wasm_byte_vec_t> {
    /// The bytes of a vector of the host's; none where there is no vector.
    var bytes: UnsafeBufferPointer<UInt8> {
        guard let vector = self?.pointee, let data = vector.data else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self),
            count: max(0, Int(clamping: vector.size))
        )
    }
}

@c @implementation
package func wasm_module_new(_ handle: OpaquePointer?, _ binary: UnsafePointer<wasm_byte_vec_t>?)
    -> UnsafeMutablePointer<wasm_module_t?>?
{
    StandardModule.make(handle, binary.bytes, .copied)
}

@c @implementation
package func wasm_module_validate(_ handle: OpaquePointer?, _ binary: UnsafePointer<wasm_byte_vec_t>?) -> Bool
{
    guard let store = StandardStore.behind(handle),
        let loaded = StandardModule.load(binary.bytes, store, .borrowed)
    else { return false }
    loaded.unload()
    return true
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
        let made = wasm_importtype_new(&moduleName, &name, type)
        made?.pointee.isLinked = StandardNatives.isLinked(declaration, in: module)
        out.pointee.data[index] = made
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
