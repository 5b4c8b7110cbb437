package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

// Offsets are the guest's and pointers the host's; everything between is checked against memory 0, and the
// shared heaps that are attached.

@c @implementation
package func wasm_runtime_validate_app_addr(_ handle: OpaquePointer?, _ offset: UInt64, _ size: UInt64)
    -> Bool
{
    guard let instance = record(ofInstance: handle) else { return false }
    if let bytes = instance.bytes {
        let (end, overflow) = offset.addingReportingOverflow(size)
        if !overflow, end <= UInt64(bytes.count) { return true }
    }
    return instance.shared(at: offset, count: size) != nil || instance.refuseAddress()
}

@c @implementation
package func wasm_runtime_validate_app_str_addr(_ handle: OpaquePointer?, _ offset: UInt64) -> Bool {
    guard let instance = record(ofInstance: handle) else { return false }
    if let bytes = instance.bytes, let base = bytes.baseAddress, offset < UInt64(bytes.count) {
        let at = Int(offset)
        if memchr(base + at, 0, bytes.count &- at) != nil { return true }
    } else if let (place, count) = instance.sharedRest(at: offset), memchr(place, 0, count) != nil {
        return true
    }
    return instance.refuseAddress()
}

@c @implementation
package func wasm_runtime_validate_native_addr(
    _ handle: OpaquePointer?,
    _ pointer: UnsafeMutableRawPointer?,
    _ size: UInt64
) -> Bool {
    guard let instance = record(ofInstance: handle) else { return false }
    if let bytes = instance.bytes, let offset = bytes.offset(of: pointer) {
        let (end, overflow) = offset.addingReportingOverflow(size)
        if !overflow, end <= UInt64(bytes.count) { return true }
    }
    if let (heap, offset) = instance.shared(pointer), max(size, 1) <= heap.pointee.sizeInBytes &- offset {
        return true
    }
    return instance.refuseAddress()
}

@c @implementation
package func wasm_runtime_addr_app_to_native(_ handle: OpaquePointer?, _ offset: UInt64)
    -> UnsafeMutableRawPointer?
{
    guard let instance = record(ofInstance: handle), let bytes = instance.bytes else { return nil }
    guard let base = bytes.baseAddress, offset < UInt64(bytes.count) else {
        return instance.shared(at: offset, count: 1)
    }
    return UnsafeMutableRawPointer(base + Int(offset))
}

@c @implementation
package func wasm_runtime_addr_native_to_app(_ handle: OpaquePointer?, _ pointer: UnsafeMutableRawPointer?)
    -> UInt64
{
    guard let instance = record(ofInstance: handle), let bytes = instance.bytes else { return 0 }
    if let offset = bytes.offset(of: pointer), offset < UInt64(bytes.count) { return offset }
    guard let (heap, offset) = instance.shared(pointer) else { return 0 }
    return SharedHeap.start(heap, is64: instance.is64) &+ offset
}

@c @implementation
package func wasm_runtime_get_app_addr_range(
    _ handle: OpaquePointer?,
    _ offset: UInt64,
    _ start: UnsafeMutablePointer<UInt64>?,
    _ end: UnsafeMutablePointer<UInt64>?
) -> Bool {
    guard let bytes = record(ofInstance: handle)?.bytes, offset < UInt64(bytes.count) else { return false }
    start?.pointee = 0
    end?.pointee = UInt64(bytes.count)
    return true
}

@c @implementation
package func wasm_runtime_get_native_addr_range(
    _ handle: OpaquePointer?,
    _ pointer: UnsafeMutablePointer<UInt8>?,
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
    _ end: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
) -> Bool {
    guard let bytes = record(ofInstance: handle)?.bytes, let base = bytes.baseAddress,
        let offset = bytes.offset(of: pointer), offset < UInt64(bytes.count)
    else { return false }
    start?.pointee = base
    end?.pointee = base + bytes.count
    return true
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Memory 0 as it lies now; nil where there is none.
    fileprivate var bytes: UnsafeMutableBufferPointer<UInt8>? {
        guard let memory = pointee.instance?.memory(at: 0) else { return nil }
        return UnsafeMutableBufferPointer(
            start: memory.pointee.base,
            count: memory.pointee.base == nil ? 0 : Int(memory.pointee.sizeInBytes)
        )
    }

    /// Whether memory 0 has 64-bit addresses.
    fileprivate var is64: Bool { pointee.instance?.memory(at: 0)?.pointee.is64 ?? 0 != 0 }

    /// Where the attached shared heaps have bytes; no bytes count as one.
    fileprivate func shared(at address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
        guard Build.hasSharedHeaps, let first = pointee.instance?.sharedHeap else { return nil }
        return SharedHeap.place(first, at: address, count: count, is64: is64)
    }

    /// The bytes from an address to the end of its shared heap.
    fileprivate func sharedRest(at address: UInt64) -> (UnsafeMutableRawPointer, Int)? {
        guard Build.hasSharedHeaps, let first = pointee.instance?.sharedHeap,
            let (heap, offset) = SharedHeap.find(first, address, is64: is64)
        else { return nil }
        // Safe: inside the heap.
        let rest = Int(truncatingIfNeeded: heap.pointee.sizeInBytes &- offset)
        return (heap.pointee.base + Int(truncatingIfNeeded: offset), rest)
    }

    /// The attached shared heap that a host pointer leads into, and how far.
    fileprivate func shared(_ pointer: UnsafeMutableRawPointer?) -> (SharedHeap.Pointer, UInt64)? {
        guard Build.hasSharedHeaps, let pointer, let first = pointee.instance?.sharedHeap else { return nil }
        return SharedHeap.find(first, pointer)
    }

    fileprivate func refuseAddress() -> Bool {
        setException(TrapCode.memoryOutOfBounds.wamrText)
        return false
    }
}

extension UnsafeMutableBufferPointer where Element == UInt8 {
    /// How far a pointer lies behind the start, at most the size; nil elsewhere.
    fileprivate func offset(of pointer: UnsafeMutableRawPointer?) -> UInt64? {
        guard let base = baseAddress, let pointer else { return nil }
        let distance = UInt(bitPattern: pointer).subtractingReportingOverflow(UInt(bitPattern: base))
        guard !distance.overflow, distance.partialValue <= UInt(bitPattern: count) else { return nil }
        return UInt64(distance.partialValue)
    }
}
