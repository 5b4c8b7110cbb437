internal import MoteMemory
package import MoteModule
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
        for index in 0..<module.pointee.memories.count {
            if module.pointee.memories[checked: index]?.limits.is64 == true { allocator.is64 = true }
        }
        let address = allocator.is64 ? ValueType.i64 : .i32
        for position in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: position] else { break }
            guard export.kind == .function else { continue }
            let name = module.pointee.text(export.name)
            if name.isEqual(to: "malloc") {
                guard hasType(export.index, address, nil, address, in: module) else { continue }
                allocator.kind = .malloc
                allocator.mallocFunction = export.index
                allocator.retainFunction = .max
            } else if name.isEqual(to: "__new") {
                guard hasType(export.index, address, .i32, address, in: module) else { continue }
                allocator.retainFunction = retainFunction(of: module, address)
                let isUsable = allocator.retainFunction != .max
                allocator.kind = isUsable ? .assemblyScript : .none
                allocator.mallocFunction = isUsable ? export.index : .max
            } else if name.isEqual(to: "free") || name.isEqual(to: "__release") || name.isEqual(to: "__unpin")
            {
                guard hasType(export.index, address, nil, nil, in: module) else { continue }
                allocator.freeFunction = export.index
            }
        }
        return allocator
    }

    /// The first export that keeps what `__new` made.
    private static func retainFunction(of module: Module.Pointer, _ address: ValueType) -> UInt32 {
        for position in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: position] else { break }
            guard export.kind == .function else { continue }
            let name = module.pointee.text(export.name)
            if name.isEqual(to: "__retain") || name.isEqual(to: "__pin"),
                hasType(export.index, address, nil, address, in: module)
            {
                return export.index
            }
        }
        return .max
    }

    /// Whether a function of the module's own takes and gives exactly this; nil: nothing.
    @inline(never)
    private static func hasType(
        _ index: UInt32,
        _ first: ValueType,
        _ second: ValueType?,
        _ result: ValueType?,
        in module: Module.Pointer
    ) -> Bool {
        guard Int(index) >= module.pointee.importedFunctionCount,
            let type = module.pointee.functionType(of: index), type.pointee.kind == .function
        else { return false }
        let parameters = type.pointee.parameters
        let results = type.pointee.results
        return parameters.count == (second == nil ? 1 : 2) && parameters[checked: 0] == first
            && parameters[checked: 1] == second && results.count == (result == nil ? 0 : 1)
            && results[checked: 0] == result
    }
}
