internal import CPlatform
internal import MoteModule

// Typed function references: their type is known, so a call asks only for null.

// callee's fp @8, reference slot @10; 24 bytes
@c(mote_handler_callReferenceSlot)
@inline(__always)
func callReferenceSlot(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard let function = UnsafePointer<MoteFunction>(bitPattern: UInt(fp[slotField(pc, 10)])) else {
        return nullFunctionReference(pc, fp, memory, environment, r, d)
    }
    return call(function, pc, fp, memory, environment, r, d)
}

// as the other tail calls, reference slot @14; 24 bytes
@c(mote_handler_returnCallReference)
@inline(never)
func returnCallReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard let function = UnsafePointer<MoteFunction>(bitPattern: UInt(fp[slotField(pc, 14)])) else {
        return trap(.nullFunctionReference, pc, fp, environment)
    }
    return returnCall(function, pc, fp, memory, environment, d)
}

/// Traps if the reference in slot @8 is null.
@c(mote_handler_checkReference)
@inline(__always)
func checkReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    if fp[slotField(pc, 8)] == 0 { return nullReference(pc, fp, memory, environment, r, d) }
    return goOn(pc + 16, fp, memory, environment, r, d)
}

@inline(never)
func nullReference(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    trap(.nullReference, pc, fp, environment)
}

@inline(never)
private func nullFunctionReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.nullFunctionReference, pc, fp, environment)
}

extension Operations {
    /// Whether a function has a declared subtype of the type that an indirect call names.
    ///
    /// Asked only where the two types differ.
    @inline(never)
    static func isSubtype(
        _ environment: Environment,
        _ function: UnsafePointer<MoteFunction>,
        of typeID: UInt32
    ) -> Bool {
        let registry = environment.state.pointee.store.pointee.runtime.pointee.types
        return TypeRegistry.isSubtype(registry, function.pointee.typeID, of: typeID)
    }
}
