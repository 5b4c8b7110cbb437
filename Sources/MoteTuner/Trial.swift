internal import Mote

/// One run in a runtime of its own, in the order in which `mote run` does it, so that the same plan gives the same.
struct Trial {
    let program: GuestProgram
    let plan: MemoryPlan
    /// The pool's bytes; nil without a pool.
    let pool: Int?

    func run(
        _ input: GuestInput,
        _ preopens: [Preopen],
        source: Int32,
        capture: OutputCapture,
        control: RunControl
    ) -> Observation {
        let runtime: Runtime
        do {
            runtime = try Runtime(plan, features: program.features, isDeterministic: program.isDeterministic)
        } catch {
            return Observation(ending: .failed, reason: program.describe(error))
        }
        var kept: Instance?
        var observation: Observation
        do {
            let module = try program.load(runtime)
            var imports = Imports()
            if module.imports.contains(where: { $0.module == WASI.moduleName }) {
                imports =
                    try WASI(
                        in: runtime,
                        arguments: [program.name] + (program.hidesArguments ? [] : input.arguments),
                        environment: program.variables,
                        preopens: preopens,
                        standardInput: source,
                        standardOutput: capture.standardOutput,
                        standardError: capture.standardError
                    ).imports
            }
            let store = try Store(runtime)
            control.watch(try store.environment.interruptHandle)
            var limits = InstanceLimits()
            limits.fuel = program.fuel
            let instance = try module.instantiate(limits: limits, imports: imports, in: store)
            kept = instance
            control.watch(instance.environment.interruptHandle)
            let code = try program.enter(instance, input, capture.standardOutput)
            observation = Observation(ending: .exit(code & 0xFF))
        } catch RuntimeError.exit(let code) {
            observation = Observation(ending: .exit(code & 0xFF))
        } catch RuntimeError.trap(let trap) {
            observation = Observation(
                ending: .trap("\(trap.code)"),
                reason: program.describe(RuntimeError.trap(trap)),
                missing: trap.memory.flatMap(Self.missing)
            )
        } catch RuntimeError.exception(let exception) {
            observation = Observation(
                ending: .trap("\(Trap.Code.uncaughtException)"),
                reason: program.describe(RuntimeError.exception(exception))
            )
        } catch RuntimeError.memory(let failure) {
            observation = Observation(
                ending: .failed,
                reason: program.describe(RuntimeError.memory(failure)),
                missing: Self.missing(failure)
            )
        } catch {
            observation = Observation(ending: .failed, reason: program.describe(error))
        }
        observation.peaks = peaks(in: runtime.memoryReport)
        withExtendedLifetime(kept) {}
        return observation
    }

    /// What a pool had too little; nil where the reason is another.
    private static func missing(_ failure: MemoryFailure) -> Int? {
        guard failure.kind == .exhausted, failure.isPool, let available = failure.availableInBytes else {
            return nil
        }
        return max(0, failure.requestedInBytes - available)
    }

    private func peaks(in report: MemoryReport) -> Peaks {
        var peaks = Peaks()
        let usage = Dictionary(uniqueKeysWithValues: report.regions.map { ($0.region, $0.peak) })
        peaks.sizes[.operandStack] = report.stacks.map(\.peak).max() ?? 0
        peaks.sizes[.gcHeap] = usage[.gcHeap] ?? 0
        if let largest = report.memories.map(Self.pages).max() { peaks.sizes[.linearMemory] = largest }
        if let first = report.memories.first {
            if let heap = first.appHeap { peaks.sizes[.appHeap] = heap.peak }
            // A memory that did not grow is as large as it was declared, whatever the cap.
            if let heap = first.libcHeap, first.pages > first.declaredPages {
                peaks.sizes[.guestHeap] = heap.range.byteCount
            }
            peaks.auxiliaryStack = first.auxiliaryStack?.peak
            peaks.auxiliaryStackSize = first.auxiliaryStack?.range.byteCount
        }
        if let pool, let state = report.pool { peaks.pool = max(0, pool - state.size) + state.peak }
        return peaks
    }

    /// Pages of 64 KiB, in which plans count.
    private static func pages(of memory: MemoryReport.LinearMemory) -> Int {
        let (bytes, overflow) = memory.pages.multipliedReportingOverflow(by: UInt64(max(1, memory.pageSize)))
        return overflow ? Int.max : Int(clamping: bytes / 65536 + (bytes % 65536 == 0 ? 0 : 1))
    }
}
