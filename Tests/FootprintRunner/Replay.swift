import CPlatform
import Foundation
import MoteMemory

extension Trace {
    /// ``FirstFit``.
    func costOfFirstFit() -> TraceCost {
        var heap = FirstFit(sizeInBytes: blocksPeak * 2 + (1 << 20))
        _ = replay(in: &heap)
        let least = leastBuffer { size in
            var heap = FirstFit(sizeInBytes: size)
            return replay(in: &heap)
        }
        return TraceCost(peak: heap.peak, leastBuffer: least)
    }

    private func replay(in heap: inout FirstFit) -> Bool {
        var places = [Int](repeating: -1, count: Int(blockCount))
        for step in steps {
            let index = Int(step.block)
            if step.isNew {
                places[index] = heap.allocate(step.sizeInBytes)
                if places[index] < 0 { return false }
            } else if step.sizeInBytes == 0 {
                heap.free(places[index])
            } else {
                let moved = heap.resize(places[index], to: step.sizeInBytes)
                if moved < 0 { return false }
                places[index] = moved
            }
        }
        return true
    }

    private func leastBuffer(_ fits: (Int) throws -> Bool) rethrows -> Int {
        var tooSmall = blocksPeak / 2
        var enough = blocksPeak * 2 + (1 << 20)
        while enough - tooSmall > max(blocksPeak / 2000, 16) {
            let size = (tooSmall + enough) / 2 & ~15
            if try fits(size) { enough = size } else { tooSmall = size }
        }
        return enough
    }

    /// The C library's malloc as it stands: the bytes that it says each block has, and its word before each.
    func costOfSystem() throws -> TraceCost {
        // Declared in a header that Swift's module of the C library leaves out.
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "malloc_usable_size") else {
            throw Failure("the C library does not tell the size of its blocks")
        }
        typealias UsableSize = @convention(c) (UnsafeMutableRawPointer?) -> Int
        let usableSize = unsafeBitCast(symbol, to: UsableSize.self)
        func cost(_ block: UnsafeMutableRawPointer?) -> Int { block == nil ? 0 : usableSize(block) + 8 }
        var places = [UnsafeMutableRawPointer?](repeating: nil, count: Int(blockCount))
        var inUse = 0
        var peak = 0
        for step in steps {
            let index = Int(step.block)
            inUse -= cost(places[index])
            if step.isNew {
                places[index] = malloc(step.sizeInBytes)
            } else if step.sizeInBytes == 0 {
                free(places[index])
                places[index] = nil
            } else {
                places[index] = realloc(places[index], step.sizeInBytes)
            }
            inUse += cost(places[index])
            peak = max(peak, inUse)
        }
        return TraceCost(peak: peak, leastBuffer: nil)
    }
}
