/// Where a guest's own stack lies in linear memory, which its compiler keeps for what has an address.
///
/// ```
///  boundary                       top
///     |      [ allowed values ... ]        at or below the boundary: overflow; above the top: underflow
/// ```
package struct AuxiliaryStack: Equatable, Sendable {
    /// The global that holds the stack pointer, among all of the module's; `.max` where there is none.
    package var globalIndex: UInt32
    /// Whether it is an i64.
    package var is64: Bool
    /// The highest allowed value, where the stack starts; it grows down.
    package var top: UInt64
    /// Values at or below it are overflows.
    package var boundary: UInt64

    /// Whether a stack pointer above the top is an underflow.
    ///
    /// Where a module tells by both exports where its memory's parts are, as WAMR has it. In others the guest may change
    /// to stacks in its heap, as coroutines have them, and nobody promised that it does not.
    package var hasFixedTop: Bool

    package init(
        globalIndex: UInt32,
        is64: Bool = false,
        top: UInt64,
        boundary: UInt64,
        hasFixedTop: Bool
    ) {
        self.globalIndex = globalIndex
        self.hasFixedTop = hasFixedTop
        self.is64 = is64
        self.top = top
        self.boundary = boundary
    }

    /// The stack that a layout tells of; none where it has no bytes.
    package init(_ layout: LinearMemoryLayout) {
        guard layout.stackPointerSource != .none, layout.auxiliaryStackTop > layout.auxiliaryStackBottom
        else {
            self = .none
            return
        }
        self.init(
            globalIndex: layout.stackPointerGlobalIndex,
            is64: layout.is64,
            top: layout.auxiliaryStackTop,
            boundary: layout.auxiliaryStackBottom,
            hasFixedTop: layout.isComplete
        )
    }

    /// There is none, and nothing is checked.
    package static var none: AuxiliaryStack {
        AuxiliaryStack(globalIndex: .max, top: 0, boundary: 0, hasFixedTop: false)
    }

    /// Whether there is one, of at least one byte.
    package var isPresent: Bool { globalIndex != .max && top > boundary }

    package var sizeInBytes: UInt64 { top > boundary ? top &- boundary : 0 }
}
