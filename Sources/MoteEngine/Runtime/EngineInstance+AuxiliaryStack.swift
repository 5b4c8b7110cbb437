internal import CPlatform
package import MoteMemory

/// What became of a guest's own stack, in bytes.
package struct AuxiliaryStackUse: Equatable, Sendable {
    /// Where it starts; it grows down.
    package var top: UInt64
    /// The stack pointer must stay above it.
    package var boundary: UInt64
    /// The most that was between the top and the stack pointer.
    package var peakInBytes: UInt64
    /// Whether writes of the stack pointer are compared with the bounds.
    package var isChecked: Bool

    package var sizeInBytes: UInt64 { top &- boundary }
}

extension EngineInstance {
    /// The guest's own stack, as far as its module tells where it is.
    ///
    /// The stack pointer is a global of the instance, so the peak is over all environments that ran in it. Seen are the
    /// module's own `global.set`s: not those of the host or of an instance that imports the global.
    package var auxiliaryStack: AuxiliaryStackUse? {
        let stack = state.pointee.module.pointee.auxiliaryStack
        guard stack.isPresent else { return nil }
        let base = state.base
        let isChecked = base.pointee.auxiliaryStackBoundary != .max
        let top = base.pointee.auxiliaryStackTop == .max ? stack.top : base.pointee.auxiliaryStackTop
        return AuxiliaryStackUse(
            top: top,
            boundary: isChecked ? base.pointee.auxiliaryStackBoundary : stack.boundary,
            peakInBytes: top &- min(base.pointee.auxiliaryStackLowest, top),
            isChecked: isChecked
        )
    }

    /// Tells another stack than the module's own: that of a thread, in a block that the guest or the host allocated.
    ///
    /// Set it while no code runs in the instance. The stack pointer itself stays as it is.
    package func setAuxiliaryStack(top: UInt64, sizeInBytes: UInt64) {
        let stack = state.pointee.module.pointee.auxiliaryStack
        guard stack.isPresent, sizeInBytes <= top else { return }
        state.base.pointee.setAuxiliaryStack(
            AuxiliaryStack(
                globalIndex: stack.globalIndex,
                top: top,
                boundary: top &- sizeInBytes,
                hasFixedTop: true
            ),
            isChecked: true
        )
    }

    /// Tells another stack, as ``setAuxiliaryStack(top:sizeInBytes:)`` does, and points the stack pointer at its top.
    package func startAuxiliaryStack(top: UInt64, sizeInBytes: UInt64) {
        let stack = state.pointee.module.pointee.auxiliaryStack
        guard stack.isPresent, sizeInBytes <= top, let pointer = global(at: stack.globalIndex) else { return }
        setAuxiliaryStack(top: top, sizeInBytes: sizeInBytes)
        pointer.slots.pointee = top
    }

    /// Checks nothing any more: the guest changes between stacks of its own.
    package func stopCheckingAuxiliaryStack() {
        state.base.pointee.setAuxiliaryStack(state.pointee.module.pointee.auxiliaryStack, isChecked: false)
    }
}

extension ModuleState {
    /// The guest's own stack, as far as writes of its stack pointer are looked at.
    package var auxiliaryStack: AuxiliaryStack { AuxiliaryStack(layout) }
}

extension MoteInstance {
    /// Sets what checked writes of the stack pointer read; nothing has been used yet.
    mutating func setAuxiliaryStack(_ stack: AuxiliaryStack, isChecked: Bool) {
        guard stack.isPresent else { return }
        auxiliaryStackLowest = stack.top
        auxiliaryStackTop = isChecked && stack.hasFixedTop ? stack.top : .max
        auxiliaryStackBoundary = isChecked ? stack.boundary : .max
    }
}
