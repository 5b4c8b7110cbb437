/// What came of a script's commands.
package struct ScriptTally: Sendable {
    /// Commands that passed, and that failed.
    package var passed = 0
    package var failed = 0
    /// Commands that failed and are listed to.
    package var failedAsExpected = 0
    /// Commands by keyword, whatever came of them.
    package var counts: [String: Int] = [:]
    /// In order, one per failed command, and one more where the script leaked.
    package var failures: [ScriptFailure] = []
    /// How often garbage was collected.
    package var collectionCount = 0
    /// Processor time, in milliseconds; of the process, so only of use where scripts run one after another.
    package var processorMilliseconds = 0

    package init() {}

    package static func += (left: inout ScriptTally, right: ScriptTally) {
        left.passed += right.passed
        left.failed += right.failed
        left.failedAsExpected += right.failedAsExpected
        left.counts.merge(right.counts, uniquingKeysWith: +)
        left.failures += right.failures
        left.collectionCount += right.collectionCount
        left.processorMilliseconds += right.processorMilliseconds
    }
}

/// One command that did not do what the script says.
package struct ScriptFailure: Sendable, CustomStringConvertible {
    package var path: String
    package var line: Int
    package var keyword: String
    package var message: String

    package init(path: String, line: Int, keyword: String, message: String) {
        self.path = path
        self.line = line
        self.keyword = keyword
        self.message = message
    }

    /// `path:line: keyword: message`.
    package var description: String { "\(path):\(line): \(keyword): \(message)" }
}
