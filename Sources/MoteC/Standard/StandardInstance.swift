package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

@c @implementation
package func wasm_instance_new(
    _ handle: OpaquePointer?,
    _ module: UnsafePointer<wasm_module_t?>?,
    _ imports: UnsafePointer<wasm_extern_vec_t>?,
    _ trap: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    StandardInstance.make(handle, module, imports, trap, InstanceLimits())
}

enum StandardInstance {
    static func make(
        _ handle: OpaquePointer?,
        _ module: UnsafePointer<wasm_module_t?>?,
        _ imports: UnsafePointer<wasm_extern_vec_t>?,
        _ trap: UnsafeMutablePointer<OpaquePointer?>?,
        _ limits: InstanceLimits
    ) -> OpaquePointer? {
        trap?.pointee = nil
        guard let store = StandardStore.behind(handle), let module = StandardModule.behind(module) else {
            return nil
        }
        do throws(EngineError) {
            let instance = try EngineInstance.instantiate(
                module.pointee.engine,
                in: store.pointee.store,
                limits: limits
            ) { resolve($0, imports, store) }
            let identity = UInt64(UInt(bitPattern: instance.state))
            guard let reference = StandardReference.make(.instance(instance), identity: identity, in: store)
            else {
                instance.destroy()
                return nil
            }
            instance.state.pointee.userData = UnsafeMutableRawPointer(reference)
            return reference.opaque
        } catch {
            guard let trap else { return nil }
            trap.pointee = failure(error, module.pointee.engine.module, store)?.opaque
            return nil
        }
    }

    /// What the host gives for an import; where that is a placeholder, what the library has.
    private static func resolve(
        _ request: ImportRequest,
        _ imports: UnsafePointer<wasm_extern_vec_t>?,
        _ store: StandardStore.Pointer
    ) -> ExternalValue? {
        guard let imports, let data = imports.pointee.data, request.importIndex < imports.pointee.size,
            let given = StandardReference.behind(data[request.importIndex]), given.pointee.store == store
        else { return nil }
        guard case .empty = given.pointee.payload else { return given.pointee.payload.external }
        return StandardNatives.make(request, in: store).map { .function($0) } ?? .unlinkedFunction
    }
}

/// The reason as a trap: the callback's own where a start function called one.
private func failure(
    _ error: EngineError,
    _ module: Module.Pointer,
    _ store: StandardStore.Pointer
) -> StandardReference.Pointer? {
    if case .trap(let code) = error, let environment = try? store.pointee.store.defaultEnvironment() {
        return StandardCall.trap(code, in: environment, store)
    }
    return StandardStore.makeTrap(in: store) { $0.write(error, in: module) }
}

extension StandardPayload {
    /// What can be imported.
    fileprivate var external: ExternalValue? {
        switch self {
        case .function(let function): .function(function)
        case .global(let cell): .global(cell)
        case .table(let table): .table(table)
        case .memory(let memory): .memory(memory)
        case .instance, .module, .foreign, .trap, .other, .empty: nil
        }
    }
}

@c @implementation
package func wasm_instance_exports(_ handle: OpaquePointer?, _ out: UnsafeMutablePointer<wasm_extern_vec_t>?)
{
    guard let out else { return }
    guard let reference = StandardReference.behind(handle),
        case .instance(let instance) = reference.pointee.payload
    else { return wasm_extern_vec_new_empty(out) }
    let exports = instance.module.module.pointee.exports
    wasm_extern_vec_new_uninitialized(out, exports.count)
    for index in 0..<out.pointee.size {
        guard let declaration = exports[checked: index], let value = instance.export(declaration) else {
            continue
        }
        out.pointee.data[index] = StandardReference.external(value, in: reference.pointee.store)?.opaque
        guard out.pointee.data[index] != nil || declaration.kind == .tag else {
            return wasm_extern_vec_delete(out)
        }
        out.pointee.num_elems = index &+ 1
    }
}
