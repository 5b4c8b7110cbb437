/// Finds the least sizes under which a program does what it does with plenty.
///
/// It knows programs only by what runs of them show: `observe` runs one input under sizes, and answers what came out.
/// All inputs must work. First every input runs twice with plenty, which gives the peaks and shows whether the output
/// varies by itself; then each region is made smaller alone, the global heap last, because it holds the others.
package struct Tuner {
    /// Runs the input of an index under sizes, for at most so many milliseconds.
    package typealias Observe = (_ sizes: TunedSizes, _ input: Int, _ milliseconds: Int) -> Observation

    /// Sizes that are plenty; only regions that stand in here are made smaller.
    package private(set) var plenty: TunedSizes
    package let inputCount: Int
    /// Milliseconds after which a measured run counts as endless.
    package let timeLimit: Int
    /// Per cent that are added to the least sizes.
    package let margin: Int
    private let observe: Observe
    private let progress: (TuneProgress) -> Void

    private var references: [Reference] = []
    private var verdicts: [TunedSizes: Verdict] = [:]
    /// Inputs, those first that told most trials apart.
    private var order: [Int]
    private var best: TunedSizes?
    private var peaks = Peaks()
    private var runs = 0
    private var wasStopped = false

    package init(
        plenty: TunedSizes,
        inputCount: Int,
        timeLimit: Int,
        margin: Int,
        progress: @escaping (TuneProgress) -> Void = { _ in },
        observe: @escaping Observe
    ) {
        self.plenty = plenty
        self.inputCount = inputCount
        self.timeLimit = timeLimit
        self.margin = margin
        self.progress = progress
        self.observe = observe
        order = Array(0..<max(0, inputCount))
    }

    /// What an input does with plenty.
    private struct Reference {
        var ending: Ending
        var output: GuestOutput
        var isVarying: Bool
        var timeLimit: Int
    }

    /// Whether sizes work for all inputs.
    private struct Verdict {
        var works: Bool
        /// Why not.
        var reason: String
        /// Bytes of the pool that would have been enough but for gaps.
        var pool: Int?
        /// Bytes that a pool lacked.
        var missing: Int?
    }

    /// Searches; with `verifies` it shows in the end that one step less of each region fails.
    package mutating func run(verifies: Bool = false) throws(TuneFailure) -> TuneResult {
        try measure()
        if !wasStopped { search() }
        var result = TuneResult(
            least: best ?? plenty,
            plenty: plenty,
            peaks: peaks,
            endings: references.map(\.ending),
            outputs: references.map(\.output),
            varying: references.indices.filter { references[$0].isVarying }
        )
        if verifies, !wasStopped { result.proofs = prove() }
        result.least = best ?? plenty
        if !wasStopped {
            // Once more without looking at what was seen before: what is printed must work by itself.
            verdicts[result.least] = nil
            if let verdict = judge(result.least), !verdict.works { result.instability = verdict.reason }
        }
        result.recommended = withMargin(result.least)
        result.runs = runs
        result.isPartial = wasStopped
        return result
    }

    // MARK: With plenty.

    private mutating func measure() throws(TuneFailure) {
        for input in 0..<inputCount {
            progress(.measuring(input: input))
            let first = watched(plenty, input, timeLimit)
            if wasStopped { throw .interrupted }
            switch first.ending {
            case .timedOut: throw .endless(input: input, milliseconds: timeLimit)
            case .failed: throw .cannotStart(input: input, reason: first.reason)
            case .trap("callStackExhausted"):
                throw .tooLarge(input: input, region: .operandStack, reason: first.reason)
            case .trap("memoryExhausted"):
                throw .tooLarge(input: input, region: .globalHeap, reason: first.reason)
            case .exit, .trap, .interrupted: break
            }
            let second = watched(plenty, input, timeLimit)
            if wasStopped { throw .interrupted }
            guard second.ending == first.ending else {
                throw .unstable(input: input, first.ending, second.ending)
            }
            let isVarying = second.output != first.output
            for observation in [first, second] {
                if let more = observation.peaks { peaks = peaks.merged(with: more) }
            }
            let slowest = max(first.milliseconds, second.milliseconds)
            references.append(
                Reference(
                    ending: first.ending,
                    output: first.output,
                    isVarying: isVarying,
                    // Under less memory a program may take longer, but not for ever.
                    timeLimit: min(max(timeLimit, slowest), 2000 + 20 * slowest)
                )
            )
            progress(.measured(input: input, first, isVarying: isVarying))
        }
        // What the program does not have, the plan may leave as it is.
        for region in [TunedRegion.linearMemory, .guestHeap, .gcHeap] where peaks.sizes[region] ?? 0 == 0 {
            plenty[region] = nil
        }
        best = plenty
    }

    // MARK: With less.

    private mutating func search() {
        var guess = plenty
        for region in plenty.regions where region != .globalHeap {
            guard let peak = peaks.sizes[region], let most = plenty[region] else { continue }
            guess[region] = min(most, rounded(peak, region))
        }
        // Often the peaks themselves are enough, and a user who stops it early has a good plan already.
        if works(guess, changing: nil) == true { shrinkPool() }
        for region in plenty.regions where region != .globalHeap {
            lower(region, guess: guess[region] ?? 0)
            if wasStopped { return }
        }
        guard let most = plenty[.globalHeap] else { return }
        if best?[.globalHeap] == most { shrinkPool() }
        // Down from what works; from a guess, where nothing less than plenty does so far.
        lower(.globalHeap, guess: best?[.globalHeap] == most ? poolGuess ?? 0 : most)
    }

    /// Tries the pool that the best sizes' own run asked for, and as much more as it is told to be missing.
    private mutating func shrinkPool() {
        guard let best, let most = best[.globalHeap], var guess = poolGuess else { return }
        for _ in 0..<8 where guess < most {
            let sizes = best.with(.globalHeap, guess)
            guard works(sizes, changing: .globalHeap) == false, let missing = verdicts[sizes]?.missing else {
                return
            }
            guess = rounded(sum(guess, max(missing, TunedRegion.globalHeap.step)), .globalHeap)
        }
    }

    private var poolGuess: Int? {
        guard let best, let need = verdicts[best]?.pool ?? peaks.pool else { return nil }
        return rounded(need, .globalHeap)
    }

    /// Makes one region as small as it can be, with the others as they are.
    private mutating func lower(_ region: TunedRegion, guess: Int) {
        guard let start = best, let ceiling = start[region], !wasStopped else { return }
        var tuner = self
        _ = LeastSize.find(floor: region.floor, ceiling: ceiling, step: region.step, guess: guess) { size in
            tuner.works(start.with(region, size), changing: region)
        }
        self = tuner
        if !wasStopped { progress(.found(region, best?[region] ?? ceiling)) }
    }

    /// Whether sizes work; nil when the user wants no more.
    private mutating func works(_ sizes: TunedSizes, changing region: TunedRegion?) -> Bool? {
        let isNew = verdicts[sizes] == nil
        guard let verdict = judge(sizes) else { return nil }
        if isNew { progress(.tried(region, sizes, works: verdict.works, reason: verdict.reason)) }
        if verdict.works { best = sizes }
        return verdict.works
    }

    private mutating func judge(_ sizes: TunedSizes) -> Verdict? {
        if let known = verdicts[sizes] { return known }
        var pool: Int?
        for input in order {
            let reference = references[input]
            let seen = watched(sizes, input, reference.timeLimit)
            if wasStopped { return nil }
            let works =
                seen.ending == reference.ending && (reference.isVarying || seen.output == reference.output)
            guard works else {
                order.removeAll { $0 == input }
                order.insert(input, at: 0)
                let other = seen.ending == reference.ending ? "other output" : seen.ending.description
                let verdict = Verdict(
                    works: false,
                    reason: seen.reason.isEmpty ? other : seen.reason,
                    missing: seen.missing
                )
                verdicts[sizes] = verdict
                return verdict
            }
            if let need = seen.peaks?.pool { pool = max(pool ?? 0, need) }
        }
        let verdict = Verdict(works: true, reason: "", pool: pool)
        verdicts[sizes] = verdict
        return verdict
    }

    private mutating func watched(_ sizes: TunedSizes, _ input: Int, _ milliseconds: Int) -> Observation {
        runs += 1
        let observation = observe(sizes, input, milliseconds)
        if observation.ending == .interrupted { wasStopped = true }
        return observation
    }

    private func rounded(_ size: Int, _ region: TunedRegion) -> Int {
        let above = max(region.floor, size) - region.floor
        let rest = above % region.step
        return sum(max(region.floor, size), rest == 0 ? 0 : region.step - rest)
    }

    /// A sum that stops at the largest number.
    private func sum(_ one: Int, _ other: Int) -> Int {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    // MARK: In the end.

    /// One step less of each region must fail; where it works after all, the search goes on from there.
    private mutating func prove() -> [TuneProof] {
        var proofs: [TuneProof] = []
        var again = true
        // Each round makes some region smaller, and there is an end to that; a bound for programs that change their mind.
        for _ in 0..<8 where again {
            again = false
            proofs = []
            for region in plenty.regions {
                guard let best, let size = best[region], size > region.floor else {
                    proofs.append(
                        TuneProof(region: region, size: nil, fails: true, reason: "nothing is less")
                    )
                    continue
                }
                let less = max(region.floor, size - region.step)
                let sizes = best.with(region, less)
                verdicts[sizes] = nil
                guard let works = works(sizes, changing: region), let verdict = verdicts[sizes] else {
                    return proofs
                }
                proofs.append(TuneProof(region: region, size: less, fails: !works, reason: verdict.reason))
                if works {
                    lower(region, guess: less)
                    again = true
                }
                if wasStopped { return proofs }
            }
        }
        return proofs
    }

    /// The least sizes and so many per cent more; a pool holds what the others got in addition.
    private mutating func withMargin(_ least: TunedSizes) -> TunedSizes {
        guard margin > 0, !wasStopped else { return least }
        func more(_ size: Int) -> Int {
            let (product, overflow) = size.multipliedReportingOverflow(by: margin)
            return overflow ? size : sum(size, product / 100 + (product % 100 == 0 ? 0 : 1))
        }
        var result = least
        var added = 0
        for region in least.regions where region != .globalHeap {
            guard let size = least[region], let most = plenty[region] else { continue }
            let larger = min(max(most, size), rounded(more(size), region))
            result[region] = larger
            // Caps take nothing themselves, but what they allow must find room.
            if region != .guestHeap { added = sum(added, (larger - size) &* region.bytesOfUnit) }
        }
        guard let pool = least[.globalHeap], let most = plenty[.globalHeap] else { return result }
        let inside = least[.operandStack] ?? 0
        var size = rounded(sum(sum(more(max(0, pool - inside)), inside), added), .globalHeap)
        // Gaps between blocks may want more: until it works, a margin's part at a time.
        for _ in 0..<16 {
            result[.globalHeap] = min(most, size)
            guard let verdict = judge(result) else { return least }
            progress(.tried(nil, result, works: verdict.works, reason: verdict.reason))
            if verdict.works { return result }
            size = rounded(sum(size, max(size / 64, 1024)), .globalHeap)
        }
        return least
    }
}
