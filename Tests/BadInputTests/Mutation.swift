/// A small generator with a state that a report can name: xorshift64*.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number below `bound`, which is not 0.
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}

/// What changes one module into another that is probably not one.
enum Mutation {
    /// Bytes at the edges of LEB128, of opcodes and of types.
    private static let interesting: [UInt8] = [
        0x00, 0x01, 0x02, 0x0B, 0x05, 0x0C, 0x10, 0x11, 0x12, 0x20, 0x28, 0x40, 0x41, 0x6A, 0x6F, 0x70, 0x7F,
        0x80,
        0xC0, 0xD0, 0xD2, 0xFC, 0xFD, 0xFE, 0xFF,
    ]

    /// The bytes with one to four changes that the seed decides.
    static func apply(seed: UInt64, to bytes: [UInt8]) -> [UInt8] {
        var random = Random(seed: seed)
        var result = bytes
        for _ in 0...random.below(4) {
            guard result.count > 9 else { break }
            change(&result, &random)
        }
        return result
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Random) {
        // The first eight bytes say that this is a module; a change there ends all tests early.
        let place = 8 + random.below(bytes.count - 8)
        switch random.below(10) {
        case 0...2:
            bytes[place] ^= 1 << UInt8(random.below(8))
        case 3, 4:
            bytes[place] = interesting[random.below(interesting.count)]
        case 5:
            bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 6:
            bytes[place] = bytes[8 + random.below(bytes.count - 8)]
        case 7:
            let count = min(1 + random.below(8), bytes.count - place)
            bytes.removeSubrange(place..<place + count)
        case 8:
            let from = 8 + random.below(bytes.count - 8)
            let count = min(1 + random.below(8), bytes.count - from)
            bytes.insert(contentsOf: Array(bytes[from..<from + count]), at: place)
        default:
            // The largest number where a small one was.
            let large: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
            bytes.replaceSubrange(place..<min(place + random.below(5), bytes.count), with: large)
        }
    }
}
