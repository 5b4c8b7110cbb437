package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// A callback of the host's behind a function; in a block of its own that goes with the store.
struct StandardCallback {
    typealias Plain =
        @convention(c) (UnsafePointer<wasm_val_vec_t>?, UnsafeMutablePointer<wasm_val_vec_t>?) ->
        OpaquePointer?
    typealias WithEnvironment =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<wasm_val_vec_t>?, UnsafeMutablePointer<wasm_val_vec_t>?
        ) -> OpaquePointer?

    /// One of the two is there.
    var plain: Plain?
    var withEnvironment: WithEnvironment?
    var environment: UnsafeMutableRawPointer?
    var finalizer: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
    /// Set once the function exists.
    var function: UnsafeMutablePointer<MoteFunction>?

    /// What guests call.
    static let target: MoteHostFunction = { environment, data, slots in
        guard let environment, let data, let slots, let store = StandardStore.of(environment) else {
            return UInt32(TrapCode.hostError.rawValue)
        }
        let callback = data.assumingMemoryBound(to: StandardCallback.self)
        guard let function = callback.pointee.function, let type = FunctionDescription.type(of: function)
        else {
            return UInt32(TrapCode.hostError.rawValue)
        }
        return StandardValues.with(type.pointee, in: store) { arguments, results in
            callback.pointee.call(type.pointee, arguments, results, environment, slots, store)
        } ?? UInt32(TrapCode.memoryExhausted.rawValue)
    }

    private func call(
        _ type: DefinedType,
        _ arguments: UnsafeMutablePointer<wasm_val_t>?,
        _ results: UnsafeMutablePointer<wasm_val_t>?,
        _ mote: UnsafeMutablePointer<MoteEnvironment>,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ store: StandardStore.Pointer
    ) -> UInt32 {
        StandardValues.read(type.parameters, from: slots, into: arguments, in: store)
        var argumentVector = wasm_val_vec_t(arguments, count: type.parameters.count)
        var resultVector = wasm_val_vec_t(results, count: type.resultCount)
        for index in 0..<type.resultCount {
            // So that a callback may set values alone.
            guard let result = type.results[checked: index] else { break }
            results?[index] = wasm_val_t()
            results?[index].kind = kind(of: result)
        }
        let trap =
            if let withEnvironment {
                withEnvironment(environment, &argumentVector, &resultVector)
            } else {
                plain?(&argumentVector, &resultVector)
            }
        for index in 0..<type.parameters.count { wasm_val_delete(arguments.map { $0 + index }) }
        if let trap {
            // The call that entered the guest hands it to the host.
            mote.pointee.hostError = UnsafeMutableRawPointer(trap)
            return UInt32(TrapCode.hostError.rawValue)
        }
        let isGood = StandardValues.write(results, as: type.results, to: slots, in: store)
        for index in 0..<type.resultCount { wasm_val_delete(results.map { $0 + index }) }
        return isGood ? 0 : UInt32(TrapCode.hostError.rawValue)
    }

    /// Ends the host's part, when the store lets go of the function.
    static let end: HostFinalizer = { data in
        guard let data else { return }
        let callback = data.assumingMemoryBound(to: StandardCallback.self)
        callback.pointee.finalizer?(callback.pointee.environment)
        StandardEngine.free(data)
    }

    static func make(
        _ callback: StandardCallback,
        _ type: UnsafePointer<wasm_functype_t>?,
        in handle: OpaquePointer?
    ) -> OpaquePointer? {
        guard let store = StandardStore.behind(handle), let type,
            let raw = StandardEngine.allocate(MemoryLayout<StandardCallback>.size, from: store.pointee.engine)
        else { return nil }
        let record = raw.bindMemory(to: StandardCallback.self, capacity: 1)
        record.initialize(to: callback)
        guard let function = makeFunction(type.pointee, record, store.pointee.store, store.pointee.engine)
        else {
            StandardEngine.free(raw)
            return nil
        }
        record.pointee.function = function
        // From here on the store ends it.
        return StandardReference.hold(
            .function(function),
            identity: UInt64(UInt(bitPattern: function)),
            in: store
        )?.opaque
    }

    private static func makeFunction(
        _ type: wasm_functype_t,
        _ record: UnsafeMutablePointer<StandardCallback>,
        _ store: EngineStore,
        _ engine: StandardEngine.Pointer
    ) -> UnsafeMutablePointer<MoteFunction>? {
        let (count, overflow) = type.parameters.size.addingReportingOverflow(type.results.size)
        guard !overflow, count <= 2000,
            let raw = StandardEngine.allocate(max(1, count) &* MemoryLayout<ValueType>.stride, from: engine)
        else { return nil }
        defer { StandardEngine.free(raw) }
        let values = raw.bindMemory(to: ValueType.self, capacity: count)
        for index in 0..<count {
            let element =
                index < type.parameters.size
                ? type.parameters.data[index] : type.results.data[index &- type.parameters.size]
            guard let value = valueType(of: wasm_valtype_kind(element)) else { return nil }
            values[index] = value
        }
        return try? store.makeHostFunction(
            parameters: Items(base: values, count: type.parameters.size),
            results: Items(base: values + type.parameters.size, count: type.results.size),
            target: target,
            data: UnsafeMutableRawPointer(record),
            finalizer: end
        )
    }
}

@c @implementation
package func wasm_func_new(
    _ store: OpaquePointer?,
    _ type: UnsafePointer<wasm_functype_t>?,
    _ callback: wasm_func_callback_t?
) -> OpaquePointer? {
    guard let callback else { return nil }
    return StandardCallback.make(StandardCallback(plain: callback), type, in: store)
}

@c @implementation
package func wasm_func_new_with_env(
    _ store: OpaquePointer?,
    _ type: UnsafePointer<wasm_functype_t>?,
    _ callback: wasm_func_callback_with_env_t?,
    _ environment: UnsafeMutableRawPointer?,
    _ finalizer: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
) -> OpaquePointer? {
    guard let callback else { return nil }
    return StandardCallback.make(
        StandardCallback(withEnvironment: callback, environment: environment, finalizer: finalizer),
        type,
        in: store
    )
}

extension wasm_val_vec_t {
    /// A vector of the library's own values.
    fileprivate init(_ values: UnsafeMutablePointer<wasm_val_t>?, count: Int) {
        self.init(
            size: count,
            data: values,
            num_elems: count,
            size_of_elem: MemoryLayout<wasm_val_t>.stride,
            lock: nil
        )
    }
}

extension StandardReference {
    /// The function behind a handle, and its type.
    static func function(
        behind handle: OpaquePointer?
    ) -> (reference: Pointer, function: UnsafeMutablePointer<MoteFunction>, type: DefinedType)? {
        guard let reference = behind(handle), case .function(let function) = reference.pointee.payload,
            let type = FunctionDescription.type(of: function)
        else { return nil }
        return (reference, function, type.pointee)
    }
}

@c @implementation
package func wasm_func_type(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_functype_t>? {
    StandardReference.function(behind: handle).flatMap { StandardType.function($0.type) }
}

@c @implementation
package func wasm_func_param_arity(_ handle: OpaquePointer?) -> Int {
    StandardReference.function(behind: handle)?.type.parameters.count ?? 0
}

@c @implementation
package func wasm_func_result_arity(_ handle: OpaquePointer?) -> Int {
    StandardReference.function(behind: handle)?.type.resultCount ?? 0
}

@c @implementation
package func wasm_func_call(
    _ handle: OpaquePointer?,
    _ arguments: UnsafePointer<wasm_val_vec_t>?,
    _ results: UnsafeMutablePointer<wasm_val_vec_t>?
) -> OpaquePointer? {
    guard let (reference, function, type) = StandardReference.function(behind: handle) else {
        guard let placeholder = StandardReference.behind(handle) else { return nil }
        return StandardStore.makeTrap("failed to call unlinked function", in: placeholder.pointee.store)?
            .opaque
    }
    let store = reference.pointee.store
    guard (arguments?.pointee.size ?? 0) >= type.parameters.count else {
        return StandardStore.makeTrap("the number of arguments does not fit the function", in: store)?.opaque
    }
    guard (results?.pointee.size ?? 0) >= type.resultCount else {
        return StandardStore.makeTrap("there is no room for the function's results", in: store)?.opaque
    }
    // A callback may give up every handle of it.
    StandardReference.hold(reference)
    defer { StandardReference.release(reference) }
    let trap = StandardCall.run(function, type, arguments?.pointee.data, results?.pointee.data, in: store)
    if trap == nil { results?.pointee.num_elems = type.resultCount }
    return trap?.opaque
}
