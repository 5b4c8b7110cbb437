package import CPlatform
package import MoteModule

/// Something that can be imported and exported (spec 4.2.10, "External Instances").
package enum ExternalValue {
    case function(UnsafeMutablePointer<MoteFunction>)
    case table(UnsafeMutablePointer<MoteTable>)
    case memory(UnsafeMutablePointer<MoteMemory>)
    case global(GlobalCell)
    case tag(UnsafeMutablePointer<MoteTag>)
    /// As an import only: a function that traps with ``TrapCode/unlinkedFunction`` when it is called.
    case unlinkedFunction

    package var kind: ExternalKind {
        switch self {
        case .function, .unlinkedFunction: .function
        case .table: .table
        case .memory: .memory
        case .global: .global
        case .tag: .tag
        }
    }
}

/// Where a global's value lies, and what it is.
package struct GlobalCell {
    /// One slot, or two for v128; lives as long as its owner.
    package var slots: UnsafeMutablePointer<UInt64>
    /// With canonical type ids.
    package var type: GlobalType
    /// The instance that made it; null when it was made by the host.
    package var owner: UnsafeMutablePointer<MoteInstance>?

    package init(
        slots: UnsafeMutablePointer<UInt64>,
        type: GlobalType,
        owner: UnsafeMutablePointer<MoteInstance>?
    ) {
        self.slots = slots
        self.type = type
        self.owner = owner
    }
}

/// One import while it is being resolved.
package struct ImportRequest {
    package var module: Module.Pointer
    package var declaration: ImportDeclaration
    /// Position among the module's imports.
    package var importIndex: Int

    /// The bytes of the module name, UTF-8.
    package var moduleName: UnsafeBufferPointer<UInt8> { module.pointee.text(declaration.moduleName) }
    /// The bytes of the name, UTF-8.
    package var name: UnsafeBufferPointer<UInt8> { module.pointee.text(declaration.name) }
    /// The declared type of a tag import: its parameters are what exceptions carry.
    package var tagType: UnsafeMutablePointer<DefinedType>? {
        declaration.kind == .tag ? module.tagType(of: declaration.index) : nil
    }
    /// The declared type of a function import.
    package var functionType: UnsafeMutablePointer<DefinedType>? {
        declaration.kind == .function ? module.functionType(of: declaration.index) : nil
    }
}

extension Module {
    /// The bytes of a range, or none where it does not lie in the module.
    package func text(_ range: ByteRange) -> UnsafeBufferPointer<UInt8> {
        let start = Int(range.offset)
        let size = Int(range.sizeInBytes)
        // Safe: both are below 2^32.
        guard start &+ size <= sizeInBytes else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: bytes + start, count: size)
    }
}
