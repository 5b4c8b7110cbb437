internal import CPlatform
internal import MoteEngine

/// A function: one that an instance exports, or one of the host's.
///
/// A function of an instance holds the instance.
public struct Function {
    enum Storage {
        /// Known to the engine; good as long as the store and, where it has one, the owner.
        case engine(UnsafeMutablePointer<MoteFunction>, Store, owner: Instance?)
        /// A closure that no store may know yet.
        case host(HostClosure)
        case wasi(WASIFunction)
        case libc(LibcFunction)
    }

    let storage: Storage

    init(storage: Storage) { self.storage = storage }

    init(pointer: UnsafeMutablePointer<MoteFunction>, store: Store, owner: Instance?) {
        storage = .engine(pointer, store, owner: owner)
    }

    /// What a function reference refers to; nil for null.
    init?(reference: UInt64, store: Store, owner: Instance?) {
        guard
            let pointer = UnsafeMutablePointer<MoteFunction>(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return nil }
        // Where its own instance is gone, the one it was found through keeps the whole group.
        let own = pointer.pointee.instance.flatMap { Instance.object(of: $0) }
        self.init(pointer: pointer, store: store, owner: own ?? owner)
    }

    /// A host function from a closure that takes number values and gives one.
    ///
    /// What the closure throws ends the guest, and is thrown unchanged by the call that entered the guest.
    public init<each Parameter: WasmValue, Result: WasmValue>(
        _ body: @escaping (repeat each Parameter) throws -> Result
    ) {
        self.init(numbers: { (_, arguments: repeat each Parameter) in try body(repeat each arguments) })
    }

    /// A host function from a closure that takes number values and gives several in a tuple, or nothing.
    ///
    /// What the closure throws ends the guest, and is thrown unchanged by the call that entered the guest.
    public init<each Parameter: WasmValue, each Result: WasmValue>(
        _ body: @escaping (repeat each Parameter) throws -> (repeat each Result)
    ) {
        self.init(numbers: { (_, arguments: repeat each Parameter) in try body(repeat each arguments) })
    }

    /// A host function from a closure that gets the caller, then number values, and gives one.
    ///
    /// What the closure throws ends the guest, and is thrown unchanged by the call that entered the guest.
    public init<each Parameter: WasmValue, Result: WasmValue>(
        _ body: @escaping (Caller, repeat each Parameter) throws -> Result
    ) {
        self.init(numbers: body)
    }

    /// A host function from a closure that gets the caller, then number values, and gives several in a tuple, or
    /// nothing.
    ///
    /// What the closure throws ends the guest, and is thrown unchanged by the call that entered the guest.
    public init<each Parameter: WasmValue, each Result: WasmValue>(
        _ body: @escaping (Caller, repeat each Parameter) throws -> (repeat each Result)
    ) {
        self.init(numbers: body)
    }

    private init<each Parameter: WasmValue, each Result: WasmValue>(
        numbers body: @escaping (Caller, repeat each Parameter) throws -> (repeat each Result)
    ) {
        storage = .host(
            HostClosure(type: functionType(((repeat each Parameter) -> (repeat each Result)).self)) {
                caller,
                slots in
                var reader = SlotReader(slots: slots)
                let results = try body(caller, repeat reader.next((each Parameter).self))
                var writer = SlotWriter(slots: slots)
                repeat writer.put(each results)
            }
        )
    }

    /// A host function whose type is known only at run time.
    ///
    /// The closure must give as many results of the right types as `type` says; otherwise the guest traps.
    public init(type: FunctionType, _ body: @escaping (Caller, [Value]) throws -> [Value]) {
        storage = .host(
            HostClosure(type: type) { caller, slots in
                var arguments: [Value] = []
                var slot = slots
                for type in type.parameters {
                    arguments.append(
                        try Value(slots: slot, type: type, store: caller.store, owner: caller.owner)
                    )
                    slot += type.slotCount
                }
                let results = try body(caller, arguments)
                guard results.count == type.results.count else {
                    throw RuntimeError.usage(
                        .wrongArgumentCount(expected: type.results.count, found: results.count)
                    )
                }
                slot = slots
                for (result, type) in zip(results, type.results) {
                    try result.write(to: slot, as: type.engineType, in: caller.store)
                    slot += type.slotCount
                }
            }
        )
    }

    /// Its parameters and results.
    public var type: FunctionType {
        switch storage {
        case .host(let closure): closure.type
        case .wasi(let function): function.type
        case .libc(let function): function.type
        case .engine(let pointer, _, _):
            FunctionDescription.type(of: pointer).map { FunctionType($0.pointee) }
                ?? FunctionType(parameters: [])
        }
    }
}

/// The WebAssembly type of a Swift function type.
func functionType<each Parameter: WasmValue, each Result: WasmValue>(
    _ type: ((repeat each Parameter) -> (repeat each Result)).Type
) -> FunctionType {
    var type = FunctionType(parameters: [])
    for parameter in repeat (each Parameter).self { type.parameters.append(parameter.valueType) }
    for result in repeat (each Result).self { type.results.append(result.valueType) }
    return type
}

/// Reads values from slots, one after the other.
struct SlotReader {
    var slots: UnsafeMutablePointer<UInt64>

    mutating func next<Element: WasmValue>(_ type: Element.Type) -> Element {
        defer { slots += Element.valueType.slotCount }
        return Element.valueType == .v128
            ? Element(bits: slots[0], upperBits: slots[1]) : Element(bits: slots.pointee)
    }
}

/// Writes values into slots, one after the other.
struct SlotWriter {
    var slots: UnsafeMutablePointer<UInt64>

    mutating func put<Element: WasmValue>(_ value: Element) {
        slots.pointee = value.bits
        let slotCount = Element.valueType.slotCount
        if slotCount > 1 { slots[1] = value.upperBits }
        slots += slotCount
    }
}
