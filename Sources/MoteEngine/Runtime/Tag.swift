package import CPlatform
package import MoteMemory
package import MoteModule
internal import MotePlatform

extension MoteTag {
    /// A tag of a function type whose group its owner holds.
    init(of type: UnsafePointer<DefinedType>, owner: UnsafeMutablePointer<MoteInstance>?) {
        self.init(
            typeID: type.pointee.canonicalID,
            parameterSlots: type.pointee.parameterSlots,
            hasReferences: Publishing.hasReferences(type.pointee.parameters) ? 1 : 0,
            owner: owner,
            type: UnsafeRawPointer(type)
        )
    }
}

extension UnsafeMutablePointer where Pointee == MoteTag {
    /// What exceptions of the tag carry.
    package var parameters: Items<ValueType> {
        pointee.type.map { $0.assumingMemoryBound(to: DefinedType.self).pointee.parameters } ?? .empty
    }

    /// The tag's place in the tags of the module that defines it; nil for a tag of the host's.
    package var index: UInt32? {
        guard let owner = pointee.owner else { return nil }
        let module = owner.state.pointee.module.pointee.module
        for index in module.pointee.importedTagCount..<module.pointee.tags.count
        where owner.pointee.tags?[index] == self {
            return UInt32(truncatingIfNeeded: index)
        }
        return nil
    }
}

/// A tag of the host's, then what only the store looks at.
struct HostTagRecord {
    /// First: its address is the tag's.
    var tag: MoteTag
    /// What keeps the type.
    var typeGroup: TypeGroup.Pointer
    var store: UnsafeMutablePointer<StoreState>
    var next: UnsafeMutablePointer<HostTagRecord>?
}

extension EngineStore {
    /// A tag of the host's whose exceptions carry values of the given types (copied).
    ///
    /// Lives as long as the store.
    package func makeTag(
        parameters: Items<ValueType>
    ) throws(EngineError) -> UnsafeMutablePointer<MoteTag> {
        guard parameters.count <= 1000 else { throw .usage(.functionTypeTooLarge) }
        do throws(MemoryError) {
            return try makeTagRecord(parameters)
        } catch {
            throw .memory(error)
        }
    }

    private func makeTagRecord(
        _ parameters: Items<ValueType>
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteTag> {
        let registry = state.pointee.runtime.pointee.types
        let group = try internType(parameters, .empty)
        let record: UnsafeMutablePointer<HostTagRecord>
        do throws(MemoryError) {
            record = try state.pointee.arena.allocate(
                HostTagRecord.self,
                count: 1,
                region: .structures,
                site: .hostTag
            )
        } catch {
            TypeRegistry.release(registry, group)
            throw error
        }
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        record.initialize(
            to: HostTagRecord(
                tag: MoteTag(of: TypeGroup.types(group), owner: nil),
                typeGroup: group,
                store: state,
                next: state.pointee.firstHostTag
            )
        )
        state.pointee.firstHostTag = record
        return UnsafeMutableRawPointer(record).assumingMemoryBound(to: MoteTag.self)
    }

    /// Gives up the types of the host's tags.
    func destroyHostTags() {
        while Build.hasExceptions, let record = state.pointee.firstHostTag {
            state.pointee.firstHostTag = record.pointee.next
            TypeRegistry.release(state.pointee.runtime.pointee.types, record.pointee.typeGroup)
        }
    }
}
