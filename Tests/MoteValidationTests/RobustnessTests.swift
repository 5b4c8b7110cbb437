import Foundation
import MoteMemory
import MoteModule
import MoteValidation
import Testing

/// Validation under pressure: no memory, and bytes that nobody meant.
@Suite struct RobustnessTests {
    /// Deep operands, deep blocks, many runs of locals, several exports: every block of scratch grows.
    static let hungry: ModuleBytes = {
        let locals: [(Int, UInt8)] = (0..<40).map { (1, $0 % 2 == 0 ? 0x7F : 0x7E) }
        var code = (0..<200).flatMap { _ in [0x41, 0] as [UInt8] } + [UInt8](repeating: 0x1A, count: 200)
        code += (0..<100).flatMap { _ in [0x02, 0x40] as [UInt8] } + [UInt8](repeating: 0x0B, count: 100)
        var module = ModuleBytes.environment(
            parameters: [],
            results: [],
            body: ModuleBytes.body(locals: locals, code)
        )
        module.exports = ["a", "b", "c"].map { ModuleBytes.name($0) + [0, 0] }
        return module
    }()

    @Test
    func `every allocation may fail, and nothing is lost`() throws {
        let bytes = Self.hungry.bytes
        var failures = 0
        for countdown in 0..<1000 {
            let bench = try Workbench()
            defer { bench.close() }
            bench.heap.pointee.failureCountdown = countdown
            let result = try bench.load(bytes, features: .executable)
            bench.heap.pointee.failureCountdown = -1
            if result == .valid { break }
            #expect(result == .memory(.exhausted))
            failures += 1
        }
        #expect(failures > 8 && failures < 1000)
    }

    /// Valid modules of different kinds: what mutations start from.
    static let seeds: [[UInt8]] =
        [hungry.bytes]
        + (controlCases + parametricCases + variableCases + tableCases + memoryCases + referenceCases)
        .filter { $0.expected == .valid }.map(\.module.bytes)

    @Test
    func `no mutation does harm`() throws {
        let rounds = ProcessInfo.processInfo.environment["MOTE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 20_000
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let bench = try Workbench()
        defer { bench.close() }
        var validCount = 0
        for round in 0..<rounds {
            var bytes = Self.seeds[random(Self.seeds.count)]
            for _ in 0...random(4) {
                switch random(4) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes[random(bytes.count)] ^= 1 << UInt8(random(8))
                case 2: bytes.insert(UInt8(random(256)), at: random(bytes.count))
                default: bytes.remove(at: random(bytes.count))
                }
            }
            // Every other round with all proposals on: their rules see bytes, too.
            let features = round % 2 == 0 ? FeatureSet.executable : ModuleValidator.supported
            if try bench.load(bytes, features: features) == .valid { validCount += 1 }
        }
        #expect(validCount > 0)
    }

    @Test
    func `every truncation is refused`() throws {
        let bytes = ModuleBytes.environment(parameters: [], results: [], body: ModuleBytes.body([])).bytes
        for count in 9..<bytes.count {
            // Cut between sections it may still be a module; within one it is not.
            _ = outcome(of: Array(bytes.prefix(count)))
        }
        #expect(outcome(of: bytes) == .valid)
    }
}
