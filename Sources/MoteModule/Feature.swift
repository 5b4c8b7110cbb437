package import MotePlatform

/// A proposal beyond WebAssembly 1.0, as users switch it on and off by name.
@frozen
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

    /// What it is, in words for errors and lists.
    package var title: StaticString {
        switch self {
        case .signExtension: "sign extension"
        case .saturatingConversions: "saturating conversions from float to integer"
        case .multiValue: "several results"
        case .mutableGlobals: "imported and exported mutable globals"
        case .bulkMemory: "bulk memory operations"
        case .referenceTypes: "reference types"
        case .extendedConstants: "arithmetic in constant expressions"
        case .tailCalls: "tail calls"
        case .simd: "vector instructions"
        case .relaxedSIMD: "relaxed vector instructions"
        case .exceptions: "exception handling"
        case .legacyExceptions: "the exception handling of before WebAssembly 3.0"
        case .memory64: "memories and tables with 64-bit addresses"
        case .multiMemory: "several memories"
        case .typedFunctionReferences: "typed function references"
        case .garbageCollection: "garbage collection"
        case .threads: "shared memories and atomic instructions"
        case .customPageSizes: "memories with other page sizes"
        case .wideArithmetic: "128-bit arithmetic"
        case .branchHints: "branch hints"
        }
    }

    /// Why a module that has it is refused.
    package var refusal: StaticString {
        FeatureSet.executable.contains(self) ? "feature not supported" : "feature is not in this build"
    }

    /// What it makes no sense without, taken together with what that needs.
    package var needs: FeatureSet {
        var set = FeatureSet.none
        switch self {
        case .relaxedSIMD: set.insert(.simd)
        case .exceptions, .typedFunctionReferences: set.insert(.referenceTypes)
        case .legacyExceptions:
            set.insert(.exceptions)
            set.insert(.referenceTypes)
        case .garbageCollection:
            set.insert(.typedFunctionReferences)
            set.insert(.referenceTypes)
        default: break
        }
        return set
    }

    /// How many features there are.
    package static var count: Int { 20 }
}

/// A set of features.
///
/// Not an `OptionSet`: its array literals allocate.
@frozen
package struct FeatureSet: Equatable, Sendable {
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No feature.
    @inlinable package static var none: FeatureSet { FeatureSet(rawValue: 0) }

    /// Whether the feature is in the set and in this build.
    @inlinable
    package func contains(_ feature: Feature) -> Bool {
        rawValue & FeatureSet.executable.rawValue & FeatureSet.bit(feature) != 0
    }
    @inlinable
    package mutating func insert(_ feature: Feature) { rawValue |= 1 &<< UInt32(feature.rawValue) }
    @inlinable
    package mutating func remove(_ feature: Feature) { rawValue &= ~(1 &<< UInt32(feature.rawValue)) }

    /// What this build executes: a constant.
    @inlinable package static var executable: FeatureSet {
        FeatureSet(rawValue: 0xF_FFFF & ~leftOut)
    }

    /// ``rawValue`` of what this build was made without.
    @inlinable package static var leftOut: UInt32 {
        (Build.hasVectors ? 0 : bit(.simd) | bit(.relaxedSIMD))
            | (Build.hasGarbageCollection ? 0 : bit(.garbageCollection))
            | (Build.hasExceptions ? 0 : bit(.exceptions) | bit(.legacyExceptions))
            | (Build.hasThreads ? 0 : bit(.threads))
            | (Build.hasMemory64 ? 0 : bit(.memory64))
            | (Build.hasMultiMemory ? 0 : bit(.multiMemory))
            | (Build.hasCustomPageSizes ? 0 : bit(.customPageSizes))
            | (Build.hasWideArithmetic ? 0 : bit(.wideArithmetic))
    }

    @inlinable package static func bit(_ feature: Feature) -> UInt32 { 1 &<< UInt32(feature.rawValue) }
}
