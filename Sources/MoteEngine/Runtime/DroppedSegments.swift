internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Bits of dropped segments: data segments first, element segments from a word of their own. An instance whose module
// has no segment has no words.
extension UnsafeMutablePointer where Pointee == InstanceState {
    /// Words of 64 bits for some segments.
    static func wordCount(_ segmentCount: Int) -> Int { (segmentCount &+ 63) >> 6 }

    private func elementWord(_ segment: UInt32) -> Int {
        let module = pointee.module.pointee.module
        return Self.wordCount(module.pointee.dataSegments.count) &+ Int(segment >> 6)
    }

    func isDataDropped(_ segment: UInt32) -> Bool {
        guard let words = pointee.droppedSegments else { return false }
        return words[Int(segment >> 6)] & (1 &<< UInt64(segment & 63)) != 0
    }

    @inline(never)
    func dropData(_ segment: UInt32) {
        guard let words = pointee.droppedSegments else { return }
        words[Int(segment >> 6)] |= 1 &<< UInt64(segment & 63)
    }

    func isElementDropped(_ segment: UInt32) -> Bool {
        guard let words = pointee.droppedSegments else { return false }
        return words[elementWord(segment)] & (1 &<< UInt64(segment & 63)) != 0
    }

    @inline(never)
    func dropElement(_ segment: UInt32) {
        if Build.hasGarbageCollection, let values = pointee.elementValues?[Int(segment)] {
            pointee.elementValues?[Int(segment)] = nil
            pointee.arena.freeGrowable(values)
        }
        guard let words = pointee.droppedSegments else { return }
        words[elementWord(segment)] |= 1 &<< UInt64(segment & 63)
    }
}
