internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// What is wrong with bytes that cannot be decoded at all: the decoder's errors, at the cursor.
extension Validator {
    @inline(never)
    mutating func malformed(_ kind: DecodeError.Kind) -> Stop {
        failure = .malformed(DecodeError(kind, at: cursor - moduleBytes))
        return Stop()
    }

    mutating func unexpectedEnd() -> Stop { malformed(.unexpectedEnd) }
    mutating func missingEnd() -> Stop { malformed(.endExpected) }
    mutating func trailingBytes() -> Stop { malformed(.sectionSizeMismatch) }
    mutating func illegalOpcode() -> Stop { malformed(.illegalOpcode) }
    mutating func malformedElse() -> Stop { malformed(.endExpected) }
    mutating func malformedHandler() -> Stop { malformed(.endExpected) }
    mutating func malformedMemoryFlags() -> Stop { malformed(.malformedMemoryFlags) }
    mutating func malformedLocals() -> Stop { malformed(.tooManyLocals) }
    mutating func malformedZeroByte() -> Stop { malformed(.zeroByteExpected) }
    mutating func malformedCastFlags() -> Stop { malformed(.malformedCastFlags) }
    mutating func malformedCatch() -> Stop { malformed(.malformedCatch) }
    mutating func missingDataCount() -> Stop { malformed(.dataCountRequired) }
}
