/// An identifier without its `$`: bytes that the source owns, hashed once.
struct Name: Hashable {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let hashOfBytes: UInt64

    init(_ bytes: UnsafeBufferPointer<UInt8>, emptyAt source: TextSource) {
        base = bytes.baseAddress ?? source.base
        count = bytes.count
        hashOfBytes = Self.hash(bytes)
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    /// FNV-1a.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    static func == (left: Name, right: Name) -> Bool {
        left.hashOfBytes == right.hashOfBytes && left.count == right.count
            && left.bytes.elementsEqual(right.bytes)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hashOfBytes) }
}

extension TextSource {
    /// The name of an identifier token.
    func name(_ token: Token) -> Name {
        if token.kind == .quotedIdentifier { return Name(keep(identifier(token)), emptyAt: self) }
        return Name(UnsafeBufferPointer(rebasing: bytes(token).dropFirst()), emptyAt: self)
    }
}

/// What the identifiers of one kind of thing stand for.
struct IndexSpace {
    /// What the spec tests call such a thing in errors.
    let kind: StaticString
    private(set) var count: UInt32 = 0
    private var indices: [Name: UInt32] = [:]
    /// For the name section, in order.
    private(set) var names: [(index: UInt32, bytes: [UInt8])] = []

    init(_ kind: StaticString) { self.kind = kind }

    /// Gives the next index to a thing that may have a name.
    @discardableResult
    mutating func add(_ identifier: Token?, in source: TextSource) throws(TextError) -> UInt32 {
        let index = count
        if let identifier {
            let name = source.name(identifier)
            if indices.updateValue(index, forKey: name) != nil {
                throw TextError("duplicate \(kind) \(source.text(identifier))", at: identifier.offset)
            }
            names.append((index, Array(name.bytes)))
        }
        count += 1
        return index
    }

    /// Gives the next indices to things without names.
    mutating func add(unnamed number: UInt32) { count &+= number }

    func index(of name: Name) -> UInt32? { indices[name] }

    /// Makes a `@name` annotation the name of a thing.
    mutating func rename(_ index: UInt32, _ bytes: [UInt8]) {
        // Things are renamed in order, so the place is at the end, or one that the identifier made.
        var place = names.count
        while place > 0, names[place - 1].index >= index { place -= 1 }
        if place < names.count, names[place].index == index {
            names[place].bytes = bytes
        } else {
            names.insert((index, bytes), at: place)
        }
    }

    mutating func removeAll() {
        count = 0
        if !indices.isEmpty { indices.removeAll(keepingCapacity: true) }
        names = []
    }
}
