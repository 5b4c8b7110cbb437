/// The header of an object of a garbage-collected heap, and where its parts lie.
///
/// ```
/// bit  0       1: what lies here is an object or a free block, not a function's record (whose first word is an address)
/// bits 1-2     mark: 0 white, 1 grey (reached, but its references are not looked at yet), 2 black
/// bits 3-4     kind
/// bits 5-7     array: base-2 logarithm of the bytes of an element
/// bits 8-31    canonical type id
/// bits 32-63   array: how many elements; free block: its size in units of 8 bytes; others: size in bytes
/// ```
/// Inlinable: handlers read headers at every access.
@frozen @usableFromInline
package enum GCObject {
    @frozen @usableFromInline
    package enum Kind: UInt8, Sendable {
        case structure = 0
        case array = 1
        case exception = 2
        case free = 3
    }

    /// Bytes before an object's fields or elements.
    @inlinable @inline(__always)
    package static var headerSizeInBytes: Int { 8 }
    /// Bytes of the smallest object: a free block's header and link must fit.
    @inlinable @inline(__always)
    package static var smallestSizeInBytes: Int { 16 }

    /// The header of a struct or exception object of `sizeInBytes` bytes, header included.
    @inlinable @inline(__always)
    package static func header(_ kind: Kind, typeID: UInt32, sizeInBytes: Int) -> UInt64 {
        1 | UInt64(kind.rawValue) &<< 3 | UInt64(typeID) &<< 8 | UInt64(truncatingIfNeeded: sizeInBytes)
            &<< 32
    }

    /// The lower half of the header of an array.
    @inlinable @inline(__always)
    package static func arrayHeader(typeID: UInt32, elementSizeLog2: UInt32) -> UInt32 {
        1 | 1 &<< 3 | elementSizeLog2 &<< 5 | typeID &<< 8
    }

    @inlinable @inline(__always)
    package static func header(_ object: UnsafeRawPointer) -> UInt64 { object.load(as: UInt64.self) }
    @inlinable @inline(__always)
    package static func kind(_ header: UInt64) -> Kind {
        switch header &>> 3 & 3 {
        case 0: .structure
        case 1: .array
        case 2: .exception
        default: .free
        }
    }
    @inlinable @inline(__always)
    package static func typeID(_ header: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: header) &>> 8 }
    @inlinable @inline(__always)
    package static func elementSizeLog2(_ header: UInt64) -> UInt64 { header &>> 5 & 7 }
    /// Elements of an array.
    @inlinable @inline(__always)
    package static func count(_ header: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: header &>> 32) }
    @inlinable @inline(__always)
    package static func count(_ array: UnsafeRawPointer) -> UInt32 {
        array.load(fromByteOffset: 4, as: UInt32.self)
    }
    /// Whether the object has exactly this type.
    @inlinable @inline(__always)
    package static func hasType(_ object: UnsafeRawPointer, _ typeID: UInt32) -> Bool {
        object.load(as: UInt32.self) &>> 8 == typeID
    }

    /// Bytes of the block that a header stands for, header included; a multiple of 8.
    @inlinable @inline(__always)
    package static func sizeInBytes(_ header: UInt64) -> Int {
        let upper = header &>> 32
        switch kind(header) {
        case .array:
            // Safe: below 2^37.
            let size = (8 &+ upper &<< elementSizeLog2(header) &+ 7) & ~7
            return max(Int(truncatingIfNeeded: size), smallestSizeInBytes)
        case .free: return Int(truncatingIfNeeded: upper &<< 3)
        case .structure, .exception: return Int(truncatingIfNeeded: upper)
        }
    }

    // Marks

    @inlinable @inline(__always)
    package static var markMask: UInt64 { 6 }
    @inlinable @inline(__always)
    package static var grey: UInt64 { 2 }
    @inlinable @inline(__always)
    package static var black: UInt64 { 4 }

    @inlinable @inline(__always)
    package static func isWhite(_ header: UInt64) -> Bool { header & markMask == 0 }
    @inlinable @inline(__always)
    package static func setMark(_ object: UnsafeMutableRawPointer, _ header: UInt64, _ mark: UInt64) {
        object.storeBytes(of: header & ~markMask | mark, as: UInt64.self)
    }
}
