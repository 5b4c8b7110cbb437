package import CPlatform
package import MoteMemory

/// An execution environment: what every tier reads of it, then what only the engine looks at. In its own arena.
package struct EnvironmentState {
    /// First: its address is the environment's.
    package var base: MoteEnvironment
    package var arena: Arena
    package var store: UnsafeMutablePointer<StoreState>
    /// Why the last ``TrapCode/memoryExhausted`` happened.
    package var memoryError: MemoryError?
    var lastTrap: TrapPlace
    /// The thread that is inside, null when none is (atomic; see `mote_thread_id`).
    var thread: UnsafeMutableRawPointer?
    /// How many calls of that thread are inside.
    var entryCount: UInt32
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

    static var none: TrapPlace { TrapPlace(code: .none, activation: nil, pc: nil, fp: nil) }
}

extension UnsafeMutablePointer where Pointee == EnvironmentState {
    /// The part that every tier reads: it comes first.
    @inline(__always)
    package var base: UnsafeMutablePointer<MoteEnvironment> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteEnvironment.self)
    }

    /// The word that names the thread inside, for atomic access.
    @inline(__always)
    var thread: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
        withUnsafeMutablePointer(to: &pointee.thread) { $0 }
    }
}

extension UnsafeMutablePointer where Pointee == MoteEnvironment {
    /// The whole environment that starts here.
    @inline(__always)
    package var state: UnsafeMutablePointer<EnvironmentState> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: EnvironmentState.self)
    }

    /// The word that running code polls, for atomic access.
    @inline(__always)
    var interrupt: UnsafeMutablePointer<UInt32> { withUnsafeMutablePointer(to: &pointee.interrupt) { $0 } }

    /// The descriptor that wakes blocking host calls, for atomic access.
    @inline(__always)
    var wakeDescriptor: UnsafeMutablePointer<Int32> {
        withUnsafeMutablePointer(to: &pointee.wakeDescriptor) { $0 }
    }

    /// 1 while a thread is inside, for atomic access.
    @inline(__always)
    var entered: UnsafeMutablePointer<UInt32> { withUnsafeMutablePointer(to: &pointee.entered) { $0 } }
}
