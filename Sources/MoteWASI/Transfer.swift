// fd_read, fd_write, fd_pread, fd_pwrite: bytes between the guest's buffers and a host descriptor.
internal import CPlatform

/// Some of the guest's buffers, checked and translated for the operating system.
struct BufferBatch {
    static var capacity: Int { 16 }

    var vectors = InlineArray<16, iovec>(repeating: iovec(iov_base: nil, iov_len: 0))
    var count = 0
    var sizeInBytes = 0
}

/// The guest's list of buffers and how far it was used.
struct BufferList {
    let memory: GuestMemory
    let list: UnsafeMutableRawPointer
    let count: Int
    /// Whether there is a byte to transfer at all.
    private(set) var isEmpty = true
    private var index = 0
    private var offset = 0

    /// Checks every buffer of the list first, so that a wrong one is an error before anything was transferred.
    init(_ memory: GuestMemory, at address: UInt32, count: UInt32) throws(WASIFault) {
        // As the operating system: more than IOV_MAX buffers are refused.
        guard count <= 1024 else { throw .errno(.invalid) }
        self.memory = memory
        self.count = Int(count)
        list = try memory.bytes(at: address, count: UInt64(count) &* 8)
        for index in 0..<self.count {
            let size = list.get(UInt32.self, at: index &* 8 &+ 4)
            _ = try memory.bytes(at: list.get(UInt32.self, at: index &* 8), count: UInt64(size))
            if size > 0 { isEmpty = false }
        }
    }

    /// The next buffers, at most `limit` bytes.
    ///
    /// Buffers are read from guest memory once more, so that another guest thread that changes them in
    /// between gets an error and nothing else.
    mutating func next(limit: Int) throws(WASIFault) -> BufferBatch {
        var batch = BufferBatch()
        while index < count, batch.count < BufferBatch.capacity, batch.sizeInBytes < limit {
            let start = list.get(UInt32.self, at: index &* 8)
            let size = list.get(UInt32.self, at: index &* 8 &+ 4)
            let bytes = try memory.bytes(at: start, count: UInt64(size))
            let left = max(0, Int(size) &- offset)
            let taken = min(left, limit &- batch.sizeInBytes)
            if taken > 0 {
                batch.vectors[batch.count] = iovec(iov_base: bytes + offset, iov_len: taken)
                batch.count &+= 1
                batch.sizeInBytes &+= taken
            }
            if taken < left {
                offset &+= taken
            } else {
                index &+= 1
                offset = 0
            }
        }
        return batch
    }
}

/// Which of the four functions runs.
enum Transfer {
    case read
    case write
    case readAt(Int64)
    case writeAt(Int64)

    var isRead: Bool {
        switch self {
        case .read, .readAt: true
        case .write, .writeAt: false
        }
    }

    /// The transfer that continues after some bytes.
    func advanced(by count: Int64) -> Transfer {
        switch self {
        case .read, .write: self
        case .readAt(let offset): .readAt(offset &+ count)
        case .writeAt(let offset): .writeAt(offset &+ count)
        }
    }

    func perform(_ file: borrowing PinnedFile, _ batch: inout BufferBatch) -> Int64 {
        let count = Int32(truncatingIfNeeded: batch.count)
        let host = file.host
        let isQuiet = file.kind.hasPeer
        return withUnsafeBytes(of: &batch.vectors) { bytes -> Int64 in
            let vectors = bytes.baseAddress?.assumingMemoryBound(to: iovec.self)
            return switch self {
            case .read: mote_readv(host, vectors, count)
            case .write:
                isQuiet ? mote_writev_quietly(host, vectors, count) : mote_writev(host, vectors, count)
            case .readAt(let offset): mote_preadv(host, vectors, count, offset)
            case .writeAt(let offset): mote_pwritev(host, vectors, count, offset)
            }
        }
    }
}

extension WASICall {
    func fdRead() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .read)
        try transfer(.read, file, resultAt: 3)
    }

    func fdWrite() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .write)
        try transfer(.write, file, resultAt: 3)
    }

    func fdPread() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .read | .seek)
        try transfer(.readAt(try fileOffset(doubleWord(3))), file, resultAt: 4)
    }

    func fdPwrite() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .write | .seek)
        try transfer(.writeAt(try fileOffset(doubleWord(3))), file, resultAt: 4)
    }

    /// A file offset or size as the operating system takes it.
    func fileOffset(_ value: UInt64) throws(WASIFault) -> Int64 {
        guard let offset = Int64(exactly: value) else { throw .errno(.invalid) }
        return offset
    }

    /// Reads or writes the buffers of parameters 1 and 2 and puts the number of bytes where a parameter says.
    private func transfer(_ start: Transfer, _ file: borrowing PinnedFile, resultAt index: Int)
        throws(WASIFault)
    {
        let place = try memory.place(of: UInt32.self, at: word(index))
        var list = try BufferList(memory, at: word(1), count: word(2))
        // Largest transfer of the operating system; also keeps the sum within 32 bits.
        let most = 0x7fff_f000
        // A pipe that can take anything takes this much without waiting (PIPE_BUF).
        let piece = file.kind.canBlock && !start.isRead ? 4096 : most
        var transfer = start
        var total = 0
        while total < most {
            do {
                if !list.isEmpty { try waitUntilReady(file, events: start.isRead ? POLLIN : POLLOUT) }
                let before = list
                var batch = try list.next(limit: min(piece, most &- total))
                if batch.count == 0, total > 0 { break }
                let done = transfer.perform(file, &batch)
                let isRefused = done == Int64(0 &- EAGAIN) && file.flags & FileFlags.nonblocking == 0
                if isRefused || done == Int64(0 &- EINTR) {
                    // Somebody else took what was ready, or a signal came: wait again.
                    list = before
                    try checkInterrupt()
                    continue
                }
                try check(done)
                total &+= Int(done)
                transfer = transfer.advanced(by: done)
                // What was read is delivered: only the first read may wait.
                let isEnough = file.kind.canBlock && start.isRead
                if Int(done) < batch.sizeInBytes || batch.count == 0 || isEnough { break }
            } catch {
                // Bytes that went through are reported, and the error with the next call. A trap does not wait.
                if case .errno = error, total > 0 { break }
                throw error
            }
        }
        place.put(UInt32(truncatingIfNeeded: total))
    }
}
