/// What this build has: everything, unless it was made with `MOTE_WITHOUT`.
///
/// Constants, so that code behind those that are false is not in the program. Rooms ask them where a part begins (a
/// family of instructions, a section, a kind of entity), not all along its ways.
package enum Build {
    /// Vector instructions, relaxed ones among them, and their type.
    @inlinable package static var hasVectors: Bool {
        #if MOTE_WITHOUT_SIMD
        false
        #else
        true
        #endif
    }

    /// Structs, arrays and small integers as references, with subtypes and casts.
    @inlinable package static var hasGarbageCollection: Bool {
        #if MOTE_WITHOUT_GC
        false
        #else
        true
        #endif
    }

    /// Tags, throwing and catching, also as it was before WebAssembly 3.0.
    @inlinable package static var hasExceptions: Bool {
        #if MOTE_WITHOUT_EXCEPTIONS
        false
        #else
        true
        #endif
    }

    /// Shared memories and atomic instructions.
    @inlinable package static var hasThreads: Bool {
        #if MOTE_WITHOUT_THREADS
        false
        #else
        true
        #endif
    }

    /// Memories and tables with 64-bit addresses.
    @inlinable package static var hasMemory64: Bool {
        #if MOTE_WITHOUT_MEMORY64
        false
        #else
        true
        #endif
    }

    /// Several memories.
    @inlinable package static var hasMultiMemory: Bool {
        #if MOTE_WITHOUT_MULTI_MEMORY
        false
        #else
        true
        #endif
    }

    /// Memories whose pages are single bytes.
    @inlinable package static var hasCustomPageSizes: Bool {
        #if MOTE_WITHOUT_CUSTOM_PAGE_SIZES
        false
        #else
        true
        #endif
    }

    /// 128-bit sums and products.
    @inlinable package static var hasWideArithmetic: Bool {
        #if MOTE_WITHOUT_WIDE_ARITHMETIC
        false
        #else
        true
        #endif
    }

    /// The functions of WASI that C hosts get without asking.
    @inlinable package static var hasWASI: Bool {
        #if MOTE_WITHOUT_WASI
        false
        #else
        true
        #endif
    }

    /// Heaps that several instances see.
    @inlinable package static var hasSharedHeaps: Bool {
        #if MOTE_WITHOUT_SHARED_HEAP
        false
        #else
        true
        #endif
    }

    /// The functions of libc-builtin that C hosts get without asking.
    @inlinable package static var hasLibc: Bool {
        #if MOTE_WITHOUT_LIBC
        false
        #else
        true
        #endif
    }

    /// What lies on a store's garbage-collected heap: structs and arrays, and exceptions.
    @inlinable package static var hasObjects: Bool { hasGarbageCollection || hasExceptions }
    /// Memories other than one with 32-bit addresses.
    @inlinable package static var hasOtherMemories: Bool { hasMemory64 || hasMultiMemory }
}
