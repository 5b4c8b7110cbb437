internal import CPlatform
package import MoteMemory
package import MoteModule

/// Decodes the binary format (spec 5.5) into a ``Module``: bytes in, tables and ranges out.
///
/// Function bodies are only measured; validation walks them. Counts come before allocations, so each table is
/// allocated once at its size, and none for a count that the bytes left could not hold.
///
/// Nothing here throws: the first thing that is wrong is kept, and ends what is left to read. What is read from then on
/// is zero, and what is made of it goes with the module. Functions are `mutating`, for others get a copy of the whole value.
package struct ModuleDecoder {
    let module: Module.Pointer
    let arena: Arena
    let registry: TypeRegistry.Pointer
    let features: FeatureSet
    var sections = SectionMap()
    /// The first byte of the module: offsets count from here.
    var base: UnsafePointer<UInt8>
    /// Where the next byte is read, and where reading must stop: in the section at hand.
    var offset = 0
    var end = 0
    /// The first thing that was wrong; below offset 0 while there is none.
    var failure = DecodeError(.unexpectedEnd, at: -1)
    /// Why memory was not to be had, where the failure is of kind `outOfMemory`.
    var memoryError: MemoryError?
    /// Of the type section.
    var sink = TypeSink()

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
            base: bytes
        )
        decoder.decodeModule()
        guard decoder.hasFailed else { return module }
        Module.destroy(module)
        let failure = decoder.failure
        if let memoryError = decoder.memoryError { throw .memory(memoryError) }
        if let feature = failure.unsupportedFeature {
            throw .unsupported(feature, byteOffset: failure.byteOffset)
        }
        throw .malformed(failure)
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

    private mutating func decodeModule() {
        guard module.pointee.sizeInBytes <= DecodeLimits.moduleSizeInBytes else {
            return exceed(.moduleSize, at: 0)
        }
        findSections()
        takeBytes()
        recordSections()
        decodeTypes()
        decodeImports()
        decodeFunctions()
        decodeTables()
        decodeMemories()
        decodeTags()
        allocateReferencedFunctions()
        decodeGlobals()
        decodeExports()
        decodeStart()
        decodeElements()
        decodeDataCount()
        decodeCode()
        decodeData()
        rankReferencedFunctions()
    }

    // MARK: - Helpers of all sections

    /// The count at the start of a section, within a limit together with `imported`; 0 for a section not there.
    @inline(never)
    mutating func entryCount(
        leastSize: Int,
        imported: Int = 0,
        atMost limit: Int,
        _ name: DecodeLimit
    ) -> Int {
        guard offset != 0 else { return 0 }
        let start = offset
        let count = count(leastSize: leastSize)
        guard imported &+ count <= limit else {
            exceed(name, at: start)
            return 0
        }
        return count
    }

    /// None once something was wrong.
    mutating func allocate<Element>(
        _ type: Element.Type,
        count: Int,
        site: AllocationSite,
        region: Region = .module
    ) -> Items<Element> {
        guard count > 0, !hasFailed else { return .empty }
        do throws(MemoryError) {
            return Items(
                base: try arena.allocate(type, count: count, region: region, site: site),
                count: count
            )
        } catch {
            fail(error)
            return .empty
        }
    }

    /// Records that the module makes use of a feature, and refuses it when it is off.
    @inline(never)
    mutating func use(_ feature: Feature, at byteOffset: Int) {
        guard features.contains(feature) else {
            return fail(.unsupportedFeature, at: byteOffset, detail: UInt32(feature.rawValue))
        }
        module.pointee.usedFeatures.insert(feature)
    }

    /// The same type with a canonical id for a type index.
    @inline(never)
    mutating func canonical(_ type: ValueType, at byteOffset: Int) -> ValueType {
        note(type)
        guard type.isReference, type.heapType.isConcrete else { return type }
        let index = type.heapType.rawValue
        guard let definition = module.pointee.types.pointer(at: Int(index)) else {
            fail(.unknownType, at: byteOffset, detail: index)
            return type
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
