package import MoteBinary
package import MoteMemory
package import MoteModule

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
        package var text: StaticString {
            switch self {
            case .typeMismatch: "type mismatch"
            case .unknownType: "unknown type"
            case .unknownFunction: "unknown function"
            case .unknownTable: "unknown table"
            case .unknownMemory: "unknown memory"
            case .unknownGlobal: "unknown global"
            case .unknownTag: "unknown tag"
            case .unknownElementSegment: "unknown elem segment"
            case .unknownDataSegment: "unknown data segment"
            case .unknownLocal: "unknown local"
            case .unknownLabel: "unknown label"
            case .unknownField: "unknown field"
            case .uninitialisedLocal: "uninitialized local"
            case .alignmentTooLarge: "alignment must not be larger than natural"
            case .atomicAlignment: "alignment must be equal to natural"
            case .offsetOutOfRange: "offset out of range"
            case .invalidLaneIndex: "invalid lane index"
            case .constantExpressionRequired: "constant expression required"
            case .globalIsImmutable: "immutable global"
            case .fieldIsImmutable: "immutable field"
            case .arrayIsImmutable: "immutable array"
            case .undeclaredFunctionReference: "undeclared function reference"
            case .invalidResultArity: "invalid result arity"
            case .startFunction: "start function"
            case .minimumGreaterThanMaximum: "size minimum must not be greater than maximum"
            case .memoryTooLarge: "memory size must be at most 65536 pages (4GiB)"
            case .memory64TooLarge: "memory size must be at most 2^48 pages"
            case .tableTooLarge: "table size must be at most 2^32-1"
            case .sharedMemoryWithoutMaximum: "shared memory must have maximum"
            case .invalidPageSize: "invalid custom page size"
            case .invalidRethrowLabel: "invalid rethrow label"
            case .nonEmptyTagResult: "non-empty tag result type"
            case .notDefaultable: "type is not defaultable"
            case .arrayTypesDoNotMatch: "array types do not match"
            case .arrayIsNotNumeric: "array type is not numeric or vector"
            case .tooManySlots: "function needs more than 32,000 slots"
            case .blocksTooDeep: "blocks are nested deeper than 100,000"
            case .featureDisabled: "feature is not enabled"
            case .featureUnsupported: "feature is not supported"
            case .featureLeftOut: "feature is not in this build"
            }
        }
    }
}
