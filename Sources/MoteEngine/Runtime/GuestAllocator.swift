internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The functions of a module that are its own allocator, found by name and exact type.
///
/// Only functions that the module defines. LLVM wraps exported functions of commands (`_start`) with constructors and
/// destructors: those are found too, and calling them runs both each time.
package struct GuestAllocator: Equatable, Sendable {
    /// Which pair it is.
    package enum Kind: UInt8, Sendable {
        case none
        /// `malloc` and a function that frees.
        case malloc
        /// AssemblyScript's `__new`, whose result ``retainFunction`` keeps, and a function that lets it go.
        case assemblyScript
    }

    package var kind = Kind.none
    /// Addresses and sizes are i64.
    package var is64 = false
    /// Function index, `.max` where there is none: (size) -> address, or for AssemblyScript (size, class) -> address.
    package var mallocFunction: UInt32 = .max
    /// (address) -> ().
    package var freeFunction: UInt32 = .max
    /// AssemblyScript's `__retain` or `__pin`: (address) -> address.
    package var retainFunction: UInt32 = .max

    package init() {}

    /// Whether the guest has a heap that the host can use: something allocates and something frees.
    package var isPresent: Bool { kind != .none && freeFunction != .max }
}

extension ModuleState {
    /// The allocator that a module exports; of several exports that would do, the last one.
    static func detectAllocator(of module: Module.Pointer) -> GuestAllocator {
        var allocator = GuestAllocator()
        var index = 0
        while let memory = module.pointee.memories.pointer(at: index) {
            if memory.pointee.limits.is64 { allocator.is64 = true }
            index &+= 1
        }
        let search = AllocatorSearch(module: module, address: allocator.is64 ? .i64 : .i32)
        let malloc = search.function("malloc", givesAddress: true)
        let new = search.function("__new", takesClass: true, givesAddress: true)
        if let new, malloc.map({ $0 < new }) ?? true {
            // The first export that keeps what `__new` made.
            let retain = search.function("__retain", givesAddress: true)
            let pin = search.function("__pin", givesAddress: true)
            if let keeper = retain.map({ first in pin.map { min(first, $0) } ?? first }) ?? pin {
                allocator.kind = .assemblyScript
                allocator.mallocFunction = new.pointee.index
                allocator.retainFunction = keeper.pointee.index
            }
        } else if let malloc {
            allocator.kind = .malloc
            allocator.mallocFunction = malloc.pointee.index
        }
        var last = search.function("free", givesAddress: false)
        last = AllocatorSearch.later(last, search.function("__release", givesAddress: false))
        last = AllocatorSearch.later(last, search.function("__unpin", givesAddress: false))
        if let last { allocator.freeFunction = last.pointee.index }
        return allocator
    }
}

/// Looks for the functions of an allocator among a module's exports, which lie in the order of the module.
private struct AllocatorSearch {
    let module: Module.Pointer
    let address: ValueType

    typealias Export = UnsafeMutablePointer<ExportDeclaration>

    static func later(_ one: Export?, _ other: Export?) -> Export? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }

    /// An exported function of the module's own that takes and gives exactly this, or nil.
    @inline(never)
    func function(_ name: StaticString, takesClass: Bool = false, givesAddress: Bool) -> Export? {
        guard let export = ModuleState.export(name, .function, of: module),
            Int(export.pointee.index) >= module.pointee.importedFunctionCount,
            let type = module.functionType(of: export.pointee.index), type.pointee.kind == .function,
            type.pointee.parameters.count == (takesClass ? 2 : 1),
            type.pointee.parameters.pointer(at: 0)?.pointee == address,
            !takesClass || type.pointee.parameters.pointer(at: 1)?.pointee == .i32,
            type.pointee.results.count == (givesAddress ? 1 : 0),
            !givesAddress || type.pointee.results.pointer(at: 0)?.pointee == address
        else { return nil }
        return export
    }
}
