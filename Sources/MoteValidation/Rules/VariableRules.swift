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

    /// 0x21 `local.set`, 0x22 `local.tee`.
    @inline(__always)
    mutating func validateLocalSet(_ byte: UInt8) {
        let index = readIndex()
        let type = localType(index)
        if byte == 0x21 { popHere(type) } else { replaceHere(type, type) }
        if !type.isDefaultable { noteInitialised(index) }
    }

    @inline(__always)
    mutating func validateGlobalGet() {
        if let global = readGlobal() { push(global.pointee.type.valueType) }
    }

    @inline(__always)
    mutating func validateGlobalSet() {
        guard let global = readGlobal() else { return }
        if !global.pointee.type.isMutable { fail(.globalIsImmutable) }
        pop(global.pointee.type.valueType)
    }

    /// The global that an index names.
    @inline(never)
    private mutating func readGlobal() -> UnsafeMutablePointer<GlobalDeclaration>? {
        if let global = globals.pointer(at: Int(readU32())) { return global }
        fail(.unknownGlobal)
        return nil
    }
}
