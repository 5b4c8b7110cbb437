internal import MoteEngine
internal import MoteMemory
package import MoteModule

/// Runs whole scripts, each in a runtime of its own.
package struct ScriptRunner: Sendable {
    package var configuration: ScriptConfiguration
    package var expectedFailures = ExpectedFailures()

    package init(_ configuration: ScriptConfiguration) { self.configuration = configuration }

    /// Which features a script gets: those of its folder, with the configuration's changes.
    package func features(ofScript path: String) -> FeatureSet {
        let wanted = ScriptFeatures.features(ofScript: path).rawValue
        return FeatureSet(
            rawValue: wanted & ~configuration.removed.rawValue | configuration.added.rawValue
        )
    }

    /// Runs a script; `path` stands in its failures, and its folders choose features.
    package func run(_ source: [UInt8], path: String) -> ScriptTally {
        let start = ScriptPool.processorMilliseconds()
        var tally = ScriptTally()
        var session = ScriptSession(path: path, expected: expectedFailures.lines(ofScript: path))
        var pool: UnsafeMutableRawBufferPointer?
        if let size = configuration.poolSizeInBytes {
            pool = ScriptPool.map(sizeInBytes: size)
            if pool == nil { session.fail(1, "script", "a pool of \(size) bytes cannot be mapped") }
        }
        defer { if let pool { ScriptPool.unmap(pool) } }
        if configuration.poolSizeInBytes == nil || pool != nil {
            do throws(EngineError) {
                try run(source, &session, plan: configuration.plan(pool: pool))
            } catch {
                session.fail(1, "script", ScriptErrorText.of(error))
            }
        }
        session.finish()
        tally = session.tally
        tally.processorMilliseconds = ScriptPool.processorMilliseconds() - start
        return tally
    }

    /// How many commands of each kind a script has; what cannot be read is the last failure.
    package func list(_ source: [UInt8], path: String) -> ScriptTally {
        var session = ScriptSession(path: path, expected: [:])
        var reader = ScriptReader(source)
        while let command = session.next(&reader) { session.count(command) }
        return session.tally
    }

    private func run(
        _ source: [UInt8],
        _ session: inout ScriptSession,
        plan: MemoryPlan
    ) throws(EngineError) {
        let heap: GlobalHeap.Pointer
        let runtime: EngineRuntime
        do throws(MemoryError) {
            heap = try GlobalHeap.create(source: plan.globalHeap)
        } catch {
            throw .memory(error)
        }
        defer { GlobalHeap.destroy(heap) }
        let before = GlobalHeap.statistics(heap)
        do throws(MemoryError) {
            runtime = EngineRuntime(state: try EngineRuntime.create(plan: plan, in: heap))
        } catch {
            throw .memory(error)
        }
        do throws(EngineError) {
            let run = try ScriptRun(configuration, features: features(ofScript: session.path), in: runtime)
            var reader = ScriptReader(source)
            while let command = session.next(&reader) {
                session.do(command) { (kind) throws(CommandFault) in try run.run(kind) }
            }
            if !run.end() { session.fail(0, "script", "a module stays after its store went") }
            session.note(collectionCount: run.collectionCount)
        } catch {
            runtime.close()
            throw error
        }
        runtime.close()
        let after = GlobalHeap.statistics(heap)
        if after.askedInBytes != before.askedInBytes || after.overheadInBytes != before.overheadInBytes {
            let (asked, overhead) = (
                after.askedInBytes - before.askedInBytes, after.overheadInBytes - before.overheadInBytes
            )
            session.fail(0, "script", "leaks \(asked) bytes, and \(overhead) of overhead")
        }
        if !GlobalHeap.checkInvariants(heap) { session.fail(0, "script", "the heap's invariants are broken") }
    }
}
