/// A fixed number of values inside an arena: a pointer and a count, read through checked accessors.
///
/// The arena owns the storage; a copy of the handle refers to the same values.
@frozen @usableFromInline
package struct Items<Element> {
    @usableFromInline package var base: UnsafeMutablePointer<Element>?
    @usableFromInline package var count: Int

    @inlinable
    package init(base: UnsafeMutablePointer<Element>?, count: Int) {
        self.base = base
        // So that whoever finds an index below the count finds a base.
        self.count = base == nil ? 0 : count
    }

    /// No values.
    @inlinable
    package static var empty: Items { Items(base: nil, count: 0) }

    /// The value at an index, or nil outside; values that are counted have a base.
    @inlinable
    package subscript(checked index: Int) -> Element? {
        guard index >= 0, index < count else { return nil }
        return base.unsafelyUnwrapped[index]
    }

    /// The address of the value at an index, or nil outside.
    @inlinable
    package func pointer(at index: Int) -> UnsafeMutablePointer<Element>? {
        guard index >= 0, index < count else { return nil }
        return base.unsafelyUnwrapped + index
    }
}
