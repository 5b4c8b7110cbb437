import Glibc
import Mote
import MoteText
import Testing

/// Shared heaps as Swift programs use them.
struct SharedHeapTests {
    private static let guest = """
        (module
          (import "env" "shared_heap_malloc" (func $malloc (param i32) (result i32)))
          (import "env" "shared_heap_free" (func $free (param i32)))
          (import "env" "look" (func $look (param i32 i32)))
          (memory (export "memory") 1 2)
          (data (i32.const 16) "from one guest to another")
          (func (export "send") (result i32) (local $p i32)
            (local.set $p (call $malloc (i32.const 25)))
            (if (local.get $p) (then (memory.copy (local.get $p) (i32.const 16) (i32.const 25))))
            (local.get $p))
          (func (export "show") (param i32) (call $look (local.get 0) (i32.const 25)))
          (func (export "release") (param i32) (call $free (local.get 0)))
          (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
        """

    private static func module(_ runtime: Runtime, _ text: String = guest) throws -> Module {
        try runtime.load(bytes: TextModule.assemble(Array(text.utf8)))
    }

    private static var limits: InstanceLimits {
        var limits = InstanceLimits()
        limits.attachesSharedHeaps = true
        return limits
    }

    private static func expect(_ failure: SharedHeapFailure, _ body: () throws -> Void) {
        let error = #expect(throws: RuntimeError.self) { try body() }
        guard case .usage(.sharedHeap(failure)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!"\(failure)".isEmpty)
    }

    @Test(arguments: Plans.all)
    func `guests hand each other what one of them allocated, and the host looks at it`(plan: MemoryPlan)
        throws
    {
        var plan = plan
        plan.bounds = .automatic
        let runtime = try Runtime(plan)
        let heap = try SharedHeap(runtime, sizeInBytes: 65536)
        var seen: [String] = []
        let imports =
            SharedHeap.imports + [
                "env": [
                    "look": Function { (caller: Caller, address: UInt32, count: UInt32) in
                        seen.append(try caller.string(at: address, count: count))
                    }
                ]
            ]
        let module = try Self.module(runtime)
        let sender = try module.instantiate(limits: Self.limits, imports: imports)
        let receiver = try module.instantiate(limits: Self.limits, imports: imports)
        let send = try sender.function("send", as: (() -> UInt32).self)
        #expect(try send() == 0)
        try sender.attach(heap)
        try receiver.attach(heap)
        #expect(heap.attachmentCount == 2 && sender.sharedHeap === heap)
        let address = try send()
        #expect(UInt64(address) >= heap.address && heap.usedInBytes >= 25)
        let show = try receiver.function("show", as: ((UInt32) -> Void).self)
        try show(address)
        #expect(seen == ["from one guest to another"])
        #expect(try receiver.memory().string(at: address, count: 8) == "from one")
        let offset = Int(UInt64(address) - heap.address)
        let first = heap.withBytes { $0.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
        #expect(first == UInt8(ascii: "f"))
        let release = try receiver.function("release", as: ((UInt32) -> Void).self)
        try release(address)
        #expect(heap.usedInBytes == 0 && heap.peakInBytes >= 25)

        // The host's turn.
        let other = try sender.sharedHeapAllocate(64)
        try sender.memory().store(UInt32(99), at: other)
        let load = try receiver.function("load", as: ((UInt32) -> UInt32).self)
        #expect(try load(UInt32(other)) == 99)
        try receiver.sharedHeapFree(other)
        Self.expect(.notInHeap) { try receiver.sharedHeapFree(other) }
        #expect(throws: RuntimeError.self) { try sender.memory().load(UInt8.self, at: heap.address - 1) }
        #expect(throws: RuntimeError.self) { try sender.memory().load(UInt16.self, at: UInt32.max) }
        try sender.detach()
        Self.expect(.notAttached) { try sender.detach() }
        #expect(throws: RuntimeError.self) { try sender.memory().load(UInt8.self, at: other) }
        #expect(heap.attachmentCount == 1)
    }

    @Test func `heaps live as long as somebody needs them`() throws {
        let runtime = try Runtime()
        let text =
            "(module (memory (export \"memory\") 1) (func (export \"load\") (param i32) (result i32) "
            + "(i32.load (local.get 0))))"
        let module = try Self.module(runtime, text)
        var heap: SharedHeap? = try SharedHeap(runtime, sizeInBytes: 4096)
        weak var watched = heap
        var instance: Instance? = try module.instantiate(limits: Self.limits)
        try instance?.attach(#require(heap))
        heap = nil
        #expect(watched != nil)
        var load = try instance?.function("load", as: ((UInt32) -> UInt32).self)
        #expect(try load?(UInt32.max - 3) == 0)
        load = nil
        instance = nil
        #expect(watched == nil)
    }

    @Test func `chains hold their bodies, and rules are named`() throws {
        let runtime = try Runtime()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 65536)
        defer { buffer.deallocate() }
        let high = try SharedHeap(runtime, sizeInBytes: 1)
        let low = try SharedHeap(runtime, buffer: buffer)
        #expect(low.isBuffer && low.sizeInBytes == 65536)
        Self.expect(.unalignedBuffer) { _ = try SharedHeap(runtime, buffer: .init(rebasing: buffer[1...])) }
        Self.expect(.invalidSize) { _ = try SharedHeap(runtime, sizeInBytes: 0) }
        try low.chain(before: high)
        #expect(low.next === high && low.address + 65536 == high.address)
        #expect(low.address64 &+ 65536 == high.address64)
        Self.expect(.alreadyHead) { try low.chain(before: SharedHeap(runtime, buffer: buffer)) }
        let module = try Self.module(runtime, "(module (memory (export \"memory\") 1))")
        let plain = try module.instantiate()
        Self.expect(.notAttachable) { try plain.attach(low) }
        let instance = try module.instantiate(limits: Self.limits)
        try instance.attach(low)
        Self.expect(.attached) { try low.unchain() }
        Self.expect(.attached) { try low.reset() }
        try instance.memory().store(UInt8(7), at: low.address)
        #expect(buffer[0] == 7)
        #expect(try instance.sharedHeapAllocate(8) >= high.address)
        try instance.detach()
        try low.reset()
        #expect(buffer[0] == 0 && high.usedInBytes == 0)
        #expect(try low.unchain() === high)
        #expect(low.next == nil && low.address == (1 << 32) - 65536)
    }

    @Test func `WASI reads its pointers from a heap, and writes there`() throws {
        let text = """
            (module
              (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "write") (param i32 i32) (result i32)
                (call $write (i32.const 1) (local.get 0) (i32.const 1) (local.get 1))))
            """
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutableBytes(of: &ends) { _ = pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self)) }
        defer {
            close(ends.0)
            close(ends.1)
        }
        let runtime = try Runtime()
        let wasi = try WASI(in: runtime, arguments: ["t"], standardInput: -1, standardOutput: ends.1)
        let instance = try Self.module(runtime, text).instantiate(limits: Self.limits, imports: wasi.imports)
        let heap = try SharedHeap(runtime, sizeInBytes: 4096)
        let start = UInt32(heap.address)
        let write = try instance.function("write", as: ((UInt32, UInt32) -> UInt32).self)
        let fault: UInt32 = 21
        #expect(try write(start, start + 8) == fault)
        try instance.attach(heap)
        let memory = try instance.memory()
        try memory.store(start + 16, at: start)
        try memory.store(UInt32(5), at: start + 4)
        try memory.write(Array("hello".utf8), at: start + 16)
        #expect(try write(start, start + 8) == 0)
        #expect(try memory.load(UInt32.self, at: start + 8) == 5)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(ends.0, &bytes, 16) == 5 && bytes.starts(with: "hello".utf8))
        // The text leaves the heap, the result would, and the vector begins below.
        try memory.store(UInt32.max - 3, at: start)
        #expect(try write(start, start + 8) == fault)
        try memory.store(start + 16, at: start)
        #expect(try write(start, UInt32.max - 2) == fault)
        #expect(try write(start - 4, start + 8) == fault)
    }
}
