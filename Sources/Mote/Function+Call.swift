internal import CPlatform
internal import MoteEngine
internal import MoteModule

extension Function {
    /// Calls it with values whose types are checked.
    ///
    /// Runs in the environment of its instance where none is given. A host function that is in no store cannot be
    /// called this way.
    /// - Throws: ``RuntimeError/trap(_:)``, ``RuntimeError/exception(_:)``, ``RuntimeError/exit(code:)``, the error of a host function unchanged,
    ///   ``RuntimeError/usage(_:)`` for wrong arguments.
    public func call(_ arguments: [Value], in environment: ExecutionEnvironment? = nil) throws -> [Value] {
        let target = try CallTarget(self, environment)
        let type = self.type
        guard arguments.count == type.parameters.count else {
            throw RuntimeError.usage(
                .wrongArgumentCount(expected: type.parameters.count, found: arguments.count)
            )
        }
        return try target.withSlots { slots in
            var slot = slots
            for (index, argument) in arguments.enumerated() {
                let wanted = target.engineType?.pointee.parameters[checked: index] ?? .i32
                try argument.write(to: slot, as: wanted, in: target.store)
                slot += wanted.slotCount
            }
            try target.enter(slots)
            slot = slots
            return try type.results.map { type in
                defer { slot += type.slotCount }
                return try Value(slots: slot, type: type, store: target.store, owner: target.owner)
            }
        }
    }

    /// The same as a Swift function of a type, which is compared once, here.
    ///
    /// - Throws: ``RuntimeError/signature(function:actual:wanted:)``.
    public func typed<each Parameter: WasmValue, each Result: WasmValue>(
        as type: ((repeat each Parameter) -> (repeat each Result)).Type,
        in environment: ExecutionEnvironment? = nil
    ) throws(RuntimeError) -> (repeat each Parameter) throws -> (repeat each Result) {
        try typed(as: type, name: "the function", in: environment)
    }

    func typed<each Parameter: WasmValue, each Result: WasmValue>(
        as type: ((repeat each Parameter) -> (repeat each Result)).Type,
        name: String,
        in environment: ExecutionEnvironment?
    ) throws(RuntimeError) -> (repeat each Parameter) throws -> (repeat each Result) {
        let wanted = functionType(type)
        let actual = self.type
        guard wanted == actual else { throw .signature(function: name, actual: actual, wanted: wanted) }
        let target = try CallTarget(self, environment)
        return { (arguments: repeat each Parameter) in
            try target.withSlots { slots in
                var writer = SlotWriter(slots: slots)
                repeat writer.put(each arguments)
                try target.enter(slots)
                var reader = SlotReader(slots: slots)
                return (repeat reader.next((each Result).self))
            }
        }
    }
}

/// A function with everything that a call of it needs.
struct CallTarget {
    let pointer: UnsafeMutablePointer<MoteFunction>
    let store: Store
    let owner: Instance?
    let core: EnvironmentCore
    /// Holds what the core belongs to.
    let keeper: ExecutionEnvironment?
    let slotCount: Int

    init(_ function: Function, _ environment: ExecutionEnvironment?) throws(RuntimeError) {
        switch function.storage {
        case .engine(let pointer, let store, let owner):
            self.pointer = pointer
            self.store = store
            self.owner = owner
        case .host, .wasi, .libc:
            guard let environment else { throw .usage(.unsupported) }
            pointer = try environment.store.pointer(to: function)
            store = environment.store
            owner = nil
        }
        if let environment {
            guard environment.store === store else { throw .usage(.foreignStore) }
            core = environment.core
        } else if let owner {
            core = owner.core
        } else {
            core = try store.environmentCore()
        }
        keeper = environment
        slotCount = max(Int(pointer.pointee.parameterSlots), Int(pointer.pointee.resultSlots))
    }

    /// Its type, which says more of references than the public one.
    var engineType: UnsafePointer<DefinedType>? { FunctionDescription.type(of: pointer) }

    /// Slots for parameters and results, on the stack.
    func withSlots<Result>(_ body: (UnsafeMutablePointer<UInt64>) throws -> Result) throws -> Result {
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: slotCount + 1) { buffer in
            buffer.initialize(repeating: 0)
            guard let slots = buffer.baseAddress else { throw RuntimeError.usage(.unsupported) }
            return try body(slots)
        }
    }

    /// Runs the function; its results lie over its parameters.
    func enter(_ slots: UnsafeMutablePointer<UInt64>) throws {
        guard store.openViews.isEmpty else { throw RuntimeError.usage(.memoryViewOpen) }
        let outer = core.entryOwner
        core.entryOwner = owner ?? outer
        let trap = core.engine.call(pointer, slots: slots, slotCount: slotCount)
        core.entryOwner = outer
        guard trap == .none else { throw core.error(for: trap, wasi: owner?.wasi) }
    }
}
