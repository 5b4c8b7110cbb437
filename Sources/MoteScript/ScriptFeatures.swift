package import MoteModule

/// Which features the scripts of a folder are written for.
package enum ScriptFeatures {
    /// Everything of WebAssembly 3.0.
    package static var standard: FeatureSet {
        var set = FeatureSet.none
        let features: [Feature] = [
            .signExtension, .saturatingConversions, .multiValue, .mutableGlobals, .bulkMemory,
            .referenceTypes,
            .extendedConstants, .tailCalls, .simd, .relaxedSIMD, .exceptions, .memory64, .multiMemory,
            .typedFunctionReferences, .garbageCollection, .branchHints,
        ]
        for feature in features { set.insert(feature) }
        return set
    }

    /// The standard's, and what the folders in the path name: `proposals/threads` has threads.
    package static func features(ofScript path: String) -> FeatureSet {
        var set = standard
        for folder in path.split(separator: "/").dropLast() {
            if folder == "legacy-exceptions" || folder == "legacy" { set.insert(.legacyExceptions) }
            if folder == "threads" { set.insert(.threads) }
            if folder == "custom-page-sizes" { set.insert(.customPageSizes) }
            if folder == "wide-arithmetic" { set.insert(.wideArithmetic) }
        }
        return set
    }

    /// The feature with the spelling that options use.
    package static func feature(named name: String) -> Feature? {
        (0..<Feature.count).lazy.compactMap { Feature(rawValue: UInt8($0)) }.first { "\($0.name)" == name }
    }

    /// The spellings of all features.
    package static var names: [String] {
        (0..<Feature.count).compactMap { Feature(rawValue: UInt8($0)).map { "\($0.name)" } }
    }

    /// Why the scripts of a folder are not run at all.
    package static func reasonToSkip(_ path: String) -> String? {
        path.split(separator: "/").dropLast().contains("custom-descriptors")
            ? "custom descriptors are not supported" : nil
    }
}
