internal import MoteMemory

/// Where the fields of a struct lie: one after another, each aligned to its size, v128 to 8.
///
/// A subtype's fields begin with its supertype's, so those lie at the same offsets in both.
package struct FieldLayout {
    /// Bytes of the fields so far.
    package private(set) var sizeInBytes: Int = 0

    package init() {}

    /// Offset of the next field, which has a type.
    package mutating func next(_ type: ValueType) -> Int {
        let size = type.storageSizeInBytes
        let alignment = Swift.min(size, 8)
        let offset = (sizeInBytes &+ alignment &- 1) & ~(alignment &- 1)
        sizeInBytes = offset &+ size
        return offset
    }
}

extension ValueType {
    /// Bytes of a field or element of this type.
    package var storageSizeInBytes: Int { 1 &<< Int(storageSizeLog2) }

    /// Base-2 logarithm of them.
    package var storageSizeLog2: UInt32 {
        switch kind {
        case 0x78: 0
        case 0x77: 1
        case 0x7F, 0x7D: 2
        case 0x7B: 4
        default: 3
        }
    }
}

extension DefinedType {
    /// Offset of a struct's field from the first one, and its type; O(index).
    package func field(at index: Int) -> (offset: Int, type: ValueType)? {
        guard kind == .structure, let type = values[checked: index] else { return nil }
        var layout = FieldLayout()
        for position in 0..<index {
            if let earlier = values[checked: position] { _ = layout.next(earlier) }
        }
        return (layout.next(type), type)
    }

    /// Computes size and references of a struct or array from its values.
    mutating func layOut() {
        fieldsSizeInBytes = 0
        referenceMask = 0
        guard kind != .function else { return }
        var layout = FieldLayout()
        for index in 0..<values.count {
            guard let type = values[checked: index] else { break }
            let offset = layout.next(type)
            if type.isReference {
                referenceMask |= 1 &<< UInt64(truncatingIfNeeded: Swift.min(offset / 8, 63))
            }
        }
        // Safe: decoding limits how many fields there are.
        fieldsSizeInBytes = UInt32(truncatingIfNeeded: (layout.sizeInBytes &+ 7) & ~7)
    }
}
