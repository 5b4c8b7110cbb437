internal import CPlatform
internal import MoteEngine
internal import MoteModule

// Sendable because every error is: like the store that it comes from it belongs to one thread at a time.

/// An exception of WebAssembly's: one that no guest code caught, or one for guest code to catch.
///
/// A host function that throws it, or the ``RuntimeError/exception(_:)`` that it came in, lets it fly on through the
/// guest code that called the function.
public struct WasmException: Error, @unchecked Sendable {
    /// What it can be caught by.
    public let tag: Tag
    /// What it carries; nil where some of it has a type that this interface has no values for.
    public let values: [Value]?
    /// Where it was thrown, innermost first, as in ``Trap/backtrace``; empty for an exception that the host makes.
    public let backtrace: [Trap.Frame]

    /// An exception for a host function to throw.
    public init(_ tag: Tag, _ values: [Value] = []) {
        self.tag = tag
        self.values = values
        backtrace = []
    }

    init(_ exception: ExceptionObject, store: Store, backtrace: [Trap.Frame]) {
        let tag = Tag(pointer: exception.tag, store: store, owner: nil)
        self.tag = tag
        self.backtrace = backtrace
        var slot = exception.slots
        var values: [Value]? = []
        for index in 0..<exception.tag.parameters.count {
            guard let type = exception.tag.parameters[checked: index] else { break }
            if let value = try? Value(
                bits: slot.pointee,
                type: ValueType(type),
                store: store,
                owner: tag.keeper
            ) {
                values?.append(value)
            } else {
                values = nil
            }
            slot += type.slotCount
        }
        self.values = values
    }

    /// The exception that an error of a host function's is, if it is one.
    init?(_ error: any Error) {
        switch error {
        case let exception as WasmException: self = exception
        case RuntimeError.exception(let exception): self = exception
        default: return nil
        }
    }

    /// Throws it into the guest code that runs in an environment; what a host function returns then.
    func raise(in core: EnvironmentCore) throws(RuntimeError) -> EngineTrapCode {
        guard tag.store === core.store else { throw .usage(.foreignStore) }
        let types = tag.parameters
        guard let values else { throw .usage(.unsupportedValueType(.otherReference)) }
        guard values.count == types.count else {
            throw .usage(.wrongArgumentCount(expected: types.count, found: values.count))
        }
        var slots: [UInt64] = []
        for (index, value) in values.enumerated() {
            guard let type = tag.pointer.parameters[checked: index] else { break }
            slots.append(try value.bits(as: type, in: core.store))
        }
        return slots.withUnsafeBufferPointer {
            core.engine.throwException(tag.pointer, slots: $0.baseAddress)
        }
    }
}

extension WasmException: CustomStringConvertible {
    /// As `uncaught exception: tag 0 of module m (i32 42)`, then a line for each frame.
    public var description: String {
        var text = "uncaught exception: \(tag)"
        if let values {
            if !values.isEmpty {
                text += " (" + values.map { "\($0.type) \($0)" }.joined(separator: ", ") + ")"
            }
        } else {
            text += " (" + tag.parameters.map { "\($0)" }.joined(separator: ", ") + ")"
        }
        for (index, frame) in backtrace.enumerated() { text += "\n  #\(index) \(frame)" }
        if backtrace.count == Trap.frameLimit { text += "\n  ..." }
        return text
    }
}
