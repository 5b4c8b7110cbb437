import MoteBinary
import MoteModule
import MoteTestSupport
import Testing

@Suite struct OpcodeTableTests {
    @Test func `every row and every case name each other`() {
        var rows = 0
        for raw in 0..<OpcodeTable.count {
            guard let row = OpcodeTable.row(raw) else {
                #expect(Opcode(rawValue: UInt16(raw)) == nil)
                continue
            }
            rows += 1
            #expect(row.opcode.rawValue == UInt16(raw))
            #expect(Opcode(rawValue: UInt16(raw)) == row.opcode)
            #expect(ImmediateKind(rawValue: row.immediates.rawValue) == row.immediates)
            #expect(InstructionFamily(rawValue: row.family.rawValue) == row.family)
            if let feature = row.feature { #expect(Feature(rawValue: feature.rawValue) == feature) }
            for position in 0..<4 {
                #expect(
                    (row.signature.parameter(position) != .none) == (position < row.signature.parameterCount)
                )
            }
        }
        #expect(rows == 575)
        #expect(OpcodeTable.row(OpcodeTable.count) == nil)
        #expect(OpcodeTable.row(UInt32.max) == nil)
    }

    @Test func `names, signatures and families are those of the specification`() throws {
        func check(
            _ opcode: Opcode,
            _ name: String,
            _ parameters: [OperandKind],
            _ results: [OperandKind],
            _ feature: Feature?,
            _ family: InstructionFamily
        ) throws {
            let row = try #require(OpcodeTable.row(opcode))
            #expect(String(cString: row.name) == name)
            #expect((0..<row.signature.parameterCount).map { row.signature.parameter($0) } == parameters)
            #expect((0..<row.signature.resultCount).map { row.signature.result($0) } == results)
            #expect(row.feature == feature)
            #expect(row.family == family)
        }
        try check(.i32Add, "i32.add", [.i32, .i32], [.i32], nil, .numeric)
        try check(.i64Load32Unsigned, "i64.load32_u", [.address], [.i64], nil, .memory)
        try check(.f64Store, "f64.store", [.address, .f64], [], nil, .memory)
        try check(.i64Extend32Signed, "i64.extend32_s", [.i64], [.i64], .signExtension, .numeric)
        try check(
            .i32TruncSatF64Unsigned,
            "i32.trunc_sat_f64_u",
            [.f64],
            [.i32],
            .saturatingConversions,
            .numeric
        )
        try check(.memoryFill, "memory.fill", [.address, .i32, .address], [], .bulkMemory, .memory)
        try check(.v128Bitselect, "v128.bitselect", [.v128, .v128, .v128], [.v128], .simd, .vector)
        try check(
            .i64Add128,
            "i64.add128",
            [.i64, .i64, .i64, .i64],
            [.i64, .i64],
            .wideArithmetic,
            .numeric
        )
        try check(
            .i64AtomicRmw32CmpxchgUnsigned,
            "i64.atomic.rmw32.cmpxchg_u",
            [.address, .i64, .i64],
            [.i64],
            .threads,
            .atomic
        )
        #expect(OpcodeTable.row(.localGet)?.signature.isContextual == true)
        #expect(OpcodeTable.row(.v128Load)?.naturalAlignmentLog2 == 4)
        #expect(OpcodeTable.row(.i32x4ExtractLane)?.laneCount == 4)
        #expect(Opcode.f64x2RelaxedMax.rawValue == 0x410)
        #expect(Opcode.memoryAtomicWait64.rawValue == 0x502)
        #expect(Opcode.refI31.rawValue == 0x11C)
    }

    @Test func `every opcode's bytes are read back as itself`() throws {
        for raw in 0..<OpcodeTable.count {
            guard let row = OpcodeTable.row(raw) else { continue }
            let bytes = ModuleBuilder.opcode(row.opcode)
            try bytes.withUnsafeBufferPointer { buffer in
                let base = try #require(buffer.baseAddress)
                var reader = ByteReader(base: base, offset: 0, end: buffer.count)
                #expect(try reader.opcode(features: .every).opcode == row.opcode)
                #expect(reader.isAtEnd)
                if let feature = row.feature {
                    var features = FeatureSet.every
                    features.remove(feature)
                    reader.offset = 0
                    do throws(DecodeError) {
                        _ = try reader.opcode(features: features)
                        Issue.record("\(row.opcode) without \(feature)")
                    } catch {
                        #expect(error.unsupportedFeature == feature)
                        #expect(error.byteOffset == 0)
                    }
                }
            }
        }
    }
}
