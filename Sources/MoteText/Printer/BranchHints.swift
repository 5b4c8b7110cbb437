internal import MoteBinary
internal import MoteModule

/// The custom section `metadata.code.branch_hint`: for each function, which branches are likely.
struct BranchHints {
    /// The hints of one function, in the order of their instructions.
    struct List {
        fileprivate var entries: ArraySlice<(offset: UInt32, isLikely: Bool)> = []

        /// The hint of the instruction at an offset from the start of the function's body; none is passed over.
        mutating func take(at offset: Int) -> Bool? {
            guard let entry = entries.first, Int(entry.offset) == offset else { return nil }
            entries.removeFirst()
            return entry.isLikely
        }
    }

    private var entries: [(offset: UInt32, isLikely: Bool)] = []
    private var ranges: [UInt32: Range<Int>] = [:]

    /// No hints.
    init() {}

    /// The hints of a section, or nil if text cannot say them: each must stand at a branch, in order.
    init?(_ contents: ByteRange, of module: Module.Pointer) {
        var reader = ByteReader(base: module.pointee.bytes, range: contents)
        guard let hints = try? Self.read(&reader, of: module), reader.isAtEnd else { return nil }
        self = hints
    }

    func list(of function: UInt32) -> List {
        guard let range = ranges[function] else { return List() }
        return List(entries: entries[range])
    }

    private static func read(_ reader: inout ByteReader, of module: Module.Pointer) throws(DecodeError)
        -> BranchHints
    {
        var hints = BranchHints()
        var previous = UInt32(truncatingIfNeeded: module.pointee.importedFunctionCount)
        for _ in 0..<(try reader.count(leastSize: 2)) {
            let start = reader.offset
            let function = try reader.u32LEB()
            guard function >= previous, let body = module.pointee.functions[checked: Int(function)]?.body
            else { throw DecodeError(.unknownFunction, at: start) }
            previous = function &+ 1
            let first = hints.entries.count
            for _ in 0..<(try reader.count(leastSize: 3)) {
                let offset = try reader.u32LEB()
                let size = try reader.u8()
                let value = try reader.u8()
                guard size == 1, value < 2 else { throw reader.error(.lengthOutOfBounds) }
                hints.entries.append((offset, value == 1))
            }
            guard hints.entries.count > first else { throw reader.error(.endExpected) }
            try check(hints.entries[first...], body, of: module)
            hints.ranges[function] = first..<hints.entries.count
        }
        return hints
    }

    /// Whether there is an `if` or `br_if` at every offset.
    private static func check(
        _ entries: ArraySlice<(offset: UInt32, isLikely: Bool)>,
        _ body: ByteRange,
        of module: Module.Pointer
    ) throws(DecodeError) {
        var reader = ByteReader(base: module.pointee.bytes, range: body)
        for _ in 0..<(try reader.u32LEB()) {
            _ = try reader.u32LEB()
            _ = try reader.valueType(features: .everything)
        }
        for entry in entries {
            let wanted = Int(body.offset) &+ Int(entry.offset)
            while true {
                let offset = reader.offset
                let row = try reader.opcode(features: .everything)
                _ = try reader.immediates(of: row, features: .everything)
                if offset < wanted { continue }
                guard offset == wanted, row.opcode == .if || row.opcode == .brIf else {
                    throw DecodeError(.illegalOpcode, at: offset)
                }
                break
            }
        }
    }
}
