package import CPlatform
internal import MoteModule

extension EngineEnvironment {
    /// Throws an exception of a tag from a host function that was called in this environment: what it returns is what
    /// the host function returns.
    ///
    /// `slots` has the values as a call has its arguments, ``MoteTag/parameterSlots`` slots.
    package func throwException(
        _ tag: UnsafeMutablePointer<MoteTag>,
        slots: UnsafePointer<UInt64>?
    ) -> TrapCode {
        let code = Operations.makeException(state.base, nil, tag, slots)
        return code == 0 ? .uncaughtException : TrapCode(returned: code)
    }

    /// Throws an exception again; what it returns is what the host function returns.
    package func rethrow(_ exception: ExceptionObject) -> TrapCode {
        state.pointee.pendingException = exception.reference
        return .uncaughtException
    }

    /// The exception that ended the last call with ``TrapCode/uncaughtException``; nil once another call began.
    package var pendingException: ExceptionObject? {
        ExceptionObject(reference: state.pointee.pendingException)
    }

    /// Forgets the pending exception, so that it need not be kept.
    package func clearException() { state.pointee.pendingException = 0 }
}
