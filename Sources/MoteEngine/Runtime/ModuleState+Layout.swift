internal import CPlatform
internal import MoteMemory
package import MoteModule
internal import MotePlatform

// What a module tells of the layout of its memory 0, read once when it is loaded. Nothing is allocated; time is linear
// in globals, exports, segments and the name section's globals.

extension ModuleState {
    /// Finds where data, stack and heap lie in the memory 0 of a validated module.
    static func detectLayout(of module: Module.Pointer, _ layout: inout LinearMemoryLayout) {
        var facts = LayoutFacts()
        facts.is64 = hasWideAddresses(module)
        readExports(of: module, &facts)
        readNames(of: module, &facts)
        readSegments(of: module, &facts)
        if facts.isComplete, !facts.hasStackPointerName, let limit = facts.heapBase?.value {
            var index = module.pointee.importedGlobalCount
            while index < module.pointee.globals.count {
                note(
                    UInt32(truncatingIfNeeded: index),
                    isMutable: true,
                    of: module,
                    &facts.guessedStackPointer
                )
                if let pointer = facts.guessedStackPointer {
                    if pointer.value <= limit { break }
                    facts.guessedStackPointer = nil
                }
                index &+= 1
            }
        }
        layout.conclude(from: &facts)
    }

    @inline(never)
    private static func readExports(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        _ = noteExport("__heap_base", isMutable: false, of: module, &facts.heapBase)
        _ = noteExport("__data_end", isMutable: false, of: module, &facts.dataEnd)
        facts.hasStackPointerName = noteExport(
            "__stack_pointer",
            isMutable: true,
            of: module,
            &facts.exportedStackPointer
        )
    }

    /// Notes the exported global of a name; whether there is one, be it a constant or not.
    @inline(never)
    private static func noteExport(
        _ name: StaticString,
        isMutable: Bool,
        of module: Module.Pointer,
        _ place: inout LayoutGlobal?
    ) -> Bool {
        guard let export = export(name, .global, of: module) else { return false }
        note(export.pointee.index, isMutable: isMutable, of: module, &place)
        return true
    }

    /// The export of a name and kind, or nil.
    @inline(never)
    static func export(
        _ name: StaticString,
        _ kind: ExternalKind,
        of module: Module.Pointer
    ) -> UnsafeMutablePointer<ExportDeclaration>? {
        let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard let export = ModuleQueries.export(named: bytes, in: module), export.pointee.kind == kind else {
            return nil
        }
        return export
    }

    /// The name section's names of globals (subsection 7).
    @inline(never)
    private static func readNames(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        guard let section = ModuleQueries.customSection(named: "name", in: module) else { return }
        var reader = NameBytes(module.pointee.text(section))
        while let identity = reader.byte(), let size = reader.number(), let contents = reader.take(size) {
            guard identity == 7 else { continue }
            reader = NameBytes(contents)
            guard var left = reader.number() else { return }
            while left > 0, let index = reader.number(), let size = reader.number(),
                let name = reader.take(size)
            {
                left &-= 1
                if name.isEqual(to: "__stack_pointer") {
                    facts.hasStackPointerName = true
                    if facts.namedStackPointer == nil {
                        note(index, isMutable: true, of: module, &facts.namedStackPointer)
                    }
                } else if facts.namedHeapBase == nil, name.isEqual(to: "__heap_base") {
                    note(index, isMutable: false, of: module, &facts.namedHeapBase)
                }
            }
            return
        }
    }

    @inline(never)
    private static func readSegments(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        var position = 0
        while position < module.pointee.dataSegments.count {
            if let (start, end) = dataSegment(at: position, of: module), end > start {
                facts.segmentsEnd = max(facts.segmentsEnd ?? end, end)
            }
            position &+= 1
        }
    }

    /// Where an active data segment of memory 0 lies; nil for others, and where its offset is no plain constant.
    package static func dataSegment(
        at index: Int,
        of module: Module.Pointer
    ) -> (start: UInt64, end: UInt64)? {
        guard let segment = module.pointee.dataSegments.pointer(at: index), segment.pointee.mode == .active,
            segment.pointee.memoryIndex == 0, let start = constant(segment.pointee.offset, of: module)
        else { return nil }
        let (end, overflow) = start.addingReportingOverflow(UInt64(segment.pointee.bytes.sizeInBytes))
        return overflow ? nil : (start, end)
    }

    /// Notes a global of the module's own that has the address type and a plain constant, or nil.
    @inline(never)
    private static func note(
        _ index: UInt32,
        isMutable: Bool,
        of module: Module.Pointer,
        _ place: inout LayoutGlobal?
    ) {
        place = nil
        guard Int(index) >= module.pointee.importedGlobalCount,
            let global = module.pointee.globals.pointer(at: Int(index)),
            global.pointee.type.isMutable == isMutable,
            global.pointee.type.valueType == (hasWideAddresses(module) ? .i64 : .i32),
            let value = constant(global.pointee.initializer, of: module)
        else { return }
        place = LayoutGlobal(globalIndex: index, value: value)
    }

    private static func hasWideAddresses(_ module: Module.Pointer) -> Bool {
        module.pointee.memories.pointer(at: 0)?.pointee.limits.is64 ?? false
    }

    /// The value of a plain `i32.const` or `i64.const`, as an address.
    @inline(never)
    private static func constant(_ range: ByteRange, of module: Module.Pointer) -> UInt64? {
        let is64 = hasWideAddresses(module)
        var reader = NameBytes(module.pointee.text(range))
        guard reader.byte() == (is64 ? 0x42 : 0x41), let value = reader.signedNumber(), reader.byte() == 0x0B,
            reader.isAtEnd
        else { return nil }
        return is64 ? UInt64(bitPattern: value) : UInt64(UInt32(truncatingIfNeeded: value))
    }
}

/// Reads bytes of a custom section or an expression: anything may stand there, and nil is where it makes no sense.
private struct NameBytes {
    private var next: UnsafePointer<UInt8>?
    private var left: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        next = bytes.baseAddress
        left = bytes.count
    }

    var isAtEnd: Bool { left == 0 }

    mutating func byte() -> UInt8? {
        guard left > 0, let place = next else { return nil }
        left &-= 1
        next = place + 1
        return place.pointee
    }

    /// An unsigned LEB128 of 32 bits.
    @inline(never)
    mutating func number() -> UInt32? {
        var result: UInt32 = 0
        var shift: UInt32 = 0
        while shift < 35, let byte = byte() {
            result |= UInt32(byte & 0x7F) &<< shift
            if byte < 0x80 { return result }
            shift &+= 7
        }
        return nil
    }

    /// A signed LEB128 of at most 64 bits.
    mutating func signedNumber() -> Int64? {
        var result: Int64 = 0
        var shift: Int64 = 0
        while shift < 70, let byte = byte() {
            if shift < 64 { result |= Int64(byte & 0x7F) &<< shift }
            shift &+= 7
            guard byte < 0x80 else { continue }
            if shift < 64, byte & 0x40 != 0 { result |= -1 &<< shift }
            return result
        }
        return nil
    }

    @inline(never)
    mutating func take(_ count: UInt32) -> UnsafeBufferPointer<UInt8>? {
        guard Int(count) <= left else { return nil }
        let bytes = UnsafeBufferPointer(start: next, count: Int(count))
        next = next.map { $0 + Int(count) }
        left &-= Int(count)
        return bytes
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// Whether the bytes are those of a name.
    @inline(never)
    func isEqual(to name: Text) -> Bool {
        guard count == name.count else { return false }
        guard count > 0, let baseAddress else { return count == 0 }
        return memcmp(baseAddress, name.start, count) == 0
    }
}
