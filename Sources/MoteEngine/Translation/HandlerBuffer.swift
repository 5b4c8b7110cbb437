internal import CPlatform
internal import MoteMemory
internal import MotePlatform

/// A function's ``CatchTable`` while it is being written: two scratch blocks that grow, none for most functions.
struct HandlerBuffer {
    private var entries: UnsafeMutablePointer<CatchTable.Entry>?
    private var entryCapacity = 0
    private(set) var entryCount = 0
    private var clauses: UnsafeMutablePointer<CatchTable.Clause>?
    private var clauseCapacity = 0
    private var clauseCount = 0
    /// Blocks around the instruction at hand that may catch what it throws.
    var openCount = 0

    init() {}

    var isEmpty: Bool { !Build.hasExceptions || entryCount == 0 }

    /// Bytes that the table takes behind the code.
    var sizeInBytes: Int {
        guard !isEmpty else { return 0 }
        // Safe: both counts are below the number of the body's bytes, which is below 2^32.
        return MemoryLayout<CatchTable>.stride &+ entryCount &* MemoryLayout<CatchTable.Entry>.stride
            &+ clauseCount &* MemoryLayout<CatchTable.Clause>.stride
    }

    func write(to destination: UnsafeMutableRawPointer) {
        guard let entries, !isEmpty else { return }
        destination.storeBytes(
            of: CatchTable(
                entryCount: UInt32(truncatingIfNeeded: entryCount),
                clauseCount: UInt32(truncatingIfNeeded: clauseCount)
            ),
            as: CatchTable.self
        )
        let entriesSize = entryCount &* MemoryLayout<CatchTable.Entry>.stride
        memcpy(destination + MemoryLayout<CatchTable>.stride, entries, entriesSize)
        guard let clauses else { return }
        memcpy(
            destination + MemoryLayout<CatchTable>.stride + entriesSize,
            clauses,
            clauseCount &* MemoryLayout<CatchTable.Clause>.stride
        )
    }

    /// Adds an entry without clauses; its index.
    ///
    /// `start` and `end` are offsets of code.
    mutating func append(
        start: Int,
        end: Int,
        depth: Int,
        limit: UInt32,
        _ arena: Arena
    ) throws(MemoryError) -> Int {
        if entryCount == entryCapacity { try growEntries(arena) }
        entries?[entryCount] = CatchTable.Entry(
            start: UInt32(truncatingIfNeeded: start),
            end: UInt32(truncatingIfNeeded: end),
            depth: UInt32(truncatingIfNeeded: depth),
            limit: limit,
            firstClause: CatchTable.noClause,
            lastClause: CatchTable.noClause
        )
        entryCount &+= 1
        return entryCount &- 1
    }

    /// Adds a clause behind those that an entry has.
    mutating func append(_ clause: CatchTable.Clause, to entry: Int, _ arena: Arena) throws(MemoryError) {
        if clauseCount == clauseCapacity { try growClauses(arena) }
        guard let clauses, let entries else { return }
        clauses[clauseCount] = clause
        let index = UInt32(truncatingIfNeeded: clauseCount)
        clauseCount &+= 1
        if entries[entry].firstClause == CatchTable.noClause {
            entries[entry].firstClause = index
        } else {
            clauses[Int(entries[entry].lastClause)].next = index
        }
        entries[entry].lastClause = index
    }

    func free(_ arena: Arena) {
        guard Build.hasExceptions else { return }
        if let entries { arena.freeGrowable(UnsafeMutableRawPointer(entries)) }
        if let clauses { arena.freeGrowable(UnsafeMutableRawPointer(clauses)) }
    }

    private mutating func growEntries(_ arena: Arena) throws(MemoryError) {
        let larger = entryCapacity == 0 ? 8 : entryCapacity &* 2
        let size = larger &* MemoryLayout<CatchTable.Entry>.stride
        let raw =
            if let entries {
                try arena.resizeGrowable(
                    UnsafeMutableRawPointer(entries),
                    to: size,
                    site: .translationHandlerGrowth
                )
            } else {
                try arena.allocateGrowable(sizeInBytes: size, region: .scratch, site: .translationHandlers)
            }
        entries = raw.assumingMemoryBound(to: CatchTable.Entry.self)
        entryCapacity = larger
    }

    private mutating func growClauses(_ arena: Arena) throws(MemoryError) {
        let larger = clauseCapacity == 0 ? 8 : clauseCapacity &* 2
        let size = larger &* MemoryLayout<CatchTable.Clause>.stride
        let raw =
            if let clauses {
                try arena.resizeGrowable(
                    UnsafeMutableRawPointer(clauses),
                    to: size,
                    site: .translationClauseGrowth
                )
            } else {
                try arena.allocateGrowable(sizeInBytes: size, region: .scratch, site: .translationClauses)
            }
        clauses = raw.assumingMemoryBound(to: CatchTable.Clause.self)
        clauseCapacity = larger
    }
}
