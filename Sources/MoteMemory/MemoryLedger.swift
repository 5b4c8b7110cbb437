/// Current and peak bytes per region: one of the whole runtime, one of each owner.
///
/// "Bytes" are those that owners asked for; the headers of heap and arenas, and what an arena has cut but not
/// handed out, are ``HeapStatistics/overheadInBytes``. The sum over the arenas' accounts is the ledger,
/// region by region.
@frozen
package struct MemoryAccount {
    /// Bytes in use now, by ``Region`` raw value.
    package var current: InlineArray<12, Int>
    /// Largest value `current` ever had, by ``Region`` raw value.
    package var peak: InlineArray<12, Int>
    /// Bytes in use now in all regions, and the most there ever were.
    package var total: Int
    package var totalPeak: Int

    package init() {
        current = .init(repeating: 0)
        peak = .init(repeating: 0)
        total = 0
        totalPeak = 0
    }

    /// Adds bytes (or takes them away, when negative) to a region.
    package mutating func add(_ sizeInBytes: Int, to region: Region) {
        let row = Int(region.rawValue)
        let now = current[row] &+ sizeInBytes
        current[row] = now
        if now > peak[row] { peak[row] = now }
        total = total &+ sizeInBytes
        if total > totalPeak { totalPeak = total }
    }
}

/// One owner's account in less room: every arena has one, so that each instance pays for it.
///
/// Sizes of 48 bits: a process cannot address more.
struct OwnerAccount {
    private var currentLow = InlineArray<12, UInt32>(repeating: 0)
    private var peakLow = InlineArray<12, UInt32>(repeating: 0)
    private var currentHigh = InlineArray<12, UInt16>(repeating: 0)
    private var peakHigh = InlineArray<12, UInt16>(repeating: 0)
    private var total = 0
    private var totalPeak = 0

    /// Bytes in use now of the region with a raw value.
    func current(_ row: Int) -> Int { Int(currentHigh[row]) &<< 32 | Int(currentLow[row]) }

    private func peak(_ row: Int) -> Int { Int(peakHigh[row]) &<< 32 | Int(peakLow[row]) }

    /// Adds bytes (or takes them away, when negative) to a region.
    mutating func add(_ sizeInBytes: Int, to region: Region) {
        let row = Int(region.rawValue)
        let now = current(row) &+ sizeInBytes
        currentLow[row] = UInt32(truncatingIfNeeded: now)
        currentHigh[row] = UInt16(truncatingIfNeeded: now &>> 32)
        if now > peak(row) {
            peakLow[row] = UInt32(truncatingIfNeeded: now)
            peakHigh[row] = UInt16(truncatingIfNeeded: now &>> 32)
        }
        total = total &+ sizeInBytes
        if total > totalPeak { totalPeak = total }
    }

    /// The same as a report wants it.
    var expanded: MemoryAccount {
        var account = MemoryAccount()
        for row in 0..<Region.count {
            account.current[row] = current(row)
            account.peak[row] = peak(row)
        }
        account.total = total
        account.totalPeak = totalPeak
        return account
    }
}
