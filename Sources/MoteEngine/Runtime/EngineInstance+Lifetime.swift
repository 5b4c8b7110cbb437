internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

extension EngineInstance {
    /// Gives the instance up.
    ///
    /// Its arena goes at once where nothing else can reach it (true); otherwise it is only marked, and goes
    /// with the last live instance of its link group, the calls inside, or the store.
    @discardableResult
    package func destroy() -> Bool {
        let store = state.pointee.store
        mote_lock_acquire(store.lock)
        guard !state.pointee.isDestroyed else {
            mote_lock_release(store.lock)
            return false
        }
        state.pointee.isDestroyed = true
        endPreparedCalls()
        state.pointee.link.leader.pointee.link.liveCount &-= 1
        mote_lock_release(store.lock)
        return EngineInstance.collect(state)
    }

    /// Whether a reference of the instance may lie where it does not own.
    package var isEscaped: Bool { state.pointee.isEscaped }

    /// Keeps the instance, and what it is linked with, until its store goes: the host has a reference of it from
    /// elsewhere.
    package func pin() { Publishing.link(base, to: nil) }

    /// Says that a reference of the instance lies where the instance does not own.
    func markEscaped() { state.pointee.isEscaped = true }

    /// Ends one call from the host; the last one frees what was destroyed meanwhile.
    static func endEntry(_ state: UnsafeMutablePointer<InstanceState>) {
        let before = mote_add_u32(state.activeEntries, .max)
        if before == 1, state.pointee.link.leader.pointee.link.liveCount == 0 || state.pointee.isDestroyed {
            collect(state)
        }
    }

    /// Frees a destroyed instance if it never escaped, and its whole group if nobody in it lives.
    @discardableResult
    static func collect(_ state: UnsafeMutablePointer<InstanceState>) -> Bool {
        let store = state.pointee.store
        mote_lock_acquire(store.lock)
        let isIdle = !EngineInstance(state: state).isActive
        let mayBeInObjects =
            store.pointee.collector.hasPublishedObjects
            && Publishing.concernsObjects(state.pointee.module.pointee.module)
        if state.pointee.isDestroyed, !state.pointee.isEscaped, isIdle, !mayBeInObjects {
            let rest = state.pointee.link.next == state ? nil : state.pointee.link.next
            LinkGroup.leave(state)
            mote_lock_release(store.lock)
            detach(state)
            release(state)
            // It may have been the last that kept the others.
            if let rest { collectGroup(of: rest) }
            return true
        }
        mote_lock_release(store.lock)
        return collectGroup(of: state)
    }

    /// Frees the members of a group where none lives and none runs.
    @inline(never)
    @discardableResult
    private static func collectGroup(of member: UnsafeMutablePointer<InstanceState>) -> Bool {
        let store = member.pointee.store
        mote_lock_acquire(store.lock)
        let counts = member.pointee.link.leader.pointee.link
        guard counts.liveCount == 0, !counts.isPinned, !store.pointee.collector.hasPublishedObjects,
            !LinkGroup.isActive(member)
        else {
            mote_lock_release(store.lock)
            return false
        }
        mote_lock_release(store.lock)
        // While the memories of all are there.
        detach(member)
        var next = member.pointee.link.next
        while next != member {
            detach(next)
            next = next.pointee.link.next
        }
        next = member.pointee.link.next
        while next != member {
            let current = next
            next = current.pointee.link.next
            release(current)
        }
        release(member)
        return true
    }

    /// Takes the instance out of its store and frees its arena, memories and environment, whoever refers to it.
    @inline(never)
    static func release(_ state: UnsafeMutablePointer<InstanceState>) {
        let store = state.pointee.store
        mote_lock_acquire(store.lock)
        state.pointee.nextInStore?.pointee.previousInStore = state.pointee.previousInStore
        if let previous = state.pointee.previousInStore {
            previous.pointee.nextInStore = state.pointee.nextInStore
        } else if store.pointee.firstInstance == state {
            store.pointee.firstInstance = state.pointee.nextInStore
        }
        if Build.hasExceptions { forgetExceptions(of: state) }
        mote_lock_release(store.lock)
        if let environment = state.pointee.environment {
            environment.pointee.ownerInstance = nil
            // Refused while another instance's call is inside; then the store keeps it.
            EngineEnvironment(state: environment).destroy()
        }
        releaseStorage(of: state)
    }

    /// Forgets pending exceptions whose tag goes with an instance; the store's lock is held.
    ///
    /// What another thread has on its way cannot have one: then the instance would have escaped.
    private static func forgetExceptions(of state: UnsafeMutablePointer<InstanceState>) {
        let module = state.pointee.module.pointee.module
        guard module.pointee.tags.count > module.pointee.importedTagCount else { return }
        let me = UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        var next = state.pointee.store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            let thread = mote_load_acquire_pointer(environment.base.thread)
            guard thread == nil || thread == me || thread == Collector.mark else { continue }
            let pending = ExceptionObject(reference: environment.pointee.pendingException)
            if pending?.tag.pointee.owner == state.base { environment.pointee.pendingException = 0 }
        }
    }

    /// Frees what the instance owns; it is in no list.
    @inline(never)
    static func releaseStorage(of state: UnsafeMutablePointer<InstanceState>) {
        let module = EngineModule(state: state.pointee.module)
        if let memories = state.pointee.ownMemories {
            for index in 0..<state.pointee.ownMemoryCount { (memories + index).destroy() }
        }
        state.pointee.arena.destroy()
        module.releaseInstance()
    }
}
