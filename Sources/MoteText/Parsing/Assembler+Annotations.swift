internal import MoteBinary

/// A custom section and where it is to be.
struct CustomSection {
    var name: [UInt8]
    var contents: [UInt8]
    /// Order of the section that it stands before or behind; see ``Assembler/sectionOrder(_:)``.
    var order: Int
    var isBehind: Bool
}

extension Assembler {
    /// An annotation that stands between fields.
    mutating func moduleAnnotation(_ annotation: Annotation) throws(TextError) {
        switch annotation.kind {
        case .custom: customSections.append(try customSection(annotation))
        case .branchHint:
            throw TextError("\(annotation.kind.text) annotation: not in a function", at: annotation.start)
        case .name:
            guard annotation.tokenIndex == 0 else { throw annotation.misplaced() }
            guard !hasModuleAnnotation else {
                throw TextError("@name annotation: multiple module names", at: annotation.start)
            }
            hasModuleAnnotation = true
            moduleName = try string(of: annotation, mustBeName: true)
        }
    }

    /// Takes a `@name` annotation that stands before the next token.
    mutating func takeNameAnnotation() throws(TextError) -> [UInt8]? {
        guard annotationIndex == at, annotations[annotationCount].kind == .name else { return nil }
        let name = try string(of: annotations[annotationCount], mustBeName: true)
        nextAnnotation()
        return name
    }

    /// Takes branch hints that stand before an instruction; anything else there is misplaced.
    mutating func takeHints() throws(TextError) {
        while annotationIndex <= at {
            let annotation = annotations[annotationCount]
            guard annotationIndex == at, annotation.kind == .branchHint, isInFunction else {
                throw annotation.misplaced()
            }
            guard hint == nil else {
                throw TextError(
                    "\(annotation.kind.text) annotation: duplicate annotation",
                    at: annotation.start
                )
            }
            let contents = try string(of: annotation, mustBeName: false)
            guard contents.count == 1, contents[0] < 2 else {
                throw TextError("\(annotation.kind.text) annotation: malformed value", at: annotation.start)
            }
            hint = (contents[0], annotation.start)
            nextAnnotation()
        }
    }

    /// The error of a branch hint before something else than a branch.
    func invalidHint(_ start: Int) -> TextError {
        TextError("\(Annotation.Kind.branchHint.text) annotation: invalid target", at: start)
    }

    private mutating func nextAnnotation() {
        annotationCount += 1
        annotationIndex =
            annotationCount < annotations.count ? annotations[annotationCount].tokenIndex : .max
    }

    // MARK: Contents

    /// The tokens inside an annotation.
    private func contents(_ annotation: Annotation) throws(TextError) -> [Token] {
        let lexer = Lexer(source)
        var result: [Token] = []
        var position = annotation.contents
        while true {
            let token = try lexer.rawToken(from: position)
            guard token.offset < annotation.end - 1 else { return result }
            result.append(token)
            position = Int(token.end)
        }
    }

    /// The strings that an annotation consists of.
    private func string(of annotation: Annotation, mustBeName: Bool) throws(TextError) -> [UInt8] {
        var bytes: [UInt8] = []
        let tokens = try contents(annotation)
        for token in tokens {
            guard token.kind == .string else { throw unexpected(token, in: annotation) }
            StringText.decode(source.bytes(token), into: &bytes)
        }
        guard !mustBeName || !tokens.isEmpty else {
            throw TextError("\(annotation.kind.text) annotation: missing name", at: annotation.start)
        }
        guard !mustBeName || UTF8Check.accepts(bytes) else {
            throw TextError(
                "\(annotation.kind.text) annotation: malformed UTF-8 encoding",
                at: annotation.start
            )
        }
        return bytes
    }

    private func unexpected(_ token: Token, in annotation: Annotation) -> TextError {
        TextError(
            "\(annotation.kind.text) annotation: unexpected token \(source.text(token))",
            at: token.offset
        )
    }

    /// `"name" (before|after section)? "bytes"*`.
    private func customSection(_ annotation: Annotation) throws(TextError) -> CustomSection {
        let tokens = try contents(annotation)
        guard let first = tokens.first, first.kind == .string else {
            throw TextError("@custom annotation: missing section name", at: annotation.start)
        }
        let name = source.string(first)
        guard UTF8Check.accepts(name) else {
            throw TextError("@custom annotation: malformed UTF-8 encoding", at: first.offset)
        }
        var section = CustomSection(name: name, contents: [], order: Self.lastOrder, isBehind: true)
        var rest = tokens.dropFirst()
        if rest.first?.kind == .leftParen { try place(&section, &rest, annotation) }
        for token in rest {
            guard token.kind == .string else { throw unexpected(token, in: annotation) }
            StringText.decode(source.bytes(token), into: &section.contents)
        }
        return section
    }

    private func place(
        _ section: inout CustomSection,
        _ rest: inout ArraySlice<Token>,
        _ annotation: Annotation
    ) throws(TextError) {
        rest = rest.dropFirst()
        guard let side = rest.popFirst(), matches(side, "before") || matches(side, "after") else {
            throw TextError("@custom annotation: malformed placement", at: annotation.start)
        }
        section.isBehind = matches(side, "after")
        guard let kind = rest.popFirst(),
            let order = sectionOrder(kind, isBehind: section.isBehind)
        else { throw TextError("@custom annotation: malformed section kind", at: annotation.start) }
        section.order = order
        guard rest.popFirst()?.kind == .rightParen else {
            throw TextError("@custom annotation: malformed placement", at: annotation.start)
        }
    }

    static var lastOrder: Int { 14 }

    /// Position of a section in a module: 0 before the first one, 14 behind the last one.
    private func sectionOrder(_ kind: Token, isBehind: Bool) -> Int? {
        if matches(kind, "first") { return isBehind ? nil : 0 }
        if matches(kind, "last") { return isBehind ? Self.lastOrder : nil }
        if matches(kind, "type") { return 1 }
        if matches(kind, "import") { return 2 }
        if matches(kind, "func") { return 3 }
        if matches(kind, "table") { return 4 }
        if matches(kind, "memory") { return 5 }
        if matches(kind, "tag") { return 6 }
        if matches(kind, "global") { return 7 }
        if matches(kind, "export") { return 8 }
        if matches(kind, "start") { return 9 }
        if matches(kind, "elem") { return 10 }
        if matches(kind, "datacount") { return 11 }
        if matches(kind, "code") { return 12 }
        return matches(kind, "data") ? 13 : nil
    }
}
