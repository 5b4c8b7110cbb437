/// A proposal beyond WebAssembly 1.0, as users switch it on and off by name.
@frozen @usableFromInline
package enum Feature: UInt8, Sendable {
    case signExtension
    case saturatingConversions
    case multiValue
    case mutableGlobals
    case bulkMemory
    case referenceTypes
    case extendedConstants
    case tailCalls
    case simd
    case relaxedSIMD
    case exceptions
    case legacyExceptions
    case memory64
    case multiMemory
    case typedFunctionReferences
    case garbageCollection
    case threads
    case customPageSizes
    case wideArithmetic
    case branchHints

    /// The spelling of options and errors.
    package var name: StaticString {
        switch self {
        case .signExtension: "sign-extension"
        case .saturatingConversions: "saturating-conversions"
        case .multiValue: "multi-value"
        case .mutableGlobals: "mutable-globals"
        case .bulkMemory: "bulk-memory"
        case .referenceTypes: "reference-types"
        case .extendedConstants: "extended-constants"
        case .tailCalls: "tail-calls"
        case .simd: "simd"
        case .relaxedSIMD: "relaxed-simd"
        case .exceptions: "exceptions"
        case .legacyExceptions: "legacy-exceptions"
        case .memory64: "memory64"
        case .multiMemory: "multi-memory"
        case .typedFunctionReferences: "typed-function-references"
        case .garbageCollection: "gc"
        case .threads: "threads"
        case .customPageSizes: "custom-page-sizes"
        case .wideArithmetic: "wide-arithmetic"
        case .branchHints: "branch-hints"
        }
    }

    /// How many features there are.
    package static var count: Int { 20 }
}

/// A set of features.
///
/// Not an `OptionSet`: its array literals allocate.
@frozen @usableFromInline
package struct FeatureSet: Equatable, Sendable {
    @usableFromInline package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No feature.
    @inlinable package static var none: FeatureSet { FeatureSet(rawValue: 0) }

    @inlinable
    package func contains(_ feature: Feature) -> Bool { rawValue & (1 &<< UInt32(feature.rawValue)) != 0 }
    @inlinable
    package mutating func insert(_ feature: Feature) { rawValue |= 1 &<< UInt32(feature.rawValue) }
    @inlinable
    package mutating func remove(_ feature: Feature) { rawValue &= ~(1 &<< UInt32(feature.rawValue)) }

    /// What this version executes: WebAssembly 2.0 without SIMD, extended constants, tail calls.
    package static var executable: FeatureSet {
        var set = FeatureSet.none
        set.insert(.signExtension)
        set.insert(.saturatingConversions)
        set.insert(.multiValue)
        set.insert(.mutableGlobals)
        set.insert(.bulkMemory)
        set.insert(.referenceTypes)
        set.insert(.extendedConstants)
        set.insert(.tailCalls)
        set.insert(.typedFunctionReferences)
        set.insert(.memory64)
        set.insert(.multiMemory)
        set.insert(.customPageSizes)
        set.insert(.wideArithmetic)
        return set
    }
}
