internal import MoteBinary
internal import MoteModule

/// Why bytes cannot be printed as text: they are no module, or one beyond our limits.
package struct PrintError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and at which byte.
    package let description: String

    init(_ failure: LoadFailure) {
        switch failure {
        case .malformed(let error):
            description = Self.text(of: error)
        case .memory(let error):
            description = "\(error)"
        case .unsupported(let feature, let byteOffset):
            description = "needs the feature \(feature.name) (at byte 0x\(String(byteOffset, radix: 16)))"
        }
    }

    private static func text(of error: DecodeError) -> String {
        var text = "\(error.kind.text)"
        if error.kind == .limitExceeded, let limit = DecodeLimit(rawValue: error.detail) {
            text += ": too many \(limit.name)"
        }
        return "\(text) (at byte 0x\(String(error.byteOffset, radix: 16)))"
    }
}
