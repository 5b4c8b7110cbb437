internal import CPlatform
internal import MoteMemory
package import MoteModule
internal import MotePlatform

// What a module tells of the layout of its memory 0, read once when it is loaded. Nothing is allocated; time is linear
// in globals, exports, segments and the name section's globals.

extension ModuleState {
    /// Where data, stack and heap lie in the memory 0 of a validated module.
    static func detectLayout(of module: Module.Pointer) -> LinearMemoryLayout {
        var facts = LayoutFacts()
        facts.is64 = module.pointee.memories[checked: 0]?.limits.is64 ?? false
        readExports(of: module, &facts)
        readNames(of: module, &facts)
        readSegments(of: module, &facts)
        if facts.isComplete, !facts.hasStackPointerName, let limit = facts.heapBase?.value {
            for index in module.pointee.importedGlobalCount..<module.pointee.globals.count {
                let global = UInt32(truncatingIfNeeded: index)
                guard let pointer = constant(global, isMutable: true, of: module, is64: facts.is64),
                    pointer.value <= limit
                else { continue }
                facts.guessedStackPointer = pointer
                break
            }
        }
        return LinearMemoryLayout(facts)
    }

    private static func readExports(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        let is64 = facts.is64
        for position in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: position] else { break }
            guard export.kind == .global else { continue }
            let name = module.pointee.text(export.name)
            if name.isEqual(to: "__heap_base") {
                facts.heapBase = constant(export.index, isMutable: false, of: module, is64: is64)
            } else if name.isEqual(to: "__data_end") {
                facts.dataEnd = constant(export.index, isMutable: false, of: module, is64: is64)
            } else if name.isEqual(to: "__stack_pointer") {
                facts.hasStackPointerName = true
                facts.exportedStackPointer = constant(export.index, isMutable: true, of: module, is64: is64)
            }
        }
    }

    /// The name section's names of globals (subsection 7).
    private static func readNames(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        guard let section = ModuleQueries.customSection(named: "name", in: module) else { return }
        var reader = NameBytes(module.pointee.text(section))
        while let identity = reader.byte(), let size = reader.number(), let contents = reader.take(size) {
            guard identity == 7 else { continue }
            var names = NameBytes(contents)
            guard var left = names.number() else { return }
            while left > 0, let index = names.number(), let size = names.number(), let name = names.take(size)
            {
                left &-= 1
                if name.isEqual(to: "__stack_pointer") {
                    facts.hasStackPointerName = true
                    if facts.namedStackPointer == nil {
                        facts.namedStackPointer = constant(
                            index,
                            isMutable: true,
                            of: module,
                            is64: facts.is64
                        )
                    }
                } else if facts.namedHeapBase == nil, name.isEqual(to: "__heap_base") {
                    facts.namedHeapBase = constant(index, isMutable: false, of: module, is64: facts.is64)
                }
            }
            return
        }
    }

    private static func readSegments(of module: Module.Pointer, _ facts: inout LayoutFacts) {
        for position in 0..<module.pointee.dataSegments.count {
            guard let (start, end) = dataSegment(at: position, of: module), end > start else { continue }
            facts.segmentsEnd = max(facts.segmentsEnd ?? end, end)
        }
    }

    /// Where an active data segment of memory 0 lies; nil for others, and where its offset is no plain constant.
    package static func dataSegment(
        at index: Int,
        of module: Module.Pointer
    ) -> (start: UInt64, end: UInt64)? {
        let is64 = module.pointee.memories[checked: 0]?.limits.is64 ?? false
        guard let segment = module.pointee.dataSegments[checked: index], segment.mode == .active,
            segment.memoryIndex == 0, let start = constant(segment.offset, of: module, is64: is64)
        else { return nil }
        let (end, overflow) = start.addingReportingOverflow(UInt64(segment.bytes.sizeInBytes))
        return overflow ? nil : (start, end)
    }

    /// A global of the module's own that has the address type and a plain constant, or nil.
    @inline(never)
    private static func constant(
        _ index: UInt32,
        isMutable: Bool,
        of module: Module.Pointer,
        is64: Bool
    ) -> LayoutGlobal? {
        guard Int(index) >= module.pointee.importedGlobalCount,
            let global = module.pointee.globals[checked: Int(index)], global.type.isMutable == isMutable,
            global.type.valueType == (is64 ? .i64 : .i32),
            let value = constant(global.initializer, of: module, is64: is64)
        else { return nil }
        return LayoutGlobal(globalIndex: index, value: value)
    }

    /// The value of a plain `i32.const` or `i64.const`, as an address.
    private static func constant(_ range: ByteRange, of module: Module.Pointer, is64: Bool) -> UInt64? {
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
