import MoteMemory
import Testing

@Suite struct ArenaTests {
    @Test(arguments: [100, 600, 5000]) func `a growable block changes its owner with its bytes`(
        sizeInBytes: Int
    ) throws {
        let test = try TestHeap(pool: 64 * 1024)
        let scratch = try Arena.create(in: test.heap, owner: .environment)
        let owner = try Arena.create(in: test.heap, owner: .module)
        let before = try scratch.allocateGrowable(sizeInBytes: 50, region: .scratch, site: .test)
        let block = try scratch.allocateGrowable(sizeInBytes: 2000, region: .scratch, site: .test)
        let after = try scratch.allocateGrowable(sizeInBytes: 50, region: .scratch, site: .test)
        for index in 0..<2000 {
            block.storeBytes(of: UInt8(index & 255), toByteOffset: index, as: UInt8.self)
        }
        let code = try CodeSpace.adopt(
            block,
            from: scratch,
            in: owner,
            sizeInBytes: sizeInBytes,
            site: .test
        )
        for index in 0..<min(2000, sizeInBytes) {
            #expect(code.load(fromByteOffset: index, as: UInt8.self) == UInt8(index & 255))
        }
        #expect(owner.accountSnapshot.current[Int(Region.code.rawValue)] == sizeInBytes)
        #expect(scratch.accountSnapshot.current[Int(Region.scratch.rawValue)] == 100)
        #expect(test.isSound)
        scratch.freeGrowable(before)
        scratch.freeGrowable(after)
        scratch.destroy()
        #expect(test.isSound)
        owner.destroy()
        #expect(test.isSound)
        #expect(test.statistics.poolFreeInBytes == test.statistics.poolTotalInBytes)
    }

    @Test func `reserved room holds what was announced, and the rest goes back`() throws {
        let test = try TestHeap(pool: 64 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let empty = test.statistics.overheadInBytes
        try arena.reserve(sizeInBytes: 480, region: .structures, site: .test)
        for _ in 0..<10 { _ = try arena.allocate(UInt64.self, count: 6, region: .structures, site: .test) }
        arena.trim()
        // The chunk's own header and that of its block.
        #expect(test.statistics.overheadInBytes - empty == 32)
        _ = try arena.allocate(UInt64.self, count: 6, region: .structures, site: .test)
        #expect(test.isSound)
        arena.trim()
        #expect(test.statistics.overheadInBytes - empty <= 48)
        arena.destroy()
        #expect(test.isSound)
    }

    @Test func `an owner's account is exact beyond 4 GiB`() throws {
        let test = try TestHeap(.system)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let size = 5 << 30
        // Reserved by the system, never touched.
        guard let block = try? arena.allocateGrowable(sizeInBytes: size, region: .tables, site: .test) else {
            arena.destroy()
            return
        }
        #expect(arena.accountSnapshot.current[Int(Region.tables.rawValue)] == size)
        #expect(test.isSound)
        arena.freeGrowable(block)
        #expect(arena.accountSnapshot.current[Int(Region.tables.rawValue)] == 0)
        #expect(arena.accountSnapshot.peak[Int(Region.tables.rawValue)] == size)
        arena.destroy()
    }
}
