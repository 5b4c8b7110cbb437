internal import MoteModule

/// Instructions by their names, for ever: a hash table made at first use from the opcode table.
struct InstructionNames: @unchecked Sendable {
    // Written once, before anybody can see it; read only from then on.
    private let slots: UnsafeMutablePointer<UInt16>
    private static let mask = 4095

    static let shared = InstructionNames()

    private init() {
        slots = .allocate(capacity: Self.mask + 1)
        slots.initialize(repeating: .max, count: Self.mask + 1)
        for raw in 0..<OpcodeTable.count {
            guard let row = OpcodeTable.row(raw) else { continue }
            var slot = Self.slot(Self.bytes(row.name))
            while slots[slot] != .max, !isNamed(slots[slot], Self.bytes(row.name)) {
                slot = (slot + 1) & Self.mask
            }
            // Of two instructions with one name the first is found: the parser knows the other by its immediates.
            if slots[slot] == .max { slots[slot] = UInt16(truncatingIfNeeded: raw) }
        }
    }

    /// The raw opcode of a name.
    func rawOpcode(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
        var slot = Self.slot(name)
        while slots[slot] != .max {
            if isNamed(slots[slot], name) { return UInt32(slots[slot]) }
            slot = (slot + 1) & Self.mask
        }
        return nil
    }

    private func isNamed(_ raw: UInt16, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let row = OpcodeTable.row(UInt32(raw)) else { return false }
        let text = row.name
        for index in 0..<name.count where UInt8(bitPattern: text[index]) != name[index] { return false }
        return text[name.count] == 0
    }

    private static func slot(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = Name.hash(name)
        return Int(truncatingIfNeeded: hash ^ hash >> 29) & mask
    }

    private static func bytes(_ name: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
        var count = 0
        while name[count] != 0 { count += 1 }
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self),
            count: count
        )
    }
}
