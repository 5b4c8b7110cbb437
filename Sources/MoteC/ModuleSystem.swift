internal import CMoteAPI

/// The ways to what modules take that import from each other, open once a host registers a module or sets a reader.
///
/// Others do not link it: their modules have no dependencies.
struct ModuleSystem {
    /// `loadDependencies` of a `ModuleRecord`: the record, the door's state, the `TextWriter` of the reason.
    typealias Load =
        @convention(c) (
            UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer
        ) -> Bool
    /// `makeParts` of an `InstanceRecord`: the record, its `InstanceOptions`, the door's state, the `TextWriter`.
    typealias MakeParts =
        @convention(c) (
            UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer
        ) -> Bool

    fileprivate(set) var load: Load?
    fileprivate(set) var makeParts: MakeParts?

    /// From now on modules may import from each other.
    static func open() {
        door.modules.load = { module, state, text in
            module.assumingMemoryBound(to: ModuleRecord.self).loadDependencies(
                in: state.assumingMemoryBound(to: DoorState.self),
                &text.assumingMemoryBound(to: TextWriter.self).pointee
            )
        }
        door.modules.makeParts = { instance, options, state, text in
            instance.assumingMemoryBound(to: InstanceRecord.self).makeParts(
                options.assumingMemoryBound(to: InstanceOptions.self).pointee,
                in: state.assumingMemoryBound(to: DoorState.self),
                &text.assumingMemoryBound(to: TextWriter.self).pointee
            )
        }
    }
}
