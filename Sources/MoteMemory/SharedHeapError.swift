package import MotePlatform

/// Why something with a shared heap did not work.
package enum SharedHeapError: Error, Equatable, Sendable {
    /// A rule was broken.
    case fault(SharedHeapFault)
    /// Memory was not to be had.
    case memory(MemoryError)
}

/// A rule of shared heaps that a call has broken.
package enum SharedHeapFault: UInt8, Sendable {
    case invalidSize
    case unalignedBuffer
    case chainOfItself
    case attached
    case alreadyBody
    case alreadyHead
    case secondAllocator
    case chainTooLong
    case noMemory
    case notAttachable
    case overlapsMemory
    case alreadyAttached
    case notAttached
    case foreignRuntime
    case inBuffer
    case notInHeap
    case freedInBuffer

    /// The sentence that errors print.
    package var text: Text {
        switch self {
        case .invalidSize:
            "a shared heap has 256 bytes to 1 GiB, rounded up to whole pages of the operating system"
        case .unalignedBuffer:
            "the buffer of a shared heap begins and ends with pages of the operating system"
        case .chainOfItself: "a shared heap cannot be chained to itself"
        case .attached: "an instance has the shared heap attached; detach it first"
        case .alreadyBody: "the shared heap already lies behind another one in a chain"
        case .alreadyHead: "the shared heap already heads a chain"
        case .secondAllocator: "only one heap of a chain may hand out memory; the others are buffers"
        case .chainTooLong: "the chain of shared heaps is larger than a 32-bit address space"
        case .noMemory: "the instance has no memory that a shared heap could be attached to"
        case .notAttachable:
            "the instance was not made for shared heaps: set attachesSharedHeaps in its limits"
        case .overlapsMemory: "the linear memory reaches into the addresses of the shared heap"
        case .alreadyAttached: "the instance has a shared heap attached already"
        case .notAttached: "the instance has no shared heap attached"
        case .foreignRuntime: "the shared heap belongs to another runtime"
        case .inBuffer: "the shared heap is a buffer of the host's, where nothing is handed out"
        case .notInHeap: "the address to free does not lie in a shared heap"
        case .freedInBuffer: "the address to free lies in a buffer of the host's"
        }
    }

    /// What WAMR logs, where it says something else.
    package var wamrText: Text {
        switch self {
        case .invalidSize: "Invalid size of shared heap"
        case .overlapsMemory: "Linear memory address is overlapped with shared heap"
        case .alreadyAttached: "A shared heap is already attached"
        case .inBuffer: "Can't allocate from pre allocated shared heap"
        case .notInHeap: "The address to free isn't in shared heap"
        case .freedInBuffer: "The address to free is from pre allocated shared heap"
        default: text
        }
    }
}
