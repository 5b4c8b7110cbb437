/// Finds the least size that works, by few trials where the guess is good.
///
/// Sizes are the floor, the floor and one step, and so on up to the ceiling. It always ends, and what it finds works
/// while one step less does not, even where larger sizes fail in between: then it is one of several such sizes.
package enum LeastSize {
    /// The least size from `floor` to `ceiling`, of which `ceiling` is known to work.
    ///
    /// Tries the guess first, goes on from there in growing steps, and halves what is left. `works` answers nil when
    /// the search is to stop: then the least size so far is returned.
    /// - Complexity: at most about 2 log2((ceiling - floor) / step) trials; two where the guess is right.
    package static func find(
        floor: Int,
        ceiling: Int,
        step: Int,
        guess: Int,
        works: (Int) -> Bool?
    ) -> Int {
        guard ceiling > floor, step > 0 else { return ceiling }
        let range = ceiling - floor
        func size(_ index: Int) -> Int {
            let (offset, overflow) = index.multipliedReportingOverflow(by: step)
            return overflow || offset > range ? ceiling : floor + offset
        }
        // What is below fails (or is below the floor), what is at `high` works.
        var low = -1
        var high = min(range / step, Int.max - 2) + (range % step == 0 ? 0 : 1)
        let wanted = max(0, guess - floor)
        let start = min(high, min(wanted / step, Int.max - 2) + (wanted % step == 0 ? 0 : 1))
        if start < high {
            guard let answer = works(size(start)) else { return size(high) }
            if answer { high = start } else { low = start }
        }
        let goesDown = high == start
        var width = 1
        while high - low > 1 {
            let stride = min(width, high - low - 1)
            let probe = goesDown ? high - stride : low + stride
            guard let answer = works(size(probe)) else { return size(high) }
            if answer { high = probe } else { low = probe }
            if answer != goesDown { break }
            width = min(width, (high - low) / 2) * 2
        }
        while high - low > 1 {
            let probe = low + (high - low) / 2
            guard let answer = works(size(probe)) else { return size(high) }
            if answer { high = probe } else { low = probe }
        }
        return size(high)
    }
}
