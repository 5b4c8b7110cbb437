package import MotePlatform

/// What a module may have at most: generous against real modules, small enough that no count overflows what follows.
///
/// Every count is compared with the bytes left as well, so a small file never makes us allocate much.
package enum DecodeLimits {
    /// The whole module: offsets are 32 bits.
    package static var moduleSizeInBytes: Int { 0xFFFF_FFFF }
    /// Types, and so type indices: heap types keep them in 24 bits.
    @inlinable package static var types: Int { 1_000_000 }
    /// Types of one recursion group.
    package static var groupTypes: Int { 1_000_000 }
    package static var supertypeDepth: Int { 63 }
    package static var parameters: Int { 1_000 }
    package static var results: Int { 1_000 }
    package static var fields: Int { 10_000 }
    package static var functions: Int { 1_000_000 }
    package static var imports: Int { 1_000_000 }
    package static var exports: Int { 1_000_000 }
    package static var globals: Int { 1_000_000 }
    package static var tables: Int { 100_000 }
    /// Instructions name memories in 16 bits.
    package static var memories: Int { 65_535 }
    package static var tags: Int { 1_000_000 }
    package static var dataSegments: Int { 100_000 }
    package static var elementSegments: Int { 1_000_000 }
    /// Elements of one segment.
    package static var elements: Int { 10_000_000 }
    /// Instructions and locals' declarations of one function.
    package static var functionBodySizeInBytes: Int { 7_654_321 * 4 }
    /// Locals of one function, parameters included.
    ///
    /// Checked by validation.
    @inlinable package static var locals: Int { 50_000 }
    package static var customSections: Int { 100_000 }
}

/// Which limit an error of kind `limitExceeded` is about.
package enum DecodeLimit: UInt32, Sendable {
    case moduleSize, types, groupTypes, supertypeDepth, parameters, results, fields, functions, imports,
        exports
    case globals, tables, memories, tags, dataSegments, elementSegments, elements, functionBodySize, locals
    case customSections

    /// What there is too much of.
    package var name: Text {
        switch self {
        case .moduleSize: "bytes in the module"
        case .types: "types"
        case .groupTypes: "types in a recursion group"
        case .supertypeDepth: "levels of supertypes"
        case .parameters: "parameters"
        case .results: "results"
        case .fields: "fields"
        case .functions: "functions"
        case .imports: "imports"
        case .exports: "exports"
        case .globals: "globals"
        case .tables: "tables"
        case .memories: "memories"
        case .tags: "tags"
        case .dataSegments: "data segments"
        case .elementSegments: "element segments"
        case .elements: "elements in a segment"
        case .functionBodySize: "bytes in a function body"
        case .locals: "locals"
        case .customSections: "custom sections"
        }
    }
}
