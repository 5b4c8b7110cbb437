internal import CPlatform

// Bulk operations on memories and tables. Slots of operands at 8, 10, 12; indices of 32 bits behind 16; 24 bytes
// unless said. Addresses and counts are slots as they are: ``Operations`` takes of them what the address type has, and
// does all the work; nothing here is hot.

@inline(__always)
private func firstIndex(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 16, as: UInt32.self) }
@inline(__always)
private func secondIndex(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 20, as: UInt32.self) }
@inline(__always)
private func operand(_ pc: PC, _ fp: FP, _ at: Int) -> UInt64 { fp[slotField(pc, at)] }

/// Goes on behind an operation that may have moved memory, or stops with its trap.
@inline(__always)
private func proceed(
    _ code: UInt32,
    _ pc: PC,
    _ size: Int,
    _ fp: FP,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    return goOn(pc + size, fp, Interpreter.memoryBase(environment), environment, r, d)
}

// destination @8, memory @12; 16 bytes
@c(mote_handler_memorySizeOperation)
@inline(__always)
func memorySizeOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = Operations.memorySize(environment, immediate32(pc))
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}

// destination @8, page count @10, memory @12; 16 bytes
@c(mote_handler_memoryGrowOperation)
@inline(__always)
func memoryGrowOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = Operations.memoryGrow(environment, immediate32(pc), operand(pc, fp, 10), pc, fp)
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, Interpreter.memoryBase(environment), environment, z, d)
}

// destination, value, count; memory @16
@c(mote_handler_memoryFillOperation)
@inline(__always)
func memoryFillOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.memoryFill(
        environment,
        firstIndex(pc),
        operand(pc, fp, 8),
        low(operand(pc, fp, 10)),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// destination, source, count; destination memory @16, source memory @20
@c(mote_handler_memoryCopyOperation)
@inline(__always)
func memoryCopyOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.memoryCopy(
        environment,
        firstIndex(pc),
        secondIndex(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// destination, source, count; memory @16, segment @20
@c(mote_handler_memoryInitOperation)
@inline(__always)
func memoryInitOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.memoryInit(
        environment,
        firstIndex(pc),
        secondIndex(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// segment @12; 16 bytes
@c(mote_handler_dataDropOperation)
@inline(__always)
func dataDropOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    Operations.dataDrop(environment, immediate32(pc))
    return goOn(pc + 16, fp, memory, environment, r, d)
}

// destination @8, index @10, table @12; 16 bytes
@c(mote_handler_tableGetOperation)
@inline(__always)
func tableGetOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let (value, code) = Operations.tableGet(environment, immediate32(pc), operand(pc, fp, 10))
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    fp[slotField(pc, 8)] = value
    return goOn(pc + 16, fp, memory, environment, value, d)
}

// index @8, value @10, table @12; 16 bytes
@c(mote_handler_tableSetOperation)
@inline(__always)
func tableSetOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.tableSet(
        environment,
        immediate32(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10)
    )
    return proceed(code, pc, 16, fp, environment, r, d)
}

// destination @8, table @12; 16 bytes
@c(mote_handler_tableSizeOperation)
@inline(__always)
func tableSizeOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = Operations.tableSize(environment, immediate32(pc))
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}

// destination @8, value @10, count @12, table @16
@c(mote_handler_tableGrowOperation)
@inline(__always)
func tableGrowOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = Operations.tableGrow(
        environment,
        firstIndex(pc),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    fp[slotField(pc, 8)] = z
    return goOn(pc + 24, fp, memory, environment, z, d)
}

// index, value, count; table @16
@c(mote_handler_tableFillOperation)
@inline(__always)
func tableFillOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.tableFill(
        environment,
        firstIndex(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// destination, source, count; destination table @16, source table @20
@c(mote_handler_tableCopyOperation)
@inline(__always)
func tableCopyOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.tableCopy(
        environment,
        firstIndex(pc),
        secondIndex(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// destination, source, count; table @16, segment @20
@c(mote_handler_tableInitOperation)
@inline(__always)
func tableInitOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.tableInit(
        environment,
        firstIndex(pc),
        secondIndex(pc),
        operand(pc, fp, 8),
        operand(pc, fp, 10),
        operand(pc, fp, 12)
    )
    return proceed(code, pc, 24, fp, environment, r, d)
}

// segment @12; 16 bytes
@c(mote_handler_elementDropOperation)
@inline(__always)
func elementDropOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    Operations.elementDrop(environment, immediate32(pc))
    return goOn(pc + 16, fp, memory, environment, r, d)
}

// destination @8, function index @12; 16 bytes
@c(mote_handler_referenceFunction)
@inline(__always)
func referenceFunction(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = Operations.functionReference(environment, immediate32(pc))
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}
