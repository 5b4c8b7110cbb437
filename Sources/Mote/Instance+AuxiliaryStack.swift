internal import MoteEngine

/// The stack that a guest's compiler keeps in linear memory, and how much of it was used; sizes and addresses in bytes.
public struct AuxiliaryStackReport: Equatable, Sendable {
    /// Where it starts; it grows down.
    public let top: UInt64
    /// Its end: the stack pointer must stay above it.
    public let boundary: UInt64
    /// The most that was ever between the top and the stack pointer.
    public let peak: UInt64
    /// Whether writes of the stack pointer are compared with the bounds.
    public let isChecked: Bool

    /// Bytes from the boundary to the top.
    public var size: UInt64 { top - boundary }
}

extension Instance {
    /// The guest's own stack; nil where its module does not tell where it is.
    ///
    /// Its peak is over all environments that ran in the instance. Seen are the guest's own writes of the stack pointer,
    /// not those of the host or of another instance.
    public var auxiliaryStack: AuxiliaryStackReport? {
        engine.auxiliaryStack.map {
            AuxiliaryStackReport(
                top: $0.top,
                boundary: $0.boundary,
                peak: $0.peakInBytes,
                isChecked: $0.isChecked
            )
        }
    }
}
