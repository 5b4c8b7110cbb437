internal import CPlatform
internal import MoteMemory

/// Why a running guest is asked to stop.
package enum InterruptReason: UInt32, Sendable {
    /// Ends in ``TrapCode/interrupted``.
    case terminate = 1
    /// Ends in ``TrapCode/deadline``.
    case deadline = 2
}

extension EngineEnvironment {
    /// Asks the guest to stop at its next back edge, call, wait or blocking host call; from any thread.
    ///
    /// Stays in force until ``clearInterrupt()``: calls made meanwhile end at once.
    package func interrupt(_ reason: InterruptReason = .terminate) {
        mote_exchange_u32(state.base.interrupt, reason.rawValue)
        SharedMemories.abandon(state.waiter)
        let descriptor = Int32(bitPattern: mote_load_acquire_u32(state.base.wakeDescriptor))
        guard descriptor >= 0 else { return }
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Lets calls run again.
    package func clearInterrupt() {
        mote_exchange_u32(state.base.interrupt, 0)
    }

    /// Whether the guest was asked to stop.
    package var isInterrupted: Bool { mote_load_acquire_u32(state.base.interrupt) != 0 }
}
