import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule

/// Many instances of one module without imports.
struct Instances {
    let bytes: UnsafeBufferPointer<UInt8>

    init(path: String) throws { bytes = try moduleBytes(path) }

    private func runtime(
        _ linearMemory: LinearMemoryBacking,
        _ source: HeapSource = .system
    ) throws -> (EngineRuntime, EngineModule) {
        var plan = MemoryPlan()
        plan.globalHeap = source
        plan.linearMemory = linearMemory
        let runtime = try EngineRuntime.create(plan: plan)
        guard let base = bytes.baseAddress else { throw Failure("empty module") }
        return (runtime, try runtime.load(base, sizeInBytes: bytes.count, ownership: .borrowed))
    }

    /// Bytes of the global heap that blocks take now, but for linear memory and operand stacks.
    private func heapBytes(_ runtime: EngineRuntime) -> Int {
        let statistics = GlobalHeap.statistics(runtime.heap)
        let ledger = runtime.ledger
        return statistics.askedInBytes + statistics.overheadInBytes
            - ledger.current[Int(Region.linearMemory.rawValue)]
            - ledger.current[Int(Region.operandStack.rawValue)]
    }

    func printFigures() throws {
        try printBytesPerInstance("system", .system)
        let size = 256 << 20
        let pool = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let pool, pool != MAP_FAILED else { throw Failure("no memory for a pool") }
        let source = HeapSource.pool(base: UInt(bitPattern: pool), sizeInBytes: size, isZeroed: true)
        try printBytesPerInstance("pool", source)
        munmap(pool, size)
        try live("heap", .heap)
        try live("reserved", .reserved)
    }

    private func printBytesPerInstance(_ name: String, _ source: HeapSource) throws {
        let (runtime, module) = try runtime(.heap, source)
        defer { runtime.destroy() }
        let store = try runtime.createStore()
        _ = try EngineInstance.instantiate(module, in: store) { _ in nil }
        let one = heapBytes(runtime)
        for _ in 0..<1000 { _ = try EngineInstance.instantiate(module, in: store) { _ in nil } }
        print("bytes per instance, \(name): \((heapBytes(runtime) - one) / 1000)")
    }

    /// 10,000 at once, each called once.
    private func live(_ name: String, _ backing: LinearMemoryBacking) throws {
        let (runtime, module) = try runtime(backing)
        defer { runtime.destroy() }
        let store = try runtime.createStore()
        let before = (status("VmPTE"), status("VmRSS"), status("VmSize"))
        var fallbacks = 0
        for _ in 0..<10_000 {
            let instance = try EngineInstance.instantiate(module, in: store) { _ in nil }
            let memory = instance.memory(at: 0)
            memory?.pointee.base?[0] = 1
            if backing == .reserved, memory?.pointee.bounds != 1 { fallbacks += 1 }
        }
        print("10000 live, \(name): page tables \(status("VmPTE") - before.0) KiB,", terminator: " ")
        print(
            "resident \(status("VmRSS") - before.1) KiB, address space \((status("VmSize") - before.2) >> 10) MiB,",
            "\(fallbacks) fell back to checked heap memory"
        )
    }

    /// Instantiates and destroys; all regions and the process must be as large at the end as after the first few.
    func cycle(_ count: Int) throws {
        for (name, backing) in [("heap", LinearMemoryBacking.heap), ("reserved", .reserved)] {
            let (runtime, module) = try runtime(backing)
            defer { runtime.destroy() }
            let store = try runtime.createStore()
            // What the process takes once: the C library's caches, the page tables of the first reservation.
            _ = status("VmRSS")
            for _ in 0..<min(count, 10_000) { try measured_cycle(module.state, store.state) }
            let (ledger, resident) = (runtime.ledger, status("VmRSS"))
            for _ in 0..<count { try measured_cycle(module.state, store.state) }
            let end = runtime.ledger
            for row in 0..<Region.count
            where end.current[row] != ledger.current[row] || end.peak[row] != ledger.peak[row] {
                throw Failure("region \(Region(rawValue: UInt8(row))?.name.description ?? "?") has grown")
            }
            let growth = status("VmRSS") - resident
            print("\(count) cycles, \(name): no region grew, resident memory by \(growth) KiB")
            // Some pages come from elsewhere in the process, which short runs may meet for the first time.
            if growth > 64, count >= 10_000 { throw Failure("resident memory has grown by \(growth) KiB") }
        }
    }

    /// A line of /proc/self/status, in KiB.
    private func status(_ name: String) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") })
        else { return 0 }
        return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }
}

@inline(never)
func measured_cycle(_ module: UnsafeMutableRawPointer, _ store: UnsafeMutableRawPointer) throws {
    let module = EngineModule(state: module.assumingMemoryBound(to: ModuleState.self))
    let store = EngineStore(state: store.assumingMemoryBound(to: StoreState.self))
    try EngineInstance.instantiate(module, in: store) { _ in nil }.destroy()
}
