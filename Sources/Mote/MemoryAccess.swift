// A memory of the engine's store; good as long as the store or the instance that the holder keeps. Held by Memory, and
// by Caller during a call. Bytes are looked up anew for every access: they move when the memory grows.
internal import CPlatform
internal import MoteEngine

/// A number that lies in linear memory, little-endian.
public protocol MemoryNumber: BitwiseCopyable {
    /// The number whose bytes were read on this machine.
    init(littleEndianBytes: Self)
    /// The number as it is written on this machine.
    var littleEndianBytes: Self { get }
}

extension MemoryNumber where Self: FixedWidthInteger {
    /// The integer with its bytes in this machine's order.
    public init(littleEndianBytes: Self) { self.init(littleEndian: littleEndianBytes) }
    /// The integer with its bytes in the memory's order.
    public var littleEndianBytes: Self { littleEndian }
}

extension Int8: MemoryNumber {}
extension UInt8: MemoryNumber {}
extension Int16: MemoryNumber {}
extension UInt16: MemoryNumber {}
extension Int32: MemoryNumber {}
extension UInt32: MemoryNumber {}
extension Int64: MemoryNumber {}
extension UInt64: MemoryNumber {}

extension Float: MemoryNumber {
    /// The number with its bytes in this machine's order.
    public init(littleEndianBytes: Float) {
        self.init(bitPattern: UInt32(littleEndian: littleEndianBytes.bitPattern))
    }
    /// The number with its bytes in the memory's order.
    public var littleEndianBytes: Float { Float(bitPattern: bitPattern.littleEndian) }
}

extension Double: MemoryNumber {
    /// The number with its bytes in this machine's order.
    public init(littleEndianBytes: Double) {
        self.init(bitPattern: UInt64(littleEndian: littleEndianBytes.bitPattern))
    }
    /// The number with its bytes in the memory's order.
    public var littleEndianBytes: Double { Double(bitPattern: bitPattern.littleEndian) }
}

/// The checked ways into a linear memory.
struct MemoryAccess {
    let pointer: UnsafeMutablePointer<MoteMemory>
    /// Whose memory it is for the holder: its shared heap is reached, too, where this is its first memory.
    var instance: UnsafeMutablePointer<MoteInstance>?

    /// The bytes of the whole memory.
    var all: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: pointer.pointee.base,
            count: Int(truncatingIfNeeded: pointer.pointee.sizeInBytes)
        )
    }

    func bytes(
        at address: some BinaryInteger,
        count: some BinaryInteger
    ) throws(RuntimeError) -> UnsafeMutableRawBufferPointer {
        let size = pointer.pointee.sizeInBytes
        // Guest addresses are often i32 in the host's types: 0x8000_0000 and up come as negative numbers.
        let start = Self.unsigned(address)
        let length = Self.unsigned(count)
        guard let start, let length, start <= size, length <= size - start else {
            if let start, let length, let place = sharedPlace(start, length) {
                // Safe: at most the size of a heap.
                return UnsafeMutableRawBufferPointer(start: place, count: Int(truncatingIfNeeded: length))
            }
            throw .outOfBounds(
                address: start ?? UInt64(truncatingIfNeeded: address),
                count: length ?? UInt64(truncatingIfNeeded: count),
                sizeInBytes: size
            )
        }
        guard length > 0, let base = pointer.pointee.base else {
            return UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
        // Safe: both are at most the memory's size.
        return UnsafeMutableRawBufferPointer(start: base + Int(start), count: Int(length))
    }

    /// Where bytes lie that the memory does not have.
    private func sharedPlace(_ address: UInt64, _ count: UInt64) -> UnsafeMutableRawPointer? {
        guard let instance, instance.pointee.memories?[0] == pointer else { return nil }
        return EngineInstance(state: instance.state).bytes(at: address, count: count)
    }

    /// A number as guests mean it; nil where it is negative or too large.
    static func unsigned(_ number: some BinaryInteger) -> UInt64? {
        if let number = number as? Int32 { return UInt64(UInt32(bitPattern: number)) }
        return UInt64(exactly: number)
    }

    func string(at address: some BinaryInteger, count: some BinaryInteger) throws(RuntimeError) -> String {
        let bytes = try bytes(at: address, count: count)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage(.notUTF8) }
        return text
    }

    func write(_ source: some Sequence<UInt8>, at address: some BinaryInteger) throws(RuntimeError) {
        let source = Array(source)
        try bytes(at: address, count: source.count).copyBytes(from: source)
    }

    func load<Number: MemoryNumber>(
        _ type: Number.Type,
        at address: some BinaryInteger
    ) throws(RuntimeError) -> Number {
        let bytes = try bytes(at: address, count: MemoryLayout<Number>.size)
        return Number(littleEndianBytes: bytes.loadUnaligned(as: Number.self))
    }

    func store<Number: MemoryNumber>(_ number: Number, at address: some BinaryInteger) throws(RuntimeError) {
        let bytes = try bytes(at: address, count: MemoryLayout<Number>.size)
        bytes.storeBytes(of: number.littleEndianBytes, as: Number.self)
    }
}
