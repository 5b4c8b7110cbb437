internal import MoteModule

/// What an instruction's immediates may name beyond the module's spaces: locals and labels of the function.
struct BodyContext {
    private struct Label {
        /// Number of the block in the function, from 0.
        var ordinal: UInt32
        var name: NameKey?
        /// Which label had the name before: it is hidden until this one ends.
        var hidden: Int?
    }

    var locals = NameTable()
    private var labelNames = NameTable()
    private var labels: [Label] = []
    private var nextOrdinal: UInt32 = 0
    /// The innermost label of each name, by height in `labels`.
    private var visible: [NameKey: Int] = [:]

    /// Outside of functions.
    init() {}

    init(locals: NameTable, labelNames: NameTable) {
        self.locals = locals
        self.labelNames = labelNames
    }

    /// How many blocks are open.
    var depth: Int { labels.count }
    /// What the next block has: its number, and its name where there is one.
    var nextLabel: (ordinal: UInt32, name: NameTable.Entry?) { (nextOrdinal, labelNames[nextOrdinal]) }

    mutating func openBlock() {
        var label = Label(ordinal: nextOrdinal)
        if let entry = labelNames[nextOrdinal], !entry.bytes.isEmpty {
            let key = NameKey(bytes: entry.bytes)
            label.name = key
            label.hidden = visible.updateValue(labels.count, forKey: key)
        }
        labels.append(label)
        nextOrdinal &+= 1
    }

    mutating func closeBlock() {
        guard let label = labels.popLast(), let name = label.name else { return }
        visible[name] = label.hidden
    }

    /// The block that a label index means, and its name where no inner block hides it; nil for the function itself.
    func label(_ index: UInt32) -> (ordinal: UInt32, name: UnsafeBufferPointer<UInt8>?)? {
        let position = labels.count &- 1 &- Int(index)
        guard position >= 0 else { return nil }
        let label = labels[position]
        guard let name = label.name, visible[name] == position else { return (label.ordinal, nil) }
        return (label.ordinal, name.bytes)
    }
}
