import MoteTuner
import Testing

struct TunerTests {
    static let needs: [[FakeProgram.Need]] = [
        [.init()],
        [.init(operandStack: 1)],
        [.init(operandStack: 256, pages: 1, others: 1)],
        [.init(pages: 0)],
        [.init(gcHeap: 10_000)],
        [.init(gaps: 15_000)],
        [.init(misleads: 7000)],
        [.init(operandStack: 100_000, gcHeap: 100_000, misleads: -50_000)],
        [.init(ending: .exit(3))],
        [.init(ending: .trap("unreachable"))],
        [.init(isVarying: true)],
        [.init(), .init(operandStack: 5000, pages: 1), .init(pages: 9), .init(others: 500_000)],
    ]

    @Test(arguments: needs.indices)
    func `the least sizes are found for all inputs, and one step less of each fails`(row: Int) throws {
        let program = FakeProgram(Self.needs[row])
        var tuner = program.tuner()
        let result = try tuner.run(verifies: true)
        #expect(program.works(result.least))
        #expect(!result.isPartial)
        #expect(result.instability == nil)
        #expect(result.recommended == result.least)
        for region in result.least.regions {
            let size = try #require(result.least[region])
            #expect(size == region.floor || !program.works(result.least.with(region, size - region.step)))
        }
        #expect(result.proofs.map(\.region) == result.least.regions)
        #expect(result.proofs.allSatisfy { $0.fails && !$0.reason.isEmpty })
        let stack = Self.needs[row].map(\.operandStack).max() ?? 0
        #expect(result.least[.operandStack] == max(256, (stack + 15) / 16 * 16))
        #expect(result.runs == program.runs && program.runs < 120 * Self.needs[row].count)
        #expect(result.varying == Self.needs[row].indices.filter { Self.needs[row][$0].isVarying })
    }

    @Test func `a program whose peaks tell the truth takes few runs`() throws {
        let program = FakeProgram()
        var tuner = program.tuner()
        let result = try tuner.run()
        #expect(result.least[.globalHeap] == (20_000 + 3 * 65536 + 1344 + 63) / 64 * 64)
        #expect(result.least[.gcHeap] == nil)
        #expect(program.runs <= 9)
    }

    @Test func `a margin is laid on every region, and the pool holds what the others got`() throws {
        let program = FakeProgram([.init(gcHeap: 1000, gaps: 900)])
        var tuner = program.tuner(margin: 10)
        let result = try tuner.run()
        #expect(program.works(result.recommended))
        for region in result.least.regions {
            let (least, more) = (result.least[region] ?? 0, result.recommended[region] ?? 0)
            #expect(more >= least + least / 10)
            #expect(more <= least + least / 10 + (region == .globalHeap ? 65536 + 4096 : 64))
        }
        // The fourth page has room.
        #expect(result.recommended[.linearMemory] == 4)
        #expect((result.recommended[.globalHeap] ?? 0) >= (result.least[.globalHeap] ?? 0) + 65536)
        var largest = program.tuner(margin: 1000)
        #expect(program.works(try largest.run().recommended))
    }

    @Test func `stopped at any run, it answers a plan that works, or that nothing is known`() throws {
        for stop in 1...60 {
            let program = FakeProgram([.init(gcHeap: 5000, gaps: 3000), .init(operandStack: 9000)])
            program.stopsAt = stop
            var tuner = program.tuner(margin: 5)
            do throws(TuneFailure) {
                let result = try tuner.run(verifies: true)
                #expect(stop > 4)
                #expect(program.works(result.least) && program.works(result.recommended))
                #expect(result.isPartial == (program.runs >= stop))
                #expect(stop < 8 || result.least[.operandStack] == 9008)
            } catch {
                #expect(error == .interrupted && stop <= 4)
            }
        }
    }

    @Test func `pools that work in no order end the search with one that works`() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            let program = FakeProgram()
            program.poolWorks = { size, _ in
                size >= 1 << 24
                    || (UInt64(size) &* 0x9E37_79B9_7F4A_7C15 ^ seed &* 0xD6E8_FEB8_6659_FD93) >> 62 > 1
            }
            var tuner = program.tuner(margin: 3)
            let result = try tuner.run(verifies: true)
            #expect(program.works(result.least))
            #expect(program.works(result.recommended))
            #expect(program.runs < 400)
        }
    }

    @Test func `a program that changes its mind ends the search, and it is said`() throws {
        for period in 2...9 {
            let program = FakeProgram()
            var count = 0
            program.poolWorks = { size, need in
                count += 1
                return size >= 1 << 29 || count % period != 0 && size > 300_000
            }
            var tuner = program.tuner()
            let result = try? tuner.run(verifies: true)
            #expect(result == nil || program.runs < 1000)
        }
    }

    @Test func `what does not run with plenty is not tuned`() throws {
        func failure(_ ending: Ending, reason: String = "why") -> TuneFailure? {
            var tuner = Tuner(plenty: FakeProgram.plenty, inputCount: 1, timeLimit: 7, margin: 0) { _, _, _ in
                Observation(ending: ending, reason: reason)
            }
            do throws(TuneFailure) {
                _ = try tuner.run()
                return nil
            } catch {
                return error
            }
        }
        #expect(failure(.timedOut) == .endless(input: 0, milliseconds: 7))
        #expect(failure(.failed) == .cannotStart(input: 0, reason: "why"))
        #expect(failure(.interrupted) == .interrupted)
        #expect(
            failure(.trap("callStackExhausted"))
                == .tooLarge(input: 0, region: .operandStack, reason: "why")
        )
        #expect(
            failure(.trap("memoryExhausted")) == .tooLarge(input: 0, region: .globalHeap, reason: "why")
        )
        var runs: UInt32 = 0
        var unstable = Tuner(plenty: FakeProgram.plenty, inputCount: 1, timeLimit: 7, margin: 0) { _, _, _ in
            runs += 1
            return Observation(ending: .exit(runs))
        }
        #expect(throws: TuneFailure.unstable(input: 0, .exit(1), .exit(2))) { try unstable.run() }
    }

    @Test func `a run with less memory may take longer, but not for ever`() throws {
        var limits: Set<Int> = []
        var tuner = Tuner(plenty: FakeProgram.plenty, inputCount: 1, timeLimit: 60_000, margin: 0) {
            sizes,
            _,
            milliseconds in
            limits.insert(milliseconds)
            var peaks = Peaks()
            peaks.sizes[.operandStack] = 1000
            guard sizes[.operandStack] ?? 0 >= 1000 else {
                return Observation(ending: .timedOut, peaks: peaks)
            }
            return Observation(ending: .exit(0), peaks: peaks, milliseconds: 100)
        }
        #expect(try tuner.run().least[.operandStack] == 1008)
        #expect(limits == [60_000, 4000])
    }
}
