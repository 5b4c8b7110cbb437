internal import CPlatform
internal import MoteMemory

/// Code being written: a scratch block that grows, with room in front for the header of the finished code.
///
/// Owned by the translator; freed with ``free()``, unless ``take(in:behind:)`` made it the code itself.
struct CodeBuffer {
    /// First instruction; the block begins ``codeHeaderSizeInBytes`` before it.
    var base: UnsafeMutableRawPointer
    /// Bytes of instructions.
    var count: Int
    /// Bytes of instructions for which there is room.
    var capacity: Int
    var arena: Arena
    /// The block belongs to the module now.
    private var isTaken = false
    /// Why translation must end, once memory did not suffice: see ``fail(_:)``.
    private(set) var failure: MemoryError?

    init(arena: Arena, capacity: Int) throws(MemoryError) {
        self.arena = arena
        self.capacity = capacity
        count = 0
        base =
            try arena.allocateGrowable(
                sizeInBytes: codeHeaderSizeInBytes &+ capacity,
                region: .scratch,
                site: .translationCode
            ) + codeHeaderSizeInBytes
    }

    private var block: UnsafeMutableRawPointer { base - codeHeaderSizeInBytes }

    func free() { if !isTaken { arena.freeGrowable(block) } }

    /// The code in the module's arena, header still to be written, with `extraSizeInBytes` behind it.
    ///
    /// Large code stays where it is and belongs to the module from now on, so that it never exists twice; small
    /// code is copied to where many lie side by side.
    mutating func take(
        in owner: Arena,
        extraSizeInBytes: Int
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        // Safe: far below 2^63, since both were counted from the module's bytes.
        let size = codeHeaderSizeInBytes &+ count &+ extraSizeInBytes
        if CodeSpace.isShared(sizeInBytes: size) {
            let copy = try CodeSpace.allocate(in: owner, sizeInBytes: size, site: .translatedCode)
            memcpy(copy, block, codeHeaderSizeInBytes &+ count)
            return copy
        }
        let moved = try CodeSpace.adopt(block, from: arena, in: owner, sizeInBytes: size, site: .adoptedCode)
        base = moved + codeHeaderSizeInBytes
        isTaken = true
        return moved
    }

    var hasFailed: Bool { capacity == 0 }

    /// Remembers the first error: the instruction at hand is translated to its end, then translation stops.
    ///
    /// So none of the many functions that write code throws. What they still write goes over the first bytes of the
    /// block, and nothing is read back from there that says where to write.
    @inline(never)
    mutating func fail(_ error: MemoryError) {
        if !hasFailed { failure = error }
        capacity = 0
        count = 0
    }

    /// Appends an instruction of `sizeInBytes` bytes with its handler, operand fields zero; returns its offset.
    ///
    /// One of more than 32 bytes may be written only if there was memory for it (``hasFailed``).
    mutating func append(_ opcode: InternalOpcode, sizeInBytes: Int) -> Int {
        if count &+ sizeInBytes > capacity { grow(sizeInBytes) }
        if hasFailed { return 0 }
        let at = count
        memset(base + (at &+ 8), 0, sizeInBytes &- 8)
        setHandler(at, opcode)
        count = at &+ sizeInBytes
        return at
    }

    private mutating func grow(_ sizeInBytes: Int) {
        if hasFailed { return }
        // In a pool the block mostly grows where it is, so little is asked for in advance.
        let larger = max(capacity &+ capacity / 4 &+ 256, count &+ sizeInBytes)
        do throws(MemoryError) {
            base =
                try arena.resizeGrowable(
                    block,
                    to: codeHeaderSizeInBytes &+ larger,
                    site: .translationCodeGrowth
                ) + codeHeaderSizeInBytes
            capacity = larger
        } catch {
            fail(error)
        }
    }

    @inline(__always)
    func setHandler(_ at: Int, _ opcode: InternalOpcode) {
        (base + at).storeBytes(of: opcode.handler, as: Handler.self)
    }
    @inline(__always)
    func set8(_ at: Int, _ value: UInt8) { (base + at).storeBytes(of: value, as: UInt8.self) }
    @inline(__always)
    func set16(_ at: Int, _ value: Int16) { (base + at).storeBytes(of: value, as: Int16.self) }
    @inline(__always)
    func set32(_ at: Int, _ value: UInt32) { (base + at).storeBytes(of: value, as: UInt32.self) }
    @inline(__always)
    func set64(_ at: Int, _ value: UInt64) { (base + at).storeBytes(of: value, as: UInt64.self) }
    @inline(__always)
    func get32(_ at: Int) -> Int32 { (base + at).load(as: Int32.self) }
}
