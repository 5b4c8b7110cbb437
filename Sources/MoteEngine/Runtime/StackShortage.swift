internal import CPlatform
internal import MoteMemory

/// How much a stack had and how much was asked of it, in bytes.
package struct StackShortage: Equatable, Sendable {
    /// The stacks that can be too small.
    package enum Stack: UInt8, Sendable {
        /// Frames of guest code, in the execution environment.
        case operand
        /// The guest's own, in linear memory.
        case auxiliary
        /// The calling thread's.
        case native
    }

    package var stack: Stack
    /// Its size; 0 where nobody knows.
    package var sizeInBytes: UInt64
    /// What the frame that did not fit, and all below it, would have taken; 0 where nobody knows.
    ///
    /// Of an auxiliary stack: from its top to the stack pointer that was refused; 0 for one above the top.
    package var neededInBytes: UInt64
}

extension EngineEnvironment {
    /// Which stack was too small, after a trap for that reason; nil after any other, and once a call has begun.
    package var stackShortage: StackShortage? { state.pointee.lastTrap.stack }

    /// The same for the trap that ends the call now; the instance that trapped is current.
    func stackShortage(_ trap: TrapCode) -> StackShortage? {
        let asked = UInt64(UInt(bitPattern: base.pointee.spill.5))
        switch trap {
        case .callStackExhausted:
            let start = UInt64(UInt(bitPattern: base.pointee.stackBase))
            let end = UInt64(UInt(bitPattern: base.pointee.stackLimit))
            return StackShortage(
                stack: .operand,
                sizeInBytes: end &- start,
                neededInBytes: asked > end ? asked &- start : 0
            )
        case .auxiliaryStackOverflow, .auxiliaryStackUnderflow:
            guard let instance = base.pointee.instance else { return nil }
            let isFixed = instance.pointee.auxiliaryStackTop != .max
            let top =
                isFixed
                ? instance.pointee.auxiliaryStackTop
                : instance.state.pointee.module.pointee.auxiliaryStack.top
            return StackShortage(
                stack: .auxiliary,
                sizeInBytes: top &- instance.pointee.auxiliaryStackBoundary,
                neededInBytes: trap == .auxiliaryStackOverflow ? top &- asked : 0
            )
        case .nativeStackOverflow:
            var size = 0
            _ = mote_native_stack_lowest(&size)
            return StackShortage(
                stack: .native,
                sizeInBytes: UInt64(truncatingIfNeeded: size),
                neededInBytes: 0
            )
        default:
            return nil
        }
    }

    /// Notes a call that ended before it had an activation.
    func refuse(_ trap: TrapCode) -> TrapCode {
        state.pointee.lastTrap.code = trap
        state.pointee.lastTrap.stack = stackShortage(trap)
        return trap
    }
}
