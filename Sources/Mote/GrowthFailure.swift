internal import CPlatform
internal import MoteEngine
internal import Synchronization

/// A linear memory that did not grow.
public struct GrowthFailure {
    /// Why.
    public enum Reason: Sendable {
        /// It would have become larger than its type, its limits or the plan allow.
        case maximumReached
        /// The same for what lies from `__heap_base` on: ``MemoryPlan/maximumGuestHeap``.
        case guestHeapCap
        /// The source of its bytes had not enough left.
        case outOfMemory
        /// It lies in a buffer of the caller's, which is full.
        case bufferFull
        /// A shared heap lies where it would have grown to.
        case sharedHeapInTheWay
    }

    /// Why.
    public let reason: Reason
    /// Its size in bytes, which stays.
    public let sizeInBytes: UInt64
    /// Pages that were to be added.
    public let requestedPages: UInt64
    /// Its index in the instance; nil for a memory of the host's.
    public let memoryIndex: Int?
    /// Whose code asked, or whose memory the host wanted to grow; nil for one of the host's, and while the instance is
    /// still being made.
    public let instance: Instance?
    /// Where the guest asked; nil when the host did.
    public let environment: ExecutionEnvironment?
}

extension GrowthFailure {
    init(_ failure: MoteGrowthFailure) {
        reason =
            switch Int(failure.reason) {
            case MOTE_GROWTH_GUEST_HEAP_CAP: .guestHeapCap
            case MOTE_GROWTH_OUT_OF_MEMORY: .outOfMemory
            case MOTE_GROWTH_BUFFER_FULL: .bufferFull
            case MOTE_GROWTH_SHARED_HEAP_IN_THE_WAY: .sharedHeapInTheWay
            default: .maximumReached
            }
        sizeInBytes = failure.sizeInBytes
        requestedPages = failure.requestedPageCount
        memoryIndex = failure.memoryIndex == .max ? nil : Int(failure.memoryIndex)
        let instance = failure.instance.flatMap { Instance.object(of: $0) }
        self.instance = instance
        environment = failure.environment?.pointee.userData.map {
            let core = Unmanaged<EnvironmentCore>.fromOpaque($0).takeUnretainedValue()
            return ExecutionEnvironment(core: core, store: core.store, keeping: instance)
        }
    }
}

/// What a runtime's growth failures are told to.
final class GrowthListener: Sendable {
    let closure = Mutex<(@Sendable (GrowthFailure) -> Void)?>(nil)
}

extension Runtime {
    /// Called when a linear memory does not grow, on the thread that asked; nil for nothing.
    ///
    /// After `memory.grow` of a guest failed, which then goes on with -1, or ``Memory/grow(by:)``, which then throws. It
    /// may call guests; failures that happen meanwhile on the same thread are not told, so it never calls itself.
    /// Set it while no guest runs.
    public var onGrowthFailure: (@Sendable (GrowthFailure) -> Void)? {
        get { growthListener.closure.withLock { $0 } }
        set {
            growthListener.closure.withLock { $0 = newValue }
            guard newValue != nil else { return engine.onGrowthFailure(nil) }
            engine.onGrowthFailure(
                { failure, data in
                    guard let failure, let data else { return }
                    let listener = Unmanaged<GrowthListener>.fromOpaque(data).takeUnretainedValue()
                    listener.closure.withLock { $0 }?(GrowthFailure(failure.pointee))
                },
                userData: Unmanaged.passUnretained(growthListener).toOpaque()
            )
        }
    }
}
