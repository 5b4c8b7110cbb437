import Foundation
import Testing

/// Cut and changed modules: an error, a trap or an end by fuel, and nothing left behind.
///
/// MOTE_MUTATIONS is the number of changes for each module, MOTE_CUT_STEP the distance of cuts, MOTE_FIRST_SEED where
/// changes begin. MOTE_LAST_CASE names a file that tells after a crash which case it was.
@Suite(.serialized) struct BadInputTests {
    private static func number(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    #if DEBUG
    private static let mutationCount = number("MOTE_MUTATIONS", 300)
    private static let cutStep = number("MOTE_CUT_STEP", 97)
    #else
    private static let mutationCount = number("MOTE_MUTATIONS", 10_000)
    private static let cutStep = number("MOTE_CUT_STEP", 1)
    #endif
    private static let firstSeed = UInt64(number("MOTE_FIRST_SEED", 0))
    private static let fuelPerCall = Int64(number("MOTE_FUEL", 100_000))

    private static let lastCase: Int32 = {
        guard let path = ProcessInfo.processInfo.environment["MOTE_LAST_CASE"] else { return -1 }
        return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    }()

    private static func note(_ name: String, _ kind: String, _ number: UInt64) {
        guard lastCase >= 0 else { return }
        let text = "\(name) \(kind) \(number)                    \n"
        _ = text.withCString { pwrite(lastCase, $0, strlen($0), 0) }
    }

    /// A pool of 1 MiB for every other case: its memory moves, and ends.
    private static func subjects() throws -> [Subject] {
        [
            try Subject(poolSizeInBytes: nil, fuelPerCall: fuelPerCall),
            try Subject(poolSizeInBytes: 1 << 20, fuelPerCall: fuelPerCall),
        ]
    }

    @Test(arguments: Subjects.names)
    func `the whole module works`(_ name: String) throws {
        let bytes = try Subjects.bytes(name)
        for subject in try Self.subjects() {
            let outcome = try bytes.withUnsafeBufferPointer { try subject.run($0, seed: 0) }
            #expect(outcome.loaded == 1 && outcome.instantiated == 1 && outcome.calls > 0)
        }
    }

    @Test(arguments: Subjects.names)
    func `every truncation is an error, or runs`(_ name: String) throws {
        let bytes = try Subjects.bytes(name)
        let subjects = try Self.subjects()
        var sum = Outcome()
        for count in stride(from: 0, to: bytes.count, by: min(Self.cutStep, max(1, bytes.count / 100))) {
            Self.note(name, "cut", UInt64(count))
            // An allocation of its own, so that reading past the end is noticed.
            let copy = Array(bytes.prefix(count))
            do {
                sum += try copy.withUnsafeBufferPointer {
                    try subjects[count & 1].run($0, seed: UInt64(count))
                }
            } catch {
                Issue.record("\(name) cut at \(count): \(error)")
            }
        }
        print("\(name): truncations: \(sum)")
        // Where only custom sections are cut off, the rest is a module.
        #expect(sum.loaded < bytes.count)
    }

    @Test(arguments: Subjects.names)
    func `every change is an error, a trap or an end by fuel`(_ name: String)
        throws
    {
        let bytes = try Subjects.bytes(name)
        let subjects = try Self.subjects()
        var sum = Outcome()
        for seed in Self.firstSeed..<Self.firstSeed + UInt64(Self.mutationCount) {
            Self.note(name, "seed", seed)
            let changed = Mutation.apply(seed: seed, to: bytes)
            do {
                sum += try changed.withUnsafeBufferPointer {
                    try subjects[Int(seed & 1)].run($0, seed: seed >> 1)
                }
            } catch {
                Issue.record("\(name) seed \(seed): \(error)")
            }
        }
        print("\(name): \(Self.mutationCount) mutations: \(sum)")
        #expect(Self.mutationCount < 100 || sum.loaded > 0)
    }
}
