/// What the tuner is doing.
package enum TuneProgress: Sendable {
    /// An input runs with plenty.
    case measuring(input: Int)
    /// It did.
    case measured(input: Int, Observation, isVarying: Bool)
    /// Sizes were tried, in which one region differs from the best known, or several.
    case tried(TunedRegion?, TunedSizes, works: Bool, reason: String)
    /// A region's least size is known.
    case found(TunedRegion, Int)
}

/// Why there is nothing to tune.
package enum TuneFailure: Error, Equatable {
    /// The program did not end with plenty.
    case endless(input: Int, milliseconds: Int)
    /// It could not be loaded, linked or started with plenty.
    case cannotStart(input: Int, reason: String)
    /// Not even plenty was enough.
    case tooLarge(input: Int, region: TunedRegion, reason: String)
    /// Two runs with plenty ended differently.
    case unstable(input: Int, Ending, Ending)
    /// The user stopped it before anything was known.
    case interrupted
}

/// That one step less of a region fails.
package struct TuneProof: Sendable {
    package let region: TunedRegion
    /// The size that was tried; nil where nothing is less.
    package let size: Int?
    /// Whether it failed, as it must.
    package let fails: Bool
    package let reason: String
}

/// What the tuner found.
package struct TuneResult: Sendable {
    /// The least sizes under which every input works, or the best known when it was stopped.
    package var least: TunedSizes
    /// The least ones and the margin.
    package var recommended = TunedSizes()
    /// What the measured runs had.
    package let plenty: TunedSizes
    /// The most that the measured runs used.
    package let peaks: Peaks
    /// How the inputs end.
    package let endings: [Ending]
    /// What they write.
    package let outputs: [GuestOutput]
    /// Inputs whose output differs from run to run, so that only their ending was compared.
    package let varying: [Int]
    /// For each region that one step less fails; empty where that was not asked for.
    package var proofs: [TuneProof] = []
    /// How many times the program ran.
    package var runs = 0
    /// Whether the user stopped it.
    package var isPartial = false
    /// Why the least sizes did not work again in the end; nil where they did.
    package var instability: String?

    package init(
        least: TunedSizes,
        plenty: TunedSizes,
        peaks: Peaks,
        endings: [Ending],
        outputs: [GuestOutput],
        varying: [Int]
    ) {
        self.least = least
        recommended = least
        self.plenty = plenty
        self.peaks = peaks
        self.endings = endings
        self.outputs = outputs
        self.varying = varying
    }
}
