package import CPlatform

extension EngineRuntime {
    /// Sets what is called when a linear memory does not grow, on the thread and in the environment that asked; nil for
    /// nothing.
    ///
    /// Called with `userData` after `memory.grow` of a guest or growth by the host failed, before the guest goes on. It may
    /// call guests; failures that happen meanwhile on the same thread are not told, so it never calls itself. Set it
    /// while nothing runs.
    package func onGrowthFailure(
        _ function: MoteGrowthFailureFunction?,
        userData: UnsafeMutableRawPointer? = nil
    ) {
        state.pointee.growthFailureData = userData
        state.pointee.growthFailure = function
    }
}
