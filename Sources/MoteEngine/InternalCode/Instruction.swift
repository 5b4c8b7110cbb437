package import CPlatform

/// Address of the next internal instruction.
typealias PC = UnsafeRawPointer
/// A frame: slots of 8 bytes, addressed by signed offsets.
typealias FP = UnsafeMutablePointer<UInt64>
/// Base of memory 0.
typealias Memory = UnsafeMutableRawPointer
/// The execution environment.
package typealias Environment = UnsafeMutablePointer<MoteEnvironment>

/// One internal instruction's code.
///
/// ```
/// instruction, multiples of 8 bytes:
///   0  handler address
///   8  operand fields of 16 bits: slots relative to fp (signed), at 8, 10, 12, 14
///      or one field of 32 bits at 12: immediate, offset into memory, branch distance from the instruction
///  16  64-bit constants, code words, tables of branch distances
/// ```
/// `r` is the last integer (or reference) result, `d` the last float result; both are also in their slots.
/// Returns 0 (halted), a trap code, or `codeContinue` to the trampoline.
typealias Handler = @convention(c) (PC, FP, Memory, Environment, UInt64, Double) -> Int

/// What a handler returns to the trampoline: go on with the spilled state.
let codeContinue = -1

/// The code of one internal instruction: a row of the generated handler table.
struct InternalOpcode: Equatable {
    var rawValue: UInt16
    @inline(__always)
    init(_ rawValue: UInt16) { self.rawValue = rawValue }
    @inline(__always)
    static func + (base: InternalOpcode, index: Int) -> InternalOpcode {
        InternalOpcode(base.rawValue &+ UInt16(truncatingIfNeeded: index))
    }
}

/// How far instructions lie behind the start of a code block.
let codeHeaderSizeInBytes = MemoryLayout<MoteCode>.size

// Operand fields. Code is written by the translator only, so they are read unchecked.
@inline(__always)
func slotField(_ pc: PC, _ at: Int) -> Int { Int(pc.load(fromByteOffset: at, as: Int16.self)) }
@inline(__always)
func immediate32(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 12, as: UInt32.self) }
@inline(__always)
func signedImmediate32(_ pc: PC) -> UInt64 {
    UInt64(bitPattern: Int64(pc.load(fromByteOffset: 12, as: Int32.self)))
}
@inline(__always)
func signedImmediate16(_ pc: PC) -> UInt64 {
    UInt64(bitPattern: Int64(pc.load(fromByteOffset: 10, as: Int16.self)))
}
@inline(__always)
func branchTarget(_ pc: PC) -> PC { pc + Int(pc.load(fromByteOffset: 12, as: Int32.self)) }
@inline(__always)
func low(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
@inline(__always)
func f64(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
@inline(__always)
func f32(_ bits: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
@inline(__always)
func f32(_ register: Double) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: register.bitPattern)) }
@inline(__always)
func bits(_ value: Float) -> UInt64 { UInt64(value.bitPattern) }
@inline(__always)
func bits(_ value: Double) -> UInt64 { value.bitPattern }
@inline(__always)
func register(_ value: Float) -> Double { Double(bitPattern: UInt64(value.bitPattern)) }
