/// A size that the tuner makes as small as it can be.
package enum TunedRegion: Int, Sendable, CaseIterable {
    /// The guest's operand stack, in bytes.
    case operandStack
    /// Most pages of a linear memory.
    case linearMemory
    /// Most bytes of the first memory from `__heap_base` on.
    case guestHeap
    /// The heap in linear memory that the host manages, in bytes.
    case appHeap
    /// Most bytes of the garbage-collected heap.
    case gcHeap
    /// The pool that holds everything else and these, in bytes. Last: what the others take is taken from it.
    case globalHeap

    /// As reports name it.
    package var name: String {
        switch self {
        case .operandStack: "operand stack"
        case .linearMemory: "linear memory"
        case .guestHeap: "guest heap"
        case .appHeap: "app heap"
        case .gcHeap: "gc heap"
        case .globalHeap: "global heap"
        }
    }

    /// By how much two sizes differ that the search tells apart.
    ///
    /// Of stacks and app heaps it is the granule in which they are used; in a pool a block of the least size.
    package var step: Int {
        switch self {
        case .operandStack: 16
        case .linearMemory: 1
        case .guestHeap, .appHeap: 16
        case .gcHeap, .globalHeap: 64
        }
    }

    /// The least size that means anything.
    package var floor: Int { self == .operandStack ? 256 : 0 }

    /// What a size counts.
    package var bytesOfUnit: Int { self == .linearMemory ? 65536 : 1 }
}

/// A size for some regions; the others are as the plan has them.
package struct TunedSizes: Hashable, Sendable {
    private var sizes: [TunedRegion: Int] = [:]

    package init(_ sizes: [TunedRegion: Int] = [:]) { self.sizes = sizes }

    /// The size of a region, pages for linear memory; nil where the plan decides.
    package subscript(region: TunedRegion) -> Int? {
        get { sizes[region] }
        set { sizes[region] = newValue }
    }

    /// The same, with another size for one region.
    package func with(_ region: TunedRegion, _ size: Int) -> TunedSizes {
        var copy = self
        copy[region] = size
        return copy
    }

    /// The regions that have one, the global heap last.
    package var regions: [TunedRegion] { TunedRegion.allCases.filter { sizes[$0] != nil } }
}
