internal import CPlatform

/// The allocator inside a fixed buffer: two-level segregated fit, constant time, coalescing at once,
/// self-checking.
///
/// Addresses are counted in units of 16 bytes from the first block, so a pool reaches 64 GiB.
///
/// ```
/// buffer: [ PoolControl | second-level bitmaps | list heads ][ block ][ block ] ... [ block ]
/// block:  [ size | previous size | flags | check ][ payload, 16-byte aligned ]          units of 16, header 1 unit
/// free:   [ size | previous size | flags | check ][ next | previous | check | - ][ not read ]
/// ```
/// No header is believed: before a field is used its check word must match the fields, the block's own place
/// and the heap's key, and neighbours must agree about each other. The first mismatch is sticky: nothing is
/// given or taken any more. TLSF: Masmano et al., "TLSF: a new dynamic memory allocator for real-time
/// systems", ECRTS 2004.
struct Pool {
    let control: UnsafeMutablePointer<PoolControl>
}

struct PoolControl {
    /// Address of unit 0.
    var base: UnsafeMutableRawPointer
    var unitCount: UInt32
    var freeUnits: UInt32
    var leastFreeUnits: UInt32
    /// Units `[cleanLow, cleanHigh)` are zero: the buffer was zero and nobody wrote there.
    var cleanLow: UInt32
    var cleanHigh: UInt32
    var classBitmap: UInt32
    var classCount: UInt32
    var isCorrupted: Bool
    var key: UInt64
    var controlSizeInBytes: Int
    /// Per class, which of its 16 lists are not empty.
    var listBitmaps: UnsafeMutablePointer<UInt32>
    /// First block of each list, 16 lists per class; ``Pool/none`` when empty.
    var heads: UnsafeMutablePointer<UInt32>
}

struct PoolBlock {
    var size: UInt32
    var previousSize: UInt32
    /// Bit 0 used, bit 1 placed high; bits 8 to 15: payload bytes that were not asked for.
    var flags: UInt32
    var check: UInt32
}

struct PoolLinks {
    var next: UInt32
    var previous: UInt32
    var check: UInt32
    var unused: UInt32
}

extension Pool {
    /// No unit.
    @inline(__always) static var none: UInt32 { .max }
    @inline(__always) static var used: UInt32 { 1 }
    @inline(__always) static var high: UInt32 { 2 }
    /// A block is a header and, when free, its links.
    @inline(__always) static var leastUnits: UInt32 { 2 }
    /// Exact lists are searched this far when the rounded search found nothing.
    @inline(__always) static var searchLimit: Int { 64 }

    /// Lays the control block and one free block into a buffer.
    static func create(
        base: UInt,
        sizeInBytes: Int,
        isZeroed: Bool,
        key: UInt64
    ) throws(MemoryError) -> Pool {
        let aligned = (base &+ 15) & ~15
        guard base != 0, aligned >= base, sizeInBytes > 0 else { throw .invalidPlan(.poolTooSmall) }
        let usable = sizeInBytes &- Int(truncatingIfNeeded: aligned &- base)
        guard usable > 0 else { throw .invalidPlan(.poolTooSmall) }
        guard !UInt(bitPattern: usable).addingReportingOverflow(aligned).overflow else {
            throw .invalidPlan(.sizeTooLarge)
        }
        let fixed = (MemoryLayout<PoolControl>.size &+ 7) & ~7
        // The fewest classes that hold a block as large as what they leave.
        var classCount: UInt32 = 1
        var size = (fixed &+ 4 &* 17 &+ 15) & ~15
        // Safe: at most 2^32 - 2 units, so that every unit and every size is a UInt32 and none is `none`.
        while usable > size,
            classAndList(of: UInt32(truncatingIfNeeded: min((usable &- size) >> 4, Int(UInt32.max) &- 1))).0
                >= classCount
        {
            classCount &+= 1
            size = (fixed &+ Int(classCount) &* 4 &* 17 &+ 15) & ~15
        }
        guard usable >= size &+ 256, let start = UnsafeMutableRawPointer(bitPattern: aligned) else {
            throw .invalidPlan(.poolTooSmall)
        }
        let unitCount = UInt32(truncatingIfNeeded: min((usable &- size) >> 4, Int(UInt32.max) &- 1))
        let bitmaps = (start + fixed).bindMemory(to: UInt32.self, capacity: Int(classCount) &* 17)
        let heads = bitmaps + Int(classCount)
        bitmaps.initialize(repeating: 0, count: Int(classCount))
        heads.initialize(repeating: none, count: Int(classCount) &* 16)
        let control = start.bindMemory(to: PoolControl.self, capacity: 1)
        control.initialize(
            to: PoolControl(
                base: start + size,
                unitCount: unitCount,
                freeUnits: unitCount,
                leastFreeUnits: unitCount,
                cleanLow: isZeroed ? 0 : unitCount,
                cleanHigh: unitCount,
                classBitmap: 0,
                classCount: classCount,
                isCorrupted: false,
                key: key,
                controlSizeInBytes: size &+ Int(aligned &- base),
                listBitmaps: bitmaps,
                heads: heads
            )
        )
        let pool = Pool(control: control)
        pool.noteWrite(0, leastUnits)
        pool.write(0, size: unitCount, previousSize: 0, flags: 0)
        pool.insert(0)
        return pool
    }

    var isCorrupted: Bool { control.pointee.isCorrupted }
    var totalInBytes: Int { Int(control.pointee.unitCount) << 4 }
    var freeInBytes: Int { Int(control.pointee.freeUnits) << 4 }
    var peakInBytes: Int { Int(control.pointee.unitCount &- control.pointee.leastFreeUnits) << 4 }
    var controlSizeInBytes: Int { control.pointee.controlSizeInBytes }

    /// A block of `sizeInBytes`, or nil when there is none or the pool is corrupted.
    func allocate(sizeInBytes: Int, zeroed: Bool, high: Bool) -> UnsafeMutableRawPointer? {
        guard let need = units(for: sizeInBytes), !control.pointee.isCorrupted else { return nil }
        let clean = (control.pointee.cleanLow, control.pointee.cleanHigh)
        let found = find(need)
        guard found != Self.none, unlink(found) else { return nil }
        let block = carve(
            found,
            header(found).pointee.size,
            need: need,
            sizeInBytes: sizeInBytes,
            flags: Self.used | (high ? Self.high : 0)
        )
        guard block != Self.none else { return nil }
        take(header(block).pointee.size)
        let payload = address(block) + 16
        if zeroed { zero(payload, from: 0, to: sizeInBytes, except: clean) }
        return payload
    }

    /// Takes a block back; false when it is none of ours or not what it was: the pool is corrupted then.
    func free(_ payload: UnsafeMutableRawPointer, sizeInBytes: Int) -> Bool {
        let block = usedBlock(at: payload, sizeInBytes: sizeInBytes)
        guard block != Self.none else { return false }
        let size = header(block).pointee.size
        // The neighbour must agree about the boundary; `release` looks at all else of it.
        let next = block &+ size
        guard next == control.pointee.unitCount || header(next).pointee.previousSize == size else {
            return corrupt()
        }
        guard release(block, size, previousSize: header(block).pointee.previousSize) else { return false }
        control.pointee.freeUnits &+= size
        return true
    }

    /// The block with another size: in place, else down into a free neighbour, else elsewhere.
    ///
    /// Nil leaves it as it was.
    func resize(
        _ payload: UnsafeMutableRawPointer,
        from oldSizeInBytes: Int,
        to sizeInBytes: Int,
        zeroed: Bool
    ) -> UnsafeMutableRawPointer? {
        let block = usedBlock(at: payload, sizeInBytes: oldSizeInBytes)
        guard block != Self.none, let need = units(for: sizeInBytes) else { return nil }
        let clean = (control.pointee.cleanLow, control.pointee.cleanHigh)
        let kept = min(oldSizeInBytes, sizeInBytes)
        guard let moved = relocate(block, need: need, kept: kept, sizeInBytes: sizeInBytes) else {
            return nil
        }
        if zeroed { zero(moved, from: oldSizeInBytes, to: sizeInBytes, except: clean) }
        return moved
    }

    /// The block with another size where it is, or false: nothing changed then, unless the pool is corrupted.
    func resizeInPlace(_ payload: UnsafeMutableRawPointer, from oldSizeInBytes: Int, to sizeInBytes: Int)
        -> Bool
    {
        let block = usedBlock(at: payload, sizeInBytes: oldSizeInBytes)
        guard block != Self.none, let need = units(for: sizeInBytes) else { return false }
        let kept = min(oldSizeInBytes, sizeInBytes)
        return relocate(block, need: need, kept: kept, sizeInBytes: sizeInBytes, mayMove: false) != nil
    }

    /// Gives a used block `need` units, moving it when its neighbours force it to.
    private func relocate(
        _ block: UInt32,
        need: UInt32,
        kept: Int,
        sizeInBytes: Int,
        mayMove: Bool = true
    ) -> UnsafeMutableRawPointer? {
        let old = header(block).pointee
        let flags = old.flags & (Self.used | Self.high)
        let next = blockAfter(block)
        let previous = blockBefore(block)
        guard !control.pointee.isCorrupted else { return nil }
        let nextFree = next != Self.none && isFree(next) ? header(next).pointee.size : 0
        let previousFree = previous != Self.none && isFree(previous) ? header(previous).pointee.size : 0
        // Safe: blocks beside each other, so their sizes add up to unitCount at most.
        if need <= old.size &+ nextFree {
            if nextFree > 0, !unlink(next) { return nil }
            if nextFree > 0 { header(next).pointee.check = 0 }
            let kept = carve(
                block,
                old.size &+ nextFree,
                need: need,
                sizeInBytes: sizeInBytes,
                flags: flags & ~Self.high
            )
            guard kept != Self.none else { return nil }
            header(kept).pointee.flags |= flags & Self.high
            seal(kept)
            retake(old.size, header(kept).pointee.size)
            return address(kept) + 16
        }
        guard mayMove else { return nil }
        if previousFree > 0, need <= previousFree &+ old.size &+ nextFree {
            guard unlink(previous), nextFree == 0 || unlink(next) else { return nil }
            if nextFree > 0 { _ = blockAfter(next) }
            guard !control.pointee.isCorrupted else { return nil }
            let total = previousFree &+ old.size &+ nextFree
            if nextFree > 0 { header(next).pointee.check = 0 }
            header(block).pointee.check = 0
            // The bytes must move before headers are written over them.
            let start = flags & Self.high != 0 ? previous &+ (total &- need) : previous
            memmove(address(start) + 16, address(block) + 16, kept)
            noteWrite(start, need)
            let moved = carve(previous, total, need: need, sizeInBytes: sizeInBytes, flags: flags)
            guard moved != Self.none else { return nil }
            // A remainder of one unit stays with the block, which then starts one unit lower.
            if moved != start { memmove(address(moved) + 16, address(start) + 16, kept) }
            retake(old.size, header(moved).pointee.size)
            return address(moved) + 16
        }
        guard let fresh = allocate(sizeInBytes: sizeInBytes, zeroed: false, high: flags & Self.high != 0)
        else {
            return nil
        }
        memcpy(fresh, address(block) + 16, kept)
        guard release(block, old.size, previousSize: header(block).pointee.previousSize) else { return nil }
        control.pointee.freeUnits &+= old.size
        return fresh
    }

    /// Lays a used block of `need` units into the unlinked range `[start, start + total)`, at its end for a
    /// high one, and frees the rest.
    private func carve(
        _ start: UInt32,
        _ total: UInt32,
        need: UInt32,
        sizeInBytes: Int,
        flags: UInt32
    ) -> UInt32 {
        let after = start &+ total
        if after != control.pointee.unitCount, !isValid(after) { return Self.none }
        let previousSize = header(start).pointee.previousSize
        let rest = total &- need < Self.leastUnits ? 0 : total &- need
        let size = total &- rest
        // Safe: the payload exceeds what was asked by less than a header and a unit.
        let slack = UInt32(truncatingIfNeeded: (Int(size) << 4) &- 16 &- sizeInBytes)
        let flags = flags | slack << 8
        if rest > 0, flags & Self.high != 0 {
            let block = start &+ rest
            noteWrite(block, size)
            write(start, size: rest, previousSize: previousSize, flags: 0)
            insert(start)
            write(block, size: size, previousSize: rest, flags: flags)
            setPreviousSize(of: after, size)
            return control.pointee.isCorrupted ? Self.none : block
        }
        noteWrite(start, size)
        write(start, size: size, previousSize: previousSize, flags: flags)
        guard rest > 0 else {
            setPreviousSize(of: after, size)
            return start
        }
        return freeRest(start &+ size, rest, previousSize: size) ? start : Self.none
    }

    /// Frees what a carve left behind its block, merging it with a free block that follows (after shrinking).
    private func freeRest(_ block: UInt32, _ size: UInt32, previousSize: UInt32) -> Bool {
        noteWrite(block, Self.leastUnits)
        return release(block, size, previousSize: previousSize)
    }

    /// Makes `[block, block + size)` free and merges it with free neighbours.
    private func release(_ block: UInt32, _ size: UInt32, previousSize: UInt32) -> Bool {
        var block = block
        var size = size
        var previousSize = previousSize
        let next = block &+ size
        if next != control.pointee.unitCount {
            guard isValid(next) else { return corrupt() }
            if isFree(next) {
                guard unlink(next) else { return false }
                size &+= header(next).pointee.size
                header(next).pointee.check = 0
            }
        }
        if previousSize > 0 {
            // Safe: callers pass a previous size that was checked, or the block just written.
            let previous = block &- previousSize
            guard isValid(previous), header(previous).pointee.size == previousSize else { return corrupt() }
            if isFree(previous) {
                guard unlink(previous) else { return false }
                header(block).pointee.check = 0
                size &+= previousSize
                previousSize = header(previous).pointee.previousSize
                block = previous
            }
        }
        write(block, size: size, previousSize: previousSize, flags: 0)
        setPreviousSize(of: block &+ size, size)
        insert(block)
        return !control.pointee.isCorrupted
    }
}
