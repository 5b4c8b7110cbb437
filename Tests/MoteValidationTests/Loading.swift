import MoteBinary
import MoteMemory
import MoteModule
import MoteValidation
import Testing

/// What decoding and validating a module come to.
enum Outcome: Equatable, Sendable {
    case valid
    case invalid(ValidationError.Kind)
    case malformed(DecodeError.Kind)
    /// Refused for a proposal that is off, or has no rules.
    case off(Feature)
    case memory(MemoryError.Kind)

    /// An index outside its space, which the decoder may find first.
    static var unknown: Outcome { .malformed(.unknownType) }
    static var unknownFunction: Outcome { .malformed(.unknownFunction) }
    static var duplicateName: Outcome { .malformed(.duplicateExportName) }

    var text: String {
        switch self {
        case .valid: "valid"
        case .invalid(let kind): "\(kind.text)"
        case .malformed(let kind): "\(kind.text)"
        case .off(let feature): "off: \(feature.name)"
        case .memory(let kind): "memory: \(kind)"
        }
    }
}

/// A heap and registry of its own for one test, checked for leaks when it ends.
struct Workbench {
    let heap: GlobalHeap.Pointer
    let registry: TypeRegistry.Pointer

    init() throws {
        heap = .allocate(capacity: 1)
        try GlobalHeap.initialize(heap, source: .system)
        registry = try TypeRegistry.create(in: heap)
    }

    func close() {
        TypeRegistry.destroy(registry)
        #expect(heap.pointee.ledger.total == 0)
        GlobalHeap.destroy(heap)
        heap.deallocate()
    }

    /// Decodes and validates; the module is valid only inside `body`, and gone afterwards.
    func load(
        _ bytes: [UInt8],
        features: FeatureSet,
        _ body: (Module.Pointer) throws -> Void = { _ in }
    ) throws -> Outcome {
        try bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .malformed(.unexpectedEnd) }
            let module: Module.Pointer
            do throws(LoadFailure) {
                module = try ModuleDecoder.decode(
                    base,
                    sizeInBytes: buffer.count,
                    ownership: .borrowed,
                    heap: heap,
                    registry: registry,
                    features: features
                )
            } catch {
                switch error {
                case .malformed(let error): return .malformed(error.kind)
                case .memory(let error): return .memory(error.kind)
                case .unsupported(let feature, _): return .off(feature)
                }
            }
            defer { Module.destroy(module) }
            do throws(ValidationFailure) {
                _ = try ModuleValidator.validate(module: module, registry: registry, features: features)
            } catch {
                switch error {
                case .invalid(let error):
                    #expect(Int(error.byteOffset) <= buffer.count)
                    if let feature = error.feature { return .off(feature) }
                    return .invalid(error.kind)
                case .malformed(let error):
                    #expect(error.byteOffset <= buffer.count)
                    return .malformed(error.kind)
                case .memory(let error): return .memory(error.kind)
                }
            }
            #expect(module.pointee.arena.accountSnapshot.current[Int(Region.scratch.rawValue)] == 0)
            try body(module)
            return .valid
        }
    }
}

func outcome(of bytes: [UInt8], features: FeatureSet = .executable) -> Outcome {
    guard let bench = try? Workbench() else { return .memory(.exhausted) }
    defer { bench.close() }
    return (try? bench.load(bytes, features: features)) ?? .memory(.exhausted)
}

func withValidModule(
    _ bytes: [UInt8],
    features: FeatureSet = .executable,
    _ body: (Module.Pointer) throws -> Void
) throws {
    let bench = try Workbench()
    defer { bench.close() }
    let result = try bench.load(bytes, features: features, body)
    #expect(result == .valid)
}
