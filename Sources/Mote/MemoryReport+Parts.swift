// What lies where: linear memories with their parts, operand stacks, modules' code, collected and shared heaps.

extension MemoryReport {
    /// A linear memory, of a live instance or of the host's.
    public struct LinearMemory: Sendable {
        /// Who made it: an instance, by its identity among the owners; nil for a memory of the host's.
        public let instance: Int?
        /// Which of its maker's memories it is.
        public let index: Int
        /// The instances that import it, by identity.
        public let importedBy: [Int]
        /// Bytes of a page as guests count them: 65,536, or 1.
        public let pageSize: Int
        /// Pages that the module declares.
        public let declaredPages: UInt64
        /// The declared maximum; nil where there is none.
        public let declaredMaximumPages: UInt64?
        /// Pages that `memory.size` tells now; memories never shrink, so it is the peak as well.
        public let pages: UInt64
        /// Pages that it may grow to, by type, limits and plan.
        public let maximumPages: UInt64
        /// Bytes that the guest can access.
        public let size: Int
        /// Bytes of address space that are reserved for it; 0 without a reservation.
        public let reserved: Int
        /// Where its bytes are.
        public let backing: Backing
        /// How accesses beyond its end are noticed.
        public let bounds: Bounds
        /// Whether addresses are i64.
        public let is64: Bool
        /// Whether threads share it.
        public let isShared: Bool
        /// Whether address space had run out, and the global heap stands in for a reservation.
        public let isFallback: Bool
        /// Static data; nil where nothing tells.
        public var data: Range<UInt64>?
        /// The guest's C stack; nil where none is known.
        public var auxiliaryStack: AuxiliaryStack?
        /// The heap that the host manages; nil where there is none.
        public var appHeap: AppHeap?
        /// What the guest's own allocator has; nil where `__heap_base` is not known.
        public var libcHeap: LibcHeap?
        /// Pages of the operating system that are resident; nil where that cannot be asked.
        public var touched: TouchedPages?

        /// Whether it ends before its last page does, at `__heap_base` or behind an app heap.
        public var isTruncated: Bool {
            let (bytes, overflow) = pages.multipliedReportingOverflow(by: UInt64(max(pageSize, 1)))
            return !overflow && UInt64(size) < bytes
        }
    }

    /// Where a linear memory's bytes are.
    public enum Backing: String, Sendable {
        /// In the global heap.
        case heap
        /// In address space of their own, of which used pages are committed.
        case reserved
        /// In a buffer or from functions of the caller's.
        case caller
    }

    /// How an access beyond the end of a memory is noticed.
    public enum Bounds: String, Sendable {
        /// Code compares every address.
        case checked
        /// By pages that cannot be accessed.
        case guardPages = "guard pages"
    }

    /// The guest's C stack in linear memory.
    public struct AuxiliaryStack: Sendable {
        /// From the lowest address that it may reach to where it starts; it grows down.
        public let range: Range<UInt64>
        /// How it was found: `export`, `name section` or `guess`.
        public let source: String
        /// Most bytes of it that were in use; nil where that is not watched.
        public var peak: Int?
        /// Whether leaving it traps; nil where that is not known.
        public var isChecked: Bool?
    }

    /// The app heap: what the host's `malloc` takes in linear memory.
    public struct AppHeap: Sendable {
        /// Where it lies.
        public let range: Range<UInt64>
        /// Bytes that are allocated now.
        public let used: Int
        /// Most bytes that were ever allocated.
        public let peak: Int
        /// How many allocations there are now.
        public let blocks: Int
        /// Largest block that can be had.
        public let largestFree: Int
        /// Bytes in the global heap that describe it.
        public let metadata: Int
    }

    /// What lies from `__heap_base` on: a heap of the guest's own making.
    public struct LibcHeap: Sendable {
        /// From `__heap_base` to the memory's end; the app heap may lie in it.
        public let range: Range<UInt64>
        /// Most bytes that the plan or the limits leave it; nil for no cap.
        public var limit: UInt64?
        /// The functions that allocate, as the module exports them; nil where it exports none.
        public var allocator: String?
    }

    /// Pages of the operating system in which something was written or read, as the system tells.
    ///
    /// Swapped-out pages are missing, and huge pages count as a whole.
    public struct TouchedPages: Sendable {
        /// Bytes of a page of the operating system.
        public let pageSize: Int
        /// Touched pages, counted from the page in which the memory starts; ascending, apart from each other.
        public let runs: [Range<Int>]
        /// How many bytes of the first page come before the memory.
        public let offset: Int
        /// Whether only the guest can have touched them: false in the global heap, whose pages may have been used for
        /// something else before and may be shared with neighbours.
        public let isExact: Bool

        /// How many pages they are.
        public var count: Int { runs.reduce(0) { $0 + $1.count } }
        /// Their bytes.
        public var bytes: Int { count * pageSize }
    }

    /// The operand stack of one execution environment.
    public struct OperandStack: Sendable {
        /// The environment, by its identity among the owners.
        public let environment: Int
        /// The store that it is in.
        public let store: Int
        /// The instance that alone uses it; nil for others.
        public let instance: Int?
        /// Bytes that it has.
        public let size: Int
        /// Bytes that calls hold now.
        public let current: Int
        /// Most bytes that calls ever held.
        public let peak: Int
    }

    /// What a module takes.
    public struct LoadedModule: Sendable {
        /// The module, by its identity among the owners.
        public let identity: Int
        /// What its name section calls it.
        public let name: String?
        /// Bytes of the file.
        public let size: Int
        /// Whether the global heap has a copy of them.
        public let isCopied: Bool
        /// Bytes of its function bodies.
        public let bodies: Int
        /// Functions that it defines.
        public let functions: Int
        /// Functions that were translated, once for each kind of code (with and without guard pages, fuel).
        public let translatedFunctions: Int
        /// Bytes of the bodies of those.
        public let translatedBodies: Int
        /// Bytes of code made of them, without the code table.
        public let code: Int

        /// Bytes of code for one byte of the translated bodies; nil before the first function.
        public var codePerByte: Double? {
            translatedBodies > 0 ? Double(code) / Double(translatedBodies) : nil
        }
    }

    /// An instance that is alive.
    public struct LiveInstance: Sendable {
        /// The instance, by its identity among the owners.
        public let identity: Int
        /// What it is an instance of.
        public let module: Int
        /// The store that it is in.
        public let store: Int
    }

    /// The garbage-collected heap of a store, once it has one.
    public struct CollectedHeap: Sendable {
        /// The store, by its identity among the owners.
        public let store: Int
        /// Bytes of its chunks.
        public let size: Int
        /// Most bytes that they may have.
        public let limit: Int
        /// Bytes of objects that the last collection left.
        public let live: Int
        /// How many collections there were.
        public let collections: Int
    }

    /// A heap that several instances see at the top of their address space.
    public struct SharedHeap: Sendable {
        /// Bytes of it.
        public let size: Int
        /// Bytes that are allocated in it; nil where the host manages it itself.
        public let used: Int?
        /// Most bytes that were ever allocated in it.
        public let peak: Int?
        /// The instances that it is attached to, by identity.
        public let instances: [Int]
    }
}

extension MemoryReport.LinearMemory {
    /// What a part of a linear memory holds.
    public enum Part: String, Sendable, CaseIterable {
        /// Static data.
        case data
        /// The guest's C stack.
        case auxiliaryStack = "auxiliary stack"
        /// The heap that the host manages.
        case appHeap = "app heap"
        /// From `__heap_base` on: the guest's own heap.
        case libcHeap = "libc heap"
        /// What nothing tells about.
        case other
    }

    /// Its parts from address 0 to its end, without gaps; empty ones are left out.
    public var parts: [(part: Part, range: Range<UInt64>)] {
        let end = UInt64(size)
        var known: [(part: Part, range: Range<UInt64>)] = []
        func add(_ part: Part, _ range: Range<UInt64>?) {
            guard let range else { return }
            let cut = range.clamped(to: 0..<end)
            if !cut.isEmpty { known.append((part, cut)) }
        }
        add(.appHeap, appHeap?.range)
        add(.auxiliaryStack, auxiliaryStack?.range)
        add(.data, data)
        // Known ones win over the libc heap, and those named first over those behind them.
        var all = Self.disjoint(known)
        let heapBase = libcHeap?.range.lowerBound ?? end
        var gaps: [(part: Part, range: Range<UInt64>)] = []
        var start: UInt64 = 0
        for entry in all + [(.other, end..<end)] {
            if entry.range.lowerBound > start {
                let gap = start..<entry.range.lowerBound
                let low = gap.clamped(to: 0..<min(heapBase, end))
                let high = gap.clamped(to: min(heapBase, end)..<end)
                if !low.isEmpty { gaps.append((.other, low)) }
                if !high.isEmpty { gaps.append((.libcHeap, high)) }
            }
            start = max(start, entry.range.upperBound)
        }
        all += gaps
        return all.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The ranges without what earlier ones have, by address.
    private static func disjoint(
        _ entries: [(part: Part, range: Range<UInt64>)]
    ) -> [(part: Part, range: Range<UInt64>)] {
        var result: [(part: Part, range: Range<UInt64>)] = []
        for entry in entries {
            var pieces = [entry.range]
            for taken in result.map(\.range) {
                pieces = pieces.flatMap { piece -> [Range<UInt64>] in
                    guard piece.overlaps(taken) else { return [piece] }
                    var rest: [Range<UInt64>] = []
                    if piece.lowerBound < taken.lowerBound {
                        rest.append(piece.lowerBound..<taken.lowerBound)
                    }
                    if taken.upperBound < piece.upperBound {
                        rest.append(taken.upperBound..<piece.upperBound)
                    }
                    return rest
                }
            }
            result += pieces.map { (entry.part, $0) }
        }
        return result.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
}

extension Range<UInt64> {
    /// How many bytes it has; what a module's file says about addresses may be more than an Int counts.
    package var byteCount: Int { Int(clamping: upperBound - lowerBound) }
}
