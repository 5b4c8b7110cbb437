extension Assembler {
    /// Reads all type definitions, in the order of their indices.
    mutating func parseTypes() throws(TextError) {
        for field in fields {
            at = field.at
            switch field.kind {
            case .type:
                typeDefinitions.append(try typeDefinition())
                addGroup(1)
            case .recursion:
                let first = typeDefinitions.count
                while takeGroup("type") {
                    typeDefinitions.append(try typeDefinition())
                    try expectRightParen()
                }
                addGroup(typeDefinitions.count - first)
            default: continue
            }
            try expectRightParen()
        }
        explicitTypeCount = typeDefinitions.count
    }

    private mutating func addGroup(_ count: Int) {
        typeGroups.append(count)
        guard count == 1, let last = typeDefinitions.last else { return }
        guard case .function(let signature) = last.composite, last.isFinal, last.supertypes.isEmpty else {
            return
        }
        let index = UInt32(truncatingIfNeeded: typeDefinitions.count - 1)
        if signatureTypes[signature] == nil { signatureTypes[signature] = index }
    }

    /// What follows `(type`, up to its closing parenthesis.
    private mutating func typeDefinition() throws(TextError) -> TypeDefinition {
        _ = takeIdentifier()
        guard takeGroup("sub") else { return try compositeType() }
        let isFinal = takeKeyword("final")
        var supertypes: [UInt32] = []
        while isIndex { supertypes.append(try expectIndex(\.types)) }
        var definition = try compositeType()
        definition.isFinal = isFinal
        definition.supertypes = supertypes
        try expectRightParen()
        return definition
    }

    private mutating func compositeType() throws(TextError) -> TypeDefinition {
        var definition: TypeDefinition
        if takeGroup("func") {
            definition = TypeDefinition(composite: .function(try signature(allowsNames: true)))
        } else if takeGroup("array") {
            definition = TypeDefinition(composite: .array(try fieldType()))
        } else {
            try expectGroup("struct")
            definition = try structure()
        }
        try expectRightParen()
        return definition
    }

    private mutating func structure() throws(TextError) -> TypeDefinition {
        var types: [TextField] = []
        var names = IndexSpace("field")
        while takeGroup("field") {
            if let identifier = takeIdentifier() {
                try names.add(identifier, in: source)
                types.append(try fieldType())
            } else {
                while tokens[at].kind != .rightParen {
                    try names.add(nil, in: source)
                    types.append(try fieldType())
                }
            }
            try expectRightParen()
        }
        var definition = TypeDefinition(composite: .structure(types))
        definition.fields = names
        return definition
    }

    private mutating func fieldType() throws(TextError) -> TextField {
        guard takeGroup("mut") else { return TextField(type: try storageType(), isMutable: false) }
        let type = try storageType()
        try expectRightParen()
        return TextField(type: type, isMutable: true)
    }

    private mutating func storageType() throws(TextError) -> TextType {
        if takeKeyword("i8") { return TextType(code: 0x78) }
        if takeKeyword("i16") { return TextType(code: 0x77) }
        return try valueType()
    }

    // MARK: Value types

    mutating func valueType() throws(TextError) -> TextType {
        let token = tokens[at]
        if token.kind == .keyword, token.sizeInBytes <= 4 {
            let code: UInt8? =
                matches(token, "i32")
                ? 0x7F
                : matches(token, "i64")
                    ? 0x7E
                    : matches(token, "f32")
                        ? 0x7D : matches(token, "f64") ? 0x7C : matches(token, "v128") ? 0x7B : nil
            if let code {
                at += 1
                return TextType(code: code)
            }
        }
        guard let type = try takeReferenceType() else { throw unexpectedType("a value type") }
        return type
    }

    mutating func referenceType() throws(TextError) -> TextType {
        guard let type = try takeReferenceType() else { throw unexpectedType("a reference type") }
        return type
    }

    private func unexpectedType(_ expected: String) -> TextError {
        tokens[at].kind == .keyword
            ? TextError(
                "unknown operator \(source.text(tokens[at])), expected \(expected)",
                at: tokens[at].offset
            )
            : unexpected(expected)
    }

    /// A reference type, if one follows.
    mutating func takeReferenceType() throws(TextError) -> TextType? {
        if tokens[at].kind == .keyword {
            guard let heapType = HeapTypeText.shorthand(tokens[at], in: source) else { return nil }
            at += 1
            return TextType(code: 0x63, heapType: heapType)
        }
        guard takeGroup("ref") else { return nil }
        let isNullable = takeKeyword("null")
        let heapType = try heapType()
        try expectRightParen()
        return TextType(code: isNullable ? 0x63 : 0x64, heapType: heapType)
    }

    mutating func heapType() throws(TextError) -> Int64 {
        if isIndex { return Int64(try expectIndex(\.types)) }
        guard let heapType = HeapTypeText.named(tokens[at], in: source) else {
            throw unexpectedType("a heap type")
        }
        at += 1
        return heapType
    }

    // MARK: Function types

    /// `(param ...)* (result ...)*`.
    ///
    /// With `binds`, parameters become locals.
    mutating func signature(allowsNames: Bool, binds: Bool = false) throws(TextError) -> TextSignature {
        var signature = TextSignature()
        while takeGroup("param") {
            if allowsNames, let identifier = takeIdentifier() {
                if binds { try addLocal(identifier) }
                signature.parameters.append(try valueType())
            } else if binds, annotationIndex == at {
                try addLocal(nil)
                signature.parameters.append(try valueType())
            } else {
                while tokens[at].kind != .rightParen {
                    if binds { try addLocal(nil) }
                    signature.parameters.append(try valueType())
                }
            }
            try expectRightParen()
        }
        while takeGroup("result") {
            while tokens[at].kind != .rightParen { signature.results.append(try valueType()) }
            try expectRightParen()
        }
        return signature
    }

    /// `(type x)? (param ...)* (result ...)*`: the index of the type, which is added where it is not there.
    ///
    /// With `binds`, parameters become locals.
    mutating func typeUse(allowsNames: Bool, binds: Bool = false) throws(TextError) -> UInt32 {
        let start = tokens[at].offset
        guard takeGroup("type") else {
            return typeIndex(of: try signature(allowsNames: allowsNames, binds: binds))
        }
        let index = try expectIndex(\.types)
        try expectRightParen()
        let inline = try signature(allowsNames: allowsNames, binds: binds)
        let position = Int(index)
        if position < typeDefinitions.count,
            case .function(let signature) = typeDefinitions[position].composite
        {
            guard inline.isEmpty || inline == signature else {
                throw TextError("inline function type does not match type \(index)", at: start)
            }
            if binds, inline.isEmpty { for _ in signature.parameters { try addLocal(nil) } }
        } else if !inline.isEmpty {
            throw TextError(
                position < typeDefinitions.count
                    ? "inline function type for a type that is none" : "unknown type",
                at: start
            )
        }
        return index
    }

    /// The first type that is this function type alone, added behind all others if there is none.
    mutating func typeIndex(of signature: TextSignature) -> UInt32 {
        if let index = signatureTypes[signature] { return index }
        let index = UInt32(truncatingIfNeeded: typeDefinitions.count)
        typeDefinitions.append(TypeDefinition(composite: .function(signature)))
        typeGroups.append(1)
        signatureTypes[signature] = index
        return index
    }
}
