import Foundation
import MoteMemory

/// An embedder's allocator that counts its blocks and fails from the nth request on, or only at it.
final class FailingAllocator {
    struct State {
        /// Requests until one fails; negative: none.
        var countdown = -1
        var failsOnce = false
        var failureCount = 0
        var blockCount = 0
        /// Blocks asked for before the heap's own record, and how many of them are still to come.
        var recordCount = 0
        var recordsToCome = 0
        /// The heap's own record is the first block that it asks for.
        var heap: UnsafeMutableRawPointer?
    }

    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)

    init(recordCount: Int = 0) { state.initialize(to: State(recordCount: recordCount)) }
    deinit { state.deallocate() }

    /// The nth request from now fails, and all later ones unless `once`.
    func fail(at turn: Int, once: Bool) {
        state.pointee = State(
            countdown: turn,
            failsOnce: once,
            blockCount: state.pointee.blockCount,
            recordCount: state.pointee.recordCount,
            recordsToCome: state.pointee.recordCount
        )
    }

    private static func isRefused(_ state: UnsafeMutablePointer<State>) -> Bool {
        guard state.pointee.countdown >= 0 else { return false }
        guard state.pointee.countdown == 0 else {
            state.pointee.countdown -= 1
            return false
        }
        if state.pointee.failsOnce { state.pointee.countdown = -1 }
        state.pointee.failureCount += 1
        return true
    }

    static func allocate(_ state: UnsafeMutablePointer<State>, _ size: Int) -> UnsafeMutableRawPointer? {
        guard !isRefused(state), let block = malloc(size) else { return nil }
        state.pointee.blockCount += 1
        if state.pointee.recordsToCome > 0 {
            state.pointee.recordsToCome -= 1
        } else if state.pointee.heap == nil {
            state.pointee.heap = block
        }
        return block
    }

    static func reallocate(
        _ state: UnsafeMutablePointer<State>,
        _ block: UnsafeMutableRawPointer?,
        _ size: Int
    ) -> UnsafeMutableRawPointer? { isRefused(state) ? nil : realloc(block, size) }

    static func free(_ state: UnsafeMutablePointer<State>, _ block: UnsafeMutableRawPointer?) {
        guard let block else { return }
        state.pointee.blockCount -= 1
        if block == state.pointee.heap {
            // The heap ends: its last word is which request it could not answer.
            if state.pointee.failureCount > 0 {
                SweepLog.note(block.assumingMemoryBound(to: GlobalHeap.self).pointee.failureSite)
            }
            state.pointee.heap = nil
        }
        Foundation.free(block)
    }

    private static func state(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<State>? {
        data?.assumingMemoryBound(to: State.self)
    }

    var source: HeapSource {
        .allocator(
            HeapFunctions(
                userData: UInt(bitPattern: state),
                allocate: { data, size in
                    FailingAllocator.state(data).flatMap { FailingAllocator.allocate($0, size) }
                },
                reallocate: { data, block, size in
                    FailingAllocator.state(data).flatMap { FailingAllocator.reallocate($0, block, size) }
                },
                free: { data, block in
                    if let state = FailingAllocator.state(data) { FailingAllocator.free(state, block) }
                }
            )
        )
    }
}
