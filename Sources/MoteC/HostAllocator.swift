internal import CMoteAPI
internal import CPlatform
internal import MoteMemory

/// The functions of the host's that give memory, as the global heap calls them.
///
/// Sizes are `unsigned int` there. The heap's own data for its functions tells what the memory is for: 0 the runtime, 1
/// linear memory, as in the interface.
struct HostAllocator {
    var allocate: UnsafeMutableRawPointer?
    var reallocate: UnsafeMutableRawPointer?
    var free: UnsafeMutableRawPointer?
    var userData: UnsafeMutableRawPointer?
    var shape = AllocatorShape.plain

    private typealias Data = UnsafeMutableRawPointer?

    /// The functions for one usage.
    func functions(for usage: mem_alloc_usage_t) -> HeapFunctions {
        HeapFunctions(
            userData: UInt(usage.rawValue),
            allocate: Self.allocateBlock,
            reallocate: reallocate == nil ? nil : Self.reallocateBlock,
            free: Self.freeBlock
        )
    }

    /// Nil where the host's functions cannot be an allocator.
    init?(_ option: MemAllocOption, _ shape: AllocatorShape) {
        guard let allocate = option.allocator.malloc_func, let free = option.allocator.free_func,
            allocate != free
        else { return nil }
        self.allocate = allocate
        self.free = free
        reallocate = option.allocator.realloc_func
        userData = shape.hasUserData ? option.allocator.user_data : nil
        self.shape = shape
    }

    init() {}

    private static func usage(_ data: Data) -> UInt32 { UInt32(truncatingIfNeeded: UInt(bitPattern: data)) }

    private static let allocateBlock: HeapFunctions.Allocate = { data, size in
        guard let function = door.allocator.allocate, let size = UInt32(exactly: size) else { return nil }
        let user = door.allocator.userData
        switch door.allocator.shape {
        case .plain:
            return unsafeBitCast(function, to: (@convention(c) (UInt32) -> Data).self)(size)
        case .userData:
            return unsafeBitCast(function, to: (@convention(c) (Data, UInt32) -> Data).self)(user, size)
        case .usage:
            typealias Function = @convention(c) (UInt32, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(usage(data), size)
        case .usageAndUserData:
            typealias Function = @convention(c) (UInt32, Data, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(usage(data), user, size)
        }
    }

    private static let reallocateBlock: HeapFunctions.Reallocate = { data, block, size in
        guard let function = door.allocator.reallocate, let size = UInt32(exactly: size) else { return nil }
        let user = door.allocator.userData
        switch door.allocator.shape {
        case .plain:
            typealias Function = @convention(c) (Data, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(block, size)
        case .userData:
            typealias Function = @convention(c) (Data, Data, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(user, block, size)
        case .usage:
            typealias Function = @convention(c) (UInt32, Bool, Data, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(usage(data), false, block, size)
        case .usageAndUserData:
            typealias Function = @convention(c) (UInt32, Bool, Data, Data, UInt32) -> Data
            return unsafeBitCast(function, to: Function.self)(usage(data), false, user, block, size)
        }
    }

    private static let freeBlock: HeapFunctions.Free = { data, block in
        guard let function = door.allocator.free else { return }
        let user = door.allocator.userData
        switch door.allocator.shape {
        case .plain:
            unsafeBitCast(function, to: (@convention(c) (Data) -> Void).self)(block)
        case .userData:
            unsafeBitCast(function, to: (@convention(c) (Data, Data) -> Void).self)(user, block)
        case .usage:
            unsafeBitCast(function, to: (@convention(c) (UInt32, Data) -> Void).self)(usage(data), block)
        case .usageAndUserData:
            typealias Function = @convention(c) (UInt32, Data, Data) -> Void
            unsafeBitCast(function, to: Function.self)(usage(data), user, block)
        }
    }
}

/// What the host's functions take besides sizes and blocks: macros of the header's.
enum AllocatorShape: UInt8 {
    case plain
    case userData
    case usage
    case usageAndUserData

    var hasUserData: Bool { self == .userData || self == .usageAndUserData }
    /// Whether the allocator is asked for linear memory, too.
    var hasUsage: Bool { self == .usage || self == .usageAndUserData }
}
