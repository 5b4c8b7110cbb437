#if !MOTE_EMBEDDED
package import CPlatform

/// Prints internal code, for people who look at what translation made of a function.
package enum Disassembly {
    /// One line per instruction: its offset, its name and its operand fields as slots and as one 32-bit field.
    package static func describe(_ code: UnsafePointer<MoteCode>) -> String {
        var names: [UInt: InternalOpcode] = [:]
        for index in 0..<InternalOpcode.count {
            let opcode = InternalOpcode(UInt16(index))
            names[address(of: opcode)] = opcode
        }
        let base = UnsafeRawPointer(code)
        var text = "function \(code.pointee.functionIndex), \(code.pointee.frameSlots) slots\n"
        var offset = codeHeaderSizeInBytes
        while offset < Int(code.pointee.sizeInBytes) {
            let pc = base + offset
            guard let opcode = names[pc.load(as: UInt.self)] else { break }
            var size = opcode.sizeInBytes
            text += "\(offset)\t\(opcode.name)"
            if size >= 16 {
                text += "\t\(slotField(pc, 8)) \(slotField(pc, 10)) \(slotField(pc, 12)) \(slotField(pc, 14))"
                text += "\t\(pc.load(fromByteOffset: 12, as: Int32.self))"
            }
            if size == 24 { text += "\t\(pc.load(fromByteOffset: 16, as: UInt64.self))" }
            if opcode == .branchTable {
                size &+= ((Int(immediate32(pc)) &+ 1) &* 4 &+ 7) / 8 * 8
            }
            text += "\n"
            offset &+= size
        }
        return text
    }

    private static func address(of opcode: InternalOpcode) -> UInt {
        UInt(bitPattern: unsafeBitCast(opcode.handler, to: UnsafeRawPointer.self))
    }
}
#endif
