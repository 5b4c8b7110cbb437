internal import CPlatform

extension MemoryReport.TouchedPages {
    /// Asks the operating system which pages of a range are resident; nil where it does not say.
    ///
    /// The range may end and start in the middle of a page; those pages count as a whole.
    static func ask(at base: UnsafeRawPointer?, sizeInBytes: Int, isExact: Bool) -> Self? {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        guard page > 0, page & (page - 1) == 0 else { return nil }
        guard let base, sizeInBytes > 0 else {
            return Self(pageSize: page, runs: [], offset: 0, isExact: isExact)
        }
        let offset = Int(bitPattern: base) & (page - 1)
        let (total, overflow) = (offset + page - 1).addingReportingOverflow(sizeInBytes)
        guard !overflow else { return nil }
        let pageCount = total / page
        let start = UnsafeMutableRawPointer(mutating: base) - offset
        var runs: [Range<Int>] = []
        var open: Int?
        let step = 1 << 16
        var marks = [UInt8](repeating: 0, count: min(step, pageCount))
        var index = 0
        while index < pageCount {
            let count = min(step, pageCount - index)
            let result = marks.withUnsafeMutableBufferPointer { marks in
                marks.baseAddress.map { marks in
                    marks.withMemoryRebound(to: ResidencyMark.self, capacity: count) {
                        mincore(start + index * page, count * page, $0)
                    }
                }
            }
            guard result == 0 else { return nil }
            for position in 0..<count {
                // Bit 0 everywhere; other systems tell more in the other bits.
                if marks[position] & 1 != 0 {
                    if open == nil { open = index + position }
                } else if let first = open {
                    runs.append(first..<(index + position))
                    open = nil
                }
            }
            index += count
        }
        if let first = open { runs.append(first..<pageCount) }
        return Self(pageSize: page, runs: runs, offset: offset, isExact: isExact)
    }
}

#if canImport(Darwin)
private typealias ResidencyMark = CChar
#else
private typealias ResidencyMark = UInt8
#endif
