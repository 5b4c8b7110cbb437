// Switching features on and off; apart from the list, which changes with what runs.

extension FeatureSet {
    /// What is on unless somebody says otherwise: all that runs but the legacy exceptions, which WebAssembly 3.0 has
    /// left out.
    package static var standard: FeatureSet {
        var set = executable
        set.remove(.legacyExceptions)
        return set
    }

    /// Switches a feature on, and what it needs.
    package mutating func enable(_ feature: Feature) {
        insert(feature)
        rawValue |= feature.needs.rawValue
    }

    /// Switches a feature off, and what needs it.
    package mutating func disable(_ feature: Feature) {
        var raw: UInt8 = 0
        while let other = Feature(rawValue: raw) {
            if other == feature || other.needs.contains(feature) { remove(other) }
            raw &+= 1
        }
    }
}
