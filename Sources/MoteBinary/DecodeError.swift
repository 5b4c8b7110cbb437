package import MoteModule
package import MotePlatform

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
    package var text: Text {
        Self.texts.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var texts: TextLines {
        TextLines(
            """
            unexpected end of section or function
            length out of bounds
            integer representation too long
            integer too large
            magic header not detected
            unknown binary version
            malformed section id
            unexpected content after last section
            section size mismatch
            malformed UTF-8 encoding
            malformed import kind
            malformed export kind
            malformed limits flags
            malformed mutability
            malformed value type
            malformed reference type
            malformed heap type
            malformed type definition
            malformed table
            malformed tag attribute
            malformed elements segment kind
            malformed element kind
            malformed data segment kind
            malformed memop flags
            malformed catch clause
            malformed cast flags
            invalid custom page size
            zero byte expected
            illegal opcode
            END opcode expected
            function and code section have inconsistent lengths
            data count and data section have inconsistent lengths
            data count section required
            too many locals
            unknown type
            unknown function
            sub type does not match super type
            duplicate export name
            implementation limit exceeded
            feature not supported
            out of memory
            """
        )
    }
}
