internal import CPlatform
internal import MotePlatform

/// Finds who catches the pending exception.
enum Unwinding {
    /// Where execution goes on; without a pc nobody between here and the entry from the host catches it.
    struct Landing {
        var pc: PC?
        var fp: FP
    }

    /// Leaves frames, from the one that is at `pc`, until one catches the exception, and puts its values there.
    ///
    /// Frames belong to several instances where they called each other; the one that catches is current
    /// afterwards. When nobody catches it everything is as it was, so that a backtrace shows who threw.
    @inline(never)
    static func unwind(_ environment: Environment, _ pc: PC, _ fp: FP) -> Landing {
        guard Build.hasExceptions,
            let exception = ExceptionObject(reference: environment.state.pointee.pendingException)
        else { return Landing(pc: nil, fp: fp) }
        var instance = environment.pointee.instance
        var frame = fp
        var at = pc
        // The pc of a caller lies behind its call.
        var back = 0
        while let code = UnsafePointer<MoteCode>(bitPattern: UInt(truncatingIfNeeded: frame[-1])) {
            let first = UnsafeRawPointer(code) + codeHeaderSizeInBytes
            if code.pointee.handlerTableOffset != 0,
                let clause = CatchTable.clause(
                    in: code,
                    at: at - first - back,
                    of: exception.tag,
                    instance?.pointee.tags
                )
            {
                place(exception, clause, frame)
                environment.state.pointee.pendingException = 0
                if instance != environment.pointee.instance {
                    Operations.reloadCaches(environment, instance)
                }
                return Landing(pc: first + Int(clause.pointee.target), fp: frame)
            }
            let record = CrossCall.record(of: frame, environment)
            if let record { instance = UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: record[2])) }
            let (next, caller) = Interpreter.caller(of: frame, in: environment)
            guard let next, let caller else { break }
            at = next
            frame = caller
            back = 1
        }
        return Landing(pc: nil, fp: fp)
    }

    private static func place(
        _ exception: ExceptionObject,
        _ clause: UnsafePointer<CatchTable.Clause>,
        _ frame: FP
    ) {
        let destination = frame + Int(clause.pointee.payloadSlot)
        var count = 0
        if clause.pointee.tag != CatchTable.anyTag {
            count = Int(exception.tag.pointee.parameterSlots)
            destination.update(from: exception.slots, count: count)
        }
        if clause.pointee.takesReference != 0 { destination[count] = exception.reference }
        if clause.pointee.exceptionSlot != CatchTable.noSlot {
            frame[Int(clause.pointee.exceptionSlot)] = exception.reference
        }
    }
}
