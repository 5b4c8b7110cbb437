internal import CPlatform

// Headers, their check words, free lists: everything that reads or writes the bytes between payloads.
extension Pool {
    @inline(__always)
    func address(_ block: UInt32) -> UnsafeMutableRawPointer { control.pointee.base + (Int(block) << 4) }

    @inline(__always)
    func header(_ block: UInt32) -> UnsafeMutablePointer<PoolBlock> {
        address(block).assumingMemoryBound(to: PoolBlock.self)
    }

    @inline(__always)
    func links(_ block: UInt32) -> UnsafeMutablePointer<PoolLinks> {
        (address(block) + 16).assumingMemoryBound(to: PoolLinks.self)
    }

    /// Units of a block for `sizeInBytes` of payload, or nil where no pool could hold it.
    func units(for sizeInBytes: Int) -> UInt32? {
        guard sizeInBytes >= 0, sizeInBytes <= Int(control.pointee.unitCount) << 4 else { return nil }
        let count = UInt32(truncatingIfNeeded: (sizeInBytes &+ 15) >> 4) &+ 1
        return max(count, Self.leastUnits)
    }

    /// Class and list of blocks of `size` units: 16 lists per power of two.
    @inline(__always)
    static func classAndList(of size: UInt32) -> (UInt32, UInt32) {
        guard size >= 16 else { return (0, size) }
        let log = UInt32(31 &- size.leadingZeroBitCount)
        return (log &- 3, (size &>> (log &- 4)) & 15)
    }

    // MARK: check words

    @inline(__always)
    private func mix(_ first: UInt64, _ second: UInt64, _ key: UInt64) -> UInt32 {
        var word = (first ^ key) &* 0x9E37_79B9_7F4A_7C15
        word ^= word &>> 29
        word = (word ^ second) &* 0xBF58_476D_1CE4_E5B9
        // Zero is what a merged header is overwritten with.
        return UInt32(truncatingIfNeeded: word &>> 32) | 1
    }

    @inline(never)
    private func check(of block: UInt32) -> UInt32 {
        let fields = header(block).pointee
        return mix(
            UInt64(fields.size) &<< 32 | UInt64(fields.previousSize),
            UInt64(fields.flags) &<< 32 | UInt64(block),
            control.pointee.key
        )
    }

    @inline(__always)
    private func linkCheck(of block: UInt32) -> UInt32 {
        let fields = links(block).pointee
        return mix(
            UInt64(fields.next) &<< 32 | UInt64(fields.previous),
            UInt64(block),
            ~control.pointee.key
        )
    }

    @inline(__always)
    func seal(_ block: UInt32) { header(block).pointee.check = check(of: block) }

    @inline(__always)
    private func sealLinks(_ block: UInt32) { links(block).pointee.check = linkCheck(of: block) }

    func write(_ block: UInt32, size: UInt32, previousSize: UInt32, flags: UInt32) {
        header(block).pointee = PoolBlock(size: size, previousSize: previousSize, flags: flags, check: 0)
        seal(block)
    }

    /// Whether a header lies in the pool, is what was written there, and describes a block inside the pool.
    @inline(never)
    func isValid(_ block: UInt32) -> Bool {
        guard block < control.pointee.unitCount else { return false }
        let fields = header(block).pointee
        return fields.check == check(of: block) && fields.size >= Self.leastUnits
            && fields.size <= control.pointee.unitCount &- block && fields.previousSize <= block
    }

    /// Of a valid block.
    @inline(__always)
    func isFree(_ block: UInt32) -> Bool { header(block).pointee.flags & Self.used == 0 }

    @discardableResult
    @inline(never)
    func corrupt() -> Bool {
        control.pointee.isCorrupted = true
        return false
    }

    // MARK: neighbours

    /// The used block whose payload this is, checked; ``none`` marks the pool corrupted.
    func usedBlock(at payload: UnsafeMutableRawPointer, sizeInBytes: Int) -> UInt32 {
        guard !control.pointee.isCorrupted else { return Self.none }
        let offset = UInt(bitPattern: payload) &- UInt(bitPattern: control.pointee.base)
        let inside = UInt(control.pointee.unitCount) &<< 4
        guard offset & 15 == 0, offset >= 16, offset < inside else {
            corrupt()
            return Self.none
        }
        let block = UInt32(truncatingIfNeeded: (offset &>> 4) &- 1)
        guard isValid(block), !isFree(block), sizeInBytes == askedInBytes(block) else {
            corrupt()
            return Self.none
        }
        return block
    }

    /// Payload bytes that a valid used block was asked for.
    func askedInBytes(_ block: UInt32) -> Int {
        let fields = header(block).pointee
        return (Int(fields.size) << 4) &- 16 &- Int(fields.flags &>> 8)
    }

    /// The checked block behind a valid one; ``none`` at the end, or when corrupted.
    func blockAfter(_ block: UInt32) -> UInt32 {
        let next = block &+ header(block).pointee.size
        guard next != control.pointee.unitCount else { return Self.none }
        guard isValid(next), header(next).pointee.previousSize == header(block).pointee.size else {
            corrupt()
            return Self.none
        }
        return next
    }

    /// The checked block before a valid one; ``none`` at the start, or when corrupted.
    func blockBefore(_ block: UInt32) -> UInt32 {
        let size = header(block).pointee.previousSize
        guard size > 0 else { return Self.none }
        // Safe: a valid header's previous size is not above its own place.
        let previous = block &- size
        guard isValid(previous), header(previous).pointee.size == size else {
            corrupt()
            return Self.none
        }
        return previous
    }

    /// Tells the block behind a boundary, if any, how large its neighbour is now.
    func setPreviousSize(of block: UInt32, _ size: UInt32) {
        guard block != control.pointee.unitCount else { return }
        guard isValid(block) else {
            corrupt()
            return
        }
        header(block).pointee.previousSize = size
        seal(block)
    }

    // MARK: free lists

    /// Puts a free block at the head of its list.
    func insert(_ block: UInt32) {
        let (row, list) = Self.classAndList(of: header(block).pointee.size)
        let head = control.pointee.heads + Int(row &* 16 &+ list)
        let next = head.pointee
        if next != Self.none {
            guard isListed(next, row, list), links(next).pointee.previous == Self.none else {
                corrupt()
                return
            }
            links(next).pointee.previous = block
            sealLinks(next)
        }
        links(block).pointee = PoolLinks(next: next, previous: Self.none, check: 0, unused: 0)
        sealLinks(block)
        head.pointee = block
        control.pointee.listBitmaps[Int(row)] |= 1 &<< list
        control.pointee.classBitmap |= 1 &<< row
    }

    /// Takes a valid free block out of its list; false when something there is not what it should be.
    func unlink(_ block: UInt32) -> Bool {
        let (row, list) = Self.classAndList(of: header(block).pointee.size)
        guard row < control.pointee.classCount, links(block).pointee.check == linkCheck(of: block) else {
            return corrupt()
        }
        let head = control.pointee.heads + Int(row &* 16 &+ list)
        let next = links(block).pointee.next
        let previous = links(block).pointee.previous
        if next != Self.none {
            guard isListed(next, row, list), links(next).pointee.previous == block else { return corrupt() }
        }
        if previous != Self.none {
            guard isListed(previous, row, list), links(previous).pointee.next == block else {
                return corrupt()
            }
            links(previous).pointee.next = next
            sealLinks(previous)
        } else {
            guard head.pointee == block else { return corrupt() }
            head.pointee = next
            if next == Self.none {
                control.pointee.listBitmaps[Int(row)] &= ~(1 &<< list)
                if control.pointee.listBitmaps[Int(row)] == 0 { control.pointee.classBitmap &= ~(1 &<< row) }
            }
        }
        if next != Self.none {
            links(next).pointee.previous = previous
            sealLinks(next)
        }
        return true
    }

    /// Whether a block is valid, free, of this list, and its links are what was written.
    @inline(never)
    func isListed(_ block: UInt32, _ row: UInt32, _ list: UInt32) -> Bool {
        guard isValid(block), isFree(block) else { return false }
        return links(block).pointee.check == linkCheck(of: block)
            && Self.classAndList(of: header(block).pointee.size) == (row, list)
    }

    /// A free block of at least `need` units; ``none`` when there is none, or corrupted.
    func find(_ need: UInt32) -> UInt32 {
        // Rounded up to the next list, any block of the list fits.
        var rounded = need
        if need >= 16 {
            let log = UInt32(31 &- need.leadingZeroBitCount)
            let (sum, overflow) = need.addingReportingOverflow((1 &<< (log &- 4)) &- 1)
            rounded = overflow ? Self.none : sum
        }
        let first = rounded == Self.none ? Self.none : firstBlock(atLeast: rounded)
        if first != Self.none || control.pointee.isCorrupted { return first }
        let (row, list) = Self.classAndList(of: need)
        guard row < control.pointee.classCount else { return Self.none }
        var block = control.pointee.heads[Int(row &* 16 &+ list)]
        var steps = 0
        while block != Self.none, steps < Self.searchLimit {
            guard isListed(block, row, list) else {
                corrupt()
                return Self.none
            }
            if header(block).pointee.size >= need { return block }
            block = links(block).pointee.next
            steps &+= 1
        }
        return Self.none
    }

    /// Head of the first list that is not empty, from the list of `size` on.
    private func firstBlock(atLeast size: UInt32) -> UInt32 {
        var (row, list) = Self.classAndList(of: size)
        guard row < control.pointee.classCount else { return Self.none }
        var lists = control.pointee.listBitmaps[Int(row)] & (.max &<< list)
        if lists == 0 {
            let classes = row >= 31 ? 0 : control.pointee.classBitmap & (.max &<< (row &+ 1))
            guard classes != 0 else { return Self.none }
            row = UInt32(classes.trailingZeroBitCount)
            guard row < control.pointee.classCount else {
                corrupt()
                return Self.none
            }
            lists = control.pointee.listBitmaps[Int(row)]
        }
        list = UInt32(lists.trailingZeroBitCount)
        guard list < 16 else {
            corrupt()
            return Self.none
        }
        let block = control.pointee.heads[Int(row &* 16 &+ list)]
        guard block != Self.none, isListed(block, row, list) else {
            corrupt()
            return Self.none
        }
        return block
    }

    /// Largest payload that can be had now, in bytes.
    var largestAvailableInBytes: Int {
        let classes = control.pointee.classBitmap
        guard !control.pointee.isCorrupted, classes != 0 else { return 0 }
        let row = UInt32(31 &- classes.leadingZeroBitCount)
        guard row < control.pointee.classCount else { return 0 }
        let lists = control.pointee.listBitmaps[Int(row)]
        guard lists != 0 else { return 0 }
        let list = UInt32(31 &- lists.leadingZeroBitCount) & 15
        var block = control.pointee.heads[Int(row &* 16 &+ list)]
        var largest: UInt32 = 1
        var steps = 0
        while block != Self.none, steps < Self.searchLimit, isListed(block, row, list) {
            largest = max(largest, header(block).pointee.size)
            block = links(block).pointee.next
            steps &+= 1
        }
        return (Int(largest) &- 1) << 4
    }

    // MARK: accounts

    func take(_ units: UInt32) { retake(0, units) }

    func retake(_ old: UInt32, _ new: UInt32) {
        control.pointee.freeUnits = control.pointee.freeUnits &+ old &- new
        if control.pointee.freeUnits < control.pointee.leastFreeUnits {
            control.pointee.leastFreeUnits = control.pointee.freeUnits
        }
    }

    /// Units `[start, start + count)` may be written from now on.
    func noteWrite(_ start: UInt32, _ count: UInt32) {
        let low = control.pointee.cleanLow
        let high = control.pointee.cleanHigh
        let end = start &+ count
        guard low < high, end > low, start < high else { return }
        if start <= low {
            control.pointee.cleanLow = min(end, high)
        } else if end >= high || start &- low >= high &- end {
            control.pointee.cleanHigh = start
        } else {
            control.pointee.cleanLow = end
        }
    }

    /// Clears payload bytes, but for those in units that were never written.
    func zero(
        _ payload: UnsafeMutableRawPointer,
        from: Int,
        to end: Int,
        except clean: (UInt32, UInt32)
    ) {
        guard from < end else { return }
        let offset = payload - control.pointee.base
        let low = (Int(clean.0) << 4) &- offset
        let high = (Int(clean.1) << 4) &- offset
        guard low < high, low < end, high > from else {
            memset(payload + from, 0, end &- from)
            return
        }
        if low > from { memset(payload + from, 0, low &- from) }
        if high < end { memset(payload + high, 0, end &- high) }
    }
}
