import MoteModule
import MoteValidation
import Testing

/// What the dispatch does must be what the opcode table says, for every row whose types do not depend on context.
@Suite struct RowTests {
    static let allFeatures: FeatureSet = ModuleValidator.supported

    static let plainRows: [UInt32] = (0..<OpcodeTable.count).filter { rawValue in
        guard let row = OpcodeTable.row(rawValue), !row.signature.isContextual else { return false }
        return row.signature.parameterCount + row.signature.resultCount > 0
    }

    private func byte(_ kind: OperandKind) -> UInt8 {
        UInt8(truncatingIfNeeded: kind.valueType(is64: false).rawValue)
    }

    private func constant(_ type: UInt8) -> [UInt8] {
        switch type {
        case 0x7F: [0x41, 0]
        case 0x7E: [0x42, 0]
        case 0x7D: [0x43, 0, 0, 0, 0]
        case 0x7C: [0x44, 0, 0, 0, 0, 0, 0, 0, 0]
        default: [0xFD, 0x0C] + [UInt8](repeating: 0, count: 16)
        }
    }

    static func opcode(_ rawValue: UInt32) -> [UInt8] {
        switch rawValue {
        case 0..<0x100: [UInt8(rawValue)]
        case 0x100..<0x200: [0xFB] + ModuleBytes.leb(Int(rawValue) - 0x100)
        case 0x200..<0x300: [0xFC] + ModuleBytes.leb(Int(rawValue) - 0x200)
        case 0x300..<0x500: [0xFD] + ModuleBytes.leb(Int(rawValue) - 0x300)
        default: [0xFE] + ModuleBytes.leb(Int(rawValue) - 0x500)
        }
    }

    private func instruction(_ rawValue: UInt32, _ row: OpcodeRow) -> [UInt8] {
        let immediates: [UInt8] =
            switch row.immediates {
            case .none: []
            case .memarg: [UInt8(row.naturalAlignmentLog2), 0]
            case .memargLane: [0, 0, 0]
            case .memoryMemory, .dataMemory: [0, 0]
            case .f32: [0, 0, 0, 0]
            case .f64: [UInt8](repeating: 0, count: 8)
            case .v128, .lanes16: [UInt8](repeating: 0, count: 16)
            default: [0]
            }
        return Self.opcode(rawValue) + immediates
    }

    private func outcome(
        _ rawValue: UInt32,
        _ row: OpcodeRow,
        operands: [UInt8],
        results: [UInt8],
        features: FeatureSet = RowTests.allFeatures
    ) -> Outcome {
        let code = operands.flatMap(constant) + instruction(rawValue, row)
        let module = ModuleBytes.environment(parameters: [], results: results, body: ModuleBytes.body(code))
        return MoteValidationTests.outcome(of: module.bytes, features: features)
    }

    @Test(arguments: plainRows)
    func `an instruction takes and leaves what its row says`(_ rawValue: UInt32) throws {
        let row = try #require(OpcodeTable.row(rawValue))
        let signature = row.signature
        let operands = (0..<signature.parameterCount).map { byte(signature.parameter($0)) }
        let results = (0..<signature.resultCount).map { byte(signature.result($0)) }
        #expect(outcome(rawValue, row, operands: operands, results: results) == .valid)
        // One operand less, one of another type, another result.
        if !operands.isEmpty {
            #expect(
                outcome(rawValue, row, operands: Array(operands.dropFirst()), results: results)
                    == .invalid(.typeMismatch)
            )
        }
        for position in operands.indices {
            var wrong = operands
            wrong[position] = wrong[position] == 0x7D ? 0x7C : 0x7D
            #expect(outcome(rawValue, row, operands: wrong, results: results) == .invalid(.typeMismatch))
        }
        if let first = results.first {
            let wrong = [first == 0x7D ? 0x7C : 0x7D] + results.dropFirst()
            #expect(outcome(rawValue, row, operands: operands, results: wrong) == .invalid(.typeMismatch))
        } else {
            #expect(outcome(rawValue, row, operands: operands, results: [0x7F]) == .invalid(.typeMismatch))
        }
        if let feature = row.feature {
            var features = Self.allFeatures
            features.remove(feature)
            #expect(
                outcome(rawValue, row, operands: operands, results: results, features: features)
                    == .off(feature)
            )
        }
    }
}
