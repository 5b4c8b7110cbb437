internal import MoteMemory

// Owned by the caller's instance; lives as long as the call, because memory moves only when guest code runs.
// Only the functions of this room hold the pointers, and only during one call.

/// The guest's linear memory as one call sees it; every access is checked, and outside is ``WASIErrno/fault``.
struct GuestMemory {
    let base: UnsafeMutablePointer<UInt8>?
    let sizeInBytes: UInt64
    /// The first of the shared heaps that the instance has attached.
    let sharedHeap: SharedHeap.Pointer?

    /// The bytes from a guest address on.
    @inline(never)
    func bytes(at address: UInt32, count: UInt64) throws(WASIFault) -> UnsafeMutableRawPointer {
        // Safe: an address has 32 bits and counts come from 32-bit values times at most 48.
        guard let base, UInt64(address) &+ count <= sizeInBytes, count <= sizeInBytes else {
            return try sharedBytes(at: address, count: count)
        }
        return UnsafeMutableRawPointer(base + Int(address))
    }

    /// The same for bytes that the memory does not have.
    @inline(never)
    private func sharedBytes(at address: UInt32, count: UInt64) throws(WASIFault) -> UnsafeMutableRawPointer {
        guard let sharedHeap,
            let place = SharedHeap.place(sharedHeap, at: UInt64(address), count: count, is64: false)
        else { throw .errno(.fault) }
        return place
    }

    /// Where a value of `Value` is read or written, at any alignment.
    @inline(__always)
    func place<Value: BitwiseCopyable>(
        of type: Value.Type,
        at address: UInt32
    ) throws(WASIFault) -> UnsafeMutableRawPointer {
        try bytes(at: address, count: UInt64(MemoryLayout<Value>.size))
    }
}

extension UnsafeMutableRawPointer {
    /// Writes a little-endian value at a byte offset that the caller has checked.
    @inline(__always)
    func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int = 0) {
        (self + offset).storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Reads a little-endian value at a byte offset that the caller has checked.
    @inline(__always)
    func get<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int = 0) -> Value {
        Value(littleEndian: (self + offset).loadUnaligned(as: Value.self))
    }
}
