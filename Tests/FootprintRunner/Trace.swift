import CPlatform
import Foundation
import MoteMemory

/// What a runtime asked its heap's source for, in order.
struct Trace {
    /// One request: `block` names what it is about, from 0 on; sizes of 0 free it.
    struct Step {
        var block: Int32
        var sizeInBytes: Int
        var isNew: Bool
    }

    var steps: [Step] = []
    var blockCount: Int32 = 0
    /// Most bytes at one time.
    var blocksPeak = 0
}

/// An allocator for ``HeapSource/allocator(_:)`` that passes everything on to malloc and writes it down.
final class Recorder {
    private(set) var trace = Trace()
    private var names: [UnsafeMutableRawPointer: (block: Int32, size: Int)] = [:]
    private var current = 0

    func source() -> HeapSource {
        .allocator(
            HeapFunctions(
                userData: UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()),
                allocate: { Recorder.at($0)?.allocate($1) },
                reallocate: { Recorder.at($0)?.reallocate($1, $2) },
                free: { Recorder.at($0)?.release($1) }
            )
        )
    }

    private static func at(_ data: UnsafeMutableRawPointer?) -> Recorder? {
        data.map { Unmanaged<Recorder>.fromOpaque($0).takeUnretainedValue() }
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard let address = malloc(size) else { return nil }
        names[address] = (trace.blockCount, size)
        trace.steps.append(.init(block: trace.blockCount, sizeInBytes: size, isNew: true))
        trace.blockCount += 1
        add(size)
        return address
    }

    private func reallocate(_ address: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let address, let old = names.removeValue(forKey: address), let moved = realloc(address, size)
        else {
            return nil
        }
        names[moved] = (old.block, size)
        trace.steps.append(.init(block: old.block, sizeInBytes: size, isNew: false))
        add(size - old.size)
        return moved
    }

    private func release(_ address: UnsafeMutableRawPointer?) {
        guard let address, let old = names.removeValue(forKey: address) else { return }
        trace.steps.append(.init(block: old.block, sizeInBytes: 0, isNew: false))
        add(-old.size)
        free(address)
    }

    private func add(_ size: Int) {
        current += size
        trace.blocksPeak = max(trace.blocksPeak, current)
    }
}

/// What a trace costs with one allocator: bytes in use at peak with all headers, and the smallest buffer that holds
/// the whole trace where that can be asked.
struct TraceCost {
    var peak: Int
    var leastBuffer: Int?
}

extension Guest {
    static var traceHeading: String {
        """
        | module | requests | asked of arenas | pool | without linear memory | smallest pool | first fit \
        | its smallest buffer | malloc |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|
        """
    }

    /// The program in this pool, and its trace of requests under other allocators: bytes in use at peak, headers
    /// included, and the smallest buffer in which everything succeeds, over the bytes that owners asked of their arenas.
    func printTraceRow() throws {
        var asked = 0
        var linear = 0
        var peak = 0
        _ = try run(inPoolOf: poolSizeInBytes) {
            asked = $0.ledger.totalPeak
            linear = $0.ledger.peak[Int(Region.linearMemory.rawValue)]
            peak = GlobalHeap.statistics($0.heap).poolPeakInBytes
        }
        let recorder = Recorder()
        _ = try run(in: recorder.source())
        let trace = recorder.trace
        let firstFit = trace.costOfFirstFit()
        let system = try trace.costOfSystem()
        let columns = [
            name, String(trace.steps.count), String(asked), ratio(peak, asked),
            ratio(peak - linear, asked - linear), ratio(try smallestPool(), asked),
            ratio(firstFit.peak, asked),
            ratio(firstFit.leastBuffer ?? 0, asked), ratio(system.peak, asked),
        ]
        print("| " + columns.joined(separator: " | ") + " |")
    }
}
