internal import MoteMemory

/// Whether memory 0 ends at `__heap_base` instead of at its declared pages.
///
/// Only for modules that tell where that is, and in which no function asks for the memory's size or grows it. Page counts
/// stay the declared ones; bytes beyond the end are out of bounds until the host grows the memory.
public enum Truncation: Sendable, CaseIterable {
    /// Where the bytes come from a pool or from the caller, and the module has a stack pointer; elsewhere untouched
    /// pages cost nothing.
    case automatic
    /// Wherever it is possible.
    case always
    /// Nowhere: linear memory is as the specification says.
    case never
}

/// Where the app heap lies in linear memory.
public enum AppHeapPlacement: Sendable, CaseIterable {
    /// Behind the declared memory, where no code of the guest expects anything of its own.
    case append
    /// WAMR's rule: at `__heap_base` where that is known and the memory can grow.
    ///
    /// A libc heap that the linker put there overlaps it.
    case atHeapBase
}

/// Which heap the host's malloc and free use.
public enum GuestHeapChoice: Sendable, CaseIterable {
    /// The guest's own allocator where it exports one, the app heap otherwise.
    case automatic
    /// The app heap, even if the guest exports an allocator.
    case app
    /// The guest's own allocator, or none.
    case libc
    /// None: there is no app heap either.
    case none
}

extension Truncation {
    var engineTruncation: EngineTruncation {
        switch self {
        case .automatic: .automatic
        case .always: .always
        case .never: .never
        }
    }
}

extension AppHeapPlacement {
    var enginePlacement: EngineAppHeapPlacement {
        switch self {
        case .append: .append
        case .atHeapBase: .atHeapBase
        }
    }
}

extension GuestHeapChoice {
    var engineChoice: EngineGuestHeap {
        switch self {
        case .automatic: .automatic
        case .app: .app
        case .libc: .libc
        case .none: .none
        }
    }
}
