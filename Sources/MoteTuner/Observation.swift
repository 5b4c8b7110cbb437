/// How a run ended.
package enum Ending: Equatable, Sendable {
    /// The guest's exit code.
    case exit(UInt32)
    /// A trap, by its name.
    case trap(String)
    /// It could not be loaded, linked or started.
    case failed
    /// It was not done in time.
    case timedOut
    /// The user wanted no more.
    case interrupted

    /// As people read it.
    package var description: String {
        switch self {
        case .exit(let code): "exit code \(code)"
        case .trap(let name): "trap: \(name)"
        case .failed: "cannot start"
        case .timedOut: "timeout"
        case .interrupted: "interrupted"
        }
    }
}

/// Stands for bytes that are compared and not kept.
package struct Digest: Equatable, Sendable {
    /// How many bytes there were.
    package private(set) var count = 0
    private var low: UInt64 = 0xCBF2_9CE4_8422_2325
    private var high: UInt64 = 0x9E37_79B9_7F4A_7C15

    package init() {}

    /// Two sums with different factors: no proof against forgery, which nobody here attempts.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            low = (low ^ UInt64(byte)) &* 0x100_0000_01B3
            high = (high &+ UInt64(byte) &+ 1) &* 0xD6E8_FEB8_6659_FD93
            high ^= high >> 32
        }
        count += bytes.count
    }

    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }
}

/// What a run left behind.
package struct GuestOutput: Equatable, Sendable {
    package var standard = Digest()
    package var error = Digest()
    /// Files that it made, changed or removed in the copies of its directories.
    package var files = Digest()

    package init() {}
}

/// The most that a run used of each region.
package struct Peaks: Equatable, Sendable {
    /// Bytes, pages for linear memory; none for a region that the program does not have.
    package var sizes = TunedSizes()
    /// Bytes of the pool that this run would have needed if nothing was lost between blocks; nil without a pool.
    package var pool: Int?
    /// Bytes of the guest's C stack; nil where nobody watches it.
    package var auxiliaryStack: Int?
    /// The bytes that the guest's C stack has; nil where that is not known.
    package var auxiliaryStackSize: Int?

    package init() {}

    /// The larger of two runs, region by region.
    package func merged(with other: Peaks) -> Peaks {
        var result = self
        for region in TunedRegion.allCases {
            if let size = other.sizes[region] { result.sizes[region] = max(size, sizes[region] ?? size) }
        }
        result.pool = larger(pool, other.pool)
        result.auxiliaryStack = larger(auxiliaryStack, other.auxiliaryStack)
        result.auxiliaryStackSize = larger(auxiliaryStackSize, other.auxiliaryStackSize)
        return result
    }

    private func larger(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }
}

/// One run, as seen from outside.
package struct Observation: Sendable {
    package var ending: Ending
    /// Why, if it did not end by itself; one line.
    package var reason: String
    package var output: GuestOutput
    /// How many bytes a pool should have had more, where that was the reason.
    package var missing: Int?
    /// Nil where it could not be started.
    package var peaks: Peaks?
    package var milliseconds: Int

    package init(
        ending: Ending,
        reason: String = "",
        output: GuestOutput = GuestOutput(),
        missing: Int? = nil,
        peaks: Peaks? = nil,
        milliseconds: Int = 0
    ) {
        self.ending = ending
        self.reason = reason
        self.output = output
        self.missing = missing
        self.peaks = peaks
        self.milliseconds = milliseconds
    }
}
