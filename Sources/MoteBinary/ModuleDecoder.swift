internal import CPlatform
package import MoteMemory
package import MoteModule

/// Decodes the binary format (spec 5.5) into a ``Module``: bytes in, tables and ranges out.
///
/// Function bodies are only measured; validation walks them. Counts come before allocations, so each table is
/// allocated once at its size, and none for a count that the bytes left could not hold.
package struct ModuleDecoder {
    let module: Module.Pointer
    let arena: Arena
    let registry: TypeRegistry.Pointer
    let features: FeatureSet
    var sections: SectionMap
    /// Why memory was not to be had, once an error of kind `outOfMemory` was thrown.
    var memoryError: MemoryError?

    /// A module from bytes.
    ///
    /// Borrowed bytes must stay unchanged until the module is destroyed, copied and freeable ones until this
    /// returns. A freeable module keeps everything up to the last section that is not custom, and the name section;
    /// other custom sections are gone. The module's arena is made in `heap`; ``Module/destroy(_:)`` gives it back.
    /// When this throws, everything was given back.
    package static func decode(
        _ bytes: UnsafePointer<UInt8>,
        sizeInBytes: Int,
        ownership: ModuleBytesOwnership,
        heap: GlobalHeap.Pointer,
        registry: TypeRegistry.Pointer,
        features: FeatureSet
    ) throws(LoadFailure) -> Module.Pointer {
        let module: Module.Pointer
        do throws(MemoryError) {
            module = try makeModule(bytes, sizeInBytes: sizeInBytes, ownership: ownership, heap: heap)
        } catch {
            throw .memory(error)
        }
        module.pointee.typeRegistry = registry
        var decoder = ModuleDecoder(
            module: module,
            arena: module.pointee.arena,
            registry: registry,
            features: features,
            sections: SectionMap(),
            memoryError: nil
        )
        do throws(DecodeError) {
            try decoder.decodeModule()
        } catch {
            Module.destroy(module)
            if let memoryError = decoder.memoryError { throw .memory(memoryError) }
            if let feature = error.unsupportedFeature {
                throw .unsupported(feature, byteOffset: error.byteOffset)
            }
            throw .malformed(error)
        }
        return module
    }

    private static func makeModule(
        _ bytes: UnsafePointer<UInt8>,
        sizeInBytes: Int,
        ownership: ModuleBytesOwnership,
        heap: GlobalHeap.Pointer
    ) throws(MemoryError) -> Module.Pointer {
        let arena = try Arena.create(in: heap, owner: .module)
        do {
            let module = try arena.allocate(Module.self, count: 1, region: .module, site: .moduleRecord)
            module.initialize(
                to: Module(arena: arena, bytes: bytes, sizeInBytes: sizeInBytes, ownership: ownership)
            )
            return module
        } catch {
            arena.destroy()
            throw error
        }
    }

    private mutating func decodeModule() throws(DecodeError) {
        guard module.pointee.sizeInBytes <= DecodeLimits.moduleSizeInBytes else {
            throw limitExceeded(.moduleSize, at: 0)
        }
        try findSections()
        try takeBytes()
        try recordSections()
        try decodeTypes()
        try decodeImports()
        try decodeFunctions()
        try decodeTables()
        try decodeMemories()
        try decodeTags()
        try allocateReferencedFunctions()
        try decodeGlobals()
        try decodeExports()
        try decodeStart()
        try decodeElements()
        try decodeDataCount()
        try decodeCode()
        try decodeData()
        rankReferencedFunctions()
    }

    // MARK: - Helpers of all sections

    /// A reader of a section's contents; empty when the module has no such section.
    func reader(of section: SectionID) -> ByteReader {
        ByteReader(base: module.pointee.bytes, range: sections[section])
    }

    /// Ends a section: all its bytes must have been read.
    func finish(_ reader: ByteReader) throws(DecodeError) {
        guard reader.isAtEnd else { throw reader.error(.sectionSizeMismatch) }
    }

    func limitExceeded(_ limit: DecodeLimit, at byteOffset: Int) -> DecodeError {
        DecodeError(.limitExceeded, at: byteOffset, detail: limit.rawValue)
    }

    /// The count at the start of a section, within a limit together with `imported`; 0 for a section not there.
    func entryCount(
        _ reader: inout ByteReader,
        leastSize: Int,
        imported: Int = 0,
        atMost limit: Int,
        _ name: DecodeLimit
    ) throws(DecodeError) -> Int {
        guard !reader.isAtEnd || reader.offset != 0 else { return 0 }
        let start = reader.offset
        let count = try reader.count(leastSize: leastSize)
        guard imported &+ count <= limit else { throw limitExceeded(name, at: start) }
        return count
    }

    mutating func allocate<Element>(
        _ type: Element.Type,
        count: Int,
        site: AllocationSite,
        region: Region = .module
    ) throws(DecodeError) -> Items<Element> {
        guard count > 0 else { return .empty }
        do throws(MemoryError) {
            return Items(
                base: try arena.allocate(type, count: count, region: region, site: site),
                count: count
            )
        } catch {
            memoryError = error
            throw DecodeError(.outOfMemory, at: 0)
        }
    }

    /// Records that the module makes use of a feature, and refuses it when it is off.
    func use(_ feature: Feature, at byteOffset: Int) throws(DecodeError) {
        guard features.contains(feature) else {
            throw DecodeError(.unsupportedFeature, at: byteOffset, detail: UInt32(feature.rawValue))
        }
        module.pointee.usedFeatures.insert(feature)
    }

    /// The same type with a canonical id for a type index.
    func canonical(_ type: ValueType, at byteOffset: Int) throws(DecodeError) -> ValueType {
        note(type)
        guard type.isReference, type.heapType.isConcrete else { return type }
        let index = type.heapType.rawValue
        guard let definition = module.pointee.types.pointer(at: Int(index)) else {
            throw DecodeError(.unknownType, at: byteOffset, detail: index)
        }
        return .reference(.concrete(definition.pointee.canonicalID), isNullable: type.isNullable)
    }

    /// Records the feature that a type came with.
    func note(_ type: ValueType) {
        if type == .v128 {
            module.pointee.usedFeatures.insert(.simd)
        } else if type.isReference {
            module.pointee.usedFeatures.insert(.referenceTypes)
            if type.heapType.isConcrete || !type.isNullable {
                module.pointee.usedFeatures.insert(.typedFunctionReferences)
            }
            switch type.heapType {
            case .function, .external: break
            case .exception, .noException: module.pointee.usedFeatures.insert(.exceptions)
            default:
                if !type.heapType.isConcrete { module.pointee.usedFeatures.insert(.garbageCollection) }
            }
        }
    }
}
