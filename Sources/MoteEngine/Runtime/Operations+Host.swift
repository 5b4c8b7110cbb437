internal import MoteModule
internal import CPlatform

extension Operations {
    /// Calls a host function from guest code whose frame is `fp`, at `pc`.
    ///
    /// `slots` are its parameters, results come over them. The memory may move and the environment be entered
    /// again meanwhile: the caches are fresh afterwards.
    @inline(never)
    static func callHost(
        _ environment: Environment,
        _ function: UnsafePointer<MoteFunction>,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ fp: UnsafeMutablePointer<UInt64>,
        _ pc: UnsafeRawPointer
    ) -> UInt32 {
        if mote_native_stack_pointer() < environment.pointee.nativeStackBoundary,
            EngineEnvironment(environment).isShortOfNativeStack()
        {
            return UInt32(TrapCode.nativeStackOverflow.rawValue)
        }
        // Guest code always runs under an entry, which notes where it was left: nothing is pushed.
        guard let entry = environment.pointee.activation else {
            return UInt32(TrapCode.hostError.rawValue)
        }
        entry.pointee.operandPointer = slots + function.frameArgumentSlots
        entry.pointee.pc = pc
        entry.pointee.fp = fp
        entry.pointee.callee = function
        entry.pointee.inGuest = UInt32(MOTE_LEFT)
        let code = invoke(environment, function, slots)
        // Where it failed a backtrace shows it; who catches it goes on (`raise`).
        if code == 0 { entry.pointee.inGuest = 1 }
        return code
    }

    /// Runs the host function itself, and notes references that it gives to the guest.
    @inline(__always)
    static func invoke(
        _ environment: Environment,
        _ function: UnsafePointer<MoteFunction>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        guard let target = function.pointee.target else { return UInt32(TrapCode.unlinkedFunction.rawValue) }
        let host = unsafeBitCast(target, to: HostTarget.self)
        let code = host(environment, function.pointee.hostData, slots)
        if code == 0, function.pointee.reserved & MoteFunction.resultsReferences != 0,
            let type = FunctionDescription.type(of: function), let taker = environment.pointee.instance
        {
            Publishing.link(values: slots, type.pointee.results, to: taker)
        }
        return code
    }

    /// `MoteHostFunction` with the pointers that are never null.
    typealias HostTarget =
        @convention(c) (
            UnsafeMutablePointer<MoteEnvironment>, UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt64>
        ) -> UInt32
}
