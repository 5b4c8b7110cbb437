internal import MoteModule

/// A proposal beyond WebAssembly 1.0, by the name that options and errors have for it.
public enum Feature: String, CaseIterable, Sendable {
    case signExtension = "sign-extension"
    case saturatingConversions = "saturating-conversions"
    case multiValue = "multi-value"
    case mutableGlobals = "mutable-globals"
    case bulkMemory = "bulk-memory"
    case referenceTypes = "reference-types"
    case extendedConstants = "extended-constants"
    case tailCalls = "tail-calls"
    case simd = "simd"
    case relaxedSIMD = "relaxed-simd"
    /// Exception handling with `try_table` and `exnref`.
    case exceptions = "exceptions"
    /// Exception handling with `try`, `catch`, `delegate` and `rethrow`, which WebAssembly 3.0 has left out.
    case legacyExceptions = "legacy-exceptions"
    /// Memories and tables with 64-bit addresses.
    case memory64 = "memory64"
    case multiMemory = "multi-memory"
    case typedFunctionReferences = "typed-function-references"
    case garbageCollection = "gc"
    /// Shared memories and atomic instructions.
    case threads = "threads"
    case customPageSizes = "custom-page-sizes"
    case wideArithmetic = "wide-arithmetic"
    /// Hints are read over, so modules with them load either way.
    case branchHints = "branch-hints"

    /// What it is, in a few words.
    public var title: String { engine.title.description }

    /// Those that it makes no sense without.
    public var needs: [Feature] { Features(engine: engine.needs).list }

    /// Those that make no sense without it.
    public var dependants: [Feature] { Self.allCases.filter { $0.needs.contains(self) } }

    /// Whether this version executes it; what is not executed cannot be switched on.
    public var isExecutable: Bool { FeatureSet.executable.contains(engine) }

    var engine: EngineFeature {
        switch self {
        case .signExtension: .signExtension
        case .saturatingConversions: .saturatingConversions
        case .multiValue: .multiValue
        case .mutableGlobals: .mutableGlobals
        case .bulkMemory: .bulkMemory
        case .referenceTypes: .referenceTypes
        case .extendedConstants: .extendedConstants
        case .tailCalls: .tailCalls
        case .simd: .simd
        case .relaxedSIMD: .relaxedSIMD
        case .exceptions: .exceptions
        case .legacyExceptions: .legacyExceptions
        case .memory64: .memory64
        case .multiMemory: .multiMemory
        case .typedFunctionReferences: .typedFunctionReferences
        case .garbageCollection: .garbageCollection
        case .threads: .threads
        case .customPageSizes: .customPageSizes
        case .wideArithmetic: .wideArithmetic
        case .branchHints: .branchHints
        }
    }

    init?(_ engine: EngineFeature) { self.init(rawValue: engine.name.description) }

    /// As Swift code spells it.
    var caseName: String { String(describing: self) }
}

/// Which proposals modules may make use of.
///
/// A module that uses another is refused with ``RuntimeError/featureOff(_:functionIndex:byteOffset:)``. Nothing is on
/// without what it needs: switching on brings that along, switching off takes along what needs it.
public struct Features: Equatable, Sendable {
    var engine: FeatureSet

    init(engine: FeatureSet) { self.engine = engine }

    /// Everything that this version executes but ``Feature/legacyExceptions``: WebAssembly 3.0, and the proposals
    /// that go further.
    public static var standard: Features { Features(engine: .standard) }

    /// Everything that this version executes.
    public static var all: Features { Features(engine: .executable) }

    /// WebAssembly 1.0.
    public static var none: Features { Features(engine: .none) }

    /// Whether a feature is on.
    public func contains(_ feature: Feature) -> Bool { engine.contains(feature.engine) }

    /// Those that are on.
    public var list: [Feature] { Feature.allCases.filter(contains) }

    /// Switches a feature on, and what it needs.
    ///
    /// What this version does not execute stays off.
    public mutating func enable(_ feature: Feature) {
        engine.enable(feature.engine)
        engine.rawValue &= FeatureSet.executable.rawValue
    }

    /// Switches a feature off, and what needs it.
    public mutating func disable(_ feature: Feature) { engine.disable(feature.engine) }

    /// The same with these on, and what they need.
    public func enabling(_ features: Feature...) -> Features {
        var result = self
        for feature in features { result.enable(feature) }
        return result
    }

    /// The same without these, and without what needs them.
    public func disabling(_ features: Feature...) -> Features {
        var result = self
        for feature in features { result.disable(feature) }
        return result
    }
}
