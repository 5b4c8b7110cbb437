internal import MoteMemory
internal import MoteModule

/// Locals and globals (spec 3.4 "Variable Instructions").
extension Validator {
    @inline(__always)
    mutating func validateLocalGet() {
        let index = readIndex()
        let type = localType(index)
        if !type.isDefaultable { requireInitialised(index) }
        pushHere(type)
    }

    @inline(__always)
    mutating func validateLocalSet() {
        let index = readIndex()
        let type = localType(index)
        popHere(type)
        if !type.isDefaultable { noteInitialised(index) }
    }

    @inline(__always)
    mutating func validateLocalTee() {
        let index = readIndex()
        let type = localType(index)
        popHere(type)
        pushHere(type)
        if !type.isDefaultable { noteInitialised(index) }
    }

    @inline(__always)
    mutating func validateGlobalGet() {
        guard let global = globals.pointer(at: Int(readU32())) else { return fail(.unknownGlobal) }
        push(global.pointee.type.valueType)
    }

    @inline(__always)
    mutating func validateGlobalSet() {
        guard let global = globals.pointer(at: Int(readU32())) else { return fail(.unknownGlobal) }
        if !global.pointee.type.isMutable { fail(.globalIsImmutable) }
        pop(global.pointee.type.valueType)
    }
}
