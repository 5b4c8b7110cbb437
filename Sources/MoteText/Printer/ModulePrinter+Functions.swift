internal import MoteBinary
internal import MoteModule

/// Functions: signature, locals, and the instructions of the body, each on a line.
extension ModulePrinter {
    /// As many as validation allows: beyond, the text could be any number of times the size of the module.
    private static let mostLocals = UInt64(DecodeLimits.locals)

    mutating func printFunctions() throws(DecodeError) {
        let count = module.pointee.functions.count
        for index in module.pointee.importedFunctionCount..<max(count, module.pointee.importedFunctionCount) {
            guard let function = module.pointee.functions[checked: index] else { break }
            try printFunction(function, UInt32(truncatingIfNeeded: index))
            writer.flushIfLarge()
        }
    }

    private mutating func printFunction(
        _ function: FunctionDeclaration,
        _ index: UInt32
    ) throws(DecodeError) {
        var reader = ByteReader(base: module.pointee.bytes, range: function.body)
        let parameterCount = types[function.typeIndex].parameters.count
        let localCount = try countLocals(reader)
        body = BodyContext(
            locals: names.table(.local, of: index, count: parameterCount &+ localCount),
            labelNames: names.table(.label, of: index, count: Int(function.body.sizeInBytes))
        )
        open("func")
        bind(.function, index)
        putSignature(function.typeIndex, body.locals)
        let lineCount = writer.lineCount
        try printLocals(&reader, first: UInt32(truncatingIfNeeded: parameterCount))
        var hints = hints.list(of: index)
        try printInstructions(&reader, start: Int(function.body.offset), &hints)
        // A body without a line of its own ends on the first.
        if writer.lineCount > lineCount { writer.newLine(1) }
        writer.put(")")
    }

    private func countLocals(_ reader: ByteReader) throws(DecodeError) -> Int {
        var reader = reader
        var total: UInt64 = 0
        let start = reader.offset
        for _ in 0..<(try reader.count(leastSize: 2)) {
            total &+= UInt64(try reader.u32LEB())
            _ = try reader.valueType(features: .everything)
            guard total <= Self.mostLocals else { throw DecodeError(.tooManyLocals, at: start) }
        }
        return Int(total)
    }

    private mutating func printLocals(_ reader: inout ByteReader, first: UInt32) throws(DecodeError) {
        var index = first
        for _ in 0..<(try reader.u32LEB()) {
            let count = try reader.u32LEB()
            let type = try reader.valueType(features: .everything)
            guard count > 0 else { continue }
            writer.newLine(2)
            // A clause of its own for each local with a name, and one for those between.
            var isOpen = false
            for local in index..<(index &+ count) {
                if let name = body.locals[local] {
                    if isOpen { writer.put(")") }
                    isOpen = false
                    if local != index { writer.put(" ") }
                    putLocal("local", type, name)
                } else {
                    if !isOpen { writer.put(local == index ? "(local" : " (local") }
                    isOpen = true
                    writer.put(" ")
                    put(type)
                }
            }
            if isOpen { writer.put(")") }
            index &+= count
        }
    }

    /// All instructions up to the function's own `end`, which must be the last byte.
    private mutating func printInstructions(
        _ reader: inout ByteReader,
        start: Int,
        _ hints: inout BranchHints.List
    ) throws(DecodeError) {
        while true {
            let offset = reader.offset
            let row = try reader.opcode(features: .everything)
            let immediates = try reader.immediates(of: row, features: .everything)
            var level = body.depth
            switch row.opcode {
            case .end:
                if body.depth == 0 {
                    guard reader.isAtEnd else { throw reader.error(.sectionSizeMismatch) }
                    return
                }
                body.closeBlock()
                level &-= 1
            case .delegate:
                body.closeBlock()
                level &-= 1
            case .else, .catch, .catchAll: level &-= 1
            default: break
            }
            writer.newLine(level &+ 2)
            if let hint = hints.take(at: offset &- start) {
                writer.put(
                    hint ? "(@metadata.code.branch_hint \"\\01\") " : "(@metadata.code.branch_hint \"\\00\") "
                )
            }
            putInstruction(row, immediates)
            if row.opensBlock {
                if body.nextLabel.name == nil {
                    writer.put("  ;; @")
                    writer.decimal(body.nextLabel.ordinal)
                }
                body.openBlock()
            }
        }
    }
}

extension OpcodeRow {
    /// Whether the instruction begins a block, which has a label.
    var opensBlock: Bool {
        switch opcode {
        case .block, .loop, .if, .try, .tryTable: true
        default: false
        }
    }
}
