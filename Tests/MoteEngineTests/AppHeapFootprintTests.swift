import CPlatform
import Glibc
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// A large app heap of which little is used: its pages are not there.
@Suite struct AppHeapFootprintTests {
    private static let heapSizeInBytes = 64 << 20
    private static let pageSizeInBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Bytes of a range that are resident, by the system's account.
    private func resident(_ base: UnsafeRawPointer, _ sizeInBytes: Int) throws -> Int {
        let page = Self.pageSizeInBytes
        let start = UInt(bitPattern: base) / UInt(page) * UInt(page)
        let end = (UInt(bitPattern: base) + UInt(sizeInBytes) + UInt(page) - 1) / UInt(page) * UInt(page)
        var pages = [UInt8](repeating: 0, count: Int(end - start) / page)
        let result = mincore(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), &pages)
        try #require(result == 0)
        return pages.reduce(0) { $0 + Int($1 & 1) } * page
    }

    /// Makes an instance with or without the heap, has 1 KB in it, and gives what `measure` finds.
    private func run(_ plan: MemoryPlan, heap: Int, measure: (EngineInstance) throws -> Int) throws -> Int {
        var plan = plan
        plan.appHeapSizeInBytes = heap
        plan.operandStackSizeInBytes = 16 * 1024
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(
            text:
                #"(module (memory 1) (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0))))"#
        )
        if heap > 0 {
            var last: UInt64 = 0
            for _ in 0..<8 {
                last = try [UInt8](repeating: 7, count: 128).withUnsafeBytes {
                    try instance.guestDuplicate($0)
                }
            }
            #expect(instance.guestHeapState.usedInBytes == 1024)
            #expect(try instance.call("peek", last + 127) == [7])
        }
        let records = bench.runtime.ledger.current[Int(Region.appHeap.rawValue)]
        #expect(records < 1024)
        return try measure(instance)
    }

    @Test(arguments: [BoundsChecks.guardPages, .checked])
    func `64 MB of which 1 KB is used take no megabyte in a reservation`(bounds: BoundsChecks) throws {
        var plan = MemoryPlan()
        plan.linearMemory = .reserved
        plan.bounds = bounds
        func measure(_ instance: EngineInstance) throws -> Int {
            let memory = try #require(instance.memory(at: 0))
            return try resident(#require(memory.pointee.base), Int(memory.pointee.sizeInBytes))
        }
        let without = try run(plan, heap: 0, measure: measure)
        let with = try run(plan, heap: Self.heapSizeInBytes, measure: measure)
        #expect(with - without <= 64 * 1024, "\(with) against \(without)")
    }

    @Test func `64 MB of which 1 KB is used take no megabyte in a pool that is declared zero`() throws {
        func measured(_ heap: Int) throws -> Int {
            let size = 80 << 20
            let buffer = mmap(
                nil,
                size,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                -1,
                0
            )
            let pool = try #require(buffer == MAP_FAILED ? nil : buffer)
            defer { munmap(pool, size) }
            var plan = MemoryPlan()
            plan.globalHeap = .pool(base: UInt(bitPattern: pool), sizeInBytes: size, isZeroed: true)
            return try run(plan, heap: heap) { _ in try resident(pool, size) }
        }
        let without = try measured(0)
        let with = try measured(Self.heapSizeInBytes)
        #expect(with - without <= 64 * 1024, "\(with) against \(without)")
    }
}
