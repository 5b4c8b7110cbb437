extension RuntimeError: CustomStringConvertible {
    /// A sentence for people: what went wrong, with the numbers that matter.
    public var description: String {
        switch self {
        case .file(let path, let reason): return "\(path): \(reason)"
        case .decode(let message, let byteOffset):
            return "\(message) (at byte \(Self.hexadecimal(byteOffset)))"
        case .featureOff(let feature, let functionIndex, let byteOffset):
            return Self.featureOff(
                feature,
                remedy: "features.enable(.\(feature.caseName))",
                functionIndex,
                byteOffset
            )
        case .validation(let message, let functionIndex, let byteOffset):
            return "\(message) \(Self.place(functionIndex, byteOffset))"
        case .link(let failure): return failure.description
        case .memory(let failure): return failure.description
        case .guestHeap(let failure): return failure.description
        case .trap(let trap): return trap.description
        case .exception(let exception): return exception.description
        case .exit(let code): return "the guest ended with exit code \(code)"
        case .abort(let message): return "the guest ended itself: \(message)"
        case .outOfBounds(let address, let count, let size):
            return "\(count) bytes at \(address) do not lie in a memory of \(size) bytes"
        case .export(let name, let wanted): return "the module exports no \(wanted) named \"\(name)\""
        case .signature(let function, let actual, let wanted):
            return "\(function) has type \(actual), not \(wanted)"
        case .wasi(let message): return message
        case .usage(let failure): return failure.description
        }
    }

    /// What ``featureOff(_:functionIndex:byteOffset:)`` says where `remedy` is how the reader switches it on.
    package static func featureOff(
        _ feature: Feature,
        remedy: String,
        _ functionIndex: Int?,
        _ byteOffset: Int
    ) -> String {
        let name =
            feature.title == feature.rawValue ? feature.title : "\(feature.title) (\(feature.rawValue))"
        let why =
            feature.isExecutable
            ? "which is switched off: \(remedy)" : "which this version does not execute"
        return "this module uses \(name), \(why) \(place(functionIndex, byteOffset))"
    }

    private static func place(_ functionIndex: Int?, _ byteOffset: Int) -> String {
        let function = functionIndex.map { "in function \($0), " } ?? ""
        return "(\(function)at byte \(hexadecimal(byteOffset)))"
    }

    static func hexadecimal(_ offset: Int) -> String { "0x" + String(offset, radix: 16) }
}

extension LinkFailure: CustomStringConvertible {
    /// The specification's wording, then names and types.
    public var description: String {
        let names = "\"\(DisplayName.text(module))\" \"\(DisplayName.text(name))\""
        let want = wanted.map { ": \($0)" } ?? ""
        switch kind {
        case .unknownImport: return "unknown import \(names)\(want)"
        case .incompatibleType:
            let given = found.map { ", given \($0)" } ?? ""
            return "incompatible import type of \(names)\(want)\(given)"
        }
    }
}

extension MemoryFailure: CustomStringConvertible {
    /// Which region wanted how much, what was left, and which setting helps.
    public var description: String {
        switch kind {
        case .invalidPlan: return "invalid memory plan: \(reason)"
        case .corrupted:
            return "the records of the pool were overwritten (noticed by region \(region.rawValue))"
        case .exhausted:
            let wanted =
                requestedInBytes == Int.max
                ? "more than an address can count" : ByteCount.text(requestedInBytes)
            var text = "memory exhausted: region \(region.rawValue) wanted \(wanted)"
            if let availableInBytes { text += ", at most \(ByteCount.text(availableInBytes)) could be had" }
            return text + "; \(advice)"
        }
    }

    /// The setting of ``MemoryPlan`` that helps.
    public var advice: String {
        if isPool {
            switch region {
            case .linearMemory: return "a larger pool (globalHeap) or a smaller maximumPages helps"
            case .operandStack: return "a larger pool (globalHeap) or a smaller operandStack helps"
            case .gcHeap: return "a larger gcHeap or a larger pool (globalHeap) helps"
            default: return "a larger pool (globalHeap) helps"
            }
        }
        switch region {
        case .operandStack: return "a smaller operandStack helps"
        case .gcHeap where availableInBytes != nil: return "a larger gcHeap helps"
        default: return "its source had nothing left"
        }
    }
}

extension UsageFailure: CustomStringConvertible {
    /// The sentence that errors print.
    public var description: String {
        switch self {
        case .moduleUnloaded: "the module was unloaded"
        case .environmentBusy: "the execution environment is in use by another thread"
        case .foreignStore: "the value belongs to another store"
        case .memoryViewOpen: "a view of the memory is open"
        case .maximumReached(let maximum): "it cannot grow past its maximum of \(maximum)"
        case .immutableGlobal: "the global is immutable"
        case .wrongValueType(let expected, let found):
            "a value of type \(expected) was expected, not \(found)"
        case .unsupportedValueType(let type): "values of type \(type) are not supported here"
        case .wrongArgumentCount(let expected, let found): "\(expected) arguments were expected, not \(found)"
        case .noSuchElement(let index, let count): "element \(index) of a table of \(count)"
        case .notUTF8: "the bytes are not UTF-8"
        case .instanceGone: "it belongs to an instance that is gone"
        case .functionTypeTooLarge: "the function type has too many values"
        case .impossibleMemory(let limits): "no memory may have the limits \(limits)"
        case .sharedHeap(let failure): failure.description
        case .unsupported: "not supported in this version"
        }
    }
}
