internal import CPlatform
internal import MoteEngine
internal import MoteMemory

extension Instance {
    /// What of the wishes for its own memories was not done as asked, or may surprise: a sentence each.
    ///
    /// A maximum that could not be overridden, a heap's base that nobody tells, an app heap at a place that the guest's
    /// own allocator may use.
    public var memoryWarnings: [String] {
        (engine.importedMemoryCount..<engine.memoryCount).flatMap { index -> [String] in
            guard let memory = engine.memory(at: UInt32(truncatingIfNeeded: index)) else { return [] }
            var texts: [String] = []
            memory.instance.pointee.notes.forEach { texts.append($0.text.description) }
            return texts
        }
    }
}
