/// The way to a pool: the heap knows two functions, so that a host that gives no buffer does not link the allocator.
struct PoolAccess {
    let control: UnsafeMutablePointer<PoolControl>
    private let operate: PoolFunctions.Operate

    init(
        _ functions: PoolFunctions,
        base: UInt,
        sizeInBytes: Int,
        isZeroed: Bool,
        key: UInt64
    ) throws(MemoryError) {
        var fault: UInt8 = 0
        guard let control = functions.create(base, sizeInBytes, isZeroed, key, &fault) else {
            throw .invalidPlan(PlanFault(rawValue: fault) ?? .poolTooSmall)
        }
        self.control = control.assumingMemoryBound(to: PoolControl.self)
        operate = functions.operate
    }

    /// The pool itself, for what only looks at it.
    var pool: Pool { Pool(control: control) }
    var isCorrupted: Bool { control.pointee.isCorrupted }

    var largestAvailableInBytes: Int { operate(control, PoolFunctions.largest, nil, 0, 0) }

    func allocate(sizeInBytes: Int, zeroed: Bool, high: Bool) -> UnsafeMutableRawPointer? {
        let wishes = (zeroed ? 1 : 0) | (high ? 2 : 0)
        return UnsafeMutableRawPointer(
            bitPattern: operate(control, PoolFunctions.allocate, nil, wishes, sizeInBytes)
        )
    }

    func free(_ block: UnsafeMutableRawPointer, sizeInBytes: Int) -> Bool {
        operate(control, PoolFunctions.free, block, sizeInBytes, 0) != 0
    }

    func resize(
        _ block: UnsafeMutableRawPointer,
        from oldSizeInBytes: Int,
        to sizeInBytes: Int,
        zeroed: Bool
    ) -> UnsafeMutableRawPointer? {
        let operation = zeroed ? PoolFunctions.resizeZeroed : PoolFunctions.resize
        return UnsafeMutableRawPointer(
            bitPattern: operate(control, operation, block, oldSizeInBytes, sizeInBytes)
        )
    }

    func resizeInPlace(_ block: UnsafeMutableRawPointer, from oldSizeInBytes: Int, to sizeInBytes: Int)
        -> Bool
    {
        operate(control, PoolFunctions.resizeInPlace, block, oldSizeInBytes, sizeInBytes) != 0
    }
}

/// The allocator of a pool: what a ``HeapSource`` brings along.
package struct PoolFunctions: Sendable {
    /// Lays a pool into a buffer: its base, its size in bytes, whether it is zero, the heap's key.
    ///
    /// The control block, or null with a ``PlanFault`` in the last argument.
    typealias Create =
        @convention(c) (UInt, Int, Bool, UInt64, UnsafeMutablePointer<UInt8>) -> UnsafeMutableRawPointer?
    /// One operation: on a pool, with a block, its size (or bit 0 zeroed, bit 1 high), and a size.
    ///
    /// An address or a size; 0 where nothing is to be had.
    typealias Operate =
        @convention(c) (UnsafeMutableRawPointer, UInt8, UnsafeMutableRawPointer?, Int, Int) -> Int

    let create: Create
    let operate: Operate

    static var allocate: UInt8 { 0 }
    static var free: UInt8 { 1 }
    static var resize: UInt8 { 2 }
    static var resizeZeroed: UInt8 { 3 }
    static var resizeInPlace: UInt8 { 4 }
    static var largest: UInt8 { 5 }

    /// The one that there is: ``Pool``.
    package static var twoLevel: PoolFunctions {
        PoolFunctions(
            create: { base, sizeInBytes, isZeroed, key, fault in
                do throws(MemoryError) {
                    let pool = try Pool.create(
                        base: base,
                        sizeInBytes: sizeInBytes,
                        isZeroed: isZeroed,
                        key: key
                    )
                    return UnsafeMutableRawPointer(pool.control)
                } catch {
                    fault.pointee = error.reason.rawValue
                    return nil
                }
            },
            operate: { control, operation, block, old, size in
                let pool = Pool(control: control.assumingMemoryBound(to: PoolControl.self))
                switch (operation, block) {
                case (PoolFunctions.allocate, _):
                    return Int(
                        bitPattern: pool.allocate(
                            sizeInBytes: size,
                            zeroed: old & 1 != 0,
                            high: old & 2 != 0
                        )
                    )
                case (PoolFunctions.free, let block?):
                    return pool.free(block, sizeInBytes: old) ? 1 : 0
                case (PoolFunctions.resizeInPlace, let block?):
                    return pool.resizeInPlace(block, from: old, to: size) ? 1 : 0
                case (PoolFunctions.resize, let block?), (PoolFunctions.resizeZeroed, let block?):
                    return Int(
                        bitPattern: pool.resize(
                            block,
                            from: old,
                            to: size,
                            zeroed: operation == PoolFunctions.resizeZeroed
                        )
                    )
                default:
                    return pool.largestAvailableInBytes
                }
            }
        )
    }
}
