extension Pool {
    /// Walks every block and list: whether the pool is what its rules say.
    ///
    /// For tests.
    func checkInvariants() -> Bool {
        guard !control.pointee.isCorrupted else { return false }
        var block: UInt32 = 0
        var previousSize: UInt32 = 0
        var previousFree = false
        var freeUnits: UInt32 = 0
        var freeBlocks = 0
        while block != control.pointee.unitCount {
            guard isValid(block), header(block).pointee.previousSize == previousSize else { return false }
            let isFree = isFree(block)
            if isFree {
                if previousFree { return false }
                freeUnits &+= header(block).pointee.size
                freeBlocks += 1
            }
            previousFree = isFree
            previousSize = header(block).pointee.size
            block &+= previousSize
        }
        return freeUnits == control.pointee.freeUnits && freeBlocks == listedBlockCount()
            && cleanUnitsAreZero()
    }

    /// Blocks in all lists, or -1 when a list is wrong.
    private func listedBlockCount() -> Int {
        var count = 0
        for row in 0..<control.pointee.classCount {
            let lists = control.pointee.listBitmaps[Int(row)]
            guard (lists != 0) == (control.pointee.classBitmap & (1 &<< row) != 0) else { return -1 }
            for list in 0..<UInt32(16) {
                var block = control.pointee.heads[Int(row &* 16 &+ list)]
                guard (block != Self.none) == (lists & (1 &<< list) != 0) else { return -1 }
                var previous = Self.none
                while block != Self.none {
                    guard isListed(block, row, list), links(block).pointee.previous == previous else {
                        return -1
                    }
                    previous = block
                    block = links(block).pointee.next
                    count += 1
                }
            }
        }
        return count
    }

    private func cleanUnitsAreZero() -> Bool {
        var unit = control.pointee.cleanLow
        while unit < control.pointee.cleanHigh {
            let words = address(unit).assumingMemoryBound(to: UInt64.self)
            if words[0] | words[1] != 0 { return false }
            unit &+= 1
        }
        return true
    }
}

extension GlobalHeap {
    /// Whether every rule of the pool holds and the ledger is the sum of the accounts.
    ///
    /// Linear time; for tests.
    package static func checkInvariants(_ heap: Pointer) -> Bool {
        let ledger = ledger(heap)
        let sum = sumOfAccounts(heap)
        for row in 0..<Region.count where ledger.current[row] != sum.current[row] { return false }
        return checkPoolInvariants(heap)
    }

    /// Whether every rule of the pool holds; true without one.
    ///
    /// Linear time; for tests.
    package static func checkPoolInvariants(_ heap: Pointer) -> Bool {
        heap.pointee.pool?.pool.checkInvariants() ?? true
    }
}
