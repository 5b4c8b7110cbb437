package import MoteMemory
package import MotePlatform

/// Which heap answers when the host wants bytes in a guest's memory.
package enum GuestHeapKind: UInt8, Sendable {
    case none
    /// The app heap: a range of the memory that the host manages.
    case app
    /// The allocator that the guest exports.
    case libc
}

/// Why the host got no bytes in a guest's memory, or could not give them back.
package struct GuestHeapError: Error, Sendable {
    package enum Kind: UInt8, Sendable {
        /// The instance has no memory.
        case noMemory
        /// There is no such heap: `choice` says which one was wanted.
        case absent
        /// The guest's addresses do not reach that far.
        case tooLarge
        /// No free range of the app heap is as large: `availableInBytes` is the largest.
        case exhausted
        /// The global heap has no room for the app heap's records: `memory` says more.
        case records
        /// The guest's allocator returned null.
        case refused
        /// The guest's allocator returned what does not lie in its memory: `address`.
        case outside
        /// No block begins at `address`.
        case notABlock
        /// The size of a block in the guest's own heap must be given, where it exports no `realloc`.
        case sizeUnknown
        /// The guest's allocator trapped: `trap` says how.
        case trapped
        /// There is no environment to call the guest's allocator in: `memory` says why.
        case environment
    }

    package var kind: Kind
    /// Which heap was asked.
    package var heap: GuestHeapKind
    /// What plan and limits say.
    package var choice: GuestHeap
    /// Bytes asked for.
    package var requestedInBytes: UInt64
    /// The largest free range of an app heap in bytes.
    package var availableInBytes: UInt64
    package var address: UInt64
    package var trap: TrapCode
    package var memory: MemoryError?
    /// Where the guest's allocator ran: an address, because errors cross threads; 0 where it did not run.
    private var environmentAddress: UInt

    init(_ kind: Kind, _ heap: GuestHeapKind, _ choice: GuestHeap, requested: UInt64 = 0, address: UInt64 = 0)
    {
        self.kind = kind
        self.heap = heap
        self.choice = choice
        requestedInBytes = requested
        availableInBytes = 0
        self.address = address
        trap = .none
        memory = nil
        environmentAddress = 0
    }

    /// Where the guest's allocator ran, to be looked at by the thread that ran it.
    package var environment: EngineEnvironment? {
        get {
            UnsafeMutablePointer<EnvironmentState>(bitPattern: environmentAddress).map {
                EngineEnvironment(state: $0)
            }
        }
        set { environmentAddress = UInt(bitPattern: newValue?.state) }
    }

    /// The sentence that errors begin with.
    package var text: Text {
        switch kind {
        case .noMemory: "the instance has no memory"
        case .absent:
            switch choice {
            case .automatic: "there is neither an app heap nor an allocator that the guest exports"
            case .app: "there is no app heap"
            case .libc: "the guest exports no allocator"
            case .none: "the host may not allocate in the guest's memory"
            }
        case .tooLarge: "the guest's addresses do not reach that far"
        case .exhausted: "the app heap has no free range as large"
        case .records: "the global heap has no room for the app heap's records"
        case .refused: "the guest's allocator returned null"
        case .outside: "the guest's allocator returned an address outside of its memory"
        case .notABlock:
            heap == .app
                ? "no block of the app heap begins there" : "the address does not lie in the guest's memory"
        case .sizeUnknown: "the guest exports no realloc, so the block's size must be given"
        case .trapped: "the guest's allocator trapped"
        case .environment: "no environment could be made to call the guest's allocator in"
        }
    }
}
