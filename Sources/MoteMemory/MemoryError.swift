package import MotePlatform

/// Why memory was not to be had.
package struct MemoryError: Error, Equatable, Sendable {
    /// What went wrong.
    package enum Kind: UInt8, Sendable {
        /// The region asked for more than its source had left.
        case exhausted
        /// The plan asks for something that does not exist; `reason` says what.
        case invalidPlan
        /// A header of the pool is not what the allocator wrote; the pool gives and takes nothing any more.
        case corrupted
    }

    /// Kind, reason, region and site, eight bits each but the last, which has sixteen.
    ///
    /// One word, because errors are handed up through many callers, and each would take the fields apart and put them
    /// together again.
    private let facts: UInt64
    /// Bytes asked for.
    package let requestedInBytes: Int
    /// Largest block, in bytes, that the source could still have given; -1 where it cannot know.
    package let availableInBytes: Int

    private init(
        _ kind: Kind,
        _ region: Region,
        _ site: AllocationSite,
        reason: PlanFault,
        requested: Int,
        available: Int
    ) {
        facts =
            UInt64(kind.rawValue) | UInt64(reason.rawValue) &<< 8 | UInt64(region.rawValue) &<< 16
            | UInt64(site.rawValue) &<< 32
        requestedInBytes = requested
        availableInBytes = available
    }

    // What was no raw value could not have been written.
    package var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: facts)) ?? .exhausted }
    package var reason: PlanFault { PlanFault(rawValue: UInt8(truncatingIfNeeded: facts &>> 8)) ?? .none }
    package var region: Region { Region(rawValue: UInt8(truncatingIfNeeded: facts &>> 16)) ?? .structures }
    package var site: AllocationSite {
        AllocationSite(rawValue: UInt16(truncatingIfNeeded: facts &>> 32))
    }

    package static func exhausted(
        _ region: Region,
        requested: Int,
        available: Int,
        site: AllocationSite
    ) -> MemoryError {
        MemoryError(.exhausted, region, site, reason: .none, requested: requested, available: available)
    }

    package static func invalidPlan(_ reason: PlanFault, region: Region = .structures) -> MemoryError {
        MemoryError(.invalidPlan, region, .arenaHeader, reason: reason, requested: 0, available: -1)
    }

    package static func corrupted(_ region: Region, site: AllocationSite) -> MemoryError {
        MemoryError(.corrupted, region, site, reason: .none, requested: 0, available: -1)
    }
}

/// What makes a ``MemoryPlan`` invalid.
package enum PlanFault: UInt8, Sendable {
    case none
    /// The pool's buffer is too small for its own control block.
    case poolTooSmall
    /// Guard pages need a reservation; the heap cannot give them.
    case guardPagesNeedReservation
    /// A pool contains everything, so it cannot use reservations.
    case reservationInPool
    /// An allocator needs both a function that allocates and one that frees.
    case allocatorIncomplete
    /// An allocator must return blocks aligned to 16.
    case allocatorMisaligned
    /// The operand stack is smaller than one frame.
    case operandStackTooSmall
    /// A size is larger than the address space.
    case sizeTooLarge
    /// The addresses behind the memory do not suffice.
    case appHeapDoesNotFit
    /// The caller's buffer for a linear memory does not begin at a multiple of 16.
    case linearMemoryBufferMisaligned

    /// The sentence that errors print.
    package var text: Text {
        Self.texts.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var texts: TextLines {
        TextLines(
            """
            no fault
            the pool is too small for its own bookkeeping
            guard pages need reserved linear memory, not memory from the global heap
            a pool contains linear memory too, so it cannot be reserved elsewhere
            an allocator needs a function that allocates and one that frees
            an allocator must return blocks aligned to 16 bytes
            the operand stack is too small for one frame
            a size is larger than the address space
            the app heap does not fit into the addresses that linear memory leaves: ask for a smaller one, or none
            the buffer for linear memory must be aligned to 16 bytes
            """
        )
    }
}
