internal import CPlatform
package import MoteMemory
internal import MoteModule
internal import MotePlatform

// Bytes in a guest's memory for the host. They come from the app heap, or from the allocator that the guest exports; which
// one, plan and limits say. The guest's allocator is guest code: it runs in the environment that is given, or the one
// that runs on this thread, or the instance's own; what it returns is checked, and the memory may have moved meanwhile.

/// What one can know of the heap that the host uses.
package struct GuestHeapState: Sendable {
    package var kind: GuestHeapKind
    /// Where it begins in the guest's memory; nil where that is not known.
    package var offset: UInt64?
    package var sizeInBytes: UInt64?
    /// Of the app heap alone.
    package var usedInBytes: UInt64?
    package var peakInBytes: UInt64?
    package var blockCount: Int?
    package var largestFreeInBytes: UInt64?
}

extension EngineEnvironment {
    /// The environment that runs guest code on this thread, if one does: a host function was called from it.
    package static var current: EngineEnvironment? {
        mote_get_current_environment().map { EngineEnvironment($0) }
    }
}

extension EngineInstance {
    /// What plan and limits say of the host's heap.
    package var guestHeapChoice: GuestHeap {
        state.pointee.ownLimits?.pointee.guestHeap
            ?? state.pointee.store.pointee.runtime.pointee.plan.guestHeap
    }

    /// What plan and limits leave the guest's own heap; nil for no cap.
    package var guestHeapCapInBytes: UInt64? {
        state.pointee.ownLimits?.pointee.maximumGuestHeapSizeInBytes
            ?? state.pointee.store.pointee.runtime.pointee.plan.maximumGuestHeapSizeInBytes
    }

    /// The app heap in memory 0.
    package var appHeap: AppHeap.Pointer? { memory(at: 0)?.instance.pointee.appHeap }

    /// Which heap answers.
    package var guestHeapKind: GuestHeapKind {
        let hasAllocator = state.pointee.module.pointee.guestAllocator.isPresent
        switch guestHeapChoice {
        case .automatic: return hasAllocator ? .libc : appHeap == nil ? .none : .app
        case .app: return appHeap == nil ? .none : .app
        case .libc: return hasAllocator ? .libc : .none
        case .none: return .none
        }
    }

    /// What is known of it.
    package var guestHeapState: GuestHeapState {
        var result = GuestHeapState(kind: guestHeapKind)
        switch result.kind {
        case .none: break
        case .app:
            guard let heap = appHeap else { break }
            result.offset = heap.pointee.offset
            result.sizeInBytes = heap.pointee.sizeInBytes
            result.usedInBytes = heap.pointee.usedInBytes
            result.peakInBytes = heap.pointee.peakInBytes
            result.blockCount = heap.pointee.blockCount
            result.largestFreeInBytes = AppHeap.largestFreeInBytes(heap)
        case .libc:
            let layout = state.pointee.module.pointee.layout
            guard layout.heapBaseSource != .none, let memory = memory(at: 0) else { break }
            result.offset = layout.heapBase
            result.sizeInBytes = max(memory.pointee.sizeInBytes, layout.heapBase) &- layout.heapBase
        }
        return result
    }

    /// Address of `sizeInBytes` bytes with arbitrary contents, at least one; never 0.
    package func guestMalloc(
        _ sizeInBytes: UInt64,
        in environment: EngineEnvironment? = nil
    ) throws(GuestHeapError) -> UInt64 {
        let kind = try heapKind(requested: sizeInBytes)
        guard kind == .app, let heap = appHeap else {
            return try guestCallMalloc(sizeInBytes, environment)
        }
        do throws(MemoryError) {
            return try AppHeap.allocate(heap, sizeInBytes)
        } catch {
            throw failure(error, requested: sizeInBytes)
        }
    }

    /// Gives back what ``guestMalloc(_:in:)`` gave; address 0 is nothing.
    package func guestFree(
        _ address: UInt64,
        in environment: EngineEnvironment? = nil
    ) throws(GuestHeapError) {
        guard address != 0 else { return }
        let kind = try heapKind(requested: 0)
        if kind == .app, let heap = appHeap {
            guard AppHeap.free(heap, address) else { throw fault(.notABlock, .app, address: address) }
            return
        }
        guard contains(address, 1) else { throw fault(.notABlock, .libc, address: address) }
        let allocator = state.pointee.module.pointee.guestAllocator
        _ = try guestCall(allocator.freeFunction, address, 0, environment)
    }

    /// Gives a block another size, moving it if it must; its bytes stay, those beyond the old size are arbitrary.
    ///
    /// Address 0 is ``guestMalloc(_:in:)``. In the guest's own heap this is the guest's `realloc` where it exports one of
    /// the type (address, size) -> address; otherwise malloc, copy and free, for which `oldSizeInBytes` is needed. After
    /// an error the block is as before, unless the guest's code trapped.
    package func guestRealloc(
        _ address: UInt64,
        from oldSizeInBytes: UInt64? = nil,
        to sizeInBytes: UInt64,
        in environment: EngineEnvironment? = nil
    ) throws(GuestHeapError) -> UInt64 {
        guard address != 0 else { return try guestMalloc(sizeInBytes, in: environment) }
        let kind = try heapKind(requested: sizeInBytes)
        let copied: UInt64
        if kind == .app, let heap = appHeap {
            let resized: AppHeap.Resized
            do throws(MemoryError) {
                resized = try AppHeap.resize(heap, address, to: sizeInBytes)
            } catch {
                throw failure(error, requested: sizeInBytes)
            }
            switch resized {
            case .inPlace: return address
            case .notABlock: throw fault(.notABlock, .app, address: address)
            case .mustMove(let copying): copied = copying
            }
        } else {
            guard contains(address, 1) else { throw fault(.notABlock, .libc, address: address) }
            if let function = exportedReallocFunction {
                let size = try guestSize(sizeInBytes)
                return try checked(try guestCall(function, address, size, environment), size)
            }
            guard let old = oldSizeInBytes else {
                throw fault(.sizeUnknown, .libc, requested: sizeInBytes, address: address)
            }
            guard contains(address, old) else { throw fault(.notABlock, .libc, address: address) }
            copied = old
        }
        let new = try guestMalloc(sizeInBytes, in: environment)
        copy(min(copied, sizeInBytes), from: address, to: new)
        try guestFree(address, in: environment)
        return new
    }

    /// A copy of bytes of the host's.
    package func guestDuplicate(
        _ bytes: UnsafeRawBufferPointer,
        in environment: EngineEnvironment? = nil
    ) throws(GuestHeapError) -> UInt64 {
        let size = UInt64(bytes.count)
        let address = try guestMalloc(size, in: environment)
        if let source = bytes.baseAddress, size > 0, contains(address, size),
            let base = memory(at: 0)?.pointee.base
        {
            // Safe: inside of memory, by the test.
            memcpy(base + Int(truncatingIfNeeded: address), source, bytes.count)
        }
        return address
    }
}

// MARK: parts

extension EngineInstance {
    private func fault(
        _ kind: GuestHeapError.Kind,
        _ heap: GuestHeapKind,
        requested: UInt64 = 0,
        address: UInt64 = 0
    ) -> GuestHeapError {
        GuestHeapError(kind, heap, guestHeapChoice, requested: requested, address: address)
    }

    private func failure(_ error: MemoryError, requested: UInt64) -> GuestHeapError {
        let isFull = error.kind == .exhausted && error.site == .appHeapRecord
        var failure = fault(isFull ? .exhausted : .records, .app, requested: requested)
        failure.availableInBytes = UInt64(clamping: error.availableInBytes)
        failure.memory = error
        return failure
    }

    private func heapKind(requested: UInt64) throws(GuestHeapError) -> GuestHeapKind {
        guard memory(at: 0) != nil else { throw fault(.noMemory, .none, requested: requested) }
        let kind = guestHeapKind
        guard kind != .none else { throw fault(.absent, .none, requested: requested) }
        return kind
    }

    /// Whether a range lies in memory 0 as it is now.
    private func contains(_ address: UInt64, _ sizeInBytes: UInt64) -> Bool {
        guard let memory = memory(at: 0) else { return false }
        let (end, overflow) = address.addingReportingOverflow(sizeInBytes)
        return !overflow && end <= memory.pointee.sizeInBytes
    }

    /// Copies within memory 0; both ranges lie inside where a heap gave them, and nothing is copied otherwise.
    private func copy(_ sizeInBytes: UInt64, from old: UInt64, to new: UInt64) {
        guard sizeInBytes > 0, contains(old, sizeInBytes), contains(new, sizeInBytes),
            let base = memory(at: 0)?.pointee.base
        else { return }
        memmove(
            base + Int(truncatingIfNeeded: new),
            base + Int(truncatingIfNeeded: old),
            Int(truncatingIfNeeded: sizeInBytes)
        )
    }

    /// A size as the guest counts; at least 1, because C's malloc may answer 0 with null.
    private func guestSize(_ sizeInBytes: UInt64) throws(GuestHeapError) -> UInt64 {
        guard state.pointee.module.pointee.guestAllocator.is64 || sizeInBytes <= UInt64(UInt32.max) else {
            throw fault(.tooLarge, .libc, requested: sizeInBytes)
        }
        return max(sizeInBytes, 1)
    }

    private func guestCallMalloc(
        _ sizeInBytes: UInt64,
        _ environment: EngineEnvironment?
    ) throws(GuestHeapError) -> UInt64 {
        let allocator = state.pointee.module.pointee.guestAllocator
        let size = try guestSize(sizeInBytes)
        // The second parameter is AssemblyScript's class of plain bytes.
        var address = try guestCall(allocator.mallocFunction, size, 0, environment)
        if allocator.kind == .assemblyScript, address != 0 {
            address = try guestCall(allocator.retainFunction, address, 0, environment)
        }
        return try checked(address, size)
    }

    private func checked(_ address: UInt64, _ size: UInt64) throws(GuestHeapError) -> UInt64 {
        guard address != 0 else { throw fault(.refused, .libc, requested: size) }
        guard contains(address, size) else { throw fault(.outside, .libc, requested: size, address: address) }
        return address
    }

    /// Calls a function of the guest's with up to two numbers, and gives its result, if it has one.
    private func guestCall(
        _ index: UInt32,
        _ first: UInt64,
        _ second: UInt64,
        _ given: EngineEnvironment?
    ) throws(GuestHeapError) -> UInt64 {
        guard let function = function(at: index) else { throw fault(.absent, .none) }
        let environment = try environment(for: given)
        var slots = (first, second)
        let trap = withUnsafeMutablePointer(to: &slots) {
            environment.call(
                function,
                slots: UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self),
                slotCount: 2
            )
        }
        guard trap == .none else {
            var failure = fault(.trapped, .libc)
            failure.trap = trap
            failure.memory = trap == .memoryExhausted ? environment.memoryError : nil
            failure.environment = environment
            throw failure
        }
        return state.pointee.module.pointee.guestAllocator.is64 ? slots.0 : slots.0 & 0xFFFF_FFFF
    }

    /// The environment that is given, or the one that runs on this thread, or the instance's own.
    private func environment(for given: EngineEnvironment?) throws(GuestHeapError) -> EngineEnvironment {
        if let given { return given }
        if let current = EngineEnvironment.current, current.state.pointee.store == state.pointee.store {
            return current
        }
        do throws(EngineError) {
            return try environment()
        } catch {
            var failure = fault(.environment, .libc)
            if case .memory(let error) = error { failure.memory = error }
            throw failure
        }
    }

    /// Index of an exported `realloc` of the module's own: (address, size) -> address.
    ///
    /// Looked for where it is needed: a linear walk over the exports.
    private var exportedReallocFunction: UInt32? {
        let allocator = state.pointee.module.pointee.guestAllocator
        guard allocator.kind == .malloc else { return nil }
        let address = allocator.is64 ? ValueType.i64 : .i32
        let module = state.pointee.module.pointee.module
        for position in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: position] else { break }
            guard export.kind == .function, module.pointee.text(export.name).isEqual(to: "realloc"),
                Int(export.index) >= module.pointee.importedFunctionCount,
                let type = module.functionType(of: export.index), type.pointee.kind == .function,
                type.pointee.parameters.count == 2, type.pointee.parameters[checked: 0] == address,
                type.pointee.parameters[checked: 1] == address, type.pointee.results.count == 1,
                type.pointee.results[checked: 0] == address
            else { continue }
            return export.index
        }
        return nil
    }
}
