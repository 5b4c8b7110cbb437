internal import CPlatform
internal import MoteMemory

/// C strings copied one behind the other, as `args_get` and `environ_get` hand them out.
struct StringList {
    var bytes: UnsafeMutablePointer<UInt8>?
    /// Sum of the lengths, terminators included.
    var sizeInBytes: UInt32 = 0
    var count: UInt32 = 0

    /// Copies the strings into the arena, which owns the copy.
    init(
        _ strings: UnsafePointer<UnsafePointer<CChar>?>?,
        count: Int,
        arena: Arena,
        site: AllocationSite
    ) throws(WASISetupError) {
        guard let strings, count > 0 else { return }
        var total = 0
        for index in 0..<count {
            guard let string = strings[index] else { continue }
            total = total &+ strlen(string) &+ 1
            guard total <= Int(Int32.max) else { throw .stringsTooLarge }
            self.count &+= 1
        }
        let copy: UnsafeMutablePointer<UInt8>
        do {
            copy = try arena.allocate(UInt8.self, count: total, region: .wasi, site: site)
        } catch {
            throw .memory(error)
        }
        var offset = 0
        for index in 0..<count {
            guard let string = strings[index] else { continue }
            // The caller's strings may not change meanwhile; the guard only keeps us inside the copy if they do.
            let length = min(strlen(string) &+ 1, total &- offset)
            memcpy(copy + offset, string, length)
            offset = offset &+ length
        }
        bytes = copy
        sizeInBytes = UInt32(truncatingIfNeeded: total)
    }

    /// Writes the strings at one guest address and their addresses, 4 bytes each, at another.
    func write(to memory: GuestMemory, pointers: UInt32, buffer: UInt32) throws(WASIFault) {
        let table = try memory.bytes(at: pointers, count: UInt64(count) &* 4)
        let target = try memory.bytes(at: buffer, count: UInt64(sizeInBytes))
        guard let bytes, sizeInBytes > 0 else { return }
        memcpy(target, bytes, Int(sizeInBytes))
        var start: UInt32 = 0
        for index in 0..<Int(count) {
            table.put(buffer &+ start, at: index &* 4)
            start =
                start &+ UInt32(truncatingIfNeeded: strnlen(bytes + Int(start), Int(sizeInBytes &- start)))
                &+ 1
        }
    }

    /// Writes count and size, as `args_sizes_get` does.
    func writeSizes(to memory: GuestMemory, count countAddress: UInt32, size: UInt32) throws(WASIFault) {
        let countPlace = try memory.place(of: UInt32.self, at: countAddress)
        let sizePlace = try memory.place(of: UInt32.self, at: size)
        countPlace.put(count)
        sizePlace.put(sizeInBytes)
    }
}
