internal import CPlatform

/// What handlers of every tier call: plain functions that return trap codes.
enum Operations {
    typealias Environment = UnsafeMutablePointer<MoteEnvironment>

    /// Slots of an activation on the operand stack.
    static var activationSlotCount: Int { 8 }

    /// Puts an activation at `start` on the operand stack and makes it the innermost one.
    ///
    /// Records the current instance, which ``pop(_:of:)`` brings back. The caller has checked the space.
    static func push(
        on environment: Environment,
        at start: UnsafeMutablePointer<UInt64>,
        kind: Int,
        callee: UnsafePointer<MoteFunction>?,
        operandPointer: UnsafeMutablePointer<UInt64>
    ) -> UnsafeMutablePointer<MoteActivation> {
        let activation = UnsafeMutableRawPointer(start).assumingMemoryBound(to: MoteActivation.self)
        activation.initialize(
            to: MoteActivation(
                previous: environment.pointee.activation,
                kind: UInt32(truncatingIfNeeded: kind),
                inGuest: 0,
                operandPointer: operandPointer,
                pc: nil,
                fp: nil,
                nativeStackPointer: nil,
                // What the last prepared call left current may have gone.
                instance: environment.pointee.activation == nil ? nil : environment.pointee.instance,
                callee: callee
            )
        )
        environment.pointee.activation = activation
        if let peak = environment.pointee.stackPeak, peak < operandPointer {
            environment.pointee.stackPeak = operandPointer
        }
        return activation
    }

    /// The innermost activation, where it was left at an import with all that says; the thread is inside.
    static func settle(_ environment: Environment) -> UnsafeMutablePointer<MoteActivation>? {
        guard let entry = environment.pointee.activation else { return nil }
        guard entry.pointee.inGuest == UInt32(MOTE_LEFT_AT_IMPORT), let pc = entry.pointee.pc else {
            return entry
        }
        let index = Int(pc.load(fromByteOffset: 16, as: UInt32.self))
        entry.pointee.operandPointer = top(of: entry)
        entry.pointee.callee = environment.pointee.instance?.pointee.importedFunctions?[index].map {
            UnsafePointer($0)
        }
        entry.pointee.inGuest = UInt32(MOTE_LEFT)
        return entry
    }

    /// The first free slot above an activation's frames.
    static func top(of activation: UnsafeMutablePointer<MoteActivation>) -> UnsafeMutablePointer<UInt64>? {
        guard activation.pointee.inGuest == UInt32(MOTE_LEFT_AT_IMPORT), let pc = activation.pointee.pc,
            let fp = activation.pointee.fp
        else { return activation.pointee.operandPointer }
        return fp + slotField(pc, 8) - frameHeaderSlots
    }

    /// Whether the operand stack reaches up to an address; where it does not, the error can tell what was asked for.
    static func hasRoom(_ environment: Environment, to end: UnsafeMutablePointer<UInt64>) -> Bool {
        environment.pointee.spill.5 = UnsafeMutableRawPointer(end)
        guard let limit = environment.pointee.stackLimit else { return false }
        return end <= limit
    }

    /// Takes the activation away again, and brings back the instance that was current.
    static func pop(_ activation: UnsafeMutablePointer<MoteActivation>, of environment: Environment) {
        environment.pointee.activation = activation.pointee.previous
        reloadCaches(environment, activation.pointee.instance)
    }

    /// Makes an instance the current one: its globals, and base and size of its memory 0.
    static func reloadCaches(_ environment: Environment, _ instance: UnsafeMutablePointer<MoteInstance>?) {
        environment.pointee.instance = instance
        environment.pointee.globals = instance?.pointee.globals
        guard let memory = instance?.pointee.memories?[0] else {
            environment.pointee.memoryBase = nil
            environment.pointee.memorySizeInBytes = 0
            return
        }
        environment.pointee.memoryBase = memory.pointee.base
        environment.pointee.memorySizeInBytes = EffectiveAddress.currentSize(of: memory)
    }
}
