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
