// Paths are copied out of guest memory before anything is decided about them: other threads of the guest may write
// to the memory at any time.
internal import CPlatform

/// What is left of a path while it is walked: text at the end of a fixed buffer, so that the target of a link can be
/// put in front of it.
struct PathText {
    static var capacity: Int { 4096 }

    private var bytes = InlineArray<4096, UInt8>(repeating: 0)
    /// Where the text begins; it ends at ``capacity``.
    private(set) var start = PathText.capacity

    init() {}

    /// A copy of the guest's path: `noEntry` when empty, `nameTooLong` from 4096 bytes on, `invalid` with a NUL in
    /// it, `illegalSequence` when not UTF-8.
    init(_ memory: GuestMemory, at address: UInt32, count: UInt32) throws(WASIFault) {
        let source = try memory.bytes(at: address, count: UInt64(count))
        guard count > 0 else { throw .errno(.noEntry) }
        guard prepend(source, count: Int(count)) else { throw .errno(.nameTooLong) }
        guard !contains(0) else { throw .errno(.invalid) }
        guard isUnicode else { throw .errno(.illegalSequence) }
    }

    var count: Int { Self.capacity &- start }
    var isEmpty: Bool { start >= Self.capacity }
    var isAbsolute: Bool { byte(at: 0) == UInt8(ascii: "/") }

    /// The byte at an offset; 0 past the end, which no path contains.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        let index = start &+ offset
        return offset >= 0 && index < Self.capacity ? bytes[index] : 0
    }

    mutating func drop(_ count: Int) { start = min(Self.capacity, start &+ max(0, count)) }

    /// Puts bytes in front; false when there is no room, one byte being kept for a terminator.
    mutating func prepend(_ source: UnsafeRawPointer, count: Int) -> Bool {
        guard count >= 0, count < start else { return false }
        start = start &- count
        let offset = start
        withUnsafeMutableBytes(of: &bytes) { buffer in
            guard let base = buffer.baseAddress else { return }
            memcpy(base + offset, source, count)
        }
        return true
    }

    /// Copies text from the front, with a terminator, into a buffer that has room for both.
    func copy(_ count: Int, to target: UnsafeMutableRawPointer) {
        let offset = start
        withUnsafeBytes(of: bytes) { buffer in
            guard let base = buffer.baseAddress else { return }
            memcpy(target, base + offset, min(count, PathText.capacity &- offset))
        }
        target.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
    }

    func contains(_ wanted: UInt8) -> Bool {
        for offset in 0..<count where byte(at: offset) == wanted { return true }
        return false
    }

    /// Whether the text is well-formed UTF-8 (Unicode 15, table 3-7).
    private var isUnicode: Bool {
        var offset = 0
        while offset < count {
            let first = byte(at: offset)
            let second = byte(at: offset &+ 1)
            let length: Int
            var lowest: UInt8 = 0x80
            var highest: UInt8 = 0xbf
            switch first {
            case 0..<0x80: length = 1
            case 0xc2...0xdf: length = 2
            case 0xe0...0xef:
                length = 3
                if first == 0xe0 { lowest = 0xa0 }
                if first == 0xed { highest = 0x9f }
            case 0xf0...0xf4:
                length = 4
                if first == 0xf0 { lowest = 0x90 }
                if first == 0xf4 { highest = 0x8f }
            default: return false
            }
            if length > 1, second < lowest || second > highest { return false }
            var next = 2
            while next < length {
                guard byte(at: offset &+ next) & 0xc0 == 0x80 else { return false }
                next &+= 1
            }
            offset &+= length
        }
        return true
    }
}
