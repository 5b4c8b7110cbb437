internal import CPlatform

/// The table behind a function's instructions that says where its exceptions are caught.
///
/// ```
/// code: header | instructions | CatchTable (8 bytes) | Entry x entryCount | Clause x clauseCount
/// ```
/// Entries of inner blocks stand before those of blocks around them, so that the first that fits is the innermost.
struct CatchTable {
    var entryCount: UInt32
    var clauseCount: UInt32

    /// Some instructions, and what is asked when one of them throws.
    ///
    /// Offsets in bytes from the first instruction.
    struct Entry {
        var start: UInt32
        var end: UInt32
        /// How deep the block lies in the function's blocks.
        var depth: UInt32
        /// Behind this entry only those up to this depth are asked: what a `delegate` names, and 0, which has none,
        /// for a tail call, whose frame has gone.
        var limit: UInt32
        /// Indices of the first and last clause; `noClause` for none.
        var firstClause: UInt32
        var lastClause: UInt32
    }

    /// One `catch`.
    struct Clause {
        /// Index of the tag, or `anyTag`.
        var tag: UInt32
        /// Where execution goes on, in bytes from the first instruction.
        var target: UInt32
        /// Index of the next clause of the entry, or `noClause`.
        var next: UInt32
        /// First of the slots that take the exception's values.
        var payloadSlot: Int16
        /// Slot of the reference range that keeps the exception for a `rethrow`, or `noSlot`.
        var exceptionSlot: Int16
        /// 1: the exception itself goes behind its values.
        var takesReference: UInt32
    }

    static var anyTag: UInt32 { .max }
    static var noClause: UInt32 { .max }
    static var noSlot: Int16 { .max }
    static var noLimit: UInt32 { .max }

    /// The clause that catches an exception of a tag thrown at a code offset; nil where the frame is left.
    static func clause(
        in code: UnsafePointer<MoteCode>,
        at offset: Int,
        of tag: UnsafeMutablePointer<MoteTag>,
        _ tags: UnsafeMutablePointer<UnsafeMutablePointer<MoteTag>?>?
    ) -> UnsafePointer<Clause>? {
        let base = UnsafeRawPointer(code) + Int(code.pointee.handlerTableOffset)
        let table = base.assumingMemoryBound(to: CatchTable.self)
        let entries = (base + MemoryLayout<CatchTable>.stride).assumingMemoryBound(to: Entry.self)
        let clauses = UnsafeRawPointer(entries + Int(table.pointee.entryCount))
            .assumingMemoryBound(to: Clause.self)
        var limit = noLimit
        for index in 0..<Int(table.pointee.entryCount) {
            let entry = entries + index
            guard offset >= Int(entry.pointee.start), offset < Int(entry.pointee.end),
                entry.pointee.depth <= limit
            else { continue }
            var next = entry.pointee.firstClause
            while next != noClause {
                let clause = clauses + Int(next)
                let index = clause.pointee.tag
                // Safe: validation has checked the tag's index.
                if index == anyTag || tags?[Int(index)] == tag { return clause }
                next = clause.pointee.next
            }
            if entry.pointee.limit < limit { limit = entry.pointee.limit }
        }
        return nil
    }
}
