/// What decides how large a linear memory is and what lies in it: the module's part, then the plan's and the limits'.
package struct LinearMemoryWishes: Sendable {
    /// As declared, in pages.
    package var minimumPageCount: UInt64 = 0
    package var maximumPageCount: UInt64?
    /// 16, or 0 with custom page sizes.
    package var pageSizeLog2: UInt32 = 16
    package var is64 = false
    package var isShared = false
    /// Some function has `memory.size` or `memory.grow`.
    package var usesMemorySize = true
    /// The guest exports an allocator.
    package var exportsAllocator = false
    /// Its bytes come from a pool or from the caller, so that each of them is missing elsewhere.
    package var isScarce = false

    /// Instead of the declared maximum, in pages; nil: as declared.
    package var maximumPageCountOverride: UInt64?
    /// Of every memory, in pages, an app heap not counted; nil for none.
    package var pageCountCap: UInt64?
    /// Most bytes from the heap's base on, an app heap not counted; nil for no cap.
    package var maximumGuestHeapSizeInBytes: UInt64?
    package var truncation = Truncation.automatic
    package var appHeapSizeInBytes: UInt64 = 0
    package var appHeapPlacement = AppHeapPlacement.append
    package var guestHeap = GuestHeap.automatic
    /// Of memory 0; empty for others, which are never truncated and hold no app heap.
    package var layout = LinearMemoryLayout()

    package init() {}
}

/// Size of a linear memory and place of the app heap in it: all that is decided before a byte is taken.
///
/// ```
/// append:        [ declared pages, or up to the heap's base ][ app heap ]
/// atHeapBase:    [ ... heap base ][ app heap ][ libc heap ...  whole pages ]
/// ```
/// Page counts are those of the specification; `sizeInBytes` is where accesses end. A function of ``LinearMemoryWishes``
/// alone. The rules are those of WAMR 2.4 where they can be (`RATIONALE.md` lists what differs).
package struct LinearMemoryShape: Equatable, Sendable {
    /// What `memory.size` says at first.
    package var pageCount: UInt64 = 0
    package var maximumPageCount: UInt64 = 0
    /// First address out of bounds.
    package var sizeInBytes: UInt64 = 0
    package var appHeapOffset: UInt64 = 0
    /// 0 for none.
    package var appHeapSizeInBytes: UInt64 = 0
    /// What the global `__heap_base` is to hold; nil where it keeps its value.
    package var heapBaseAfter: UInt64?
    package var notes = MemoryNotes()
    /// The cap of what lies from the heap's base on is what bounds growth.
    package var isCappedForGuestHeap = false

    /// Largest app heap, in bytes.
    package static var maximumAppHeapSizeInBytes: UInt64 { 1 << 30 }

    /// Decides; an app heap that does not fit is `invalidPlan(appHeapDoesNotFit)`.
    package init(_ wishes: LinearMemoryWishes) throws(MemoryError) {
        self.init()
        var wishes = wishes
        try decide(&wishes)
    }

    /// Nothing is decided.
    package init() {}

    /// The same in place of a shape of which nothing is decided.
    @inline(never)
    package mutating func decide(_ wishes: UnsafePointer<LinearMemoryWishes>) throws(MemoryError) {
        pageCount = wishes.pointee.minimumPageCount
        let (size, overflow) = pageCount.multipliedReportingOverflow(by: wishes.pointee.pageSizeInBytes)
        sizeInBytes = overflow ? .max : size
        setMaximum(wishes)
        // Larger than any address space: making the memory fails.
        guard !overflow else { return }
        truncate(wishes)
        try insertAppHeap(wishes)
    }

    private mutating func setMaximum(_ wishes: UnsafePointer<LinearMemoryWishes>) {
        let declared = min(wishes.pointee.maximumPageCount ?? .max, wishes.pointee.addressablePageCount)
        maximumPageCount = declared
        if let override = wishes.pointee.maximumPageCountOverride {
            if override < pageCount {
                notes.insert(.overrideBelowMinimum)
                maximumPageCount = pageCount
            } else if override > declared {
                notes.insert(.overrideAboveMaximum)
            } else {
                maximumPageCount = override
            }
        }
        if let most = wishes.pointee.maximumGuestHeapSizeInBytes {
            let (end, overflow) = wishes.pointee.layout.heapBase.addingReportingOverflow(most)
            if wishes.pointee.layout.heapBaseSource == .none {
                notes.insert(.guestHeapCapWithoutHeapBase)
            } else if !overflow, end / wishes.pointee.pageSizeInBytes < pageCount {
                // Memory that starts out larger stays as it is, and does not grow.
                notes.insert(.guestHeapCapBelowMinimum)
                maximumPageCount = pageCount
                isCappedForGuestHeap = true
            } else if !overflow {
                isCappedForGuestHeap =
                    end / wishes.pointee.pageSizeInBytes
                    < min(maximumPageCount, wishes.pointee.pageCountCap ?? .max)
                maximumPageCount = min(maximumPageCount, end / wishes.pointee.pageSizeInBytes)
            }
        }
        maximumPageCount = min(maximumPageCount, wishes.pointee.pageCountCap ?? .max)
    }

    private mutating func truncate(_ wishes: UnsafePointer<LinearMemoryWishes>) {
        guard wishes.pointee.layout.isComplete, !wishes.pointee.usesMemorySize,
            let end = wishes.pointee.layout.heapBase.roundedUp(to: 8), end > 0,
            end <= sizeInBytes
        else { return }
        switch wishes.pointee.truncation {
        case .never: return
        case .always: break
        case .automatic:
            guard wishes.pointee.isScarce, wishes.pointee.layout.stackPointerSource != .none else { return }
        }
        if wishes.pointee.isShared {
            if wishes.pointee.truncation == .always { notes.insert(.sharedNotTruncated) }
            return
        }
        guard wishes.pointee.layout.segmentsEnd <= end else {
            notes.insert(.segmentsBeyondHeapBase)
            return
        }
        sizeInBytes = end
    }

    private mutating func insertAppHeap(_ wishes: UnsafePointer<LinearMemoryWishes>) throws(MemoryError) {
        let size = min(
            wishes.pointee.appHeapSizeInBytes.roundedUp(to: 8) ?? .max,
            Self.maximumAppHeapSizeInBytes
        )
        switch wishes.pointee.guestHeap {
        case .none, .libc: return
        case .app: break
        case .automatic: if wishes.pointee.exportsAllocator { return }
        }
        guard size > 0 else { return }
        if wishes.pointee.appHeapSizeInBytes > size { notes.insert(.appHeapClamped) }
        switch wishes.pointee.appHeapPlacement {
        case .append: try append(size, wishes)
        case .atHeapBase: try insertAtHeapBase(size, wishes)
        }
    }

    /// Behind all that the memory has; the pages that the heap lies in are counted when the memory grows.
    private mutating func append(_ size: UInt64, _ wishes: UnsafePointer<LinearMemoryWishes>)
        throws(MemoryError)
    {
        guard let offset = sizeInBytes.roundedUp(to: 8) else { throw Self.misfit }
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= wishes.pointee.addressLimit else { throw Self.misfit }
        appHeapOffset = offset
        appHeapSizeInBytes = size
        sizeInBytes = end
        guard maximumPageCount > pageCount else { return }
        let page = wishes.pointee.pageSizeInBytes
        // Safe: the end is an address, and maxima are page counts.
        let covered = (end &+ (page &- 1)) / page
        let hidden = max(covered, pageCount) &- pageCount
        maximumPageCount = min(maximumPageCount &+ hidden, wishes.pointee.addressablePageCount)
    }

    /// WAMR's cases, in bytes as there.
    private mutating func insertAtHeapBase(_ size: UInt64, _ wishes: UnsafePointer<LinearMemoryWishes>)
        throws(MemoryError)
    {
        notes.insert(.appHeapAtHeapBase)
        let page = wishes.pointee.pageSizeInBytes
        let limit = wishes.pointee.addressLimit
        guard pageCount &* page < limit else { throw Self.misfit }
        // A memory that no code can grow is one large page there, and the heap lies behind it.
        if !wishes.pointee.usesMemorySize || pageCount == maximumPageCount && pageCount <= 1 {
            guard let offset = sizeInBytes.roundedUp(to: 8), size < limit, offset < limit &- size else {
                throw Self.misfit
            }
            appHeapOffset = offset
            appHeapSizeInBytes = size
            sizeInBytes = offset &+ size
            return
        }
        // Safe in what follows: sizes are at most 1 GiB, and addresses below 2^62 with some pages more.
        let added: UInt64
        if wishes.pointee.layout.isComplete, let base = wishes.pointee.layout.heapBase.roundedUp(to: 8),
            base < sizeInBytes
        {
            var end = base &+ size
            let rest = (page &- base % page) % page
            var count = size > rest ? (size &- rest &+ page &- 1) / page : 0
            if (page &- end % page) % page < 1024 {
                end &+= 1024
                count &+= 1
            }
            appHeapOffset = base
            appHeapSizeInBytes = size
            heapBaseAfter = end
            added = count
        } else {
            added = (size &+ page &- 1) / page
            let offset = (sizeInBytes &+ 7) & ~7
            let lost = offset &- sizeInBytes &+ 1024
            guard page &* added > lost else { throw Self.misfit }
            appHeapOffset = offset
            appHeapSizeInBytes = page &* added &- lost
        }
        guard pageCount &+ added <= wishes.pointee.addressablePageCount else { throw Self.misfit }
        if maximumPageCount >= pageCount {
            maximumPageCount = min(maximumPageCount &+ added, wishes.pointee.addressablePageCount)
        }
        pageCount &+= added
        sizeInBytes = pageCount &* page
        // With pages of one byte WAMR's margin is not enough.
        if let after = heapBaseAfter, after > sizeInBytes { throw Self.misfit }
    }

    private static var misfit: MemoryError { .invalidPlan(.appHeapDoesNotFit, region: .appHeap) }
}

extension LinearMemoryWishes {
    package var pageSizeInBytes: UInt64 { 1 &<< UInt64(min(pageSizeLog2, 16)) }

    /// Pages that the address type can reach: the whole space, but never more than `memory.size` can return.
    package var addressablePageCount: UInt64 {
        let bits = is64 ? UInt32(62) : 32
        return is64 || pageSizeLog2 > 0 ? 1 &<< UInt64(bits &- min(pageSizeLog2, 16)) : UInt64(UInt32.max)
    }

    /// First address that the address type cannot reach; 2^62 stands for all of the larger one.
    var addressLimit: UInt64 { is64 ? 1 &<< 62 : 1 &<< 32 }
}
