internal import MoteEngine
internal import MoteMemory

/// What a runtime uses: current and peak bytes by region and by owner, and what lies where in linear memories, operand
/// stacks, code and heaps.
///
/// All sizes are in bytes, `size` and `peak` alike; pages are counted as pages.
public struct MemoryReport: Sendable {
    /// What one region uses.
    public struct Usage: Sendable {
        /// The region.
        public let region: MemoryRegion
        /// Bytes in use now.
        public let current: Int
        /// Most bytes that were ever in use.
        public let peak: Int
    }

    /// What one owner uses: the runtime, a store, module, instance, environment or WASI.
    public struct Owner: Sendable {
        /// `runtime`, `store`, `module`, `instance`, `environment` or `wasi`.
        public let kind: String
        /// Tells owners apart.
        public let identity: Int
        /// Bytes in use now.
        public let current: Int
        /// Most bytes that were ever in use at one time.
        public let peak: Int
        /// Its regions that were ever in use.
        public let regions: [Usage]
    }

    /// A pool's state; sizes in bytes.
    public struct Pool: Sendable {
        /// What blocks may take, their headers included.
        public let size: Int
        /// What is free.
        public let free: Int
        /// Most that blocks and headers ever took.
        public let peak: Int
        /// Largest block that can be had.
        public let largestFree: Int
    }

    /// Regions that were ever in use, of all owners together.
    public let regions: [Usage]
    /// Those who own memory now, oldest first.
    public let owners: [Owner]
    /// Bytes in use now in all regions.
    public let current: Int
    /// Most bytes that were ever in use at one time.
    public let peak: Int
    /// Bytes that the heap needs on top: headers, and what arenas hold in store.
    public let overhead: Int
    /// The pool, where there is one.
    public let pool: Pool?
    /// Linear memories of live instances, and those of the host's making; oldest first.
    public let memories: [LinearMemory]
    /// Operand stacks, oldest first.
    public let stacks: [OperandStack]
    /// Modules that are loaded or still in use, oldest first.
    public let modules: [LoadedModule]
    /// Instances that are alive, oldest first.
    public let instances: [LiveInstance]
    /// Garbage-collected heaps of stores that have objects, oldest first.
    public let collectedHeaps: [CollectedHeap]
    /// Heaps that instances share, oldest first.
    public let sharedHeaps: [SharedHeap]
}

extension MemoryReport {
    init(_ engine: EngineRuntime, isPool: Bool) {
        let ledger = engine.ledger
        regions = Self.usages(of: ledger)
        current = ledger.total
        peak = ledger.totalPeak
        var owners: [Owner] = []
        engine.forEachOwner { kind, identity, account in
            owners.append(
                Owner(
                    kind: kind.name.description,
                    identity: Int(identity),
                    current: account.total,
                    peak: account.totalPeak,
                    regions: Self.usages(of: account)
                )
            )
        }
        self.owners = owners.sorted { $0.identity < $1.identity }
        let statistics = GlobalHeap.statistics(engine.heap)
        overhead = statistics.overheadInBytes
        pool =
            isPool
            ? Pool(
                size: statistics.poolTotalInBytes,
                free: statistics.poolFreeInBytes,
                peak: statistics.poolPeakInBytes,
                largestFree: statistics.poolLargestAvailableInBytes
            ) : nil
        let survey = MemorySurvey(of: engine)
        memories = survey.memories
        stacks = survey.stacks
        modules = survey.modules
        instances = survey.instances
        collectedHeaps = survey.collectedHeaps
        sharedHeaps = survey.sharedHeaps
    }

    private static func usages(of account: EngineAccount) -> [Usage] {
        (0..<EngineRegion.count).compactMap { row in
            guard let region = EngineRegion(rawValue: UInt8(row)), account.peak[row] > 0 else { return nil }
            return Usage(region: MemoryRegion(region), current: account.current[row], peak: account.peak[row])
        }
    }
}
