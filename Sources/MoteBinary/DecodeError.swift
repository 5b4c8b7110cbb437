package import MoteModule

/// Why bytes are not a module, and where.
package struct DecodeError: Error, Equatable, Sendable {
    /// What is wrong; `text` has the specification's wording where the official tests name one.
    package enum Kind: UInt8, Sendable {
        case unexpectedEnd
        case lengthOutOfBounds
        case integerTooLong
        case integerTooLarge
        case badMagic
        case badVersion
        case malformedSectionID
        case sectionOutOfOrder
        case sectionSizeMismatch
        case malformedUTF8
        case malformedImportKind
        case malformedExportKind
        case malformedLimitsFlags
        case malformedMutability
        case malformedValueType
        case malformedReferenceType
        case malformedHeapType
        case malformedTypeForm
        case malformedTableForm
        case malformedTagAttribute
        case malformedElementFlags
        case malformedElementKind
        case malformedDataFlags
        case malformedMemoryFlags
        case malformedCatch
        case malformedCastFlags
        case malformedPageSize
        case zeroByteExpected
        case illegalOpcode
        case endExpected
        case inconsistentFunctionLengths
        case inconsistentDataLengths
        case dataCountRequired
        case tooManyLocals
        case unknownType
        case unknownFunction
        case invalidSubtype
        case duplicateExportName
        /// `detail` is the ``DecodeLimit``.
        case limitExceeded
        /// `detail` is the ``Feature``.
        case unsupportedFeature
        /// Memory was not to be had; the stage that allocates keeps the reason.
        case outOfMemory
    }

    /// The kind, and from bit 32 on the detail: one word, because errors are handed up through many callers.
    private let facts: UInt64
    /// From the first byte of the module; at most its size.
    package let byteOffset: Int

    package init(_ kind: Kind, at byteOffset: Int, detail: UInt32 = 0) {
        facts = UInt64(kind.rawValue) | UInt64(detail) &<< 32
        self.byteOffset = byteOffset
    }

    package var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: facts)) ?? .unexpectedEnd }
    /// What the kind says about it: an opcode, an index, a limit.
    ///
    /// 0 otherwise.
    package var detail: UInt32 { UInt32(truncatingIfNeeded: facts &>> 32) }

    /// The feature that is off, when that is what is wrong.
    package var unsupportedFeature: Feature? {
        kind == .unsupportedFeature ? Feature(rawValue: UInt8(truncatingIfNeeded: detail)) : nil
    }
}

extension DecodeError.Kind {
    /// The sentence that errors print.
    package var text: StaticString {
        switch self {
        case .unexpectedEnd: "unexpected end of section or function"
        case .lengthOutOfBounds: "length out of bounds"
        case .integerTooLong: "integer representation too long"
        case .integerTooLarge: "integer too large"
        case .badMagic: "magic header not detected"
        case .badVersion: "unknown binary version"
        case .malformedSectionID: "malformed section id"
        case .sectionOutOfOrder: "unexpected content after last section"
        case .sectionSizeMismatch: "section size mismatch"
        case .malformedUTF8: "malformed UTF-8 encoding"
        case .malformedImportKind: "malformed import kind"
        case .malformedExportKind: "malformed export kind"
        case .malformedLimitsFlags: "malformed limits flags"
        case .malformedMutability: "malformed mutability"
        case .malformedValueType: "malformed value type"
        case .malformedReferenceType: "malformed reference type"
        case .malformedHeapType: "malformed heap type"
        case .malformedTypeForm: "malformed type definition"
        case .malformedTableForm: "malformed table"
        case .malformedTagAttribute: "malformed tag attribute"
        case .malformedElementFlags: "malformed elements segment kind"
        case .malformedElementKind: "malformed element kind"
        case .malformedDataFlags: "malformed data segment kind"
        case .malformedMemoryFlags: "malformed memop flags"
        case .malformedCatch: "malformed catch clause"
        case .malformedCastFlags: "malformed cast flags"
        case .malformedPageSize: "invalid custom page size"
        case .zeroByteExpected: "zero byte expected"
        case .illegalOpcode: "illegal opcode"
        case .endExpected: "END opcode expected"
        case .inconsistentFunctionLengths: "function and code section have inconsistent lengths"
        case .inconsistentDataLengths: "data count and data section have inconsistent lengths"
        case .dataCountRequired: "data count section required"
        case .tooManyLocals: "too many locals"
        case .unknownType: "unknown type"
        case .unknownFunction: "unknown function"
        case .invalidSubtype: "sub type does not match super type"
        case .duplicateExportName: "duplicate export name"
        case .limitExceeded: "implementation limit exceeded"
        case .unsupportedFeature: "feature not supported"
        case .outOfMemory: "out of memory"
        }
    }
}
