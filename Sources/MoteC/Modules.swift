package import CMoteAPI
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

@c @implementation
package func wasm_runtime_load(
    _ bytes: UnsafeMutablePointer<UInt8>?,
    _ size: UInt32,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let state = Door.current else {
        text.write("WASM module load failed: there is no runtime")
        return nil
    }
    guard let bytes, size > 0 else {
        text.write("WASM module load failed: null load arguments")
        return nil
    }
    do throws(EngineError) {
        let engine = try state.pointee.engine.load(
            UnsafePointer(bytes),
            sizeInBytes: Int(size),
            ownership: .borrowed,
            features: .standard
        )
        if WASISettings.isMissing(for: engine.module, in: state) {
            engine.unload()
            text.write("WASM module load failed: WASI is not in this build")
            return nil
        }
        do throws(MemoryError) {
            let record = try engine.module.pointee.arena.allocate(
                ModuleRecord.self,
                count: 1,
                region: .structures,
                site: .cModule
            )
            record.initialize(
                to: ModuleRecord(mark: ModuleRecord.living, engine: engine, wasi: WASISettings())
            )
            return OpaquePointer(record)
        } catch {
            engine.unload()
            throw .memory(error)
        }
    } catch {
        text.write("WASM module load failed: ")
        text.write(error)
        return nil
    }
}

@c @implementation
package func wasm_runtime_unload(_ handle: OpaquePointer?) {
    guard let module = record(ofModule: handle) else { return }
    module.pointee.mark = 0
    module.pointee.engine.unload()
}
