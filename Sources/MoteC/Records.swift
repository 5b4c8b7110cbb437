internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MoteMemory
internal import MotePlatform
internal import MoteWASI

// What the handles of the interface point at. Each starts with a word that tells its kind while it lives, and lies in
// the arena of what it stands for.

/// Behind a `wasm_module_t`; in the module's arena.
struct ModuleRecord {
    static var living: UInt32 { 0x4D6F_6401 }

    var mark: UInt32
    var engine: EngineModule
    var wasi: WASISettings
    /// What the host calls it: a copy in the module's arena.
    var name: UnsafeMutablePointer<CChar>?
    /// Names as C strings, once somebody asked: two for an import.
    var importNames: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    var exportNames: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    /// The host wants to tell later that all natives are there.
    var isUnresolved = false
    /// Its place among modules that import from each other.
    var links = ModuleLinks()
    /// Names that frames of call stacks were given.
    var firstFunctionName: UnsafeMutablePointer<FunctionName>?
}

/// Behind a `wasm_module_inst_t`; in the arena of a store that holds this instance only.
///
/// What several threads use begins it: mark at 0, hasException at 4, lock at 8, whose addresses are taken without
/// touching the rest.
struct InstanceRecord {
    static var living: UInt32 { 0x4D6F_6402 }
    static var defaultStackSizeInBytes: Int { 16 * 1024 }
    static var exceptionSizeInBytes: Int { 192 }

    var mark: UInt32
    /// 1 when an exception is set (atomic); `exception` has its text.
    var hasException: UInt32
    /// Over the environments and the exception.
    var lock: MoteLock
    var module: UnsafeMutablePointer<ModuleRecord>
    var store: EngineStore
    /// Nil until instantiation has made it.
    var instance: EngineInstance?
    var wasi: WASIContext.Pointer?
    /// What functions of libc-builtin point at.
    var libc: LibcContext
    var stackSizeInBytes: Int
    var singleton: UnsafeMutablePointer<EnvironmentRecord>?
    var firstEnvironment: UnsafeMutablePointer<EnvironmentRecord>?
    var customData: UnsafeMutableRawPointer?
    var exception: UnsafeMutablePointer<CChar>
    var next: UnsafeMutablePointer<InstanceRecord>?
    var previous: UnsafeMutablePointer<InstanceRecord>?
    /// By key, once one was set; in the store's arena.
    var contexts: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    /// Instances of the modules that its module imports from, directly or not, made for it alone.
    var firstPart: UnsafeMutablePointer<InstanceRecord>?
    /// In a part: whose part it is, the next one, and while parts are made, the one that wanted it.
    var root: UnsafeMutablePointer<InstanceRecord>?
    var nextPart: UnsafeMutablePointer<InstanceRecord>?
    var wantedBy: UnsafeMutablePointer<InstanceRecord>?
    /// What its calls took, if that is measured; in the store's arena, under the lock.
    var firstExecutionTime: UnsafeMutablePointer<ExecutionTime>?
    /// Its threads, living or ended, under the lock; and in a thread's instance, which one it is of.
    var firstThread: UnsafeMutablePointer<ThreadRecord>?
    var thread: UnsafeMutablePointer<ThreadRecord>?
}

/// Behind a `wasm_exec_env_t`; in the environment's arena.
struct EnvironmentRecord {
    static var living: UInt32 { 0x4D6F_6403 }
    /// In the mark while the instance has an exception or calls run elsewhere, so that a call looks at one word (atomic).
    static var faulty: UInt32 { 0x8000_0000 }

    var mark: UInt32
    /// 1 while a native is in an operation that may block (atomic); at 4, where its address is taken.
    var isBlocked: UInt32 = 0
    var engine: EngineEnvironment
    var instance: UnsafeMutablePointer<InstanceRecord>
    var userData: UnsafeMutableRawPointer?
    /// Of the native that runs, unless the interpreter called it.
    var attachment: UnsafeMutableRawPointer?
    /// Where calls run while the host chose another instance for them.
    var delegate: UnsafeMutablePointer<EnvironmentRecord>?
    var next: UnsafeMutablePointer<EnvironmentRecord>?
    var previous: UnsafeMutablePointer<EnvironmentRecord>?
    /// What calls took that a native of the running one made.
    var nestedNanoseconds: UInt64 = 0
    /// Who is in the operation that may block.
    var blockedThread: UInt = 0
}

/// The record behind a handle, or nil where the handle is null or was given back.
func record(ofModule handle: OpaquePointer?) -> UnsafeMutablePointer<ModuleRecord>? {
    guard let handle, Door.current != nil else { return nil }
    let record = UnsafeMutablePointer<ModuleRecord>(handle)
    return record.pointee.mark == ModuleRecord.living ? record : nil
}

/// The same for an instance.
func record(ofInstance handle: OpaquePointer?) -> UnsafeMutablePointer<InstanceRecord>? {
    guard let handle, Door.current != nil else { return nil }
    let record = UnsafeMutablePointer<InstanceRecord>(handle)
    return record.pointee.mark == InstanceRecord.living ? record : nil
}

/// The same for an execution environment.
func record(ofEnvironment handle: OpaquePointer?) -> UnsafeMutablePointer<EnvironmentRecord>? {
    guard let handle, Door.current != nil else { return nil }
    let record = UnsafeMutablePointer<EnvironmentRecord>(handle)
    // Another thread may note an exception in it.
    let mark = mote_load_relaxed_u32(record) & ~EnvironmentRecord.faulty
    return mark == EnvironmentRecord.living ? record : nil
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    @inline(__always)
    var lock: UnsafeMutablePointer<MoteLock> {
        (UnsafeMutableRawPointer(self) + 8).assumingMemoryBound(to: MoteLock.self)
    }

    /// The word that says whether there is an exception, for atomic access.
    @inline(__always)
    var hasException: UnsafeMutablePointer<UInt32> {
        (UnsafeMutableRawPointer(self) + 4).assumingMemoryBound(to: UInt32.self)
    }

    /// Whether a call runs in one of its environments.
    var isRunning: Bool {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstEnvironment
        while let environment = next {
            if environment.pointee.engine.isEntered { return true }
            next = environment.pointee.next
        }
        return false
    }

    /// Ends the instance, its environments and parts, and what WASI opened for it.
    func end(in state: UnsafeMutablePointer<DoorState>) {
        _ = endThreads()
        // Destructors see an instance that lives.
        endContexts(in: state)
        state.endExternrefs(of: self)
        state.endDelegates(in: self)
        mote_lock_acquire(state.lock)
        pointee.next?.pointee.previous = pointee.previous
        if let previous = pointee.previous {
            previous.pointee.next = pointee.next
        } else if state.pointee.firstInstance == self {
            state.pointee.firstInstance = pointee.next
        }
        mote_lock_release(state.lock)
        endParts(in: state)
        forget()
        let store = pointee.store
        let wasi = pointee.wasi
        store.destroy()
        if Build.hasWASI, let wasi { WASIContext.destroy(wasi) }
    }

    /// Takes the handles of the instance and its environments back.
    func forget() {
        pointee.mark = 0
        var next = pointee.firstEnvironment
        while let environment = next {
            environment.pointee.mark = 0
            next = environment.pointee.next
        }
        mote_lock_destroy(lock)
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Whether it lives and its instance has no exception.
    @inline(__always)
    var isLivingWithoutFault: Bool {
        // A plain load of a word is atomic: here it becomes a part of the comparison.
        #if DEBUG
        return mote_load_relaxed_u32(self) == EnvironmentRecord.living
        #else
        return pointee.mark == EnvironmentRecord.living
        #endif
    }

    /// Notes that it lives, and whether its instance has an exception.
    func markFault() {
        let isFaulty = pointee.instance.isFaulty
        let isPlain = !isFaulty && pointee.delegate == nil
        mote_store_release_u32(self, EnvironmentRecord.living | (isPlain ? 0 : EnvironmentRecord.faulty))
        pointee.engine.stopsAfterHostCall = isFaulty
    }
}

/// The record of an environment that the interface made.
func record(of environment: UnsafeMutablePointer<MoteEnvironment>) -> UnsafeMutablePointer<EnvironmentRecord>?
{
    environment.pointee.userData?.assumingMemoryBound(to: EnvironmentRecord.self)
}
