package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_load(
    _ bytes: UnsafeMutablePointer<UInt8>?,
    _ size: UInt32,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    return ModuleRecord.load(bytes, size, LoadOptions(), &text)
}

@c @implementation
package func wasm_runtime_load_ex(
    _ bytes: UnsafeMutablePointer<UInt8>?,
    _ size: UInt32,
    _ arguments: UnsafePointer<LoadArgs>?,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let arguments else {
        text.write("WASM module load failed: null load arguments")
        return nil
    }
    var options = LoadOptions()
    if arguments.pointee.wasm_binary_freeable {
        options.ownership = .freeable
    } else if arguments.pointee.clone_wasm_binary {
        options.ownership = .copied
    }
    options.name = arguments.pointee.name.map { UnsafePointer($0) }
    options.isUnresolved = arguments.pointee.no_resolve
    return ModuleRecord.load(bytes, size, options, &text)
}

@c @implementation
package func wasm_runtime_load_from_sections(
    _ sections: UnsafeMutablePointer<wasm_section_t>?,
    _ isAheadOfTime: Bool,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let state = Door.current else {
        text.write("WASM module load failed: there is no runtime")
        return nil
    }
    guard !isAheadOfTime else {
        text.write("AOT module load failed: ahead-of-time files are not supported")
        return nil
    }
    guard let sections, let size = SectionList.imageSizeInBytes(sections) else {
        text.write("WASM module load failed: invalid section list type")
        return nil
    }
    let image: UnsafeMutableRawPointer
    do throws(MemoryError) {
        image = try state.pointee.arena.allocateGrowable(
            sizeInBytes: Int(size),
            region: .moduleBytes,
            site: .cSectionImage
        )
    } catch {
        text.write("WASM module load failed: ")
        text.write(error)
        return nil
    }
    defer { state.pointee.arena.freeGrowable(image) }
    let bytes = image.bindMemory(to: UInt8.self, capacity: Int(size))
    SectionList.write(sections, to: bytes)
    var options = LoadOptions()
    options.ownership = .copied
    return ModuleRecord.load(bytes, size, options, &text)
}

@c @implementation
package func wasm_runtime_resolve_symbols(_ handle: OpaquePointer?) -> Bool {
    guard let state = Door.current, let module = record(ofModule: handle) else { return false }
    module.pointee.isUnresolved = false
    let imports = module.pointee.engine.module.pointee.imports
    var isComplete = true
    for index in 0..<imports.count {
        guard let declaration = imports[checked: index], declaration.kind == .function else { continue }
        if !module.isAnswered(declaration, in: state) { isComplete = false }
    }
    return isComplete
}

@c @implementation
package func wasm_runtime_unload(_ handle: OpaquePointer?) {
    guard let state = Door.current, let module = record(ofModule: handle) else { return }
    if module.isShared {
        Log.write(.debug, "a module that others may import from is unloaded with the runtime")
        return
    }
    module.unload(in: state)
}

@c @implementation
package func wasm_runtime_is_underlying_binary_freeable(_ handle: OpaquePointer?) -> Bool {
    guard let module = record(ofModule: handle) else { return false }
    return module.pointee.engine.module.pointee.ownership != .borrowed
}

/// How a module is loaded.
struct LoadOptions {
    var ownership = ModuleBytesOwnership.borrowed
    var name: UnsafePointer<CChar>?
    var isUnresolved = false
}

extension ModuleRecord {
    /// A module with those that it imports from, or nil with the reason in `text`.
    static func load(
        _ bytes: UnsafeMutablePointer<UInt8>?,
        _ size: UInt32,
        _ options: LoadOptions,
        _ text: inout TextWriter
    ) -> OpaquePointer? {
        guard let state = Door.current else {
            text.write("WASM module load failed: there is no runtime")
            return nil
        }
        guard let bytes, size > 0 else {
            text.write("WASM module load failed: null load arguments")
            return nil
        }
        guard let module = make(bytes, size, options, in: state, &text) else { return nil }
        guard door.modules.load?(module, state, &text) ?? true else {
            module.unload(in: state)
            return nil
        }
        return OpaquePointer(module)
    }

    /// The module alone.
    static func make(
        _ bytes: UnsafePointer<UInt8>,
        _ size: UInt32,
        _ options: LoadOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<ModuleRecord>? {
        guard Package(bytes, size).type != Wasm_Module_AoT else {
            text.write("AOT module load failed: ahead-of-time files are not supported")
            return nil
        }
        do throws(EngineError) {
            let engine = try state.pointee.engine.load(
                bytes,
                sizeInBytes: Int(size),
                ownership: options.ownership,
                features: .standard
            )
            if WASISettings.isMissing(for: engine.module, in: state) {
                engine.unload()
                text.write("WASM module load failed: WASI is not in this build")
                return nil
            }
            do throws(MemoryError) {
                return try make(engine, options)
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

    private static func make(
        _ engine: EngineModule,
        _ options: LoadOptions
    ) throws(MemoryError) -> UnsafeMutablePointer<ModuleRecord> {
        let arena = engine.module.pointee.arena
        let record = try arena.allocate(ModuleRecord.self, count: 1, region: .structures, site: .cModule)
        record.initialize(
            to: ModuleRecord(mark: ModuleRecord.living, engine: engine, wasi: WASISettings())
        )
        record.pointee.isUnresolved = options.isUnresolved
        if let name = options.name { try record.setName(name) }
        return record
    }
}

extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// Gives the handle back; the module goes with its last instance.
    func unload(in state: UnsafeMutablePointer<DoorState>) {
        releaseDependencies(in: state)
        pointee.mark = 0
        pointee.engine.unload()
    }
}
