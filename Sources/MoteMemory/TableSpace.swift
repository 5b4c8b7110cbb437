package import CPlatform

/// Elements of tables: a growable block each, with room for an eighth more so that growing by one is cheap.
package enum TableSpace {
    package typealias Pointer = UnsafeMutablePointer<MoteTable>

    /// Most elements of any table: the block's size stays an Int.
    package static var largestCount: UInt64 { 1 << 40 }

    /// Gives a table its first elements, all null, without slack; the other fields are the caller's.
    package static func create(
        _ table: Pointer,
        count: UInt64,
        maximum: UInt64,
        in arena: Arena
    ) throws(MemoryError) {
        table.pointee.elements = nil
        table.pointee.count = 0
        table.pointee.capacity = 0
        table.pointee.maximum = maximum
        guard count > 0 else { return }
        guard count <= min(maximum, largestCount) else {
            throw .exhausted(.tables, requested: byteCount(count), available: -1, site: .tableBlock)
        }
        let raw = try arena.allocateGrowableZeroed(
            sizeInBytes: byteCount(count),
            region: .tables,
            site: .tableBlock
        )
        table.pointee.elements = raw.bindMemory(to: UInt64.self, capacity: Int(truncatingIfNeeded: count))
        table.pointee.count = count
        table.pointee.capacity = count
    }

    /// Adds null elements: the count before, or nil past the maximum or when memory is not to be had;
    /// `failure` then says what was missing.
    ///
    /// The elements may move.
    package static func grow(
        _ table: Pointer,
        by delta: UInt64,
        in arena: Arena,
        failure: inout MemoryError?
    ) -> UInt64? {
        let before = table.pointee.count
        let (after, overflow) = before.addingReportingOverflow(delta)
        guard !overflow, after <= min(table.pointee.maximum, largestCount) else { return nil }
        if after > table.pointee.capacity {
            // Safe: at most largestCount and an eighth of it.
            let roomy = min(after &+ after / 8, min(table.pointee.maximum, largestCount))
            let heap = arena.header.pointee.heap
            let injected = heap.pointee.injectedFailureCount
            do throws(MemoryError) {
                do throws(MemoryError) {
                    try reserve(table, max(roomy, after), in: arena)
                } catch {
                    guard roomy > after, heap.pointee.injectedFailureCount == injected else { throw error }
                    try reserve(table, after, in: arena)
                }
            } catch {
                failure = error
                return nil
            }
        }
        // What is beyond the count is zero: it was so when it was reserved, and a table never shrinks.
        table.pointee.count = after
        return before
    }

    /// Gives the elements back before the arena goes.
    package static func destroy(_ table: Pointer, in arena: Arena) {
        if let elements = table.pointee.elements { arena.freeGrowable(UnsafeMutableRawPointer(elements)) }
        table.pointee.elements = nil
        table.pointee.count = 0
        table.pointee.capacity = 0
    }

    private static func reserve(
        _ table: Pointer,
        _ capacity: UInt64,
        in arena: Arena
    ) throws(MemoryError) {
        let size = byteCount(capacity)
        let raw: UnsafeMutableRawPointer
        if let elements = table.pointee.elements {
            raw = try arena.resizeGrowableZeroed(
                UnsafeMutableRawPointer(elements),
                to: size,
                site: .tableGrowth
            )
        } else {
            raw = try arena.allocateGrowableZeroed(
                sizeInBytes: size,
                region: .tables,
                site: .tableFirstGrowth
            )
        }
        table.pointee.elements = raw.bindMemory(to: UInt64.self, capacity: Int(truncatingIfNeeded: capacity))
        table.pointee.capacity = capacity
    }

    private static func byteCount(_ count: UInt64) -> Int {
        count <= largestCount &* 2 ? Int(truncatingIfNeeded: count &* 8) : .max
    }
}
