internal import CPlatform
internal import MoteMemory

/// Where `printf` and its family put bytes: a descriptor, or the guest's memory up to a capacity.
struct TextSink {
    /// Bytes that were put, those that had no room included.
    private(set) var count: UInt32 = 0
    /// Whether a byte had no place in the guest's memory.
    private(set) var isOutOfBounds = false

    private let memory: LinearMemoryView?
    private let address: UInt64
    /// Bytes that may be written; the zero at the end is one of them.
    private let capacity: UInt64
    private let descriptor: Int32
    private var buffer = InlineArray<256, UInt8>(repeating: 0)
    private var buffered = 0

    init(descriptor: Int32) {
        self.descriptor = descriptor
        memory = nil
        address = 0
        capacity = 0
    }

    init(_ memory: LinearMemoryView, at address: UInt32, capacity: UInt32) {
        self.memory = memory
        self.address = UInt64(address)
        self.capacity = UInt64(capacity)
        descriptor = -1
    }

    @inline(never)
    mutating func put(_ byte: UInt8) {
        if let memory {
            if UInt64(count) &+ 1 < capacity, !memory.store(byte, at: address &+ UInt64(count)) {
                isOutOfBounds = true
            }
        } else {
            if buffered == 256 { flush() }
            buffer[buffered] = byte
            buffered &+= 1
        }
        count &+= 1
    }

    mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text { put(byte) }
    }

    /// Pads up to a width; a width beyond what a result can count ends there.
    mutating func put(_ byte: UInt8, count: Int) {
        guard count > 0 else { return }
        for _ in 0..<count where !isOutOfBounds { put(byte) }
    }

    /// Writes what is left, and the zero behind a text in memory.
    mutating func finish() {
        guard let memory else { return flush() }
        guard capacity > 0 else { return }
        let end = min(UInt64(count), capacity &- 1)
        if !memory.store(0 as UInt8, at: address &+ end) { isOutOfBounds = true }
    }

    /// A descriptor that takes nothing more loses the rest, as a closed stream does.
    @inline(never)
    private mutating func flush() {
        let descriptor = descriptor
        let size = buffered
        withUnsafePointer(to: &buffer) {
            let start = UnsafeRawPointer($0)
            var done = 0
            while done < size {
                let written = write(descriptor, start + done, size &- done)
                if written < 0 {
                    if mote_errno() == EINTR { continue }
                    break
                }
                done &+= written
            }
        }
        buffered = 0
    }
}
