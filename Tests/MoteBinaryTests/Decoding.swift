import MoteBinary
import MoteMemory
import MoteModule

/// A heap and a registry for one test, given back at its end.
final class Workbench {
    let heap = GlobalHeap.Pointer.allocate(capacity: 1)
    let registry: TypeRegistry.Pointer

    init(source: HeapSource = .system) throws {
        try GlobalHeap.initialize(heap, source: source)
        registry = try TypeRegistry.create(in: heap)
    }

    deinit {
        TypeRegistry.destroy(registry)
        GlobalHeap.destroy(heap)
        heap.deallocate()
    }

    /// Decodes, hands the module to a closure, and destroys it.
    func decode<Result>(
        _ bytes: [UInt8],
        ownership: ModuleBytesOwnership = .borrowed,
        features: FeatureSet = .every,
        _ body: (Module.Pointer) throws -> Result
    ) throws -> Result {
        try bytes.withUnsafeBufferPointer { buffer in
            // An empty array has no address; any will do, as nothing is read.
            let base =
                buffer.baseAddress
                ?? UnsafePointer(heap.withMemoryRebound(to: UInt8.self, capacity: 1) { $0 })
            let module = try ModuleDecoder.decode(
                base,
                sizeInBytes: buffer.count,
                ownership: ownership,
                heap: heap,
                registry: registry,
                features: features
            )
            defer { Module.destroy(module) }
            return try body(module)
        }
    }

    /// The error that decoding ends with, or nil if it succeeds.
    func failure(_ bytes: [UInt8], features: FeatureSet = .every) throws -> LoadFailure? {
        do {
            try decode(bytes, features: features) { _ in }
            return nil
        } catch let failure as LoadFailure {
            return failure
        }
    }

    /// The decoding error's kind.
    func kind(_ bytes: [UInt8], features: FeatureSet = .every) throws -> DecodeError.Kind? {
        guard case .malformed(let error) = try failure(bytes, features: features) else { return nil }
        return error.kind
    }
}

extension FeatureSet {
    static var every: FeatureSet { FeatureSet(rawValue: (1 << UInt32(Feature.count)) - 1) }
}

extension UnsafeBufferPointer<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }
}
