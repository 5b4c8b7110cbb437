import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Accesses of every kind inside, at the edges of and across shared heaps, compared with plain memory.
@Suite struct SharedHeapAccessTests {
    private static let size: UInt64 = 65536
    private static let offsets = [0, 8, 65535]

    private struct Pair {
        let bench: Workbench
        let far: EngineInstance
        let near: EngineInstance
        let heap: SharedHeap.Pointer
        let start: UInt64
        let mask: UInt64

        init(_ text: String, is64: Bool) throws {
            bench = try Workbench()
            far = try bench.instantiate(text: text, limits: SharedHeapTests.limits)
            near = try bench.instantiate(text: text)
            heap = try bench.runtime.createSharedHeap(sizeInBytes: Int(SharedHeapAccessTests.size))
            start = is64 ? heap.pointee.start64 : heap.pointee.start32
            mask = is64 ? .max : 0xFFFF_FFFF
            try far.attach(heap)
        }

        var nearBytes: [UInt8] {
            guard let memory = near.memory(at: 0), let base = memory.pointee.base else { return [] }
            return Array(UnsafeBufferPointer(start: base, count: Int(SharedHeapAccessTests.size)))
        }
        var farBytes: [UInt8] {
            Array(UnsafeRawBufferPointer(start: heap.pointee.base, count: Int(SharedHeapAccessTests.size)))
        }

        /// Runs one function with an address in the heap and with the same distance from the memory's start.
        func compare(
            _ operation: AccessOperation,
            _ form: String,
            _ offset: Int,
            at place: Int64,
            _ v: UInt64
        )
            throws
        {
            let name = "\(operation.name).\(form).\(offset)"
            func arguments(_ base: UInt64) -> [UInt64] {
                let address = (base &+ UInt64(bitPattern: place)) & mask
                return [address, 1, (address &- UInt64(SharedHeapModules.constant)) & mask, v]
            }
            func outcome(_ instance: EngineInstance, _ base: UInt64) throws -> Result<[UInt64], TrapCode> {
                do {
                    return .success(try instance.call(in: instance.environment(), name, arguments(base)))
                } catch let trap as TrapCode {
                    return .failure(trap)
                }
            }
            let begin = place + Int64(offset)
            let isInside = begin >= 0 && begin + Int64(operation.width) <= Int64(SharedHeapAccessTests.size)
            let result = try outcome(far, start)
            if operation.isAtomic, begin & Int64(operation.width - 1) != 0 {
                #expect(result == .failure(.unalignedAtomic), "\(name) at \(place)")
            } else if isInside {
                #expect(try result == outcome(near, 0), "\(name) at \(place)")
            } else {
                #expect(result == .failure(.memoryOutOfBounds), "\(name) at \(place)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `accesses at the edges are inside or trap, whatever their kind, width and form`(is64: Bool) throws {
        let text = SharedHeapModules.accesses(is64: is64, offsets: Self.offsets)
        let pair = try Pair(text, is64: is64)
        for operation in AccessOperation.all {
            let w = Int64(operation.width)
            let end = Int64(Self.size)
            for form in AccessOperation.forms {
                for place in [-w - 1, -w, -1, 0, 1, end - w - 1, end - w, end - w + 1, end - 1] {
                    for offset in [0, 8] where place < end && (place >= 0 || offset == 0) {
                        try pair.compare(operation, form, offset, at: place, 0x0102_0304_0506_0708)
                    }
                }
                for place: Int64 in 0...2 where !operation.isAtomic {
                    try pair.compare(operation, form, 65535, at: place, 0x1112_1314_1516_1718)
                }
            }
        }
        #expect(pair.nearBytes == pair.farBytes)
    }

    @Test(arguments: [false, true])
    func `random accesses do in a heap what they do in memory`(is64: Bool) throws {
        let text = SharedHeapModules.accesses(is64: is64, offsets: Self.offsets)
        let pair = try Pair(text, is64: is64)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<6000 {
            guard let operation = AccessOperation.all.randomElement(using: &random),
                let form = AccessOperation.forms.randomElement(using: &random),
                let offset = Self.offsets.randomElement(using: &random)
            else { continue }
            var place = Int64.random(in: 1...300, using: &random)
            if Bool.random(using: &random) { place = Int64(Self.size) - place }
            if operation.isAtomic { place &= ~Int64(operation.width - 1) }
            try pair.compare(operation, form, offset, at: place, random.next())
        }
        #expect(pair.nearBytes == pair.farBytes)
        #expect(pair.farBytes.contains { $0 != 0 })
    }

    @Test func `constant addresses are looked up too`() throws {
        let end = Int(Self.size)
        let places = [0, 8, 16, end - 16, end - 8]
        let far = SharedHeapModules.constants(places.map { (1 << 32) - end + $0 })
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: end)
        let instance = try bench.instantiate(text: far, limits: SharedHeapTests.limits)
        let plain = try bench.instantiate(text: SharedHeapModules.constants(places))
        try instance.attach(heap)
        for operation in AccessOperation.all {
            for index in places.indices where places[index] + operation.width <= end {
                let name = "\(operation.name).C.\(index)"
                let value = UInt64(index + 3) &* 0x9E37_79B9_7F4A_7C15
                #expect(try instance.call(name, value) == plain.call(name, value), "\(name)")
            }
        }
        guard let memory = plain.memory(at: 0), let base = memory.pointee.base else { return }
        #expect(memcmp(base, heap.pointee.base, end) == 0)
        try instance.detach()
        for operation in AccessOperation.all {
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("\(operation.name).C.0", 1) }
        }
    }

    @Test(arguments: [false, true])
    func `bulk operations reach one heap at a time`(is64: Bool) throws {
        let bench = try Workbench()
        let page = Int(Self.size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: page, alignment: page)
        defer { buffer.deallocate() }
        let low = try bench.runtime.createSharedHeap(sizeInBytes: page, buffer: buffer.baseAddress)
        let high = try bench.runtime.createSharedHeap(sizeInBytes: page)
        try bench.runtime.chain(low, high)
        let text = SharedHeapModules.accesses(is64: is64, offsets: [0])
        let instance = try bench.instantiate(text: text, limits: SharedHeapTests.limits)
        try instance.attach(low)
        let mask: UInt64 = is64 ? .max : 0xFFFF_FFFF
        let border = (is64 ? high.pointee.start64 : high.pointee.start32) & mask
        let begin = border - Self.size
        // The whole of each heap, from memory and back.
        try instance.call("fill", 0, 7, Self.size)
        try instance.call("copy", begin, 0, Self.size)
        try instance.call("copy", border, begin, Self.size)
        #expect(buffer.allSatisfy { $0 == 7 })
        #expect(memcmp(buffer.baseAddress!, high.pointee.base, page) == 0)
        try instance.call("init", border + 3, 2, 5)
        #expect(high.pointee.base.load(fromByteOffset: 3, as: UInt8.self) == UInt8(ascii: "2"))
        try instance.call("copy", 0, border, 16)
        #expect(instance.bytes(at: 3, count: 1)?.load(as: UInt8.self) == UInt8(ascii: "2"))
        // Overlapping bytes of one heap.
        try instance.call("copy", border + 4, border + 3, 5)
        #expect(high.pointee.base.load(fromByteOffset: 8, as: UInt8.self) == UInt8(ascii: "6"))
        let outside: [(UInt64, UInt64)] = [
            (border - 1, 2), (begin - 1, 1), (begin - 1, 2), (mask, 2), (begin, Self.size + 1),
            (border, Self.size + 1), (Self.size - 1, 2), (Self.size + 1, 0), (begin - 1, 0),
        ]
        for (address, count) in outside {
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("fill", address, 1, count) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("copy", address, 0, count) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("copy", 0, address, count) }
            guard count <= 16 else { continue }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("init", address, 0, count) }
        }
        for (address, count) in [(mask, 1), (begin, 0), (border, 0), (mask, 0), (border - 1, 1)] {
            try instance.call("fill", address, 1, UInt64(count))
        }
    }

    @Test func `threads of two instances wait and wake in a heap, whose memories are private`() throws {
        let bench = try Workbench()
        let text = SharedHeapModules.accesses(is64: false, offsets: [0])
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 4096)
        let waiting = try bench.instantiate(text: text, limits: SharedHeapTests.limits)
        let waking = try bench.instantiate(text: text, limits: SharedHeapTests.limits)
        try waiting.attach(heap)
        try waking.attach(heap)
        let address: UInt64 = (1 << 32) - 64
        #expect(try waiting.call("wait", address, 1, 0) == [1])
        #expect(try waiting.call("wait", address, 0, 1000) == [2])
        #expect(throws: TrapCode.expectedSharedMemory) { try waiting.call("wait", 64, 0, 0) }
        #expect(throws: TrapCode.unalignedAtomic) { try waking.call("notify", address + 2, 1) }
        let environment = try EngineEnvironment.create(in: bench.store)
        nonisolated(unsafe) let instance = waiting
        nonisolated(unsafe) let inside = environment
        nonisolated(unsafe) var result: [UInt64] = []
        let done = DispatchSemaphore(value: 0)
        Thread {
            result = (try? instance.call(in: inside, "wait", [address, 0, 5_000_000_000])) ?? []
            done.signal()
        }.start()
        var woken: [UInt64] = [0]
        while woken == [0] { woken = try waking.call("notify", address, 1) }
        done.wait()
        #expect(result == [0] && woken == [1])
    }

    @Test func `a trap there names the instruction, and detaching needs no new code`() throws {
        let bench = try Workbench()
        let text = """
            (module (memory 1)
              (func (export "run") (param i32) (result i32)
                (local i32)
                (loop $again
                  (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
                  (local.set 0 (i32.add (local.get 0) (i32.const 4)))
                  (br_if $again (i32.lt_s (local.get 0) (i32.const 0))))
                (local.get 1)))
            """
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 4096)
        for index in 0..<1024 { (heap.pointee.base + index * 4).storeBytes(of: 1, as: UInt32.self) }
        let instance = try bench.instantiate(text: text, limits: SharedHeapTests.limits)
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("run", (1 << 32) - 4096) }
        let expected = try instance.environment().base.pointee.trapPC
        try instance.attach(heap)
        #expect(try instance.call("run", (1 << 32) - 4096) == [1024])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("run", (1 << 32) - 4098) }
        #expect(try instance.environment().base.pointee.trapPC == expected)
        try instance.detach()
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("run", (1 << 32) - 4096) }
        #expect(try instance.environment().base.pointee.trapPC == expected)
    }
}
