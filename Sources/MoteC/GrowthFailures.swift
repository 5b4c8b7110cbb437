package import CMoteAPI
internal import CPlatform
internal import MoteEngine

@c @implementation
package func wasm_runtime_set_enlarge_mem_error_callback(
    _ callback: enlarge_memory_error_callback_t?,
    _ data: UnsafeMutableRawPointer?
) {
    door.growthFailure = callback
    door.growthFailureData = data
    door.tellGrowthFailure = callback == nil ? nil : GrowthFailures.tell
    Door.current?.pointee.engine.onGrowthFailure(door.tellGrowthFailure)
}

/// Memories that did not grow, as the host's one callback is told of them.
enum GrowthFailures {
    static let tell: MoteGrowthFailureFunction = { failure, _ in
        guard let failure, let callback = door.growthFailure else { return }
        let record = failure.pointee.instance.flatMap { InstanceRecord.of($0) }
        let running =
            failure.pointee.environment.flatMap {
                $0.pointee.userData?.assumingMemoryBound(to: EnvironmentRecord.self)
            } ?? record?.runningEnvironment
        callback(
            UInt32(clamping: failure.pointee.requestedPageCount),
            failure.pointee.sizeInBytes,
            failure.pointee.memoryIndex == .max ? 0 : failure.pointee.memoryIndex,
            failure.pointee.reason == UInt32(MOTE_GROWTH_MAXIMUM_REACHED) ? MAX_SIZE_REACHED : INTERNAL_ERROR,
            record.map { OpaquePointer($0) },
            running.map { OpaquePointer($0) },
            door.growthFailureData
        )
    }
}

extension InstanceRecord {
    /// The record of an instance: each has a store of its own.
    fileprivate static func of(
        _ instance: UnsafeMutablePointer<MoteInstance>
    ) -> UnsafeMutablePointer<InstanceRecord>? {
        guard let state = Door.current else { return nil }
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        var next = state.pointee.firstInstance
        while let record = next {
            if UnsafeMutableRawPointer(record.pointee.store.state) == instance.pointee.store { return record }
            next = record.pointee.next
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// One of its environments in which a call runs: the newest.
    fileprivate var runningEnvironment: UnsafeMutablePointer<EnvironmentRecord>? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstEnvironment
        while let environment = next {
            if environment.pointee.engine.isEntered {
                return environment
            }
            next = environment.pointee.next
        }
        return nil
    }
}
