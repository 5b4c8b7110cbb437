/// A value, storage or reference type as the binary format writes it, its type indices resolved.
struct TextType: Hashable {
    /// The byte of the binary format; 0x64 `(ref ht)`, 0x63 `(ref null ht)`.
    var code: UInt8
    /// Of references: a type index, or the (negative) number that stands for an abstract heap type.
    var heapType: Int64 = 0

    static let i32 = TextType(code: 0x7F)
    static let funcref = TextType(code: 0x63, heapType: HeapTypeText.function)

    var isReference: Bool { code == 0x63 || code == 0x64 }

    func write(to bytes: inout [UInt8]) {
        guard isReference else { return bytes.append(code) }
        if code != 0x63 || heapType >= 0 { bytes.append(code) }
        bytes.append(signed: heapType)
    }
}

/// Abstract heap types by name: the signed number of the binary format.
enum HeapTypeText {
    static let function: Int64 = 0x70 - 0x80
    private static let count = 12

    private static func row(_ index: Int) -> (name: StaticString, shorthand: StaticString, byte: Int64) {
        switch index {
        case 0: ("func", "funcref", 0x70)
        case 1: ("extern", "externref", 0x6F)
        case 2: ("any", "anyref", 0x6E)
        case 3: ("eq", "eqref", 0x6D)
        case 4: ("i31", "i31ref", 0x6C)
        case 5: ("struct", "structref", 0x6B)
        case 6: ("array", "arrayref", 0x6A)
        case 7: ("exn", "exnref", 0x69)
        case 8: ("none", "nullref", 0x71)
        case 9: ("noextern", "nullexternref", 0x72)
        case 10: ("nofunc", "nullfuncref", 0x73)
        default: ("noexn", "nullexnref", 0x74)
        }
    }

    static func named(_ token: Token, in source: TextSource) -> Int64? {
        for index in 0..<count where source.matches(token, row(index).name) { return row(index).byte - 0x80 }
        return nil
    }

    /// `funcref` and its like.
    static func shorthand(_ token: Token, in source: TextSource) -> Int64? {
        for index in 0..<count where source.matches(token, row(index).shorthand) {
            return row(index).byte - 0x80
        }
        return nil
    }
}

/// Parameters and results.
struct TextSignature: Hashable {
    var parameters: [TextType] = []
    var results: [TextType] = []

    var isEmpty: Bool { parameters.isEmpty && results.isEmpty }
}

/// A field of a structure, or the element of an array.
struct TextField {
    var type: TextType
    var isMutable: Bool

    func write(to bytes: inout [UInt8]) {
        type.write(to: &bytes)
        bytes.append(isMutable ? 1 : 0)
    }
}

/// One defined type.
struct TypeDefinition {
    enum Composite {
        case function(TextSignature)
        case structure([TextField])
        case array(TextField)
    }

    var composite: Composite
    var isFinal = true
    var supertypes: [UInt32] = []
    /// Names of a structure's fields.
    var fields = IndexSpace("field")

    func write(to bytes: inout [UInt8]) {
        if !isFinal || !supertypes.isEmpty {
            bytes.append(isFinal ? 0x4F : 0x50)
            bytes.append(unsigned: supertypes.count)
            for supertype in supertypes { bytes.append(unsigned: supertype) }
        }
        switch composite {
        case .function(let signature):
            bytes.append(0x60)
            bytes.append(unsigned: signature.parameters.count)
            for type in signature.parameters { type.write(to: &bytes) }
            bytes.append(unsigned: signature.results.count)
            for type in signature.results { type.write(to: &bytes) }
        case .structure(let fields):
            bytes.append(0x5F)
            bytes.append(unsigned: fields.count)
            for field in fields { field.write(to: &bytes) }
        case .array(let element):
            bytes.append(0x5E)
            element.write(to: &bytes)
        }
    }
}
