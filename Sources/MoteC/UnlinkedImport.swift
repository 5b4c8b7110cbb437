internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A function import that nothing answers: calling it is an exception that names it; in the store's arena.
struct UnlinkedImport {
    /// Both in the module's bytes, which stay as long as its instances.
    var moduleName: UnsafeBufferPointer<UInt8>
    var name: UnsafeBufferPointer<UInt8>

    private static let target: MoteHostFunction = { environment, data, _ in
        if let data, let user = environment?.pointee.userData {
            let record = data.assumingMemoryBound(to: UnlinkedImport.self)
            user.assumingMemoryBound(to: EnvironmentRecord.self).pointee.instance.setException { text in
                text.write("failed to call unlinked import function (")
                text.write(record.pointee.moduleName)
                text.write(", ")
                text.write(record.pointee.name)
                text.write(")")
            }
        }
        return UInt32(TrapCode.unlinkedFunction.rawValue)
    }

    static func make(
        _ request: ImportRequest,
        _ type: UnsafeMutablePointer<DefinedType>,
        in store: EngineStore
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction> {
        let record: UnsafeMutablePointer<UnlinkedImport>
        do throws(MemoryError) {
            record = try store.state.pointee.arena.allocate(
                UnlinkedImport.self,
                count: 1,
                region: .structures,
                site: .cUnlinkedImport
            )
        } catch {
            throw .memory(error)
        }
        record.initialize(to: UnlinkedImport(moduleName: request.moduleName, name: request.name))
        return try store.makeHostFunction(
            parameters: type.pointee.parameters,
            results: type.pointee.results,
            target: target,
            data: UnsafeMutableRawPointer(record)
        )
    }
}
