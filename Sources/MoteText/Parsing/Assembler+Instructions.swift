internal import MoteModule

/// Raw values of the instructions that make structure.
enum Structure {
    static let block: UInt32 = 0x02
    static let loop: UInt32 = 0x03
    static let `if`: UInt32 = 0x04
    static let `else`: UInt32 = 0x05
    static let `try`: UInt32 = 0x06
    static let `catch`: UInt32 = 0x07
    static let end: UInt32 = 0x0B
    static let branchIf: UInt32 = 0x0D
    static let delegate: UInt32 = 0x18
    static let catchAll: UInt32 = 0x19
    static let tryTable: UInt32 = 0x1F
}

extension Assembler {
    /// The instructions up to a right parenthesis, with their `end`, as all of `code`.
    mutating func constantExpression() throws(TextError) {
        code.removeAll(keepingCapacity: true)
        isInFunction = false
        labels.removeAll(keepingCapacity: true)
        labels.append(nil)
        try instructions(.sequence)
        code.append(0x0B)
    }

    /// One folded instruction, with an `end`, as all of `code`.
    mutating func foldedConstantExpression() throws(TextError) {
        code.removeAll(keepingCapacity: true)
        isInFunction = false
        labels.removeAll(keepingCapacity: true)
        labels.append(nil)
        guard tokens[at].kind == .leftParen else { throw unexpected("an instruction") }
        try instructions(.single)
        code.append(0x0B)
    }

    /// The instructions of a function, behind its locals in `code`.
    mutating func functionBody() throws(TextError) {
        isInFunction = true
        labels.removeAll(keepingCapacity: true)
        labels.append(nil)
        namedLabels = []
        labelCount = 0
        try instructions(.sequence)
        code.append(0x0B)
    }

    /// Reads instructions until the outermost frame is done.
    private mutating func instructions(_ kind: Frame.Kind) throws(TextError) {
        frames.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
        frames.append(Frame(kind: kind, offset: tokens[at].offset))
        while true {
            if annotationIndex <= at { try takeHints() }
            let token = tokens[at]
            let frame = frames[frames.count - 1]
            switch token.kind {
            case .keyword where frame.kind.allowsFlat:
                at += 1
                try flatInstruction(token)
            case .leftParen:
                try open(frame)
            case .rightParen:
                if let hint { throw invalidHint(hint.start) }
                if frame.kind == .sequence { return }
                at += 1
                try close(frame)
                if kind == .single, frames.count == 1 { return }
            default:
                throw token.kind == .keyword || token.kind == .end || token.kind == .rightParen
                    ? unexpected("(") : source.unexpected(token, "an instruction")
            }
        }
    }

    private func rawOpcode(_ token: Token) throws(TextError) -> UInt32 {
        guard token.kind == .keyword else { throw source.unexpected(token, "an instruction") }
        guard let raw = InstructionNames.shared.rawOpcode(source.bytes(token)) else {
            let isPartOfOther =
                matches(token, "param") || matches(token, "result") || matches(token, "local")
                || matches(token, "type") || matches(token, "then")
            throw isPartOfOther
                ? source.unexpected(token, "an instruction")
                : TextError("unknown operator \(source.text(token))", at: token.offset)
        }
        return raw
    }

    // MARK: Flat instructions

    private mutating func flatInstruction(_ token: Token) throws(TextError) {
        let raw = try rawOpcode(token)
        let hint = try takeHint(raw)
        switch raw {
        case Structure.block, Structure.loop, Structure.if, Structure.try, Structure.tryTable:
            let labelAt = takeLabel()
            mark(hint)
            try openBlock(raw)
            pushLabel(labelAt)
            let kind: Frame.Kind =
                raw == Structure.if ? .flatIf : raw == Structure.try ? .flatTry : .flatBlock
            frames.append(Frame(kind: kind, offset: token.offset, labelAt: labelAt))
        case Structure.else, Structure.catch, Structure.catchAll, Structure.end, Structure.delegate:
            try flatStructure(raw, token)
        default:
            mark(hint)
            try plain(raw, token)
        }
    }

    /// `else`, `catch`, `catch_all`, `delegate` and `end` of flat blocks.
    private mutating func flatStructure(_ raw: UInt32, _ token: Token) throws(TextError) {
        let last = frames.count - 1
        switch (raw, frames[last].kind) {
        case (Structure.end, let kind) where kind.isFlatBlock:
            try checkLabel(frames[last].labelAt)
            code.append(0x0B)
            popLabel()
            frames.removeLast()
        case (Structure.else, .flatIf):
            try checkLabel(frames[last].labelAt)
            code.append(0x05)
            frames[last].kind = .flatElse
        case (Structure.catch, .flatTry), (Structure.catch, .flatCatch):
            code.append(0x07)
            code.append(unsigned: try expectIndex(\.tags))
            frames[last].kind = .flatCatch
        case (Structure.catchAll, .flatTry), (Structure.catchAll, .flatCatch):
            code.append(0x19)
            frames[last].kind = .flatCatchAll
        case (Structure.delegate, .flatTry):
            popLabel()
            code.append(0x18)
            try label()
            frames.removeLast()
        default: throw source.unexpected(token, nil)
        }
    }

    /// The identifier behind `end` or `else` must be the block's.
    private mutating func checkLabel(_ labelAt: Int) throws(TextError) {
        guard let identifier = takeIdentifier() else { return }
        guard labelAt != 0, source.name(tokens[labelAt]) == source.name(identifier) else {
            throw TextError("mismatching label \(source.text(identifier))", at: identifier.offset)
        }
    }

    // MARK: Folded instructions

    /// At a left parenthesis.
    private mutating func open(_ frame: Frame) throws(TextError) {
        let keyword = tokens[at + 1]
        let last = frames.count - 1
        switch frame.kind {
        case .condition where matches(keyword, "then"):
            at += 2
            emitWaiting(frame)
            pushLabel(frame.labelAt)
            frames[last].kind = .afterThen
            frames.append(Frame(kind: .arm, offset: keyword.offset))
        case .afterThen where matches(keyword, "else"):
            at += 2
            code.append(0x05)
            frames[last].kind = .afterElse
            frames.append(Frame(kind: .arm, offset: keyword.offset))
        case .beforeDo, .afterDo, .afterCatch: try openTryPart(frame, keyword)
        default:
            guard frame.kind.allowsFolded else { throw unexpected(")") }
            at += 1
            try openInstruction(keyword)
        }
    }

    private mutating func openTryPart(_ frame: Frame, _ keyword: Token) throws(TextError) {
        let last = frames.count - 1
        at += 2
        if frame.kind == .beforeDo {
            guard matches(keyword, "do") else { throw source.unexpected(keyword, "do") }
            frames[last].kind = .afterDo
        } else if matches(keyword, "catch") {
            code.append(0x07)
            code.append(unsigned: try expectIndex(\.tags))
            frames[last].kind = .afterCatch
        } else if matches(keyword, "catch_all") {
            code.append(0x19)
            frames[last].kind = .afterCatchAll
        } else if matches(keyword, "delegate"), frame.kind == .afterDo {
            popLabel()
            code.append(0x18)
            try label()
            frames[last].kind = .afterDelegate
            return try expectRightParen()
        } else {
            throw source.unexpected(keyword, "catch")
        }
        frames.append(Frame(kind: .arm, offset: keyword.offset))
    }

    /// Behind the left parenthesis of a folded instruction.
    private mutating func openInstruction(_ keyword: Token) throws(TextError) {
        if annotationIndex <= at { throw annotations[annotationCount].misplaced() }
        at += 1
        let raw = try rawOpcode(keyword)
        let hint = try takeHint(raw)
        var frame = Frame(kind: .operands, offset: keyword.offset)
        switch raw {
        case Structure.block, Structure.loop, Structure.tryTable:
            frame.labelAt = takeLabel()
            frame.kind = .block
            try openBlock(raw)
            pushLabel(frame.labelAt)
        case Structure.try:
            frame.labelAt = takeLabel()
            frame.kind = .beforeDo
            try openBlock(raw)
            pushLabel(frame.labelAt)
        case Structure.if:
            frame.labelAt = takeLabel()
            frame.kind = .condition
            let start = code.count
            try openBlock(raw)
            wait(&frame, from: start, hint)
        case Structure.else, Structure.catch, Structure.catchAll, Structure.end, Structure.delegate:
            throw source.unexpected(keyword, "an instruction")
        default:
            let start = code.count
            try plain(raw, keyword)
            if tokens[at].kind == .rightParen {
                // No operands: it may stay where it is.
                frame.waitingStart = waiting.count
                if let hint { hints.add(hint, at: start) }
            } else {
                wait(&frame, from: start, hint)
            }
        }
        frames.append(frame)
    }

    /// At a right parenthesis, which was taken.
    private mutating func close(_ frame: Frame) throws(TextError) {
        switch frame.kind {
        case .operands: emitWaiting(frame)
        case .block, .afterThen, .afterElse, .afterDo, .afterCatch, .afterCatchAll:
            code.append(0x0B)
            popLabel()
        case .arm, .afterDelegate: break
        default:
            let token = tokens[at - 1]
            let wanted = frame.kind == .condition ? "(then" : frame.kind == .beforeDo ? "(do" : "end"
            throw source.unexpected(token, wanted)
        }
        frames.removeLast()
    }

    /// Moves the code from a position on behind what waits.
    private mutating func wait(_ frame: inout Frame, from start: Int, _ hint: UInt8?) {
        frame.waitingStart = waiting.count
        frame.hint = hint ?? 255
        waiting += code[start...]
        code.removeSubrange(start...)
    }

    private mutating func emitWaiting(_ frame: Frame) {
        guard waiting.count > frame.waitingStart else { return }
        if frame.hint != 255 { hints.add(frame.hint, at: code.count) }
        code += waiting[frame.waitingStart...]
        waiting.removeSubrange(frame.waitingStart...)
    }

    // MARK: Branch hints

    /// The hint for an instruction about to be read, which must be a branch.
    private mutating func takeHint(_ raw: UInt32) throws(TextError) -> UInt8? {
        guard let hint else { return nil }
        guard raw == Structure.if || raw == Structure.branchIf else { throw invalidHint(hint.start) }
        self.hint = nil
        return hint.value
    }

    /// Notes a hint for the instruction that comes next in the code.
    private mutating func mark(_ hint: UInt8?) {
        if let hint { hints.add(hint, at: code.count) }
    }
}

extension SectionBytes {
    /// Adds a branch hint for the instruction at an offset of the function's code.
    mutating func add(_ hint: UInt8, at offset: Int) {
        count += 1
        bytes.append(unsigned: offset)
        bytes += [1, hint]
    }
}
