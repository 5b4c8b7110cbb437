internal import MoteBinary
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MoteValidation

/// Errors of the engine as failures print them, and the stage that they come from.
enum ScriptErrorText {
    enum Stage {
        case decoding
        case validation
        /// A feature that is not on.
        case feature(Feature)
        case other
    }

    /// Who refused.
    ///
    /// The decoder looks up types to make them canonical, so some rules of validation are kept there.
    static func stage(of error: EngineError) -> Stage {
        switch error {
        case .decode(let error):
            if let feature = error.unsupportedFeature { return .feature(feature) }
            switch error.kind {
            case .unknownType, .unknownFunction, .invalidSubtype, .duplicateExportName: return .validation
            case .limitExceeded, .unsupportedFeature, .outOfMemory: return .other
            default: return .decoding
            }
        case .validation(let error): return error.feature.map { .feature($0) } ?? .validation
        case .unsupported(let feature, _): return .feature(feature)
        default: return .other
        }
    }

    static func of(_ error: EngineError) -> String {
        switch error {
        case .decode(let error):
            if let feature = error.unsupportedFeature {
                return "the feature \(feature.name) is off, at \(error.byteOffset)"
            }
            return "is malformed: \(error.kind.text), at \(error.byteOffset)"
        case .validation(let error):
            if let feature = error.feature {
                return "the feature \(feature.name) is off, at \(error.byteOffset)"
            }
            let place = error.functionIndex.map { ", function \($0)" } ?? ""
            return "is invalid: \(error.kind.text)\(place), at \(error.byteOffset)"
        case .unsupported(let feature, let byteOffset):
            return "the feature \(feature.name) is off, at \(byteOffset)"
        case .link(let error): return "is not linked: \(error.kind.text), import \(error.importIndex)"
        case .memory(let error): return "memory: \(error)"
        case .trap(let trap): return "is not instantiated, trap: \(trap.text)"
        case .usage(let fault): return "\(fault.text)"
        }
    }
}
