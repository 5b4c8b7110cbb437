internal import MoteMemory

/// A rule of shared heaps that a call has broken.
public enum SharedHeapFailure: Equatable, Sendable {
    /// The size is not 256 bytes to 1 GiB.
    case invalidSize
    /// The buffer does not begin and end with pages of the operating system.
    case unalignedBuffer
    /// A heap was to be its own body.
    case chainOfItself
    /// An instance has the heap attached.
    case attached
    /// The heap lies behind another one already.
    case alreadyBody
    /// The heap heads a chain already.
    case alreadyHead
    /// A second heap of the chain would hand out memory.
    case secondAllocator
    /// The chain does not fit into a 32-bit address space.
    case chainTooLong
    /// The instance has no memory.
    case noMemory
    /// The instance's limits did not ask for shared heaps.
    case notAttachable
    /// The instance's memory reaches into the heap's addresses.
    case overlapsMemory
    /// The instance has a heap attached.
    case alreadyAttached
    /// The instance has no heap attached.
    case notAttached
    /// The heap belongs to another runtime.
    case foreignRuntime
    /// Nothing is handed out in a buffer of the host's.
    case inBuffer
    /// Nothing was handed out at the address.
    case notInHeap
    /// The address lies in a buffer of the host's.
    case freedInBuffer

    private var fault: SharedHeapFault {
        switch self {
        case .invalidSize: .invalidSize
        case .unalignedBuffer: .unalignedBuffer
        case .chainOfItself: .chainOfItself
        case .attached: .attached
        case .alreadyBody: .alreadyBody
        case .alreadyHead: .alreadyHead
        case .secondAllocator: .secondAllocator
        case .chainTooLong: .chainTooLong
        case .noMemory: .noMemory
        case .notAttachable: .notAttachable
        case .overlapsMemory: .overlapsMemory
        case .alreadyAttached: .alreadyAttached
        case .notAttached: .notAttached
        case .foreignRuntime: .foreignRuntime
        case .inBuffer: .inBuffer
        case .notInHeap: .notInHeap
        case .freedInBuffer: .freedInBuffer
        }
    }

    init(_ fault: SharedHeapFault) {
        switch fault {
        case .invalidSize: self = .invalidSize
        case .unalignedBuffer: self = .unalignedBuffer
        case .chainOfItself: self = .chainOfItself
        case .attached: self = .attached
        case .alreadyBody: self = .alreadyBody
        case .alreadyHead: self = .alreadyHead
        case .secondAllocator: self = .secondAllocator
        case .chainTooLong: self = .chainTooLong
        case .noMemory: self = .noMemory
        case .notAttachable: self = .notAttachable
        case .overlapsMemory: self = .overlapsMemory
        case .alreadyAttached: self = .alreadyAttached
        case .notAttached: self = .notAttached
        case .foreignRuntime: self = .foreignRuntime
        case .inBuffer: self = .inBuffer
        case .notInHeap: self = .notInHeap
        case .freedInBuffer: self = .freedInBuffer
        }
    }
}

extension SharedHeapFailure: CustomStringConvertible {
    /// The sentence that errors print.
    public var description: String { fault.text.description }
}

extension RuntimeError {
    init(sharing error: SharedHeapError, isPool: Bool) {
        switch error {
        case .fault(let fault): self = .usage(.sharedHeap(SharedHeapFailure(fault)))
        case .memory(let error): self = .memory(MemoryFailure(error, isPool: isPool))
        }
    }
}
