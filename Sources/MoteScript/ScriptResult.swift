internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// What a call or a global gave: its type and its slots.
struct ScriptResult {
    var type: ValueType
    var low: UInt64
    /// Of a v128 only.
    var high: UInt64 = 0

    var low32: UInt32 { UInt32(truncatingIfNeeded: low) }

    /// Whether the value is what is expected; `store` knows references.
    func matches(_ pattern: ResultPattern, in store: EngineStore) -> Bool {
        switch pattern {
        case .i32(let value): type == .i32 && low32 == value
        case .i64(let value): type == .i64 && low == value
        case .f32(let float): type == .f32 && float.matches32(low32)
        case .f64(let float): type == .f64 && float.matches64(low)
        case .integers(_, let low, let high): type == .v128 && self.low == low && self.high == high
        case .floats(let shape, let lanes): type == .v128 && matches(shape, lanes)
        case .null: type.isReference && low == 0
        case .host(let number): type.isReference && low != 0 && hostNumber(in: store) == number
        case .reference(let kind): type.isReference && low != 0 && matches(kind, in: store)
        case .either(let patterns): patterns.contains { matches($0, in: store) }
        }
    }

    private func matches(_ shape: LaneShape, _ lanes: [FloatPattern]) -> Bool {
        for (index, float) in lanes.enumerated() {
            let bits = shape.lane(index, low: low, high: high)
            let isMatch =
                shape == .f32x4
                ? float.matches32(UInt32(truncatingIfNeeded: bits)) : float.matches64(bits)
            guard isMatch else { return false }
        }
        return true
    }

    private func matches(_ kind: ReferencePattern, in store: EngineStore) -> Bool {
        let kinds = self.kinds(in: store)
        switch kind {
        case .any: return kinds.contains(.any) || kinds.contains(.eq)
        default: return kinds.contains(kind)
        }
    }

    /// The kinds that a reference that is not null has.
    func kinds(in store: EngineStore) -> [ReferencePattern] {
        let registry = store.runtime.state.pointee.types
        func isOf(_ type: HeapType) -> Bool { TypeMatching.matches(self.type.heapType, type, registry) }
        if isOf(.function) { return [.function] }
        if isOf(.external) { return [.external] }
        if isOf(.exception) { return [.exception] }
        if low & 1 == 1 { return [.eq, .i31] }
        if hostNumber(in: store) != nil { return [.any] }
        let address = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: low))
        guard EngineStore.isObject(low), let address else { return [.any] }
        switch GCObject.kind(GCObject.header(address)) {
        case .structure: return [.eq, .structure]
        case .array: return [.eq, .array]
        case .exception: return [.exception]
        case .free: return []
        }
    }

    /// The number that a script calls a host's reference by; nil for what is no such reference.
    func hostNumber(in store: EngineStore) -> UInt64? {
        guard let data = store.externalData(of: low) else { return nil }
        return UInt64(UInt(bitPattern: data)) &- 1
    }
}
