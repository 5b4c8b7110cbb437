package import MotePlatform

/// One thing about a linear memory that was not done as asked, or that may surprise.
package enum MemoryNote: UInt8, Sendable {
    case overrideBelowMinimum
    case overrideAboveMaximum
    case guestHeapCapWithoutHeapBase
    case guestHeapCapBelowMinimum
    case sharedNotTruncated
    case segmentsBeyondHeapBase
    case appHeapClamped
    case appHeapAtHeapBase

    /// How many there are.
    package static var count: Int { 8 }

    /// The sentence that doors print as a warning.
    package var text: Text {
        Self.texts.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var texts: TextLines {
        TextLines(
            """
            Cannot override max memory with value lower than module initial memory
            Cannot override max memory with value greater than module max memory
            the guest's heap has no cap: nothing tells where it begins (export __heap_base)
            the memory starts out larger than the cap of the guest's heap allows; it cannot grow
            a shared memory is not truncated at __heap_base
            the memory is not truncated at __heap_base: data segments lie beyond it
            the app heap is 1 GiB: larger ones are not made
            the app heap was asked for at __heap_base, where an allocator of the guest's may keep its own heap
            """
        )
    }
}

/// A set of notes, a bit each.
package struct MemoryNotes: Equatable, Sendable {
    package var bits: UInt16 = 0

    package init() {}

    package mutating func insert(_ note: MemoryNote) { bits |= 1 &<< UInt16(note.rawValue) }

    package func contains(_ note: MemoryNote) -> Bool { bits & (1 &<< UInt16(note.rawValue)) != 0 }

    /// Calls `visit` with each note.
    package func forEach(_ visit: (MemoryNote) -> Void) {
        for value in 0..<MemoryNote.count {
            if let note = MemoryNote(rawValue: UInt8(truncatingIfNeeded: value)), contains(note) {
                visit(note)
            }
        }
    }
}
