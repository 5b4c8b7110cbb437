package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Values of the interface beside slots of the engine.
enum StandardValues {
    /// Values that need no block of the heap.
    private static var few: Int { 8 }

    /// Room for the arguments and results of one call; nil when it is not to be had.
    static func with<Result>(
        _ type: DefinedType,
        in store: StandardStore.Pointer,
        _ body: (UnsafeMutablePointer<wasm_val_t>?, UnsafeMutablePointer<wasm_val_t>?) -> Result
    ) -> Result? {
        let parameterCount = type.parameters.count
        let count = parameterCount &+ type.resultCount
        if count <= few {
            var values = InlineArray<8, wasm_val_t>(repeating: wasm_val_t())
            return withUnsafeMutablePointer(to: &values) {
                let start = UnsafeMutableRawPointer($0).assumingMemoryBound(to: wasm_val_t.self)
                return body(start, start + parameterCount)
            }
        }
        let size = count &* MemoryLayout<wasm_val_t>.stride
        guard let raw = StandardEngine.allocate(size, from: store.pointee.engine) else { return nil }
        defer { StandardEngine.free(raw) }
        let start = raw.bindMemory(to: wasm_val_t.self, capacity: count)
        return body(start, start + parameterCount)
    }

    static func read(
        _ types: Items<ValueType>,
        from slots: UnsafeMutablePointer<UInt64>,
        into values: UnsafeMutablePointer<wasm_val_t>?,
        in store: StandardStore.Pointer
    ) {
        var slot = slots
        for index in 0..<types.count {
            guard let type = types[checked: index] else { break }
            values?[index] = StandardStore.read(type, from: slot, in: store)
            slot += type.slotCount
        }
    }

    /// False where a value is of another type than the slot.
    static func write(
        _ values: UnsafePointer<wasm_val_t>?,
        as types: Items<ValueType>,
        to slots: UnsafeMutablePointer<UInt64>,
        in store: StandardStore.Pointer
    ) -> Bool {
        var slot = slots
        for index in 0..<types.count {
            guard let type = types[checked: index], let value = values?[index],
                StandardStore.write(value, as: type, to: slot, in: store)
            else { return false }
            slot += type.slotCount
        }
        return true
    }
}

/// Calls from the host.
enum StandardCall {
    /// Calls a function in its store's environment; nil is success.
    static func run(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ type: DefinedType,
        _ arguments: UnsafePointer<wasm_val_t>?,
        _ results: UnsafeMutablePointer<wasm_val_t>?,
        in store: StandardStore.Pointer
    ) -> StandardReference.Pointer? {
        let environment: EngineEnvironment
        do throws(EngineError) {
            if let instance = function.pointee.instance {
                environment = try EngineInstance(state: instance.state).environment()
            } else {
                environment = try store.pointee.store.defaultEnvironment()
            }
        } catch {
            return StandardStore.makeTrap(in: store) { $0.write(error) }
        }
        let count = Int(max(type.parameterSlots, type.resultSlots))
        func call(_ slots: UnsafeMutablePointer<UInt64>) -> StandardReference.Pointer? {
            guard StandardValues.write(arguments, as: type.parameters, to: slots, in: store) else {
                return StandardStore.makeTrap("an argument is of another type than the function's", in: store)
            }
            let trap = environment.call(function, slots: slots, slotCount: count)
            if trap != .none { return self.trap(trap, in: environment, store) }
            StandardValues.read(type.results, from: slots, into: results, in: store)
            return nil
        }
        if count <= 8 {
            var few = InlineArray<8, UInt64>(repeating: 0)
            return withUnsafeMutablePointer(to: &few) {
                call(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self))
            }
        }
        guard let raw = StandardEngine.allocate(count &* 8, from: store.pointee.engine) else {
            return StandardStore.makeTrap("allocate memory failed", in: store)
        }
        defer { StandardEngine.free(raw) }
        return call(raw.bindMemory(to: UInt64.self, capacity: count))
    }

    /// The trap that a callback gave, or one with the reason's text and frames.
    static func trap(
        _ code: TrapCode,
        in environment: EngineEnvironment,
        _ store: StandardStore.Pointer
    ) -> StandardReference.Pointer? {
        let parked = environment.base.pointee.hostError.map { OpaquePointer($0) }
        environment.base.pointee.hostError = nil
        if let reference = StandardReference.behind(parked) {
            if case .trap(var trap) = reference.pointee.payload, trap.frameCount == 0 {
                StandardStore.takeFrames(of: environment, into: &trap, in: store)
                reference.pointee.payload = .trap(trap)
            }
            return reference
        }
        return StandardStore.makeTrap(from: environment, in: store) { text in
            if code == .memoryExhausted, let error = environment.memoryError {
                text.write(error)
            } else {
                text.write("Exception: ")
                text.write(code.wamrText)
            }
        }
    }
}
