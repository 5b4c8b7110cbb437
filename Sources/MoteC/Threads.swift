package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_spawn_exec_env(_ handle: OpaquePointer?) -> OpaquePointer? {
    guard let environment = record(ofEnvironment: handle) else { return nil }
    return environment.spawn()?.pointee.environment.map { OpaquePointer($0) }
}

@c @implementation
package func wasm_runtime_destroy_spawned_exec_env(_ handle: OpaquePointer?) {
    guard let environment = record(ofEnvironment: handle),
        let thread = environment.pointee.instance.pointee.thread, thread.pointee.callback == nil,
        !environment.pointee.instance.isRunning
    else { return }
    thread.end()
}

@c @implementation
package func wasm_runtime_spawn_thread(
    _ handle: OpaquePointer?,
    _ identity: UnsafeMutablePointer<UInt>?,
    _ callback: (@convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?)?,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let state = Door.current, let environment = record(ofEnvironment: handle), let callback,
        let identity, let thread = environment.spawn()
    else { return -1 }
    thread.pointee.callback = callback
    thread.pointee.argument = argument
    let size = state.pointee.engine.plan.threadStackSizeInBytes
    guard mote_thread_start(&thread.pointee.thread, size, ThreadRecord.body, UnsafeMutableRawPointer(thread))
    else {
        thread.pointee.callback = nil
        thread.end()
        Log.write(.error, "thread manager error: the system makes no thread")
        return -1
    }
    identity.pointee = UInt(bitPattern: thread)
    return 0
}

@c @implementation
package func wasm_runtime_join_thread(
    _ identity: UInt,
    _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    guard Door.current != nil, let thread = UnsafeMutablePointer<ThreadRecord>(bitPattern: identity),
        thread.pointee.mark == ThreadRecord.living, thread.pointee.callback != nil
    else { return -1 }
    mote_thread_join(thread.pointee.thread)
    result?.pointee = thread.pointee.result
    thread.pointee.callback = nil
    thread.end()
    return 0
}

/// A thread of an instance, or room for one: it has an instance of its own, which sees the same memories.
///
/// In the store's arena, with the instance's record, for as long as the store; used again when it has ended.
struct ThreadRecord {
    static var living: UInt32 { 0x4D6F_6407 }

    var mark: UInt32
    /// Whose thread it is.
    let root: UnsafeMutablePointer<InstanceRecord>
    let instance: UnsafeMutablePointer<InstanceRecord>
    var environment: UnsafeMutablePointer<EnvironmentRecord>?
    /// Where the guest's stack lies that it was given; 0 for none.
    var stackAddress: UInt64 = 0
    /// Nil where the host runs it on a thread of its own.
    var callback: wasm_thread_callback_t?
    var argument: UnsafeMutableRawPointer?
    var result: UnsafeMutableRawPointer?
    var thread: UInt = 0
    var next: UnsafeMutablePointer<ThreadRecord>?

    /// What the system's thread does.
    static let body: MoteThreadBody = { argument in
        guard let thread = argument?.assumingMemoryBound(to: ThreadRecord.self) else { return nil }
        mote_thread_set_ready(true)
        thread.pointee.result = thread.pointee.callback?(
            thread.pointee.environment.map { OpaquePointer($0) },
            thread.pointee.argument
        )
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// In a thread, its instance's function in place of one that was looked up in another thread's; nil elsewhere.
    @inline(__always)
    func ownFunction(for function: UnsafeMutablePointer<MoteFunction>) -> UnsafeMutablePointer<MoteFunction>?
    {
        pointee.instance.pointee.thread == nil ? nil : ownFunctionOfThread(function)
    }

    @inline(never)
    private func ownFunctionOfThread(
        _ function: UnsafeMutablePointer<MoteFunction>
    ) -> UnsafeMutablePointer<MoteFunction>? {
        guard let instance = pointee.instance.pointee.instance, let owner = function.pointee.instance,
            owner != instance.base, owner.pointee.module == instance.base.pointee.module
        else { return nil }
        return instance.function(at: function.pointee.functionIndex)
    }

    /// Room on another thread for code of the same instance; nil where there is none, and the log says why.
    fileprivate func spawn() -> UnsafeMutablePointer<ThreadRecord>? {
        guard Build.hasThreads, let state = Door.current else { return nil }
        let spawning = pointee.instance
        let root = spawning.pointee.thread?.pointee.root ?? spawning
        guard !spawning.isFaulty else { return nil }
        guard root.pointee.root == nil, root.pointee.firstPart == nil else {
            Log.write(
                .error,
                "thread manager error: instances of modules that import from modules have no threads"
            )
            return nil
        }
        ThreadSystem.open()
        guard let thread = root.takeThread(in: state) else { return nil }
        do throws(EngineError) {
            let size = pointee.engine.operandStackSizeInBytes
            if try thread.start(like: spawning, stackSizeInBytes: size, in: state) { return thread }
            thread.end()
            return nil
        } catch {
            Log.write(.error) { text in
                text.write("thread manager error: ")
                text.write(error)
            }
            thread.end()
            return nil
        }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// A record for one more thread, in the list of those that live; nil where there are enough.
    fileprivate func takeThread(
        in state: UnsafeMutablePointer<DoorState>
    ) -> UnsafeMutablePointer<ThreadRecord>? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var count: UInt32 = 0
        var free: UnsafeMutablePointer<ThreadRecord>?
        var next = pointee.firstThread
        while let thread = next {
            if thread.pointee.mark == ThreadRecord.living { count &+= 1 } else { free = thread }
            next = thread.pointee.next
        }
        guard count < state.pointee.maximumThreadCount else {
            Log.write(.error, "thread manager error: maximum number of threads exceeded")
            return nil
        }
        if let free {
            free.pointee.mark = ThreadRecord.living
            return free
        }
        do throws(MemoryError) {
            let arena = pointee.store.state.pointee.arena
            let instance = try InstanceRecord.allocate(
                in: pointee.store,
                pointee.module,
                InstanceOptions(),
                site: .cThreadInstance
            )
            let thread = try arena.allocate(ThreadRecord.self, count: 1, region: .structures, site: .cThread)
            thread.initialize(
                to: ThreadRecord(
                    mark: ThreadRecord.living,
                    root: self,
                    instance: instance,
                    next: pointee.firstThread
                )
            )
            instance.pointee.thread = thread
            pointee.firstThread = thread
            return thread
        } catch {
            Log.write(.error) { text in
                text.write("thread manager error: ")
                text.write(error)
            }
            return nil
        }
    }

    /// Calls `body` with the instance whose threads' this one belongs to, then with those of its threads.
    func forEachMember(_ body: (UnsafeMutablePointer<InstanceRecord>) -> Void) {
        let root = pointee.thread?.pointee.root ?? self
        body(root)
        mote_lock_acquire(root.lock)
        defer { mote_lock_release(root.lock) }
        var next = root.pointee.firstThread
        while let thread = next {
            next = thread.pointee.next
            if thread.pointee.mark == ThreadRecord.living { body(thread.pointee.instance) }
        }
    }

    /// What ``endThreads()`` does where there are some.
    func endThreadsNow() -> Bool {
        var isBusy = false
        var next = pointee.firstThread
        while let thread = next {
            next = thread.pointee.next
            guard thread.pointee.mark == ThreadRecord.living else { continue }
            if thread.pointee.callback == nil, thread.pointee.instance.isRunning { isBusy = true }
            if thread.pointee.callback != nil, thread.pointee.thread == mote_thread_id() { isBusy = true }
        }
        guard !isBusy else { return false }
        var hasRunning = false
        next = pointee.firstThread
        while let thread = next {
            next = thread.pointee.next
            if thread.pointee.mark == ThreadRecord.living, thread.pointee.callback != nil {
                hasRunning = true
            }
        }
        if hasRunning { wasm_runtime_terminate(OpaquePointer(self)) }
        next = pointee.firstThread
        while let thread = next {
            next = thread.pointee.next
            guard thread.pointee.mark == ThreadRecord.living else { continue }
            if thread.pointee.callback != nil {
                mote_thread_join(thread.pointee.thread)
                thread.pointee.callback = nil
            }
            thread.end()
        }
        return true
    }
}

extension UnsafeMutablePointer where Pointee == ThreadRecord {
    /// Gives the record an instance and an environment; false where the guest has no room for another stack.
    fileprivate func start(
        like spawning: UnsafeMutablePointer<InstanceRecord>,
        stackSizeInBytes: Int,
        in state: UnsafeMutablePointer<DoorState>
    ) throws(EngineError) -> Bool {
        let record = pointee.instance
        guard let engine = spawning.pointee.instance else { return false }
        record.pointee.mark = InstanceRecord.living
        record.clearException()
        record.pointee.stackSizeInBytes = spawning.pointee.stackSizeInBytes
        record.pointee.customData = spawning.pointee.customData
        record.pointee.contexts = spawning.pointee.contexts
        record.pointee.wasi = spawning.pointee.wasi
        let environment = try record.makeEnvironment(stackSizeInBytes: stackSizeInBytes)
        pointee.environment = environment
        var limits = engine.state.pointee.limits
        if engine.base.pointee.variant & 2 != 0 { limits.isMetered = true }
        // Functions of the host's have a place in the store already.
        let instance = try EngineInstance.instantiate(
            record.pointee.module.pointee.engine,
            in: record.pointee.store,
            limits: limits,
            environment: environment.pointee.engine,
            peer: engine.canHavePeers ? engine : nil
        ) { request in
            switch request.declaration.kind {
            case .function: engine.function(at: request.declaration.index).map { .function($0) }
            case .table: engine.table(at: request.declaration.index).map { .table($0) }
            case .memory: engine.memory(at: request.declaration.index).map { .memory($0) }
            case .global: engine.global(at: request.declaration.index).map { .global($0) }
            case .tag: engine.tag(at: request.declaration.index).map { .tag($0) }
            }
        }
        record.pointee.instance = instance
        return engine.canHavePeers ? takeStack(for: instance, from: engine, in: state) : true
    }

    /// Gives the instance a part of the guest heap as the guest's stack, if its code uses one.
    private func takeStack(
        for instance: EngineInstance,
        from engine: EngineInstance,
        in state: UnsafeMutablePointer<DoorState>
    ) -> Bool {
        guard let whole = instance.auxiliaryStack else { return true }
        // As large as WAMR makes it, which divides the guest's stack.
        let share = whole.sizeInBytes / (UInt64(state.pointee.maximumThreadCount) &+ 1)
        let size = Swift.max(share, 256) & ~15
        do throws(GuestHeapError) {
            let address = try engine.guestMalloc(size &+ 16)
            pointee.stackAddress = address
            let top = (address &+ size &+ 16) & ~15
            instance.startAuxiliaryStack(top: top, sizeInBytes: top &- address)
            return true
        } catch {
            Log.write(.error) { text in
                text.write("thread manager error: no stack for the guest's code: ")
                text.write(error)
            }
            return false
        }
    }

    /// Takes back what the thread had; the record is free for another one.
    fileprivate func end() {
        let record = pointee.instance
        while let environment = record.pointee.firstEnvironment {
            wasm_runtime_destroy_exec_env(OpaquePointer(environment))
            if record.pointee.firstEnvironment == environment { break }
        }
        Door.current?.endDelegates(in: record)
        if let instance = record.pointee.instance {
            instance.destroy()
            record.pointee.instance = nil
        }
        if pointee.stackAddress != 0 {
            wasm_runtime_module_free(OpaquePointer(pointee.root), pointee.stackAddress)
            pointee.stackAddress = 0
        }
        record.pointee.mark = 0
        record.pointee.contexts = nil
        record.pointee.singleton = nil
        pointee.environment = nil
        mote_lock_acquire(pointee.root.lock)
        pointee.mark = 0
        mote_lock_release(pointee.root.lock)
    }
}
