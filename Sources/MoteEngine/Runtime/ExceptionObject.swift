package import CPlatform
internal import MoteModule

/// An exception on the store's garbage-collected heap.
///
/// ```
/// 0  header of every object
/// 8  MoteTag *
/// 16 values, one after another as in a call (v128: two slots)
/// ```
/// The collector owns it; the pointer is good until the next allocation there, unless the exception is in a root.
package struct ExceptionObject {
    let base: UnsafeMutableRawPointer

    /// Nil for null.
    init?(reference: UInt64) {
        guard let base = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: reference)) else {
            return nil
        }
        self.base = base
    }

    /// The value that refers to it.
    package var reference: UInt64 { UInt64(UInt(bitPattern: base)) }

    package var tag: UnsafeMutablePointer<MoteTag> {
        (base + 8).load(as: UnsafeMutablePointer<MoteTag>.self)
    }

    /// What it carries: ``MoteTag/parameterSlots`` slots.
    package var slots: UnsafeMutablePointer<UInt64> { (base + 16).assumingMemoryBound(to: UInt64.self) }
}

extension Operations {
    /// Makes an exception of a tag with the values at `slots`, and lets it be pending; a trap code.
    ///
    /// `fp` is the frame whose operands they are; null for values of the host's.
    @inline(never)
    static func makeException(
        _ environment: Environment,
        _ fp: UnsafeMutablePointer<UInt64>?,
        _ tag: UnsafeMutablePointer<MoteTag>,
        _ slots: UnsafePointer<UInt64>?
    ) -> UInt32 {
        let count = Int(tag.pointee.parameterSlots)
        guard let base = allocateException(environment, fp, tag: tag, slotCount: count),
            let exception = ExceptionObject(reference: UInt64(UInt(bitPattern: base)))
        else { return UInt32(TrapCode.memoryExhausted.rawValue) }
        if let slots {
            exception.slots.update(from: slots, count: count)
            // Whoever catches it may be an instance that knows nothing of the one that throws.
            if tag.pointee.hasReferences != 0 {
                Publishing.link(values: slots, tag.parameters, to: nil)
            }
        }
        environment.state.pointee.pendingException = exception.reference
        return 0
    }

    /// The same for a tag of the current instance, by index.
    @inline(never)
    static func makeException(
        _ environment: Environment,
        _ fp: UnsafeMutablePointer<UInt64>?,
        tagIndex: UInt32,
        _ slots: UnsafePointer<UInt64>
    ) -> UInt32 {
        // Safe: validation has checked the index, and an instance has every tag of its module.
        let tag = environment.pointee.instance.unsafelyUnwrapped.pointee.tags.unsafelyUnwrapped[Int(tagIndex)]
        return makeException(environment, fp, tag.unsafelyUnwrapped, slots)
    }

    /// Lets an exception be pending again.
    @inline(never)
    static func setPendingException(_ environment: Environment, _ reference: UInt64) {
        environment.state.pointee.pendingException = reference
    }

    /// Whether a host function lets an exception fly on: then it passes between instances that need not know of each
    /// other.
    @inline(never)
    static func takesPendingException(_ environment: Environment) -> Bool {
        let state = environment.state
        guard state.pointee.pendingException != 0 else { return false }
        EngineStore(state: state.pointee.store).noteShared(state.pointee.pendingException)
        return true
    }
}
