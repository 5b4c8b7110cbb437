import MoteMemory
import MoteTestSupport
import Testing

extension LinearMemoryWishes {
    init(_ vector: ReshapingVector) {
        self.init()
        minimumPageCount = vector.pages
        maximumPageCount = vector.maximum
        usesMemorySize = vector.asks
        exportsAllocator = vector.exportsAllocator
        appHeapSizeInBytes = vector.appHeap
        appHeapPlacement = .atHeapBase
        truncation = .always
        if let heapBase = vector.heapBase { layout = Self.layout(heapBase) }
    }

    static func layout(_ heapBase: UInt64, stackPointer: UInt64? = 4096) -> LinearMemoryLayout {
        var facts = LayoutFacts()
        facts.dataEnd = LayoutGlobal(globalIndex: 1, value: 1024)
        facts.heapBase = LayoutGlobal(globalIndex: 2, value: heapBase)
        facts.guessedStackPointer = stackPointer.map { LayoutGlobal(globalIndex: 0, value: $0) }
        return LinearMemoryLayout(facts)
    }
}

@Suite struct LinearMemoryShapeTests {
    @Test(arguments: ReshapingVector.all)
    func `at the heap's base and always truncated, memories are as in WAMR`(_ vector: ReshapingVector) throws
    {
        guard let bytes = vector.bytes else {
            #expect(throws: MemoryError.invalidPlan(.appHeapDoesNotFit, region: .appHeap)) {
                _ = try LinearMemoryShape(LinearMemoryWishes(vector))
            }
            return
        }
        let shape = try LinearMemoryShape(LinearMemoryWishes(vector))
        #expect(shape.sizeInBytes == bytes)
        #expect(shape.appHeapOffset == vector.heapOffset)
        #expect(shape.appHeapSizeInBytes == vector.heapSize)
        #expect(shape.heapBaseAfter == vector.heapBaseAfter)
        #expect(shape.pageCount == vector.realPages)
        #expect(shape.maximumPageCount == vector.realMaximum)
        #expect(shape.notes.contains(.appHeapAtHeapBase) == (vector.heapSize > 0))
        #expect(shape.notes.contains(.appHeapClamped) == (vector.appHeap > 1 << 30))
    }

    @Test func `what differs from WAMR is listed with its reason`() {
        let deviations = ReshapingVector.all.filter { $0.deviation != nil }.map(\.description)
        #expect(deviations == ["truncated, 100", "at an odd heap base"])
    }

    /// A change of a module of 2 to 8 pages whose heap's base is 5264, and what it gives.
    struct Row: Sendable, CustomStringConvertible {
        var description: String
        var change: @Sendable (inout LinearMemoryWishes) -> Void
        var bytes: UInt64?
        var pages: UInt64 = 2
        var most: UInt64 = 8
        var heap: (UInt64, UInt64) = (0, 0)
        var notes: [MemoryNote] = []
    }

    static let rows: [Row] = [
        Row(description: "as declared", change: { _ in }, bytes: 131072),
        // Truncation.
        Row(description: "scarce", change: { $0.isScarce = true }, bytes: 5264),
        Row(
            description: "scarce, but never",
            change: { ($0.isScarce, $0.truncation) = (true, .never) },
            bytes: 131072
        ),
        Row(description: "always", change: { $0.truncation = .always }, bytes: 5264),
        Row(
            description: "scarce, without a stack pointer",
            change: { ($0.isScarce, $0.layout) = (true, LinearMemoryWishes.layout(5264, stackPointer: nil)) },
            bytes: 131072
        ),
        Row(
            description: "always, without a stack pointer",
            change: {
                ($0.truncation, $0.layout) = (.always, LinearMemoryWishes.layout(5264, stackPointer: nil))
            },
            bytes: 5264
        ),
        Row(
            description: "asks for its size",
            change: { ($0.truncation, $0.usesMemorySize) = (.always, true) },
            bytes: 131072
        ),
        Row(
            description: "heap's base at the end",
            change: { ($0.truncation, $0.layout) = (.always, LinearMemoryWishes.layout(131065)) },
            bytes: 131072
        ),
        Row(
            description: "heap's base beyond the end",
            change: { ($0.truncation, $0.layout) = (.always, LinearMemoryWishes.layout(131073)) },
            bytes: 131072
        ),
        Row(
            description: "no layout",
            change: { ($0.truncation, $0.layout) = (.always, LinearMemoryLayout()) },
            bytes: 131072
        ),
        Row(
            description: "shared",
            change: { ($0.truncation, $0.isShared) = (.always, true) },
            bytes: 131072,
            notes: [.sharedNotTruncated]
        ),
        Row(
            description: "a segment beyond",
            change: { ($0.truncation, $0.layout.segmentsEnd) = (.always, 5265) },
            bytes: 131072,
            notes: [.segmentsBeyondHeapBase]
        ),
        Row(
            description: "64-bit",
            change: { ($0.truncation, $0.is64) = (.always, true) },
            bytes: 5264
        ),
        // Appended heaps.
        Row(
            description: "appended",
            change: { $0.appHeapSizeInBytes = 100 },
            bytes: 131072 + 104,
            most: 9,
            heap: (131072, 104)
        ),
        Row(
            description: "appended to what asks",
            change: { ($0.appHeapSizeInBytes, $0.usesMemorySize) = (65537, true) },
            bytes: 131072 + 65544,
            most: 10,
            heap: (131072, 65544)
        ),
        Row(
            description: "appended to what cannot grow",
            change: { ($0.appHeapSizeInBytes, $0.maximumPageCount, $0.usesMemorySize) = (65537, 2, true) },
            bytes: 131072 + 65544,
            most: 2,
            heap: (131072, 65544)
        ),
        Row(
            description: "appended and truncated",
            change: { ($0.appHeapSizeInBytes, $0.truncation) = (8192, .always) },
            bytes: 13456,
            heap: (5264, 8192)
        ),
        Row(
            description: "appended and truncated, beyond the declared pages",
            change: { ($0.appHeapSizeInBytes, $0.truncation) = (200_000, .always) },
            bytes: 205_264,
            most: 10,
            heap: (5264, 200_000)
        ),
        Row(
            description: "appended up to the end of all addresses",
            change: {
                ($0.appHeapSizeInBytes, $0.minimumPageCount, $0.maximumPageCount) = (65536, 65535, 65535)
            },
            bytes: 1 << 32,
            pages: 65535,
            most: 65535,
            heap: (65535 << 16, 65536)
        ),
        Row(
            description: "appended beyond all addresses",
            change: {
                ($0.appHeapSizeInBytes, $0.minimumPageCount, $0.maximumPageCount) = (65537, 65535, 65535)
            },
            bytes: nil
        ),
        Row(
            description: "appended, with a maximum at the end of all addresses",
            change: { ($0.appHeapSizeInBytes, $0.maximumPageCount) = (8, nil) },
            bytes: 131080,
            most: 65536,
            heap: (131072, 8)
        ),
        Row(
            description: "the largest size there is",
            change: { $0.appHeapSizeInBytes = .max },
            bytes: 131072 + (1 << 30),
            most: 8 + 16384,
            heap: (131072, 1 << 30),
            notes: [.appHeapClamped]
        ),
        Row(
            description: "pages of one byte",
            change: {
                ($0.appHeapSizeInBytes, $0.pageSizeLog2) = (16, 0)
                ($0.minimumPageCount, $0.maximumPageCount) = (13, 100)
            },
            bytes: 32,
            pages: 13,
            most: 119,
            heap: (16, 16)
        ),
        // Which heap.
        Row(
            description: "the guest's own",
            change: { ($0.appHeapSizeInBytes, $0.exportsAllocator) = (64, true) },
            bytes: 131072
        ),
        Row(
            description: "app in spite of the guest's own",
            change: { ($0.appHeapSizeInBytes, $0.exportsAllocator, $0.guestHeap) = (64, true, .app) },
            bytes: 131072 + 64,
            most: 9,
            heap: (131072, 64)
        ),
        Row(
            description: "libc",
            change: { ($0.appHeapSizeInBytes, $0.guestHeap) = (64, .libc) },
            bytes: 131072
        ),
        Row(
            description: "none",
            change: { ($0.appHeapSizeInBytes, $0.guestHeap) = (64, .none) },
            bytes: 131072
        ),
        // Maxima.
        Row(description: "override", change: { $0.maximumPageCountOverride = 3 }, bytes: 131072, most: 3),
        Row(
            description: "override below",
            change: { $0.maximumPageCountOverride = 1 },
            bytes: 131072,
            most: 2,
            notes: [.overrideBelowMinimum]
        ),
        Row(
            description: "override above",
            change: { $0.maximumPageCountOverride = 9 },
            bytes: 131072,
            most: 8,
            notes: [.overrideAboveMaximum]
        ),
        Row(
            description: "override and heap",
            change: { ($0.maximumPageCountOverride, $0.appHeapSizeInBytes) = (3, 8) },
            bytes: 131080,
            most: 4,
            heap: (131072, 8)
        ),
        Row(
            description: "override that lets it not grow, and heap",
            change: { ($0.maximumPageCountOverride, $0.appHeapSizeInBytes) = (2, 8) },
            bytes: 131080,
            most: 2,
            heap: (131072, 8)
        ),
        Row(description: "cap", change: { $0.pageCountCap = 4 }, bytes: 131072, most: 4),
        Row(
            description: "cap of the guest's heap",
            change: { $0.maximumGuestHeapSizeInBytes = 3 * 65536 - 5264 },
            bytes: 131072,
            most: 3
        ),
        Row(
            description: "cap of the guest's heap, a byte less",
            change: { $0.maximumGuestHeapSizeInBytes = 3 * 65536 - 5265 },
            bytes: 131072,
            most: 2
        ),
        Row(
            description: "cap of the guest's heap below what it starts with",
            change: { $0.maximumGuestHeapSizeInBytes = 0 },
            bytes: 131072,
            most: 2,
            notes: [.guestHeapCapBelowMinimum]
        ),
        Row(
            description: "the largest cap of the guest's heap",
            change: { $0.maximumGuestHeapSizeInBytes = .max },
            bytes: 131072
        ),
        Row(
            description: "cap of the guest's heap, whose base nobody knows",
            change: { ($0.maximumGuestHeapSizeInBytes, $0.layout) = (0, LinearMemoryLayout()) },
            bytes: 131072,
            notes: [.guestHeapCapWithoutHeapBase]
        ),
        Row(
            description: "more pages than bytes can be counted",
            change: {
                ($0.is64, $0.minimumPageCount, $0.maximumPageCount) = (true, 1 << 60, nil)
                $0.appHeapSizeInBytes = 8
            },
            bytes: .max,
            pages: 1 << 60,
            most: 1 << 46
        ),
    ]

    @Test(arguments: rows) func `plan and limits decide what becomes of a memory`(_ row: Row) throws {
        var wishes = LinearMemoryWishes()
        (wishes.minimumPageCount, wishes.maximumPageCount) = (2, 8)
        wishes.usesMemorySize = false
        wishes.layout = LinearMemoryWishes.layout(5264)
        row.change(&wishes)
        guard let bytes = row.bytes else {
            #expect(throws: MemoryError.invalidPlan(.appHeapDoesNotFit, region: .appHeap)) {
                _ = try LinearMemoryShape(wishes)
            }
            return
        }
        let shape = try LinearMemoryShape(wishes)
        #expect(shape.sizeInBytes == bytes)
        #expect(shape.pageCount == row.pages)
        #expect(shape.maximumPageCount == row.most)
        #expect(shape.appHeapOffset == row.heap.0)
        #expect(shape.appHeapSizeInBytes == row.heap.1)
        #expect(shape.heapBaseAfter == nil)
        var notes: [MemoryNote] = []
        shape.notes.forEach { notes.append($0) }
        #expect(notes == row.notes)
    }

    @Test func `no numbers make the arithmetic wrap`() {
        let edges: [UInt64] = [
            0, 1, 7, 8, 255, 65535, 65536, 1 << 30, 1 << 32, 1 << 46, 1 << 62, .max - 7, .max,
        ]
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func any() -> UInt64 { edges[random(edges.count)] &+ UInt64(random(3)) &- 1 }
        func coin() -> Bool { random(2) == 0 }
        for _ in 0..<20_000 {
            var wishes = LinearMemoryWishes()
            wishes.is64 = coin()
            wishes.pageSizeLog2 = coin() ? 16 : 0
            let most = wishes.addressablePageCount
            wishes.minimumPageCount = min(any(), most)
            wishes.maximumPageCount = coin() ? nil : max(min(any(), most), wishes.minimumPageCount)
            wishes.layout = LinearMemoryWishes.layout(any())
            wishes.layout.segmentsEnd = any()
            wishes.usesMemorySize = coin()
            wishes.truncation = .always
            wishes.appHeapSizeInBytes = any()
            wishes.appHeapPlacement = coin() ? .append : .atHeapBase
            if coin() { wishes.maximumPageCountOverride = any() }
            if coin() { wishes.pageCountCap = any() }
            if coin() { wishes.maximumGuestHeapSizeInBytes = any() }
            guard let shape = try? LinearMemoryShape(wishes), shape.sizeInBytes != .max else { continue }
            #expect(shape.maximumPageCount <= most && shape.pageCount <= most)
            let (end, overflow) = shape.appHeapOffset.addingReportingOverflow(shape.appHeapSizeInBytes)
            #expect(!overflow && end <= shape.sizeInBytes)
            #expect(shape.appHeapSizeInBytes == 0 || shape.appHeapOffset % 8 == 0)
            #expect(shape.heapBaseAfter ?? 0 <= shape.sizeInBytes)
        }
    }
}
