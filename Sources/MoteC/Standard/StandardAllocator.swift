internal import CMoteAPI
internal import MoteMemory

/// The host's allocator behind one engine's heap; in a block that the allocator itself gave.
///
/// The functions take sizes of type `unsigned int`, and nothing else.
struct StandardAllocator {
    typealias Pointer = UnsafeMutablePointer<StandardAllocator>
    typealias Allocate = @convention(c) (UInt32) -> UnsafeMutableRawPointer?
    typealias Reallocate = @convention(c) (UnsafeMutableRawPointer?, UInt32) -> UnsafeMutableRawPointer?
    typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void

    var allocate: Allocate
    var reallocate: Reallocate?
    var free: Free

    static func make(_ option: MemAllocOption) -> Pointer? {
        guard let allocate = option.allocator.malloc_func, let free = option.allocator.free_func,
            allocate != free
        else { return nil }
        let functions = StandardAllocator(
            allocate: unsafeBitCast(allocate, to: Allocate.self),
            reallocate: option.allocator.realloc_func.map { unsafeBitCast($0, to: Reallocate.self) },
            free: unsafeBitCast(free, to: Free.self)
        )
        let size = UInt32(truncatingIfNeeded: MemoryLayout<StandardAllocator>.size)
        guard let raw = functions.allocate(size) else { return nil }
        let record = raw.bindMemory(to: StandardAllocator.self, capacity: 1)
        record.initialize(to: functions)
        return record
    }

    static func end(_ record: Pointer) { record.pointee.free(UnsafeMutableRawPointer(record)) }

    /// The functions as the heap wants them, with the record as their data.
    static func functions(_ record: Pointer) -> HeapFunctions {
        HeapFunctions(
            userData: UInt(bitPattern: record),
            allocate: heapAllocate,
            reallocate: record.pointee.reallocate == nil ? nil : heapReallocate,
            free: heapFree
        )
    }

    private static let heapAllocate: HeapFunctions.Allocate = { data, size in
        guard let data, let size = UInt32(exactly: size) else { return nil }
        return data.assumingMemoryBound(to: StandardAllocator.self).pointee.allocate(size)
    }

    private static let heapReallocate: HeapFunctions.Reallocate = { data, block, size in
        guard let data, let size = UInt32(exactly: size) else { return nil }
        return data.assumingMemoryBound(to: StandardAllocator.self).pointee.reallocate?(block, size)
    }

    private static let heapFree: HeapFunctions.Free = { data, block in
        data?.assumingMemoryBound(to: StandardAllocator.self).pointee.free(block)
    }
}
