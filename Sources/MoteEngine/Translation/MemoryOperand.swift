internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// What a load or store says of the memory it accesses (spec 5.4.6).
struct MemoryOperand {
    var memoryIndex: UInt32
    /// Below 2^32 for 32-bit memories: validation has checked it.
    var offset: UInt64
    var is64: Bool

    /// Memory 0 with 32-bit addresses: its base and size are at hand, so it has handlers of its own.
    ///
    /// Guarded ones only where the variant says so (``Translator/isGuarded``), which never has pages of another
    /// size. All other memories go through ``EffectiveAddress``.
    var isPlain: Bool { !Build.hasOtherMemories || memoryIndex == 0 && !is64 }
}

extension Translator {
    /// Reads the immediates of a load or store: alignment (a hint, forgotten), memory index, offset.
    @inline(never)
    mutating func memoryOperand() -> MemoryOperand {
        let flags = u32()
        let index = flags & 0x40 != 0 ? u32() : 0
        return MemoryOperand(memoryIndex: index, offset: reader.u64(), is64: isMemory64(index))
    }

    /// Whether a memory has 64-bit addresses.
    @inline(never)
    mutating func isMemory64(_ index: UInt32) -> Bool {
        Build.hasMemory64 && module.pointee.memories[checked: Int(index)]?.limits.is64 ?? false
    }

    /// Whether a table has 64-bit indices.
    @inline(never)
    mutating func isTable64(_ index: UInt32) -> Bool {
        module.pointee.tables[checked: Int(index)]?.limits.is64 ?? false
    }
}
