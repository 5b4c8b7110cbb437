import Foundation
import MoteEngine
import MoteMemory
import Testing

/// Which sites a sweep made fail: a line each, for scripts/allocation-sites, in the file that MOTE_SWEEP_SITES names.
enum SweepLog {
    private static let descriptor: Int32 = {
        guard let path = ProcessInfo.processInfo.environment["MOTE_SWEEP_SITES"] else { return -1 }
        return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }()
    nonisolated(unsafe) private static var known = Set<UInt16>()
    private static let lock = NSLock()

    static func note(_ site: AllocationSite) {
        lock.lock()
        defer { lock.unlock() }
        guard known.insert(site.rawValue).inserted, descriptor >= 0 else { return }
        let line = "0x" + String(site.rawValue, radix: 16) + "\n"
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
    }
}

/// Whether the sweeps have the process for themselves, as scripts/allocation-sites runs them.
private let isAlone = ProcessInfo.processInfo.environment["MOTE_SWEEP_ALONE"] != nil

/// What must be as before when something failed.
struct HeapState: Equatable {
    var asked: Int
    var poolFree: Int
    var poolLargest: Int
    var descriptors: Int

    init(_ heap: GlobalHeap.Pointer) {
        let numbers = GlobalHeap.statistics(heap)
        asked = numbers.askedInBytes
        poolFree = numbers.poolFreeInBytes
        poolLargest = numbers.poolLargestAvailableInBytes
        descriptors = Self.openDescriptorCount
    }

    /// Of the process: only where no other tests run beside the sweeps.
    static var openDescriptorCount: Int {
        guard isAlone else { return 0 }
        return (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}

/// Lets each request for memory in turn fail until `body` goes through; how many there were.
///
/// After each failure the heap is as it was before, or as `body` was told to leave it: what it made it takes away.
@discardableResult
func sweep(_ heap: GlobalHeap.Pointer, _ label: String, _ body: () throws -> Void) -> Int {
    for turn in 0..<5000 {
        let before = HeapState(heap)
        heap.pointee.failureCountdown = turn
        var failure: (any Error)?
        do { try body() } catch { failure = error }
        let isDone = heap.pointee.failureCountdown >= 0
        heap.pointee.failureCountdown = -1
        if isDone {
            if let failure { Issue.record("\(label): nothing was made to fail, but \(failure)") }
            return turn
        }
        SweepLog.note(heap.pointee.failureSite)
        let site = String(heap.pointee.failureSite.rawValue, radix: 16)
        if let failure, !isExhaustion(failure) {
            Issue.record("\(label), request \(turn), site \(site): \(failure)")
        }
        let after = HeapState(heap)
        // A body that swallows the failure, as memory.grow does, may have gone on.
        if after != before {
            Issue.record("\(label), request \(turn), site \(site): \(before) became \(after)")
        }
        if GlobalHeap.sumOfAccounts(heap).total != GlobalHeap.ledger(heap).total
            || !GlobalHeap.checkInvariants(heap)
        {
            Issue.record("\(label), request \(turn), site \(site): the heap is not sound")
            return turn
        }
    }
    Issue.record("\(label): no end")
    return 0
}

private func isExhaustion(_ error: any Error) -> Bool {
    switch error {
    case EngineError.memory(let error): error.kind == .exhausted
    case EngineError.trap(let trap): trap == .memoryExhausted
    case let trap as TrapCode: trap == .memoryExhausted
    case SharedHeapError.memory(let error): error.kind == .exhausted
    case let error as MemoryError: error.kind == .exhausted
    case is Exhausted: true
    default: false
    }
}

/// What tests throw for failures that have another form.
struct Exhausted: Error {}
