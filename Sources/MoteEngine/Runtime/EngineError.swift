package import MoteBinary
package import MoteMemory
package import MoteModule
package import MotePlatform
package import MoteValidation

/// Why loading, linking or instantiating did not work.
package enum EngineError: Error, Sendable {
    /// The bytes are not a module.
    case decode(DecodeError)
    /// The module breaks a rule of the specification, or a limit.
    case validation(ValidationError)
    /// The module makes use of a proposal that is off or not executable.
    case unsupported(Feature, byteOffset: Int)
    /// An import is missing or does not fit.
    case link(LinkError)
    /// A region could not give what was asked, or the plan asks for what does not exist.
    case memory(MemoryError)
    /// Initialising a segment or running the start function trapped.
    case trap(TrapCode)
    /// The call makes no sense in the present state.
    case usage(UsageFault)
}

/// Which import of a module does not fit, and how.
package struct LinkError: Error, Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        /// Nothing was given.
        case unknownImport
        /// Another kind, type, limit or mutability was given.
        case incompatibleImportType

        /// The wording of the specification's tests.
        package var text: Text {
            switch self {
            case .unknownImport: "unknown import"
            case .incompatibleImportType: "incompatible import type"
            }
        }
    }

    package var kind: Kind
    /// Position among the module's imports.
    package var importIndex: UInt32

    package init(_ kind: Kind, importIndex: UInt32) {
        self.kind = kind
        self.importIndex = importIndex
    }
}

/// A call that makes no sense in the present state.
package enum UsageFault: UInt8, Error, Sendable {
    /// The module was unloaded; it lives on only for its instances.
    case moduleUnloaded
    /// The environment runs guest code on another thread.
    case environmentBusy
    /// What was given belongs to another runtime or store.
    case foreignStore
    /// A function type with too many values.
    case functionTypeTooLarge
    /// Not in this version.
    case unsupported

    /// The sentence that errors print.
    package var text: Text {
        switch self {
        case .moduleUnloaded: "the module was unloaded"
        case .environmentBusy: "the execution environment is in use by another thread"
        case .foreignStore: "the value belongs to another store"
        case .functionTypeTooLarge: "the function type has too many values"
        case .unsupported: "not supported in this version"
        }
    }
}
