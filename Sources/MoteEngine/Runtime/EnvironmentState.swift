package import CPlatform
package import MoteMemory

/// An execution environment: what every tier reads of it, then what only the engine looks at.
///
/// In its own arena.
package struct EnvironmentState {
    /// First: its address is the environment's.
    package var base: MoteEnvironment
    /// Second: for waiting on shared memory.
    var waiter: Waiter
    package var arena: Arena
    package var store: UnsafeMutablePointer<StoreState>
    /// Why the last ``TrapCode/memoryExhausted`` happened.
    package var memoryError: MemoryError?
    /// An exception on its way up the frames, or one that nobody caught until the next call; 0 for none.
    ///
    /// A root.
    var pendingException: UInt64
    var lastTrap: TrapPlace
    /// The embedder said where the native stack ends, so that nobody else is asked.
    var hasNativeStackBoundary = false
    /// How many calls of the thread that is inside began inside of another.
    var nestedCount: UInt32
    /// The instance whose default environment it is.
    var ownerInstance: UnsafeMutablePointer<InstanceState>?
    var next: UnsafeMutablePointer<EnvironmentState>?
    var previous: UnsafeMutablePointer<EnvironmentState>?
}

/// Where guest code was when it trapped: still readable on the operand stack until the next call.
struct TrapPlace {
    var code: TrapCode
    var activation: UnsafeMutablePointer<MoteActivation>?
    var pc: UnsafeRawPointer?
    var fp: UnsafeMutablePointer<UInt64>?
    /// Which stack was too small, if that was the reason.
    var stack: StackShortage?

    static var none: TrapPlace { TrapPlace(code: .none, activation: nil, pc: nil, fp: nil, stack: nil) }
}

extension UnsafeMutablePointer where Pointee == EnvironmentState {
    /// The part that every tier reads: it comes first.
    @inline(__always)
    package var base: UnsafeMutablePointer<MoteEnvironment> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteEnvironment.self)
    }

    /// What waits on shared memory for the environment.
    @inline(__always)
    var waiter: Waiter.Pointer {
        (UnsafeMutableRawPointer(self) + MemoryLayout<MoteEnvironment>.size)
            .assumingMemoryBound(to: Waiter.self)
    }
}

extension UnsafeMutablePointer where Pointee == MoteEnvironment {
    /// The whole environment that starts here.
    @inline(__always)
    package var state: UnsafeMutablePointer<EnvironmentState> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: EnvironmentState.self)
    }

    // Words for atomic access lie at the offsets that mote_layout.h asserts: a Swift reference to the field would be
    // an access of its own.

    /// The word that running code polls.
    @inline(__always)
    var interrupt: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 40 }

    /// The descriptor that wakes blocking host calls.
    @inline(__always)
    var wakeDescriptor: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 152 }

    /// The word that says whether calls end after their host functions.
    @inline(__always)
    var hostStop: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 156 }

    /// The word that names the thread inside.
    @inline(__always)
    package var thread: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 208 }

    /// The function that a prepared call is of.
    @inline(__always)
    package var preparedFunction: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 216 }

    /// The instance that it belongs to.
    @inline(__always)
    var preparedInstance: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + 272 }
}
