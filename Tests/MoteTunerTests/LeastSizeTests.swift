import MoteTuner
import Testing

struct LeastSizeTests {
    @Test(arguments: [0, 1, 100, 255, 256, 257, 1000, 4095, 4096, 4097, 50_000, 99_999, 100_000])
    func `whatever the guess, the least size that works is found`(guess: Int) {
        for least in [0, 1, 255, 256, 4096, 65_536, 99_999, 100_000] {
            for (floor, step) in [(0, 1), (0, 16), (256, 16), (0, 64), (0, 7)] where least <= 100_000 {
                var trials: Set<Int> = []
                let found = LeastSize.find(floor: floor, ceiling: 100_000, step: step, guess: guess) { size in
                    #expect(trials.insert(size).inserted, "\(size) was tried twice")
                    #expect(size >= floor && size < 100_000)
                    return size >= least
                }
                #expect(found >= least)
                #expect(found == floor || found - step < least || found == 100_000)
                #expect(trials.count < 40)
            }
        }
    }

    @Test func `a good guess takes two trials`() {
        var trials: [Int] = []
        let found = LeastSize.find(floor: 256, ceiling: 1 << 26, step: 16, guess: 1331) { size in
            trials.append(size)
            return size >= 1331
        }
        #expect(found == 1344)
        #expect(trials == [1344, 1328])
    }

    @Test func `nothing is tried where the floor is the ceiling`() {
        #expect(
            LeastSize.find(floor: 256, ceiling: 256, step: 16, guess: 0) { _ in
                Issue.record(); return true
            } == 256
        )
        #expect(
            LeastSize.find(floor: 256, ceiling: 100, step: 16, guess: 0) { _ in
                Issue.record(); return true
            } == 100
        )
    }

    @Test func `a search that is stopped answers the least size so far`() {
        var count = 0
        let found = LeastSize.find(floor: 0, ceiling: 1024, step: 1, guess: 512) { size in
            count += 1
            return count <= 3 ? true : nil
        }
        #expect(count == 4)
        #expect(found == 512 - 1 - 2)
    }

    @Test
    func `sizes that work in no order do not keep it busy, and what it finds is a step above one that fails`()
    {
        var state: UInt64 = 1
        for _ in 0..<200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let seed = state
            func works(_ size: Int) -> Bool {
                (UInt64(size) &* 0x9E37_79B9_7F4A_7C15 ^ seed) >> 60 > 7
            }
            var trials = 0
            let found = LeastSize.find(floor: 0, ceiling: 1 << 20, step: 64, guess: Int(seed >> 44)) { size in
                trials += 1
                return works(size)
            }
            #expect(trials <= 60)
            #expect(found == 1 << 20 || works(found))
            #expect(found == 0 || !works(found - 64))
        }
    }

    @Test func `sizes near the largest number do not overflow`() {
        let found = LeastSize.find(floor: 0, ceiling: .max, step: 64, guess: .max - 10) { $0 >= 1 << 40 }
        #expect(found == 1 << 40)
        #expect(LeastSize.find(floor: 0, ceiling: .max, step: 64, guess: 0) { $0 >= 1 << 62 } == 1 << 62)
    }
}
