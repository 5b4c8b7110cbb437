import MoteTuner

/// A program that is nothing but what it needs.
final class FakeProgram {
    /// What one input needs, in the units of the regions; the pool's need comes from the others.
    struct Need {
        var operandStack = 1331
        var pages = 3
        var gcHeap = 0
        /// Bytes that lie in the pool besides stack and pages.
        var others = 20_000
        /// Bytes that gaps between blocks take.
        var gaps = 0
        var ending = Ending.exit(0)
        /// What the peaks tell, as a difference to what is needed.
        var misleads = 0
        var isVarying = false
    }

    var needs: [Need]
    var runs = 0
    /// Stops every run from this one on.
    var stopsAt = Int.max
    /// Another rule for pools, where it has one.
    var poolWorks: ((Int, Need) -> Bool)?

    init(_ needs: [Need] = [Need()]) { self.needs = needs }

    static let plenty = TunedSizes([
        .operandStack: 64 << 20, .linearMemory: 65536, .gcHeap: 64 << 20, .globalHeap: 1 << 30,
    ])

    static func pool(_ need: Need, stack: Int) -> Int {
        need.others + need.gaps + need.pages * 65536 + min(need.gcHeap, 1 << 20) + stack
    }

    func observe(_ sizes: TunedSizes, _ input: Int, _ milliseconds: Int) -> Observation {
        runs += 1
        if runs >= stopsAt { return Observation(ending: .interrupted) }
        let need = needs[input]
        let stack = sizes[.operandStack] ?? 1 << 20
        let pool = Self.pool(need, stack: stack)
        if stack < need.operandStack {
            return Observation(ending: .trap("callStackExhausted"), reason: "stack")
        }
        if let pages = sizes[.linearMemory], pages < need.pages {
            return Observation(ending: .exit(5))
        }
        if need.gcHeap > sizes[.gcHeap] ?? .max {
            return Observation(ending: .trap("memoryExhausted"), reason: "gc heap")
        }
        if let size = sizes[.globalHeap], !(poolWorks?(size, need) ?? (size >= pool)) {
            return Observation(ending: .failed, reason: "pool")
        }
        var peaks = Peaks()
        peaks.sizes[.operandStack] = max(0, need.operandStack + need.misleads)
        peaks.sizes[.linearMemory] = need.pages
        peaks.sizes[.gcHeap] = need.gcHeap == 0 ? 0 : max(1, need.gcHeap + need.misleads)
        peaks.pool = pool - need.gaps
        var output = GuestOutput()
        output.standard.add(need.isVarying ? "at \(runs)" : "the same")
        return Observation(ending: need.ending, output: output, peaks: peaks, milliseconds: 1)
    }

    func tuner(margin: Int = 0, progress: @escaping (TuneProgress) -> Void = { _ in }) -> Tuner {
        Tuner(
            plenty: Self.plenty,
            inputCount: needs.count,
            timeLimit: 1000,
            margin: margin,
            progress: progress,
            observe: observe
        )
    }

    /// Whether every input works under sizes.
    func works(_ sizes: TunedSizes) -> Bool {
        let before = (runs, stopsAt)
        stopsAt = .max
        defer { (runs, stopsAt) = before }
        return needs.indices.allSatisfy { observe(sizes, $0, 0).ending == needs[$0].ending }
    }
}
