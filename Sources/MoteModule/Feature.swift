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
    package var name: Text {
        Self.names.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var names: TextLines {
        TextLines(
            """
            sign-extension
            saturating-conversions
            multi-value
            mutable-globals
            bulk-memory
            reference-types
            extended-constants
            tail-calls
            simd
            relaxed-simd
            exceptions
            legacy-exceptions
            memory64
            multi-memory
            typed-function-references
            gc
            threads
            custom-page-sizes
            wide-arithmetic
            branch-hints
            """
        )
    }

    /// What it is, in words for errors and lists.
    package var title: Text {
        Self.titles.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var titles: TextLines {
        TextLines(
            """
            sign extension
            saturating conversions from float to integer
            several results
            imported and exported mutable globals
            bulk memory operations
            reference types
            arithmetic in constant expressions
            tail calls
            vector instructions
            relaxed vector instructions
            exception handling
            the exception handling of before WebAssembly 3.0
            memories and tables with 64-bit addresses
            several memories
            typed function references
            garbage collection
            shared memories and atomic instructions
            memories with other page sizes
            128-bit arithmetic
            branch hints
            """
        )
    }

    /// Why a module that has it is refused.
    package var refusal: Text {
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
