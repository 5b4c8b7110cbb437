package import MoteBinary
package import MoteMemory
package import MoteModule
package import MotePlatform

/// Why a module is not valid, and where.
package struct ValidationError: Error, Equatable, Sendable {
    package var kind: Kind
    /// The function whose body is at fault; nil outside function bodies.
    package var functionIndex: UInt32?
    /// Offset in bytes from the start of the module: of the instruction at fault, or 0 where none is.
    package var byteOffset: UInt32
    /// The proposal that would have to be on, for the kinds that begin with `feature`.
    package var feature: Feature?

    package init(kind: Kind, functionIndex: UInt32? = nil, byteOffset: UInt32 = 0, feature: Feature? = nil) {
        self.kind = kind
        self.functionIndex = functionIndex
        self.byteOffset = byteOffset
        self.feature = feature
    }
}

/// What stops a validation.
package enum ValidationFailure: Error, Sendable {
    /// The module breaks a rule, a limit, or uses a proposal that is off.
    case invalid(ValidationError)
    /// A function body or an expression cannot be decoded.
    case malformed(DecodeError)
    /// The heap could not give the scratch that validation needs.
    case memory(MemoryError)
}

extension ValidationError {
    /// The rule that is broken.
    package enum Kind: UInt8, Sendable {
        case typeMismatch
        case unknownType
        case unknownFunction
        case unknownTable
        case unknownMemory
        case unknownGlobal
        case unknownTag
        case unknownElementSegment
        case unknownDataSegment
        case unknownLocal
        case unknownLabel
        case unknownField
        case uninitialisedLocal
        case alignmentTooLarge
        case atomicAlignment
        case offsetOutOfRange
        case invalidLaneIndex
        case constantExpressionRequired
        case globalIsImmutable
        case fieldIsImmutable
        case arrayIsImmutable
        case undeclaredFunctionReference
        case invalidResultArity
        case startFunction
        case minimumGreaterThanMaximum
        case memoryTooLarge
        case memory64TooLarge
        case tableTooLarge
        case sharedMemoryWithoutMaximum
        case invalidPageSize
        case nonEmptyTagResult
        case invalidRethrowLabel
        case notDefaultable
        case arrayTypesDoNotMatch
        case arrayIsNotNumeric
        case tooManySlots
        case blocksTooDeep
        case featureDisabled
        case featureUnsupported
        case featureLeftOut

        /// The sentence that errors print; the specification's words where its tests have some.
        package var text: Text {
            Self.texts.line(Int(rawValue))
        }

        /// A line a raw value.
        private static var texts: TextLines {
            TextLines(
                """
                type mismatch
                unknown type
                unknown function
                unknown table
                unknown memory
                unknown global
                unknown tag
                unknown elem segment
                unknown data segment
                unknown local
                unknown label
                unknown field
                uninitialized local
                alignment must not be larger than natural
                alignment must be equal to natural
                offset out of range
                invalid lane index
                constant expression required
                immutable global
                immutable field
                immutable array
                undeclared function reference
                invalid result arity
                start function
                size minimum must not be greater than maximum
                memory size must be at most 65536 pages (4GiB)
                memory size must be at most 2^48 pages
                table size must be at most 2^32-1
                shared memory must have maximum
                invalid custom page size
                non-empty tag result type
                invalid rethrow label
                type is not defaultable
                array types do not match
                array type is not numeric or vector
                function needs more than 32,000 slots
                blocks are nested deeper than 100,000
                feature is not enabled
                feature is not supported
                feature is not in this build
                """
            )
        }
    }
}
