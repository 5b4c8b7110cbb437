internal import CPlatform
internal import MoteMemory
package import MoteModule

/// A loaded module.
///
/// A handle; the module lives until ``unload()`` and, where instances are left then, until the last of them goes.
package struct EngineModule {
    package let state: UnsafeMutablePointer<ModuleState>

    package init(state: UnsafeMutablePointer<ModuleState>) { self.state = state }

    /// The decoded module: types, imports, exports, sections.
    package var module: Module.Pointer { state.pointee.module }

    package var runtime: EngineRuntime { EngineRuntime(state: state.pointee.runtime) }

    /// Gives the module back.
    ///
    /// False: instances live, so it is done when the last one goes.
    @discardableResult
    package func unload() -> Bool {
        let runtime = state.pointee.runtime
        mote_lock_acquire(runtime.lock)
        state.pointee.isUnloaded = true
        let isFree = state.pointee.instanceCount == 0
        mote_lock_release(runtime.lock)
        if isFree { EngineModule.release(state) }
        return isFree
    }

    /// The export with a name; O(log exports).
    package func export(named name: UnsafeBufferPointer<UInt8>) -> ExportDeclaration? {
        ModuleQueries.export(named: name, in: module)?.pointee
    }

    /// Counts an instance in; refused once the module was unloaded.
    func retainInstance() -> Bool {
        let runtime = state.pointee.runtime
        mote_lock_acquire(runtime.lock)
        defer { mote_lock_release(runtime.lock) }
        guard !state.pointee.isUnloaded else { return false }
        state.pointee.instanceCount &+= 1
        return true
    }

    /// Counts an instance out, and does a deferred unload.
    @inline(never)
    func releaseInstance() {
        let runtime = state.pointee.runtime
        mote_lock_acquire(runtime.lock)
        state.pointee.instanceCount &-= 1
        let isFree = state.pointee.isUnloaded && state.pointee.instanceCount == 0
        mote_lock_release(runtime.lock)
        if isFree { EngineModule.release(state) }
    }

    /// Takes the module out of the runtime's list and frees its arena.
    @inline(never)
    static func release(_ state: UnsafeMutablePointer<ModuleState>) {
        let runtime = state.pointee.runtime
        mote_lock_acquire(runtime.lock)
        state.pointee.next?.pointee.previous = state.pointee.previous
        if let previous = state.pointee.previous {
            previous.pointee.next = state.pointee.next
        } else {
            runtime.pointee.firstModule = state.pointee.next
        }
        mote_lock_release(runtime.lock)
        mote_lock_destroy(state.lock)
        Module.destroy(state.pointee.module)
    }

    /// The code words of a variant, made with the stub in each word when an instance first wants them.
    func codeWords(
        variant: Int
    ) throws(MemoryError) -> UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>? {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        if let words = state.pointee.codeWords[variant & 3] { return words }
        let count = state.pointee.definedFunctionCount
        guard count > 0 else { return nil }
        let words = try module.pointee.arena.allocate(
            UnsafeMutablePointer<MoteCode>?.self,
            count: count,
            region: .code,
            site: .codeWords
        )
        words.initialize(repeating: state.pointee.runtime.pointee.stub, count: count)
        state.pointee.codeWords[variant & 3] = words
        return words
    }

    /// Translates every function of a variant now.
    func translateAll(variant: Int) throws(MemoryError) {
        guard let words = try codeWords(variant: variant) else { return }
        let scratch = try Arena.create(in: state.pointee.runtime.heap, owner: .module)
        defer { scratch.destroy() }
        for index in 0..<state.pointee.definedFunctionCount {
            _ = try LazyTranslation.code(
                for: words + index,
                in: state,
                words: words,
                variant: UInt32(truncatingIfNeeded: variant),
                scratch: scratch
            )
        }
    }
}
