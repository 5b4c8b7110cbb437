internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// What a walk through a runtime finds: the second half of a ``MemoryReport``.
struct MemorySurvey {
    private(set) var memories: [MemoryReport.LinearMemory] = []
    private(set) var stacks: [MemoryReport.OperandStack] = []
    private(set) var modules: [MemoryReport.LoadedModule] = []
    private(set) var instances: [MemoryReport.LiveInstance] = []
    private(set) var collectedHeaps: [MemoryReport.CollectedHeap] = []
    private(set) var sharedHeaps: [MemoryReport.SharedHeap] = []

    init(of runtime: EngineRuntime) {
        runtime.forEachModule { modules.append(MemoryReport.LoadedModule($0)) }
        runtime.forEachStore { store in
            let live = Self.instances(of: store)
            instances += live.map {
                MemoryReport.LiveInstance(
                    identity: Int($0.identity),
                    module: Int($0.module.identity),
                    store: Int(store.identity)
                )
            }
            var importers: [UnsafeMutableRawPointer: [Int]] = [:]
            for instance in live {
                for memory in instance.importedMemories {
                    importers[UnsafeMutableRawPointer(memory), default: []].append(Int(instance.identity))
                }
            }
            // Lists begin with what was made last.
            for instance in live {
                memories += instance.ownMemories.enumerated().reversed().map {
                    MemoryReport.LinearMemory(
                        $1,
                        index: instance.importedMemories.count + $0,
                        of: instance,
                        importedBy: importers[UnsafeMutableRawPointer($1), default: []].sorted()
                    )
                }
            }
            var host: [UnsafeMutablePointer<MemoryInstance>] = []
            store.forEachHostMemory { host.append($0) }
            memories += host.enumerated().map {
                MemoryReport.LinearMemory(
                    $1,
                    index: host.count - 1 - $0,
                    of: nil,
                    importedBy: importers[UnsafeMutableRawPointer($1), default: []].sorted()
                )
            }
            let shared = store.existingDefaultEnvironment?.identity
            var environments: [EngineEnvironment] = []
            store.forEachEnvironment { environments.append($0) }
            for environment in environments {
                let owner = environment.identity == shared ? nil : environment.owner
                stacks.append(
                    MemoryReport.OperandStack(
                        environment: Int(environment.identity),
                        store: Int(store.identity),
                        instance: owner.map { Int($0.identity) },
                        size: environment.operandStackSizeInBytes,
                        current: environment.stackInUseInBytes,
                        peak: environment.operandStackPeakInBytes
                    )
                )
            }
            if let heap = store.collectedHeap {
                collectedHeaps.append(
                    MemoryReport.CollectedHeap(
                        store: Int(store.identity),
                        size: heap.sizeInBytes,
                        limit: heap.maximumSizeInBytes,
                        live: heap.liveInBytes,
                        collections: heap.collectionCount
                    )
                )
            }
        }
        var shared: [EngineSharedHeap.Pointer] = []
        runtime.forEachSharedHeap { shared.append($0) }
        for heap in shared {
            var users: [Int] = []
            runtime.forEachStore { store in
                users += Self.instances(of: store).filter { $0.hasAttached(heap) }.map { Int($0.identity) }
            }
            let allocation = EngineSharedHeap.allocation(heap)
            sharedHeaps.append(
                MemoryReport.SharedHeap(
                    size: Int(clamping: heap.pointee.sizeInBytes),
                    used: allocation.map { Int(clamping: $0.usedInBytes) },
                    peak: allocation.map { Int(clamping: $0.peakInBytes) },
                    instances: users.sorted()
                )
            )
        }
        memories.reverse()
        stacks.reverse()
        modules.reverse()
        instances.reverse()
        collectedHeaps.reverse()
        sharedHeaps.reverse()
    }

    private static func instances(of store: EngineStore) -> [EngineInstance] {
        var live: [EngineInstance] = []
        store.forEachInstance { live.append($0) }
        return live
    }
}

extension EngineInstance {
    fileprivate var importedMemories: [UnsafeMutablePointer<MemoryInstance>] {
        (0..<importedMemoryCount).compactMap { memory(at: UInt32($0))?.instance }
    }

    fileprivate var ownMemories: [UnsafeMutablePointer<MemoryInstance>] {
        (importedMemoryCount..<memoryCount).compactMap { memory(at: UInt32($0))?.instance }
    }
}

extension MemoryReport.LoadedModule {
    init(_ module: EngineModule) {
        let tables = module.module
        let translation = module.translation
        identity = Int(module.identity)
        name = DisplayName.module(tables)
        size = tables.pointee.sizeInBytes
        isCopied = tables.pointee.ownership == .copied
        functions = max(0, tables.pointee.functions.count - tables.pointee.importedFunctionCount)
        var bodies = 0
        for index in 0..<tables.pointee.functions.count {
            bodies += Int(tables.pointee.functions[checked: index]?.body.sizeInBytes ?? 0)
        }
        self.bodies = bodies
        translatedFunctions = translation.functionCount
        translatedBodies = translation.bodySizeInBytes
        code = translation.codeSizeInBytes
    }
}

extension MemoryReport.LinearMemory {
    fileprivate init(
        _ memory: UnsafeMutablePointer<MemoryInstance>,
        index: Int,
        of instance: EngineInstance?,
        importedBy: [Int]
    ) {
        let base = memory.base.pointee
        let type = memory.pointee.type
        self.instance = instance.map { Int($0.identity) }
        self.index = index
        self.importedBy = importedBy
        pageSize = 1 << Int(min(base.pageSizeLog2, 16))
        declaredPages = type.limits.minimum
        declaredMaximumPages = type.limits.maximum
        pages = base.pageCount
        maximumPages = base.maximumPageCount
        size = Int(truncatingIfNeeded: base.sizeInBytes)
        reserved = Int(truncatingIfNeeded: base.reservedInBytes)
        backing =
            switch Int32(base.backing) {
            case Int32(MOTE_BACKING_RESERVED): .reserved
            case Int32(MOTE_BACKING_HEAP): .heap
            default: .caller
            }
        bounds = Int32(base.bounds) == Int32(MOTE_BOUNDS_GUARD) ? .guardPages : .checked
        is64 = base.is64 != 0
        isShared = base.isShared != 0
        isFallback = memory.pointee.linear.isFallback
        touched = MemoryReport.TouchedPages.ask(
            at: base.base,
            sizeInBytes: size,
            isExact: backing == .reserved
        )
        if let heap = memory.pointee.appHeap { appHeap = MemoryReport.AppHeap(heap) }
        guard index == 0, let instance else { return }
        describe(instance)
    }

    /// What the module tells of its first memory.
    private mutating func describe(_ instance: EngineInstance) {
        let module = instance.module
        let layout = ModuleMemoryLayout(module.state.pointee.layout)
        var start: UInt64?
        for index in 0..<module.module.pointee.dataSegments.count {
            guard let segment = ModuleState.dataSegment(at: index, of: module.module),
                segment.end > segment.start
            else { continue }
            start = min(start ?? segment.start, segment.start)
        }
        if let end = layout.dataEnd { data = min(start ?? end, end)..<end }
        if layout.stackTop > layout.stackBottom {
            let use = instance.auxiliaryStack
            auxiliaryStack = MemoryReport.AuxiliaryStack(
                range: layout.stackBottom..<layout.stackTop,
                source: layout.stackPointerSource.description,
                peak: use.map { Int(clamping: $0.peakInBytes) },
                isChecked: use?.isChecked
            )
        }
        if let heapBase = layout.heapBase {
            // Before the memory grows, an app heap is the last that it has.
            let end = appHeap.map { $0.range.upperBound == UInt64(size) ? $0.range.lowerBound : UInt64(size) }
            libcHeap = MemoryReport.LibcHeap(
                range: min(heapBase, end ?? UInt64(size))..<(end ?? UInt64(size)),
                limit: instance.guestHeapCapInBytes,
                allocator: module.state.pointee.guestAllocator.exportNames
            )
        }
    }
}

extension MemoryReport.AppHeap {
    fileprivate init(_ heap: AppHeap.Pointer) {
        let (end, overflow) = heap.pointee.offset.addingReportingOverflow(heap.pointee.sizeInBytes)
        range = heap.pointee.offset..<(overflow ? .max : end)
        used = Int(clamping: heap.pointee.usedInBytes)
        peak = Int(clamping: heap.pointee.peakInBytes)
        blocks = heap.pointee.blockCount
        largestFree = Int(clamping: AppHeap.largestFreeInBytes(heap))
        metadata = AppHeap.metadataSizeInBytes(heap)
    }
}

extension GuestAllocator {
    /// What the module exports to allocate with; nil where it has no allocator.
    var exportNames: String? {
        guard isPresent else { return nil }
        return kind == .malloc ? "malloc" : "__new"
    }
}

extension ModuleMemoryLayout.StackPointerSource {
    /// As reports say it.
    var description: String {
        switch self {
        case .none: "none"
        case .export: "export"
        case .nameSection: "name section"
        case .guess: "guess"
        }
    }
}
