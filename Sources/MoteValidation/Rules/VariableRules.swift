internal import MoteMemory
internal import MoteModule

/// Locals and globals (spec 3.4 "Variable Instructions").
extension Validator {
    @inline(__always)
    mutating func validateLocalGet() throws(Stop) {
        let index = try readIndex()
        let type = try localType(index)
        if !type.isDefaultable { try requireInitialised(index) }
        try pushHere(type)
    }

    @inline(__always)
    mutating func validateLocalSet() throws(Stop) {
        let index = try readIndex()
        let type = try localType(index)
        try popHere(type)
        if !type.isDefaultable { try noteInitialised(index) }
    }

    @inline(__always)
    mutating func validateLocalTee() throws(Stop) {
        let index = try readIndex()
        let type = try localType(index)
        try popHere(type)
        try pushHere(type)
        if !type.isDefaultable { try noteInitialised(index) }
    }

    @inline(never)
    private mutating func requireInitialised(_ index: UInt32) throws(Stop) {
        guard Int(index) < parameters.count || initialisation.isSet(index) else {
            throw fail(.uninitialisedLocal)
        }
    }

    @inline(never)
    private mutating func noteInitialised(_ index: UInt32) throws(Stop) {
        guard Int(index) >= parameters.count else { return }
        do {
            try initialisation.set(index, arena)
        } catch {
            failure = .memory(error)
            throw Stop()
        }
    }

    @inline(__always)
    mutating func validateGlobalGet() throws(Stop) {
        guard let global = globals.pointer(at: Int(try readU32())) else { throw fail(.unknownGlobal) }
        try push(global.pointee.type.valueType)
    }

    @inline(__always)
    mutating func validateGlobalSet() throws(Stop) {
        guard let global = globals.pointer(at: Int(try readU32())) else { throw fail(.unknownGlobal) }
        guard global.pointee.type.isMutable else { throw fail(.globalIsImmutable) }
        try pop(global.pointee.type.valueType)
    }
}
