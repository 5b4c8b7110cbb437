internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Modules that a module imports from: found, or read and loaded. A chain of them runs through the records, from the one
// that is loaded to the one that was asked for, so that its length costs no native stack.
extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// Loads what the module imports from, directly or not; false with the reason in `text`.
    ///
    /// Modules that were loaded completely stay registered, as in WAMR.
    func loadDependencies(in state: UnsafeMutablePointer<DoorState>, _ text: inout TextWriter) -> Bool {
        guard door.moduleReader != nil || state.pointee.modules.first != nil else { return true }
        var current = self
        while true {
            if let name = current.nextWantedName(in: state) {
                if let module = state.module(named: name) {
                    guard current.takeDependency(module, &text) else { break }
                } else if let module = current.read(name, in: state, &text) {
                    module.pointee.links.wantedBy = current
                    current = module
                } else {
                    break
                }
            } else if let parent = current.pointee.links.wantedBy {
                // Another thread may have loaded it meanwhile.
                let module = state.register(current)
                if module != current { current.discard(in: state) }
                current = parent
                guard current.takeDependency(module, &text) else { break }
            } else {
                return true
            }
        }
        while let parent = current.pointee.links.wantedBy {
            current.discard(in: state)
            current = parent
        }
        return false
    }

    /// The module name of the next import that another module has to answer.
    private func nextWantedName(
        in state: UnsafeMutablePointer<DoorState>
    ) -> UnsafeBufferPointer<UInt8>? {
        let module = pointee.engine.module
        while let declaration = module.pointee.imports[checked: pointee.links.importIndex] {
            let name = module.pointee.text(declaration.moduleName)
            if !ModuleRegistry.isBuiltIn(name), dependency(named: name) == nil,
                !isAnswered(declaration, in: state),
                door.moduleReader != nil || state.module(named: name) != nil
            {
                return name
            }
            pointee.links.importIndex &+= 1
        }
        return nil
    }

    private func takeDependency(
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ text: inout TextWriter
    ) -> Bool {
        do throws(MemoryError) {
            try addDependency(module)
            return true
        } catch {
            text.write("WASM module load failed: ")
            text.write(error)
            return false
        }
    }

    /// A module of the host's reader that has its name, but is not registered; nil with the reason in `text`.
    private func read(
        _ name: UnsafeBufferPointer<UInt8>,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<ModuleRecord>? {
        guard !isLoading(name) else {
            text.write("WASM module load failed: found circular dependency on ")
            text.write(name)
            return nil
        }
        let copy: UnsafeMutablePointer<CChar>
        do throws(MemoryError) {
            copy = try state.copy(name)
        } catch {
            text.write("WASM module load failed: ")
            text.write(error)
            return nil
        }
        guard let module = Self.read(copy, in: state, &text) else {
            state.pointee.arena.freeGrowable(copy)
            return nil
        }
        return module
    }

    /// Whether a module of a name is in the chain that ends here.
    private func isLoading(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var next: UnsafeMutablePointer<ModuleRecord>? = self
        while let module = next {
            if let text = module.pointee.links.registeredName, equal(name, text) { return true }
            next = module.pointee.links.wantedBy
        }
        return false
    }

    private static func read(
        _ name: UnsafeMutablePointer<CChar>,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<ModuleRecord>? {
        var bytes: UnsafeMutablePointer<UInt8>?
        var size: UInt32 = 0
        guard let reader = door.moduleReader, reader(Wasm_Module_Bytecode, name, &bytes, &size),
            let bytes
        else {
            text.write("WASM module load failed: unknown import: no module ")
            text.write(cString: name)
            text.write(" can be read")
            return nil
        }
        guard let module = ModuleRecord.make(bytes, size, LoadOptions(), in: state, &text) else {
            door.moduleDestroyer?(bytes, size)
            return nil
        }
        module.pointee.links.bytes = bytes
        module.pointee.links.sizeInBytes = size
        guard module.pointee.engine.export(named: "_start") == nil else {
            text.write(
                "WASM module load failed: a command (with _start function) can not be a sub-module"
            )
            module.discard(in: state)
            return nil
        }
        module.pointee.links.registeredName = name
        return module
    }

    /// Unloads a module of the reader's that is not registered.
    private func discard(in state: UnsafeMutablePointer<DoorState>) {
        let links = pointee.links
        state.forgetName(of: self)
        unload(in: state)
        if let bytes = links.bytes { door.moduleDestroyer?(bytes, links.sizeInBytes) }
    }
}

extension EngineModule {
    /// The export with a name that the interface knows.
    func export(named name: Text) -> ExportDeclaration? {
        export(named: name.bytes)
    }
}
