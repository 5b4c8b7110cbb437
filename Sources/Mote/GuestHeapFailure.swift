internal import MoteEngine
internal import MoteMemory

/// Why the host got no bytes of a guest's memory, or could not give them back.
public struct GuestHeapFailure: Equatable, Sendable {
    /// What went wrong.
    public enum Kind: Sendable {
        /// The instance has no memory.
        case noMemory
        /// There is no such heap.
        case absent
        /// The guest's addresses do not reach that far.
        case tooLarge
        /// The app heap has no free range as large.
        case exhausted
        /// The global heap has no room for the app heap's records.
        case records
        /// The guest's allocator returned null.
        case refused
        /// The guest's allocator returned an address outside of its memory.
        case outside
        /// No block begins at the address.
        case notABlock
        /// The size of a block in the guest's own heap must be given, where the guest exports no `realloc`.
        case sizeUnknown
        /// There is no environment to call the guest's allocator in.
        case environment
    }

    /// What went wrong.
    public let kind: Kind
    /// Which heap was asked.
    public let heap: GuestHeap.Kind
    /// Which heap was to be used, by ``MemoryPlan/guestHeap``.
    public let choice: GuestHeapChoice
    /// Bytes asked for.
    public let requestedInBytes: UInt64
    /// The largest free range of the app heap; nil where it has nothing to do with that.
    public let availableInBytes: UInt64?
    /// The address in question; nil where there is none.
    public let address: UInt64?
    /// What the global heap could not give.
    public let memory: MemoryFailure?
    private let sentence: String
}

extension GuestHeapFailure {
    init(_ error: GuestHeapError, isPool: Bool) {
        kind =
            switch error.kind {
            case .noMemory: .noMemory
            case .absent: .absent
            case .tooLarge: .tooLarge
            case .exhausted: .exhausted
            case .records: .records
            case .refused: .refused
            case .outside: .outside
            case .notABlock: .notABlock
            case .sizeUnknown: .sizeUnknown
            case .environment, .trapped: .environment
            }
        heap = GuestHeap.Kind(error.heap)
        choice =
            switch error.choice {
            case .automatic: .automatic
            case .app: .app
            case .libc: .libc
            case .none: .none
            }
        requestedInBytes = error.requestedInBytes
        availableInBytes = error.kind == .exhausted ? error.availableInBytes : nil
        address = error.kind == .outside || error.kind == .notABlock ? error.address : nil
        let hasCause = error.kind == .records || error.kind == .environment
        memory = hasCause ? error.memory.map { MemoryFailure($0, isPool: isPool) } : nil
        sentence = error.text.description
    }

    /// The setting of ``MemoryPlan``, or the export of the module, that would help; empty where none would.
    public var advice: String {
        switch kind {
        case .absent:
            switch choice {
            case .automatic: "an appHeap helps, or a guest that exports malloc and free"
            case .app: "an appHeap helps, or guestHeap = .automatic where the guest exports malloc and free"
            case .libc:
                "a guest that exports malloc and free helps, or an appHeap with guestHeap = .automatic"
            case .none: "guestHeap = .automatic helps"
            }
        case .exhausted: "a larger appHeap helps"
        case .refused:
            "larger maximumPages or a larger maximumGuestHeap helps, or an appHeap with guestHeap = .app"
        case .outside: "an appHeap with guestHeap = .app does without that allocator"
        case .sizeUnknown: "from: the old size helps, or a guest that exports realloc"
        case .records, .environment: memory?.advice ?? ""
        case .noMemory, .tooLarge, .notABlock: ""
        }
    }
}

extension GuestHeapFailure: CustomStringConvertible {
    /// Which heap was asked for how much, why it did not give it, and what would help.
    public var description: String {
        var text = sentence
        if let address { text += " (\(address))" }
        if requestedInBytes > 0 { text += "; \(ByteCount.text(Int(clamping: requestedInBytes))) wanted" }
        if let availableInBytes {
            text += ", at most \(ByteCount.text(Int(clamping: availableInBytes))) free in one piece"
        }
        if let memory { text += "; \(memory)" } else if !advice.isEmpty { text += "; \(advice)" }
        return text
    }
}
