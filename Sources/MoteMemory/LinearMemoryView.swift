package import CPlatform

/// Base and size of a linear memory at one moment, with the bounds-checked accessors for WASI and hosts.
///
/// Inlinable because WASI reads guest structures field by field through it. Valid until the memory grows, or
/// guest code runs that may grow it: make a new one then. Addresses and counts may be anything a guest
/// passes.
@frozen
package struct LinearMemoryView {
    package var base: UnsafeMutableRawPointer?
    package var sizeInBytes: UInt64

    @inlinable
    package init(base: UnsafeMutableRawPointer?, sizeInBytes: UInt64) {
        self.base = base
        self.sizeInBytes = sizeInBytes
    }

    /// Memory 0 of the environment's current instance.
    @inlinable
    package init(_ environment: UnsafeMutablePointer<MoteEnvironment>) {
        base = UnsafeMutableRawPointer(environment.pointee.memoryBase)
        sizeInBytes = environment.pointee.memorySizeInBytes
        // Another thread may have grown a shared one.
        if let memory = environment.pointee.instance?.pointee.memories?[0], memory.pointee.isShared != 0 {
            sizeInBytes = memory.pointee.sizeInBytes
        }
    }

    @inlinable
    package init(_ memory: UnsafeMutablePointer<MoteMemory>) {
        base = UnsafeMutableRawPointer(memory.pointee.base)
        sizeInBytes = memory.pointee.sizeInBytes
    }

    /// Where `count` bytes at a guest address lie, or nil when one of them is outside.
    ///
    /// No bytes at the very end are inside. A memory that never had bytes has no address even for none.
    @inlinable
    package func pointer(at address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
        guard let base, address <= sizeInBytes, count <= sizeInBytes &- address else { return nil }
        // Safe: inside the memory, so the address is an Int.
        return base + Int(truncatingIfNeeded: address)
    }

    /// The bytes at a guest address, or nil when one of them is outside.
    @inlinable
    package func bytes(at address: UInt64, count: UInt64) -> UnsafeMutableRawBufferPointer? {
        guard let start = pointer(at: address, count: count) else {
            return count == 0 && address <= sizeInBytes
                ? UnsafeMutableRawBufferPointer(start: nil, count: 0) : nil
        }
        return UnsafeMutableRawBufferPointer(start: start, count: Int(truncatingIfNeeded: count))
    }

    /// A value of the guest's, at any alignment, or nil when it is not wholly inside.
    @inlinable
    package func load<Value: BitwiseCopyable>(_ type: Value.Type = Value.self, at address: UInt64) -> Value? {
        pointer(at: address, count: UInt64(MemoryLayout<Value>.size))?.loadUnaligned(as: Value.self)
    }

    /// Writes a value at any alignment; false, and nothing written, when it is not wholly inside.
    @inlinable
    package func store<Value: BitwiseCopyable>(_ value: Value, at address: UInt64) -> Bool {
        guard let place = pointer(at: address, count: UInt64(MemoryLayout<Value>.size)) else { return false }
        place.storeBytes(of: value, as: Value.self)
        return true
    }

    /// Copies bytes into the memory; false, and nothing written, when they do not fit.
    @inlinable
    package func write(_ source: UnsafeRawBufferPointer, at address: UInt64) -> Bool {
        guard let place = bytes(at: address, count: UInt64(truncatingIfNeeded: source.count)) else {
            return false
        }
        if let start = source.baseAddress, let target = place.baseAddress {
            target.copyMemory(from: start, byteCount: source.count)
        }
        return true
    }
}
