package import CPlatform
internal import MoteModule

/// One line of a backtrace.
package struct BacktraceFrame {
    /// The module of a guest function; nil for a host function.
    package var module: EngineModule?
    /// Index in the module's function index space; 0 for a host function.
    package var functionIndex: UInt32
    /// Offset in the module's bytes of the instruction it was at; nil where nobody knows.
    package var byteOffset: UInt32?
    /// The function record of a host function.
    package var hostFunction: UnsafePointer<MoteFunction>?
}

/// Walks the frames of an environment, innermost first, across host calls.
package enum Backtrace {
    /// Frames at the environment's last trap, or of the present call chain when none is remembered.
    ///
    /// Right after a call trapped, or inside a host function. `visit` answers false to stop.
    package static func walk(_ environment: EngineEnvironment, visit: (BacktraceFrame) -> Bool) {
        let trap = environment.state.pointee.lastTrap
        var activation = trap.code != .none ? trap.activation : Operations.settle(environment.base)
        var pc = trap.code != .none ? trap.pc : nil
        var fp = trap.code != .none ? trap.fp : nil
        while let current = activation {
            if current.pointee.kind == UInt32(truncatingIfNeeded: MOTE_ACTIVATION_HOST_CALL) {
                let frame = BacktraceFrame(
                    module: nil,
                    functionIndex: 0,
                    byteOffset: nil,
                    hostFunction: current.pointee.callee.map { UnsafePointer($0) }
                )
                guard visit(frame) else { return }
                pc = current.pointee.pc
                fp = current.pointee.fp
            } else {
                if fp == nil, current.pointee.inGuest == UInt32(MOTE_LEFT) {
                    let frame = BacktraceFrame(
                        module: nil,
                        functionIndex: 0,
                        byteOffset: nil,
                        hostFunction: current.pointee.callee.map { UnsafePointer($0) }
                    )
                    guard visit(frame) else { return }
                    pc = current.pointee.pc
                    fp = current.pointee.fp
                }
                guard walkFrames(of: current, in: environment, from: fp, at: pc, visit: visit) else { return }
                pc = nil
                fp = nil
            }
            activation = current.pointee.previous
        }
    }

    /// The guest frames above one entry from the host.
    ///
    /// ```
    /// fp[-3] return pc    fp[-2] caller fp    fp[-1] MoteCode *
    /// ```
    private static func walkFrames(
        of entry: UnsafeMutablePointer<MoteActivation>,
        in environment: EngineEnvironment,
        from innermost: UnsafeMutablePointer<UInt64>?,
        at innermostPC: UnsafeRawPointer?,
        visit: (BacktraceFrame) -> Bool
    ) -> Bool {
        let runtime = environment.state.pointee.store.pointee.runtime
        let floor = UInt(bitPattern: entry)
        var fp = innermost
        var pc = innermostPC
        // The pc of a caller lies behind its call.
        var isReturn = false
        while let frame = fp, UInt(bitPattern: frame) > floor,
            let code = UnsafePointer<MoteCode>(bitPattern: UInt(truncatingIfNeeded: frame[-1]))
        {
            let module = owner(of: code, in: runtime)
            let offset = pc.flatMap { at in
                module.flatMap {
                    LazyTranslation.byteOffset(of: at, isReturn: isReturn, in: code, $0, environment)
                }
            }
            let line = BacktraceFrame(
                module: module.map { EngineModule(state: $0) },
                functionIndex: code.pointee.functionIndex,
                byteOffset: offset,
                hostFunction: nil
            )
            guard visit(line) else { return false }
            (pc, fp) = Interpreter.caller(of: frame, in: environment.base)
            isReturn = true
        }
        return true
    }

    /// The module one of whose code words is this code; O(modules).
    private static func owner(
        of code: UnsafePointer<MoteCode>,
        in runtime: UnsafeMutablePointer<RuntimeState>
    ) -> UnsafeMutablePointer<ModuleState>? {
        var next = runtime.pointee.firstModule
        while let state = next {
            next = state.pointee.next
            let index = Int(code.pointee.functionIndex) &- state.pointee.module.pointee.importedFunctionCount
            guard index >= 0, index < state.pointee.definedFunctionCount else { continue }
            for variant in 0..<4 {
                guard let words = state.pointee.codeWords[variant] else { continue }
                if words[index].map({ UnsafePointer($0) }) == code { return state }
            }
        }
        return nil
    }
}
