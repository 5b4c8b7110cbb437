internal import CPlatform
internal import MoteMemory

extension EngineEnvironment {
    /// The address below which host code is not entered; 0: not checked, then nested calls are counted instead.
    ///
    /// Nil: found out from the thread that enters, as the plan's reserve says. On a fiber the caller has to say it: its
    /// stack is not the thread's. Set it between calls, or from a host function.
    package var nativeStackBoundary: UInt? {
        get { state.pointee.hasNativeStackBoundary ? UInt(base.pointee.nativeStackBoundary) : nil }
        nonmutating set {
            state.pointee.hasNativeStackBoundary = newValue != nil
            if let newValue {
                base.pointee.nativeStackBoundary = newValue
                base.pointee.nativeStackSize = UInt(Int.max)
            } else {
                findNativeStackBoundary()
            }
        }
    }

    /// Whether `sizeInBytes` of the calling thread's native stack are left, where its end is known.
    ///
    /// Where the embedder said a boundary, they are counted from there.
    package func hasNativeStack(sizeInBytes: Int) -> Bool {
        let here = mote_native_stack_pointer()
        let lowest: UInt
        if state.pointee.hasNativeStackBoundary {
            lowest = base.pointee.nativeStackBoundary
        } else {
            var size = 0
            lowest = mote_native_stack_lowest(&size)
        }
        guard lowest != 0 else { return true }
        return here >= lowest && here &- lowest >= UInt(max(0, sizeInBytes))
    }

    /// Whether too little native stack is left to enter host code.
    ///
    /// Below it may also lie the stack of a fiber that a host function changed to: nobody knows how long that is.
    @inline(never)
    package func isShortOfNativeStack() -> Bool {
        if !state.pointee.hasNativeStackBoundary { findNativeStackBoundary() }
        return mote_native_stack_pointer() < base.pointee.nativeStackBoundary
    }

    /// Asks the thread for the end of its stack; it knows after the first time.
    func findNativeStackBoundary() {
        let reserve = state.pointee.store.pointee.runtime.pointee.plan.nativeStackReserveInBytes
        guard reserve > 0 else {
            base.pointee.nativeStackBoundary = 0
            base.pointee.nativeStackSize = UInt(Int.max)
            return
        }
        var size = 0
        let lowest = mote_native_stack_lowest(&size)
        let boundary = lowest == 0 ? 0 : mote_native_stack_boundary(reserve)
        base.pointee.nativeStackBoundary = boundary
        base.pointee.nativeStackSize = boundary == 0 ? 0 : lowest &+ UInt(bitPattern: size) &- boundary
    }
}
