internal import MoteMemory
internal import MoteModule

// Tests and casts of references, small integers as references, conversions to and from external references: numbers
// from 20 on behind 0xFB.

extension Translator {
    /// What a cast asks for: a canonical id or an abstract heap type, and whether null will do.
    private struct CastTarget {
        var heapType: HeapType
        var isNullable: Bool
        /// A struct or array type: its objects can be compared at once.
        var isObject: Bool
    }

    mutating func cast(_ number: UInt32) {
        switch number {
        case 20, 21: referenceTest(castTarget(isNullable: number == 21))
        case 22, 23: referenceCast(castTarget(isNullable: number == 23))
        case 24, 25: branchOnCast(onSuccess: number == 24)
        // The bits of a reference are the same in both hierarchies.
        case 26, 27: break
        case 28:
            let value = popSlot()
            let result = pushTemporary(0x64)
            let at = emit(.i31New, result: result)
            code.set16(at &+ 10, value)
        default: unaryReference(number == 29 ? .i31GetSigned : .i31GetUnsigned)
        }
    }

    private mutating func castTarget(isNullable: Bool) -> CastTarget {
        let value = reader.s64()
        guard value >= 0 else {
            let heapType = HeapType(rawValue: 0xFFFF00 | UInt32(truncatingIfNeeded: value) & 0x7F)
            return CastTarget(heapType: heapType, isNullable: isNullable, isObject: false)
        }
        let type = module.pointee.types.pointer(at: Int(truncatingIfNeeded: value))
        return CastTarget(
            heapType: .concrete(type?.pointee.canonicalID ?? 0),
            isNullable: isNullable,
            isObject: type?.pointee.kind != .function
        )
    }

    private mutating func referenceTest(_ target: CastTarget) {
        let reference = popSlot()
        let result = pushTemporary(0x7F)
        let at = emit(
            target.isObject ? .referenceTestObject : .referenceTestOther,
            sizeInBytes: 24,
            result: result
        )
        code.set16(at &+ 10, reference)
        code.set16(at &+ 12, target.isNullable ? 1 : 0)
        code.set32(at &+ 16, target.heapType.rawValue)
    }

    /// The value stays where it is.
    private mutating func referenceCast(_ target: CastTarget) {
        let index = entryCount &- 1
        if entries[index].kind == .constant { settle(index) }
        let at = emit(target.isObject ? .referenceCastObject : .referenceCastOther, sizeInBytes: 24)
        code.set16(at &+ 8, entries[index].slot)
        code.set16(at &+ 10, target.isNullable ? 1 : 0)
        code.set32(at &+ 16, target.heapType.rawValue)
    }

    /// The value stays where it is, on both ways.
    private mutating func branchOnCast(onSuccess: Bool) {
        let flags = reader.byte()
        let frame = frameCount &- 1 &- Int(u32())
        _ = reader.s64()
        let target = castTarget(isNullable: flags & 2 != 0)
        let index = entryCount &- 1
        if entries[index].kind == .constant { settle(index) }
        let isPlaced = frames[frame].kind != .function && valuesArePlaced(frame)
        let at = emit(target.isObject ? .branchOnCastObject : .branchOnCastOther, sizeInBytes: 24)
        code.set16(at &+ 8, entries[index].slot)
        // Bit 1: branch where the cast fails.
        let isInverted = onSuccess != isPlaced
        code.set16(at &+ 10, (target.isNullable ? 1 : 0) | (isInverted ? 2 : 0))
        code.set32(at &+ 16, target.heapType.rawValue)
        if isPlaced {
            link(at &+ 12, to: frame)
        } else {
            branchAround(at &+ 12, to: frame)
        }
    }
}
