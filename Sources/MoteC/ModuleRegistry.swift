package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The modules that others may import from, by name.
struct ModuleRegistry {
    var first: UnsafeMutablePointer<ModuleRecord>?
}

/// A module's place among those that import from each other.
struct ModuleLinks {
    /// In the door's arena; nil where nobody can import from it.
    var registeredName: UnsafeMutablePointer<CChar>?
    var nextRegistered: UnsafeMutablePointer<ModuleRecord>?
    /// What the host's reader gave, until its destroyer gets it back.
    var bytes: UnsafeMutablePointer<UInt8>?
    var sizeInBytes: UInt32 = 0
    var firstDependency: UnsafeMutablePointer<Dependency>?
    /// How many modules import from it.
    var dependentCount = 0
    /// While it is loaded: who wants it, and the import to look at next.
    var wantedBy: UnsafeMutablePointer<ModuleRecord>?
    var importIndex = 0
}

/// A module that another one imports from; in that one's arena.
struct Dependency {
    var module: UnsafeMutablePointer<ModuleRecord>
    var next: UnsafeMutablePointer<Dependency>?
}

@c @implementation
package func wasm_runtime_set_module_reader(_ reader: module_reader?, _ destroyer: module_destroyer?) {
    ModuleSystem.open()
    door.moduleReader = reader
    door.moduleDestroyer = destroyer
}

@c @implementation
package func wasm_runtime_register_module(
    _ name: UnsafePointer<CChar>?,
    _ handle: OpaquePointer?,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> Bool {
    guard errorBuffer != nil, errorBufferSize > 0 else {
        Log.write(.error, "error buffer is required")
        return false
    }
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    text.write("Register module failed: ")
    guard let state = Door.current, let module = record(ofModule: handle), let name else {
        text.write("module_name and module are required")
        return false
    }
    guard !ModuleRegistry.isBuiltIn(bytes(of: name)) else {
        text.write("can not register as a built-in module")
        return false
    }
    if let registered = module.pointee.links.registeredName {
        guard strcmp(registered, name) == 0 else {
            text.write("failed to rename the module")
            return false
        }
    } else {
        do throws(MemoryError) {
            ModuleSystem.open()
            module.pointee.links.registeredName = try state.copy(bytes(of: name))
        } catch {
            text.write(error)
            return false
        }
        guard state.register(module) == module else {
            state.forgetName(of: module)
            text.write("another module has the name")
            return false
        }
    }
    errorBuffer?[0] = 0
    return true
}

@c @implementation
package func wasm_runtime_find_module_registered(_ name: UnsafePointer<CChar>?) -> OpaquePointer? {
    guard let state = Door.current, let name else { return nil }
    return state.module(named: bytes(of: name)).map { OpaquePointer($0) }
}

extension ModuleRegistry {
    /// Whether a name is one of those that the host answers.
    static func isBuiltIn(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.isEmpty || equal(name, "env") || equal(name, "wasi_unstable")
            || equal(name, "wasi_snapshot_preview1")
    }
}

extension UnsafeMutablePointer where Pointee == DoorState {
    /// The registered module of a name.
    func module(named name: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<ModuleRecord>? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        return registered(name)
    }

    /// The same; the lock is held.
    private func registered(_ name: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<ModuleRecord>? {
        var next = pointee.modules.first
        while let module = next {
            if let text = module.pointee.links.registeredName, equal(name, text) { return module }
            next = module.pointee.links.nextRegistered
        }
        return nil
    }

    /// Registers a module under the name that it has, unless another has it; what is registered then.
    func register(_ module: UnsafeMutablePointer<ModuleRecord>) -> UnsafeMutablePointer<ModuleRecord> {
        guard let name = module.pointee.links.registeredName else { return module }
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        if let other = registered(bytes(of: name)) { return other }
        module.pointee.links.nextRegistered = pointee.modules.first
        pointee.modules.first = module
        return module
    }

    /// A name as a C string.
    func copy(_ name: UnsafeBufferPointer<UInt8>) throws(MemoryError) -> UnsafeMutablePointer<CChar> {
        let size = name.count &+ 1
        let raw = try pointee.arena.allocateGrowable(
            sizeInBytes: size,
            region: .structures,
            site: .cRegisteredName
        )
        if let start = name.baseAddress { memcpy(raw, start, name.count) }
        let copy = raw.bindMemory(to: CChar.self, capacity: size)
        copy[name.count] = 0
        return copy
    }

    func forgetName(of module: UnsafeMutablePointer<ModuleRecord>) {
        if let name = module.pointee.links.registeredName { pointee.arena.freeGrowable(name) }
        module.pointee.links.registeredName = nil
    }

    /// Ends the registered modules, and gives the host its bytes back; no instance is left.
    func endRegisteredModules() {
        while let module = pointee.modules.first {
            let links = module.pointee.links
            pointee.modules.first = links.nextRegistered
            module.pointee.mark = 0
            module.pointee.engine.unload()
            if let bytes = links.bytes { door.moduleDestroyer?(bytes, links.sizeInBytes) }
        }
    }
}

extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// Whether others may import from the module, so that it stays.
    var isShared: Bool { pointee.links.registeredName != nil || pointee.links.dependentCount > 0 }

    /// The module that imports under a name come from.
    func dependency(named name: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<ModuleRecord>? {
        var next = pointee.links.firstDependency
        while let dependency = next {
            let module = dependency.pointee.module
            if let text = module.pointee.links.registeredName, equal(name, text) { return module }
            next = dependency.pointee.next
        }
        return nil
    }

    func addDependency(_ module: UnsafeMutablePointer<ModuleRecord>) throws(MemoryError) {
        let dependency = try pointee.engine.module.pointee.arena.allocate(
            Dependency.self,
            count: 1,
            region: .structures,
            site: .cDependency
        )
        dependency.initialize(to: Dependency(module: module, next: pointee.links.firstDependency))
        pointee.links.firstDependency = dependency
        module.pointee.links.dependentCount &+= 1
    }

    /// Says that the module does not import from others any more.
    func releaseDependencies(in state: UnsafeMutablePointer<DoorState>) {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        while let dependency = pointee.links.firstDependency {
            pointee.links.firstDependency = dependency.pointee.next
            dependency.pointee.module.pointee.links.dependentCount &-= 1
        }
    }
}
