import Foundation
import MoteEngine
import MoteMemory
import Testing

/// Every script of the specification's suite for what this version executes, in every configuration.
@Suite(.enabled(if: Suite.mustRun || Suite.isAbsent == nil, "\(Suite.isAbsent?.description ?? "")"))
struct SpecificationTests {
    /// Debug builds are slow: there each script runs in one configuration only.
    private func isWanted(_ index: Int, _ configuration: Configuration) -> Bool {
        #if DEBUG
        if ProcessInfo.processInfo.environment["MOTE_SPEC_ALL"] != nil { return true }
        return Configuration.allCases[index % Configuration.allCases.count] == configuration
        #else
        return true
        #endif
    }

    @Test(arguments: Configuration.allCases)
    func `every command passes, or its module is refused for a feature on the list`(
        configuration: Configuration
    ) throws {
        let scripts = try Suite.scripts.get()
        let expected = try RefusalList.read()
        let only = ProcessInfo.processInfo.environment["MOTE_SPEC_ONLY"]
        var total = Tally()
        var count = 0
        for (index, script) in scripts.enumerated() where isWanted(index, configuration) {
            if let only, script.name != only { continue }
            let tally = try run(script, configuration)
            for failure in tally.failures { Issue.record("\(failure)") }
            let refused = RefusalList.lines(script.name, tally.refused)
            let listed = RefusalList.lines(script.name, expected[script.name] ?? [:])
            #expect(refused == listed, "refused.txt has other lines for \(script.name)")
            total += tally
            count += 1
        }
        print("specification, \(configuration.rawValue): \(count) scripts, \(total)")
    }

    @Test func `the list of refusals names only scripts of the suite`() throws {
        let names = Set(try Suite.scripts.get().map { $0.name })
        #expect(try RefusalList.read().keys.filter { !names.contains($0) } == [])
    }

    /// Runs a script twice in a runtime of its own: each time it leaves the heap as it was, but for the type
    /// registry's table, which the first run brings to its size.
    private func run(_ script: Script, _ configuration: Configuration) throws -> Tally {
        let pool = configuration == .pool ? try mapPool() : nil
        defer { if let pool { munmap(pool.baseAddress, pool.count) } }
        let runtime = try EngineRuntime.create(plan: configuration.plan(pool: pool))
        defer { runtime.destroy() }
        let empty = HeapState(runtime)
        let first = try runOnce(script, configuration, in: runtime)
        let after = HeapState(runtime)
        let second = try runOnce(script, configuration, in: runtime)
        #expect(after.differences(from: empty, except: .structures) == [], "\(script.name)")
        #expect(HeapState(runtime).differences(from: after) == [], "\(script.name)")
        #expect(first.passed == second.passed && first.refused == second.refused, "\(script.name)")
        return first
    }

    private func runOnce(
        _ script: Script,
        _ configuration: Configuration,
        in runtime: EngineRuntime
    ) throws -> Tally {
        let run = try ScriptRun(script, configuration, in: runtime)
        run.run()
        #expect(GlobalHeap.checkInvariants(runtime.heap), "\(script.name)")
        run.end()
        #expect(GlobalHeap.checkInvariants(runtime.heap), "\(script.name)")
        return run.tally
    }

    private struct NoPool: Error {}

    private func mapPool() throws -> UnsafeMutableRawBufferPointer {
        let size = Configuration.poolSizeInBytes
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
            throw NoPool()
        }
        return UnsafeMutableRawBufferPointer(start: base, count: size)
    }
}

/// What a heap holds at one moment.
private struct HeapState {
    let ledger: MemoryAccount
    /// Bytes of blocks and headers.
    let overhead: Int
    let poolFree: Int

    init(_ runtime: EngineRuntime) {
        ledger = GlobalHeap.ledger(runtime.heap)
        let statistics = GlobalHeap.statistics(runtime.heap)
        overhead = statistics.overheadInBytes
        poolFree = statistics.poolFreeInBytes
    }

    /// One line for each number that differs; where a region is left out, so are the numbers that follow from it.
    func differences(from other: HeapState, except ignored: Region? = nil) -> [String] {
        var lines: [String] = []
        for row in 0..<Region.count where ledger.current[row] != other.ledger.current[row] {
            guard let region = Region(rawValue: UInt8(row)), region != ignored else { continue }
            lines.append("\(region.name): \(other.ledger.current[row]), then \(ledger.current[row])")
        }
        guard ignored == nil else { return lines }
        if overhead != other.overhead { lines.append("overhead: \(other.overhead), then \(overhead)") }
        if poolFree != other.poolFree {
            lines.append("free in the pool: \(other.poolFree), then \(poolFree)")
        }
        return lines
    }
}
