internal import CPlatform
internal import MoteMemory

/// Code being written: a scratch block that grows, copied to its exact size when the function is done.
///
/// Owned by the translator; freed with ``free()``.
struct CodeBuffer {
    var arena: Arena
    var base: UnsafeMutableRawPointer
    var count: Int
    var capacity: Int

    init(arena: Arena, capacity: Int) throws(MemoryError) {
        self.arena = arena
        self.capacity = capacity
        count = 0
        base = try arena.allocateGrowable(sizeInBytes: capacity, region: .scratch, site: .translationCode)
    }

    func free() { arena.freeGrowable(base) }

    /// Appends an instruction of `sizeInBytes` bytes with its handler, operand fields zero; returns its offset.
    mutating func append(_ opcode: InternalOpcode, sizeInBytes: Int) throws(MemoryError) -> Int {
        let at = count
        if at &+ sizeInBytes > capacity {
            let larger = max(capacity &* 2, at &+ sizeInBytes)
            base = try arena.resizeGrowable(base, to: larger, site: .translationCodeGrowth)
            capacity = larger
        }
        memset(base + at + 8, 0, sizeInBytes &- 8)
        setHandler(at, opcode)
        count = at &+ sizeInBytes
        return at
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
