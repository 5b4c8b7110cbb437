internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteWASI

// An instance of a module that imports from others has parts: an instance of each of them, in the same store. Natives
// that a part imports see the part as their instance.
extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Makes the parts, those first that others import from; false with the reason in `text`.
    ///
    /// Modules import from complete ones, so that there are no circles. No native recursion: chains may be long.
    func makeParts(
        _ options: InstanceOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> Bool {
        var current = self
        while true {
            if let module = missingModule(of: current) {
                guard let part = makePart(module, options, in: state, &text) else { return false }
                part.pointee.wantedBy = current
                current = part
            } else if let parent = current.pointee.wantedBy {
                guard current.instantiate(options, in: state, &text) else { return false }
                if let environment = current.pointee.singleton {
                    wasm_runtime_destroy_exec_env(OpaquePointer(environment))
                }
                current.pointee.wantedBy = nil
                current = parent
            } else {
                return true
            }
        }
    }

    /// A module that one of the instances imports from, and that has no instance here.
    private func missingModule(
        of instance: UnsafeMutablePointer<InstanceRecord>
    ) -> UnsafeMutablePointer<ModuleRecord>? {
        var next = instance.pointee.module.pointee.links.firstDependency
        while let dependency = next {
            if part(of: dependency.pointee.module) == nil { return dependency.pointee.module }
            next = dependency.pointee.next
        }
        return nil
    }

    private func part(
        of module: UnsafeMutablePointer<ModuleRecord>
    ) -> UnsafeMutablePointer<InstanceRecord>? {
        var next = pointee.firstPart
        while let part = next {
            if part.pointee.module == module { return part }
            next = part.pointee.nextPart
        }
        return nil
    }

    /// A handle for a part, listed at once so that it ends with the instance.
    private func makePart(
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ options: InstanceOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<InstanceRecord>? {
        let part: UnsafeMutablePointer<InstanceRecord>
        do throws(MemoryError) {
            part = try InstanceRecord.allocate(in: pointee.store, module, options, site: .cPart)
        } catch {
            text.write(error)
            return nil
        }
        part.pointee.root = self
        part.pointee.nextPart = pointee.firstPart
        pointee.firstPart = part
        if pointee.wasi != nil {
            part.pointee.wasi = pointee.wasi
            return part
        }
        return part.makeWASI(options, in: state, &text) ? part : nil
    }

    /// Takes back what parts have beside the store.
    func endParts(in state: UnsafeMutablePointer<DoorState>) {
        while let part = pointee.firstPart {
            pointee.firstPart = part.pointee.nextPart
            part.endContexts(in: state)
            if Build.hasWASI, let wasi = part.pointee.wasi, wasi != pointee.wasi { WASIContext.destroy(wasi) }
            part.forget()
        }
    }

    /// What a part answers an import with; nil where there is none.
    func answerOfPart(_ request: ImportRequest) -> ExternalValue? {
        let root = pointee.root ?? self
        guard let module = pointee.module.dependency(named: request.moduleName) else { return nil }
        return root.part(of: module)?.pointee.instance?.export(named: request.name)
    }
}

/// A native that a part imports: while it runs, the part is its environment's instance; in the store's arena.
struct PartNative {
    private var part: UnsafeMutablePointer<InstanceRecord>
    private var function: MoteHostFunction
    private var data: UnsafeMutableRawPointer?

    static let target: MoteHostFunction = { environment, data, slots in
        guard let user = environment?.pointee.userData, let data else {
            return UInt32(TrapCode.hostError.rawValue)
        }
        let record = user.assumingMemoryBound(to: EnvironmentRecord.self)
        let native = data.assumingMemoryBound(to: PartNative.self).pointee
        let outer = record.pointee.instance
        guard outer != native.part else { return native.function(environment, native.data, slots) }
        record.pointee.instance = native.part
        let code = native.function(environment, native.data, slots)
        record.pointee.instance = outer
        if native.part.isFaulty {
            // "Exception: " is written again.
            outer.setException { $0.write(cString: native.part.pointee.exception + 11) }
            native.part.clearException()
        }
        return code
    }

    static func make(
        _ part: UnsafeMutablePointer<InstanceRecord>,
        _ function: @escaping MoteHostFunction,
        _ data: UnsafeMutableRawPointer?
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let native = try part.pointee.store.state.pointee.arena.allocate(
            PartNative.self,
            count: 1,
            region: .structures,
            site: .cPartNative
        )
        native.initialize(to: PartNative(part: part, function: function, data: data))
        return UnsafeMutableRawPointer(native)
    }
}
