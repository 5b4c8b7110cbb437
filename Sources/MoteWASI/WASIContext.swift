internal import CPlatform
package import MoteMemory

/// What one guest program sees of the world: arguments, variables, open files, clocks and its exit code.
///
/// At a stable address in an arena of its own; several environments may use it from several threads, ordered by
/// the lock over the descriptors. The host functions of ``WASIFunctions`` take its address as their data.
package struct WASIContext {
    package typealias Pointer = UnsafeMutablePointer<WASIContext>

    let arena: Arena
    var arguments: StringList
    var variables: StringList
    var clock: WASIClock?
    var random: WASIRandom?
    var userData: UnsafeMutableRawPointer?
    var descriptors: DescriptorTable
    /// What the guest gave `proc_exit`; 0 before.
    package var exitCode: UInt32
    /// Over `descriptors` and the arena.
    var lock: MoteLock
    /// Over the host's offset in directories while they are read.
    var directoryLock: MoteLock

    /// A context that copied what it needs of the options; ``destroy(_:)`` gives everything back.
    package static func create(
        heap: GlobalHeap.Pointer,
        options: WASIOptions
    ) throws(WASISetupError) -> Pointer {
        let arena: Arena
        do { arena = try Arena.create(in: heap, owner: .wasi) } catch { throw .memory(error) }
        let context: Pointer
        do {
            context = try fill(arena, options)
        } catch {
            arena.destroy()
            throw error
        }
        mote_lock_init(&context.pointee.lock)
        mote_lock_init(&context.pointee.directoryLock)
        do {
            try context.pointee.descriptors.openInitial(options)
        } catch {
            destroy(context)
            throw error
        }
        return context
    }

    private static func fill(_ arena: Arena, _ options: WASIOptions) throws(WASISetupError) -> Pointer {
        let context: Pointer
        do {
            context = try arena.allocate(WASIContext.self, count: 1, region: .wasi, site: .wasiContext)
        } catch {
            throw .memory(error)
        }
        let arguments = try StringList(
            options.arguments,
            count: options.argumentCount,
            arena: arena,
            site: .wasiArguments
        )
        let variables = try StringList(
            options.environment,
            count: options.environmentCount,
            arena: arena,
            site: .wasiEnvironment
        )
        context.initialize(
            to: WASIContext(
                arena: arena,
                arguments: arguments,
                variables: variables,
                clock: options.clock,
                random: options.random,
                userData: options.userData,
                descriptors: DescriptorTable(arena: arena, limit: options.descriptorLimit),
                exitCode: 0,
                lock: MoteLock(),
                directoryLock: MoteLock()
            )
        )
        return context
    }

    /// Closes every descriptor that the context opened (never the caller's) and frees the context.
    ///
    /// No environment may be inside one of its functions.
    package static func destroy(_ context: Pointer) {
        context.pointee.descriptors.closeAll()
        mote_lock_destroy(&context.pointee.lock)
        mote_lock_destroy(&context.pointee.directoryLock)
        let arena = context.pointee.arena
        arena.destroy()
    }

    /// How many descriptors the guest has open.
    package static func openDescriptorCount(_ context: Pointer) -> Int {
        mote_lock_acquire(&context.pointee.lock)
        defer { mote_lock_release(&context.pointee.lock) }
        return context.pointee.descriptors.openCount
    }
}
