/// The allocator that one writes first, as what to compare with: blocks in the order of their addresses, a header of
/// 16 bytes each, sizes in steps of 16, the first free one that is large enough; neighbours merge when freed.
///
/// Offsets only: nothing is stored.
struct FirstFit {
    private struct Span {
        var start: Int
        var size: Int
        var isUsed: Bool
    }

    private var spans: [Span]
    private var inUse = 0
    private(set) var peak = 0

    init(sizeInBytes: Int) {
        spans = [Span(start: 0, size: sizeInBytes & ~15, isUsed: false)]
    }

    /// The block's offset, or -1.
    mutating func allocate(_ size: Int) -> Int {
        let need = Self.spanSize(size)
        guard let index = spans.firstIndex(where: { !$0.isUsed && $0.size >= need }) else { return -1 }
        let start = spans[index].start
        take(index, need)
        return start
    }

    mutating func free(_ start: Int) {
        guard let index = index(of: start) else { return }
        spans[index].isUsed = false
        inUse -= spans[index].size
        merge(index)
    }

    /// Where it is when there is room behind it, elsewhere otherwise.
    mutating func resize(_ start: Int, to size: Int) -> Int {
        guard let index = index(of: start) else { return -1 }
        let need = Self.spanSize(size)
        let next = index + 1 < spans.count && !spans[index + 1].isUsed ? spans[index + 1].size : 0
        if need <= spans[index].size + next {
            inUse -= spans[index].size
            if next > 0 {
                spans[index].size += next
                spans.remove(at: index + 1)
            }
            take(index, need)
            return start
        }
        let moved = allocate(size)
        if moved >= 0 { free(start) }
        return moved
    }

    private static func spanSize(_ size: Int) -> Int { (size + 15) & ~15 + 16 }

    private mutating func take(_ index: Int, _ need: Int) {
        let rest = spans[index].size - need
        spans[index].isUsed = true
        if rest >= 32 {
            spans[index].size = need
            spans.insert(Span(start: spans[index].start + need, size: rest, isUsed: false), at: index + 1)
            merge(index + 1)
        }
        inUse += spans[index].size
        peak = max(peak, inUse)
    }

    private mutating func merge(_ index: Int) {
        if index + 1 < spans.count, !spans[index + 1].isUsed {
            spans[index].size += spans[index + 1].size
            spans.remove(at: index + 1)
        }
        if index > 0, !spans[index - 1].isUsed {
            spans[index - 1].size += spans[index].size
            spans.remove(at: index)
        }
    }

    private func index(of start: Int) -> Int? {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low < spans.count && spans[low].start == start ? low : nil
    }
}
