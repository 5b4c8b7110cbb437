import CPlatform
import Foundation
import Testing

import MoteMemory

@Suite struct TableSpaceTests {
    @Test func `growing by one 100,000 times in a pool keeps elements and wastes an eighth`() throws {
        let test = try TestHeap(pool: 4 << 20)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        var table = MoteTable()
        try TableSpace.create(&table, count: 3, maximum: 100_003, in: arena)
        #expect(table.capacity == 3)
        var failure: MemoryError?
        for step in 0..<UInt64(100_000) {
            guard TableSpace.grow(&table, by: 1, in: arena, failure: &failure) == step + 3 else {
                Issue.record("grow")
                break
            }
            if table.elements[Int(step) + 3] != 0 { Issue.record("not null") }
            table.elements[Int(step) + 3] = step
        }
        #expect(TableSpace.grow(&table, by: 1, in: arena, failure: &failure) == nil)
        #expect(TableSpace.grow(&table, by: .max, in: arena, failure: &failure) == nil)
        #expect(failure == nil)
        #expect(table.count == 100_003 && table.capacity == 100_003)
        #expect((0..<100_000).allSatisfy { table.elements[$0 + 3] == UInt64($0) })
        TableSpace.destroy(&table, in: arena)
        #expect(GlobalHeap.checkInvariants(test.heap))
        arena.destroy()
        #expect(test.statistics.askedInBytes == 0)
    }

    @Test func `a pool too full for slack still gives the exact size`() throws {
        let test = try TestHeap(pool: 16 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        var table = MoteTable()
        try TableSpace.create(&table, count: 0, maximum: .max, in: arena)
        let largest = UInt64(test.statistics.poolLargestAvailableInBytes - 32) / 8
        var failure: MemoryError?
        #expect(TableSpace.grow(&table, by: largest + 1, in: arena, failure: &failure) == nil)
        #expect(failure?.site == .tableFirstGrowth)
        #expect(TableSpace.grow(&table, by: largest, in: arena, failure: &failure) == 0)
        #expect(table.capacity == largest)
        arena.destroy()
    }

    @Test func `an injected failure is not hidden by the second try`() throws {
        let test = try TestHeap(.system)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        var table = MoteTable()
        try TableSpace.create(&table, count: 8, maximum: .max, in: arena)
        test.heap.pointee.failureCountdown = 0
        var failure: MemoryError?
        #expect(TableSpace.grow(&table, by: 8, in: arena, failure: &failure) == nil)
        #expect(failure?.site == .tableGrowth)
        #expect(table.count == 8 && table.capacity == 8)
        arena.destroy()
    }
}

@Suite struct OperandStackTests {
    @Test func `a stack has the size that was asked, and knows its peak`() throws {
        let test = try TestHeap(pool: 64 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .environment)
        let environment = try OperandStack.createEnvironment(in: arena, stackSizeInBytes: 8 * 1024)
        #expect(environment.pointee.stackLimit - environment.pointee.stackBase == 1024)
        #expect(OperandStack.peakInBytes(of: environment) == 0)
        environment.pointee.stackPeak += 10
        #expect(OperandStack.peakInBytes(of: environment) == 80)
        #expect(test.heap.pointee.ledger.current[Int(Region.operandStack.rawValue)] == 8 * 1024)
        #expect(throws: MemoryError.invalidPlan(.operandStackTooSmall, region: .operandStack)) {
            _ = try OperandStack.create(in: arena, sizeInBytes: 255)
        }
        arena.destroy()
        #expect(test.statistics.askedInBytes == 0)
    }

    @Test func `a large stack of the system is not resident before it is used`() throws {
        let test = try TestHeap(.system)
        let arena = try Arena.create(in: test.heap, owner: .environment)
        let size = 256 << 20
        let stack = try OperandStack.create(in: arena, sizeInBytes: size)
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (UInt(bitPattern: stack.base) + UInt(page)) & ~UInt(page - 1)
        let pages = size / page - 2
        var residence = [UInt8](repeating: 0, count: pages)
        #expect(mincore(UnsafeMutableRawPointer(bitPattern: start), pages * page, &residence) == 0)
        #expect(residence.count { $0 & 1 != 0 } < 600)
        arena.destroy()
    }
}

@Suite struct CodeSpaceTests {
    @Test func `code blocks are exact, aligned and attributed`() throws {
        let test = try TestHeap(pool: 1 << 20)
        let arena = try Arena.create(in: test.heap, owner: .module)
        var total = 0
        for index in 0..<500 {
            let size = 48 + index % 97 * 8
            let block = try CodeSpace.allocate(in: arena, sizeInBytes: size, site: .test)
            #expect(UInt(bitPattern: block) % 8 == 0)
            memset(block, 0xEE, size)
            total += size
        }
        #expect(CodeSpace.sizeInBytes(in: arena) == total)
        #expect(Double(test.statistics.overheadInBytes) < 0.08 * Double(total))
        #expect(GlobalHeap.checkInvariants(test.heap))
        arena.destroy()
    }
}
