package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteWASI

/// One call of `wasm_runtime_register_natives`; in the door's arena.
struct NativeRegistration {
    var moduleName: UnsafePointer<CChar>
    var symbols: UnsafeMutablePointer<NativeSymbol>
    var count: Int
    /// Its functions take all arguments in one array.
    var isRaw: Bool
    /// What makes functions of its natives; hosts that register none do not link it.
    var make: Make
    var next: UnsafeMutablePointer<NativeRegistration>?
}

extension NativeRegistration {
    /// Makes the function that answers an import, in a `Made`: the `InstanceRecord`, the `ImportRequest`, the symbol,
    /// whether it is raw.
    typealias Make =
        @convention(c) (
            UnsafeMutableRawPointer, UnsafeRawPointer, UnsafePointer<NativeSymbol>, Bool,
            UnsafeMutableRawPointer
        ) -> Void

    /// A function, or what was missing; neither where the signature does not fit.
    struct Made {
        var function: UnsafeMutablePointer<MoteFunction>?
        var error: EngineError?
    }
}

@c @implementation
package func wasm_runtime_register_natives(
    _ moduleName: UnsafePointer<CChar>?,
    _ symbols: UnsafeMutablePointer<NativeSymbol>?,
    _ count: UInt32
) -> Bool {
    // Raw ones are called the same way everywhere.
    MOTE_NATIVE_CALLS != 0 && NativeRegistration.add(moduleName, symbols, count, isRaw: false)
}

@c @implementation
package func wasm_runtime_register_natives_raw(
    _ moduleName: UnsafePointer<CChar>?,
    _ symbols: UnsafeMutablePointer<NativeSymbol>?,
    _ count: UInt32
) -> Bool {
    NativeRegistration.add(moduleName, symbols, count, isRaw: true)
}

extension NativeRegistration {
    fileprivate static func add(
        _ moduleName: UnsafePointer<CChar>?,
        _ symbols: UnsafeMutablePointer<NativeSymbol>?,
        _ count: UInt32,
        isRaw: Bool
    ) -> Bool {
        guard let state = Door.current, let moduleName, let symbols else { return false }
        do throws(MemoryError) {
            let raw = try state.pointee.arena.allocateGrowable(
                sizeInBytes: MemoryLayout<NativeRegistration>.size,
                region: .structures,
                site: .cNatives
            )
            let registration = raw.bindMemory(to: NativeRegistration.self, capacity: 1)
            mote_lock_acquire(state.lock)
            defer { mote_lock_release(state.lock) }
            registration.initialize(
                to: NativeRegistration(
                    moduleName: moduleName,
                    symbols: symbols,
                    count: Int(count),
                    isRaw: isRaw,
                    make: { record, request, symbol, isRaw, made in
                        record.assumingMemoryBound(to: InstanceRecord.self).makeNative(
                            symbol,
                            request.assumingMemoryBound(to: ImportRequest.self),
                            isRaw: isRaw,
                            made.assumingMemoryBound(to: Made.self)
                        )
                    },
                    next: state.pointee.firstNatives
                )
            )
            state.pointee.firstNatives = registration
            return true
        } catch {
            return false
        }
    }
}

@c @implementation
package func get_base_lib_export_apis(
    _ symbols: UnsafeMutablePointer<UnsafeMutablePointer<NativeSymbol>?>?
) -> UInt32 {
    symbols?.pointee = nil
    return 0
}

@c @implementation
package func wasm_runtime_unregister_natives(
    _ moduleName: UnsafePointer<CChar>?,
    _ symbols: UnsafeMutablePointer<NativeSymbol>?
) -> Bool {
    guard let state = Door.current, let moduleName, let symbols else { return false }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    var previous: UnsafeMutablePointer<NativeRegistration>?
    var next = state.pointee.firstNatives
    while let current = next {
        if current.pointee.symbols == symbols, strcmp(current.pointee.moduleName, moduleName) == 0 {
            if let previous {
                previous.pointee.next = current.pointee.next
            } else {
                state.pointee.firstNatives = current.pointee.next
            }
            state.pointee.arena.freeGrowable(current)
            return true
        }
        previous = current
        next = current.pointee.next
    }
    return false
}

extension UnsafeMutablePointer where Pointee == DoorState {
    /// Whether the host has registered natives for imports from a module.
    func hasNatives(of moduleName: Text) -> Bool {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstNatives
        while let current = next {
            if equal(bytes(of: current.pointee.moduleName), moduleName) { return true }
            next = current.pointee.next
        }
        return false
    }

    /// The newest native that was registered under two names.
    fileprivate func native(
        _ moduleName: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>
    ) -> (symbol: UnsafePointer<NativeSymbol>, from: UnsafeMutablePointer<NativeRegistration>)? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstNatives
        while let current = next {
            next = current.pointee.next
            guard equal(moduleName, current.pointee.moduleName) else { continue }
            for index in 0..<current.pointee.count {
                let symbol = current.pointee.symbols + index
                if let text = symbol.pointee.symbol, equal(name, text) {
                    return (UnsafePointer(symbol), current)
                }
            }
        }
        return nil
    }

    /// Whether a native, WASI or a library of the runtime's answers function imports of two names.
    func answersFunction(
        _ moduleName: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if native(moduleName, name) != nil { return true }
        if Build.hasWASI, equal(moduleName, WASIFunctions.moduleName) {
            for index in 0..<WASIFunctions.count where equal(name, WASIFunctions.entry(at: index).name) {
                return true
            }
        }
        return Build.hasSharedHeaps && SharedHeapNatives.answers(moduleName, name)
            || Build.hasLibc && LibcImports.answers(moduleName, name)
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// What answers an import: a native, a function of WASI or of libc-builtin, or for others one that traps.
    func resolve(
        _ request: ImportRequest,
        in state: UnsafeMutablePointer<DoorState>,
        _ failure: inout MemoryError?
    ) -> ExternalValue? {
        do throws(EngineError) {
            guard let type = request.functionType else { return try answer(request) }
            if let native = state.native(request.moduleName, request.name) {
                var request = request
                var made = NativeRegistration.Made()
                let from = native.from.pointee
                from.make(self, &request, native.symbol, from.isRaw, &made)
                if let error = made.error { throw error }
                if let function = made.function { return .function(function) }
            }
            if let value = answerOfPart(request) { return value }
            if Build.hasWASI, let context = pointee.wasi, equal(request.moduleName, WASIFunctions.moduleName)
            {
                for index in 0..<WASIFunctions.count {
                    let entry = WASIFunctions.entry(at: index)
                    guard equal(request.name, entry.name) else { continue }
                    return .function(try makeWASI(entry, context))
                }
            }
            if Build.hasSharedHeaps, let target = SharedHeapNatives.target(request, type) {
                return .function(
                    try pointee.store.makeHostFunction(
                        parameters: type.pointee.parameters,
                        results: type.pointee.results,
                        target: target,
                        data: nil
                    )
                )
            }
            if let function = try makeLibc(request, type) { return .function(function) }
            noteUnlinked(request)
            return .function(try UnlinkedImport.make(request, type, in: pointee.store))
        } catch {
            if case .memory(let error) = error { failure = error }
            return nil
        }
    }

    /// What answers an import that is no function.
    private func answer(_ request: ImportRequest) throws(EngineError) -> ExternalValue? {
        if let value = answerOfPart(request) { return value }
        guard request.declaration.kind == .global,
            let bits = BuiltInGlobals.bits(request.moduleName, request.name)
        else { return nil }
        let type = GlobalType(valueType: .f64, isMutable: false)
        return .global(try pointee.store.makeGlobal(type: type, low: bits))
    }

    private func noteUnlinked(_ request: ImportRequest) {
        guard !pointee.module.pointee.isUnresolved else { return }
        Log.write(.warning) { text in
            text.write("warning: failed to link import function (")
            text.write(request.moduleName)
            text.write(", ")
            text.write(request.name)
            text.write(")")
        }
    }

    fileprivate func makeNative(
        _ symbol: UnsafePointer<NativeSymbol>,
        _ request: UnsafePointer<ImportRequest>,
        isRaw: Bool,
        _ made: UnsafeMutablePointer<NativeRegistration.Made>
    ) {
        do throws(EngineError) {
            guard let type = request.pointee.functionType else { return }
            made.pointee.function = try makeNative(symbol.pointee, type, isRaw: isRaw)
            // One whose signature does not fit counts as none.
            if made.pointee.function == nil { noteUnfit(symbol.pointee, request.pointee) }
        } catch {
            made.pointee.error = error
        }
    }

    private func noteUnfit(_ symbol: NativeSymbol, _ request: ImportRequest) {
        Log.write(.warning) { text in
            text.write("failed to check signature '")
            if let signature = symbol.signature { text.write(cString: signature) }
            text.write("' and resolve pointer params for import function (")
            text.write(request.moduleName)
            text.write(", ")
            text.write(request.name)
            text.write(")")
        }
    }

    private func makeNative(
        _ symbol: NativeSymbol,
        _ type: UnsafeMutablePointer<DefinedType>,
        isRaw: Bool
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction>? {
        var target = isRaw ? RawNative.target : NativeImport.target
        var data: UnsafeMutableRawPointer
        let native: UnsafeMutablePointer<NativeImport>
        do throws(MemoryError) {
            let arena = pointee.store.state.pointee.arena
            guard let made = try NativeImport.make(symbol, type.pointee, in: arena) else { return nil }
            native = made
            data = UnsafeMutableRawPointer(made)
            if pointee.root != nil {
                data = try PartNative.make(self, target, data)
                target = PartNative.target
            }
        } catch {
            throw .memory(error)
        }
        let function = try pointee.store.makeHostFunction(
            parameters: type.pointee.parameters,
            results: type.pointee.results,
            target: target,
            data: data
        )
        if !isRaw, pointee.root == nil, native.pointee.isDirect {
            EngineStore.setNative(
                function,
                native.pointee.function,
                parameterCount: native.pointee.letterCount,
                returnsI64: native.pointee.result == NativeLetter.i64
            )
        }
        return function
    }

    private func makeWASI(
        _ entry: WASIFunctions.Entry,
        _ context: WASIContext.Pointer
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction> {
        // The longest has nine parameters and one result.
        var values = InlineArray<16, ValueType>(repeating: .i32)
        let parameterCount = entry.parameters.count
        let count = min(parameterCount &+ entry.results.count, 16)
        for index in 0..<count {
            let letter =
                index < parameterCount
                ? entry.parameters.start[index] : entry.results.start[index &- parameterCount]
            if letter == UInt8(ascii: "I") { values[index] = .i64 }
        }
        let store = pointee.store
        let made: Result<UnsafeMutablePointer<MoteFunction>, EngineError> = withUnsafeMutablePointer(
            to: &values
        ) {
            let base = UnsafeMutableRawPointer($0).assumingMemoryBound(to: ValueType.self)
            do throws(EngineError) {
                return .success(
                    try store.makeHostFunction(
                        parameters: Items(base: base, count: parameterCount),
                        results: Items(base: base + parameterCount, count: count &- parameterCount),
                        target: entry.function,
                        data: UnsafeMutableRawPointer(context)
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        switch made {
        case .success(let function): return function
        case .failure(let error): throw error
        }
    }
}
