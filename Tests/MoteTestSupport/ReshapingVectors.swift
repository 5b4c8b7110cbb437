/// A module's memory and what WAMR 2.4 makes of it with an app heap at the heap's base, as observed.
public struct ReshapingVector: Sendable, CustomStringConvertible {
    /// What the test is called.
    public var description: String
    /// As declared.
    public var pages: UInt64
    /// As declared; nil for none.
    public var maximum: UInt64?
    /// `__heap_base`; `__data_end` is 1024 then, and the stack pointer 4096.
    public var heapBase: UInt64?
    /// Some function has memory.size and memory.grow.
    public var asks: Bool
    /// Whether the guest exports `malloc` and `free`.
    public var exportsAllocator = false
    /// Bytes of app heap that are asked for.
    public var appHeap: UInt64
    /// Bytes of all pages together; nil where instantiation fails.
    public var bytes: UInt64?
    /// Pages that can be seen in WAMR: its own, of any size.
    public var foreignPages: UInt64 = 1
    /// Where the app heap begins.
    public var heapOffset: UInt64 = 0
    /// Its bytes; 0 for none.
    public var heapSize: UInt64 = 0
    /// What `__heap_base` holds afterwards; nil where it stays.
    public var heapBaseAfter: UInt64?
    /// Ours: pages of 64 KiB, and their maximum.
    public var realPages: UInt64
    /// Ours: most pages of 64 KiB.
    public var realMaximum: UInt64
    /// Where the bytes or the heap are others than WAMR's: why.
    public var deviation: String?

    /// A module of no particular vector.
    public init(pages: UInt64, maximum: UInt64?, heapBase: UInt64?, asks: Bool) {
        self.init(
            description: "sample",
            pages: pages,
            maximum: maximum,
            heapBase: heapBase,
            asks: asks,
            appHeap: 0,
            realPages: pages,
            realMaximum: maximum ?? 65536
        )
    }

    init(
        description: String,
        pages: UInt64,
        maximum: UInt64? = nil,
        heapBase: UInt64? = nil,
        asks: Bool,
        exportsAllocator: Bool = false,
        appHeap: UInt64,
        bytes: UInt64? = nil,
        foreignPages: UInt64 = 1,
        heapOffset: UInt64 = 0,
        heapSize: UInt64 = 0,
        heapBaseAfter: UInt64? = nil,
        realPages: UInt64,
        realMaximum: UInt64,
        deviation: String? = nil
    ) {
        self.description = description
        self.pages = pages
        self.maximum = maximum
        self.heapBase = heapBase
        self.asks = asks
        self.exportsAllocator = exportsAllocator
        self.appHeap = appHeap
        self.bytes = bytes
        self.foreignPages = foreignPages
        self.heapOffset = heapOffset
        self.heapSize = heapSize
        self.heapBaseAfter = heapBaseAfter
        self.realPages = realPages
        self.realMaximum = realMaximum
        self.deviation = deviation
    }

    /// All of them: the observed ones first, then those of its prebuilt test modules.
    public static let all: [ReshapingVector] = truncated + atHeapBase + without + prebuilt

    /// 2 pages, no memory.size: the memory ends at the heap's base.
    static let truncated = [
        ReshapingVector(
            description: "truncated, no heap",
            pages: 2,
            heapBase: 5261,
            asks: false,
            appHeap: 0,
            bytes: 5264,
            realPages: 2,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "truncated, 8192",
            pages: 2,
            heapBase: 5261,
            asks: false,
            appHeap: 8192,
            bytes: 13456,
            heapOffset: 5264,
            heapSize: 8192,
            realPages: 2,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "truncated, 300",
            pages: 2,
            heapBase: 5261,
            asks: false,
            appHeap: 300,
            bytes: 5568,
            heapOffset: 5264,
            heapSize: 304,
            realPages: 2,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "truncated, 100",
            pages: 2,
            heapBase: 5261,
            asks: false,
            appHeap: 100,
            bytes: 5368,
            heapOffset: 5264,
            heapSize: 104,
            realPages: 2,
            realMaximum: 65536,
            deviation: "fails there: a heap whose records lie in it needs 256 bytes; ours lie elsewhere"
        ),
    ]

    /// 2 pages with memory.size: the heap is put at the heap's base.
    static let atHeapBase =
        [
            (4096, 2, 9360), (59264, 3, 65552), (60272, 3, 66560), (70000, 3, 75264), (131072, 4, 136336),
        ].map { (size: UInt64, pages: UInt64, after: UInt64) in
            ReshapingVector(
                description: "at heap base, \(size)",
                pages: 2,
                heapBase: 5264,
                asks: true,
                appHeap: size,
                bytes: pages * 65536,
                foreignPages: pages,
                heapOffset: 5264,
                heapSize: size,
                heapBaseAfter: after,
                realPages: pages,
                realMaximum: 65536
            )
        } + [
            ReshapingVector(
                description: "at an odd heap base",
                pages: 2,
                heapBase: 5261,
                asks: true,
                appHeap: 4096,
                bytes: 131072,
                foreignPages: 2,
                heapOffset: 5264,
                heapSize: 4096,
                heapBaseAfter: 9360,
                realPages: 2,
                realMaximum: 65536,
                deviation: "fails there: the heap must begin at a multiple of 8; ours is rounded up"
            )
        ]

    /// Nothing tells where the heap's base is.
    static let without = [
        ReshapingVector(
            description: "2 to 4 pages, asks",
            pages: 2,
            maximum: 4,
            asks: true,
            appHeap: 8192,
            bytes: 196608,
            foreignPages: 3,
            heapOffset: 131072,
            heapSize: 64512,
            realPages: 3,
            realMaximum: 5
        ),
        ReshapingVector(
            description: "2 pages, does not ask",
            pages: 2,
            asks: false,
            appHeap: 8192,
            bytes: 139264,
            heapOffset: 131072,
            heapSize: 8192,
            realPages: 2,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "1 page at most, asks",
            pages: 1,
            maximum: 1,
            asks: true,
            appHeap: 16384,
            bytes: 81920,
            heapOffset: 65536,
            heapSize: 16384,
            realPages: 1,
            realMaximum: 1
        ),
        ReshapingVector(
            description: "no pages",
            pages: 0,
            maximum: 0,
            asks: true,
            appHeap: 16384,
            bytes: 16384,
            heapOffset: 0,
            heapSize: 16384,
            realPages: 0,
            realMaximum: 0
        ),
        ReshapingVector(
            description: "65536 pages",
            pages: 65536,
            asks: true,
            appHeap: 8,
            realPages: 65536,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "65535 pages at most, asks, 65536",
            pages: 65535,
            maximum: 65535,
            asks: true,
            appHeap: 65536,
            bytes: 65536 * 65536,
            foreignPages: 65536,
            heapOffset: 65535 * 65536,
            heapSize: 64512,
            realPages: 65536,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "65535 pages at most, asks, 65537",
            pages: 65535,
            maximum: 65535,
            asks: true,
            appHeap: 65537,
            realPages: 0,
            realMaximum: 0
        ),
        ReshapingVector(
            description: "its own allocator",
            pages: 1,
            asks: false,
            exportsAllocator: true,
            appHeap: 16384,
            bytes: 65536,
            realPages: 1,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "clamped",
            pages: 1,
            maximum: 1,
            asks: true,
            appHeap: 1_073_741_832,
            bytes: 65536 + 1_073_741_824,
            heapOffset: 65536,
            heapSize: 1_073_741_824,
            realPages: 1,
            realMaximum: 1
        ),
    ]

    /// wasm_mem_page_NN and others, with 16384 bytes of heap.
    static let prebuilt = [
        ReshapingVector(
            description: "wasm_mem_page_01, 05, 08, 10, 12",
            pages: 0,
            asks: false,
            appHeap: 16384,
            bytes: 16384,
            heapOffset: 0,
            heapSize: 16384,
            realPages: 0,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "wasm_mem_page_02, 07, 09",
            pages: 1,
            asks: false,
            appHeap: 16384,
            bytes: 81920,
            heapOffset: 65536,
            heapSize: 16384,
            realPages: 1,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "wasm_mem_page_14, 20",
            pages: 65535,
            asks: false,
            appHeap: 16384,
            bytes: 4_294_918_144,
            heapOffset: 4_294_901_760,
            heapSize: 16384,
            realPages: 65535,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "wasm_mem_page_03, 16",
            pages: 65536,
            asks: false,
            appHeap: 16384,
            realPages: 65536,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "mem_grow_out_of_bounds_01",
            pages: 2,
            asks: true,
            appHeap: 16384,
            bytes: 196608,
            foreignPages: 3,
            heapOffset: 131072,
            heapSize: 64512,
            realPages: 3,
            realMaximum: 65536
        ),
        ReshapingVector(
            description: "mem_grow_out_of_bounds_02",
            pages: 1,
            asks: true,
            appHeap: 16384,
            bytes: 131072,
            foreignPages: 2,
            heapOffset: 65536,
            heapSize: 64512,
            realPages: 2,
            realMaximum: 65536
        ),
    ]

    /// The module as text.
    public var text: String {
        var fields = "(memory (export \"memory\") \(pages) \(maximum.map(String.init) ?? ""))"
        if let heapBase {
            fields += """
                (global (mut i32) (i32.const 4096))
                (global (export "__data_end") i32 (i32.const 1024))
                (global $base (export "__heap_base") i32 (i32.const \(heapBase)))
                (func (export "base") (result i32) (global.get $base))
                """
        }
        if asks {
            fields += """
                (func (export "size") (result i32) (memory.size))
                (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
                """
        }
        if exportsAllocator {
            fields += """
                (func (export "malloc") (param i32) (result i32) (i32.const 1024))
                (func (export "free") (param i32))
                """
        }
        return fields + """
            (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
            (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
            """
    }
}
