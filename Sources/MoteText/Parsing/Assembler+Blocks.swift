extension Assembler {
    /// Takes a block's identifier: its position, 0 without.
    mutating func takeLabel() -> Int {
        guard tokens[at].isIdentifier else { return 0 }
        at += 1
        return at - 1
    }

    mutating func pushLabel(_ labelAt: Int) {
        if labelAt != 0 {
            let name = source.name(tokens[labelAt])
            labels.append(name)
            if isInFunction { namedLabels.append((labelCount, Array(name.bytes))) }
        } else {
            labels.append(nil)
        }
        labelCount += 1
    }

    mutating func popLabel() { labels.removeLast() }

    /// A label by name or depth, appended to the code.
    mutating func label() throws(TextError) {
        code.append(unsigned: try expectLabel())
    }

    mutating func expectLabel() throws(TextError) -> UInt32 {
        let token = tokens[at]
        guard token.isIdentifier else { return UInt32(truncatingIfNeeded: try expectUnsigned(bits: 32)) }
        let name = source.name(token)
        guard let index = labels.lastIndex(of: name) else {
            throw TextError("unknown label \(source.text(token))", at: token.offset)
        }
        at += 1
        return UInt32(truncatingIfNeeded: labels.count - 1 - index)
    }

    /// Opcode and block type, and the clauses of a try_table.
    mutating func openBlock(_ raw: UInt32) throws(TextError) {
        code.append(UInt8(truncatingIfNeeded: raw))
        try blockType()
        if raw == Structure.tryTable { try catchClauses() }
    }

    private mutating func blockType() throws(TextError) {
        guard tokens[at].kind == .leftParen else { return code.append(0x40) }
        if isGroup("type") {
            return code.append(signed: Int64(try typeUse(allowsNames: false)))
        }
        guard isGroup("param") || isGroup("result") else { return code.append(0x40) }
        let signature = try signature(allowsNames: false)
        if signature.isEmpty {
            code.append(0x40)
        } else if signature.parameters.isEmpty, signature.results.count == 1 {
            signature.results[0].write(to: &code)
        } else {
            code.append(signed: Int64(typeIndex(of: signature)))
        }
    }

    private mutating func catchClauses() throws(TextError) {
        var count = 0
        var clauses: [UInt8] = []
        while tokens[at].kind == .leftParen {
            let keyword = tokens[at + 1]
            let kind: UInt8
            if matches(keyword, "catch") {
                kind = 0
            } else if matches(keyword, "catch_ref") {
                kind = 1
            } else if matches(keyword, "catch_all") {
                kind = 2
            } else if matches(keyword, "catch_all_ref") {
                kind = 3
            } else {
                break
            }
            at += 2
            clauses.append(kind)
            if kind < 2 { clauses.append(unsigned: try expectIndex(\.tags)) }
            clauses.append(unsigned: try expectLabel())
            try expectRightParen()
            count += 1
        }
        code.append(unsigned: count)
        code += clauses
    }
}
