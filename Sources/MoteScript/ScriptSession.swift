/// What is known of a script while it is run: its counts, and which failures are expected.
struct ScriptSession {
    let path: String
    private(set) var tally = ScriptTally()
    /// Expected failures by line, each with its reason; those that came are taken away.
    private var expected: [Int: String]
    private var hasEnded = false

    init(path: String, expected: [Int: String]) {
        self.path = path
        self.expected = expected
    }

    /// The next command; nil at the end of the script, or where it cannot be read any further.
    mutating func next(_ reader: inout ScriptReader) -> ScriptCommand? {
        guard !hasEnded else { return nil }
        do throws(ScriptError) {
            if let command = try reader.next() { return command }
        } catch {
            fail(reader.line(at: error.byteOffset), "script", "cannot be read: \(error.message)")
        }
        hasEnded = true
        return nil
    }

    mutating func count(_ command: ScriptCommand) { tally.counts[command.kind.keyword, default: 0] += 1 }

    /// Runs a command, and notes what came of it.
    mutating func `do`(_ command: ScriptCommand, _ body: (ScriptCommand.Kind) throws(CommandFault) -> Void) {
        count(command)
        let keyword = command.kind.keyword
        do throws(CommandFault) {
            try body(command.kind)
            guard let reason = expected.removeValue(forKey: command.line) else {
                tally.passed += 1
                return
            }
            fail(command.line, keyword, "passes, but is listed to fail: \(reason)")
        } catch {
            if expected.removeValue(forKey: command.line) != nil {
                tally.failedAsExpected += 1
            } else {
                fail(command.line, keyword, error.message)
            }
        }
    }

    mutating func fail(_ line: Int, _ keyword: String, _ message: String) {
        tally.failed += 1
        tally.failures.append(ScriptFailure(path: path, line: line, keyword: keyword, message: message))
    }

    mutating func note(collectionCount: Int) { tally.collectionCount = collectionCount }

    /// What is listed but did not come is a failure too.
    mutating func finish() {
        for (line, reason) in expected.sorted(by: { $0.key < $1.key }) {
            fail(line, "script", "no command of the list is there: \(reason)")
        }
        expected = [:]
    }
}
