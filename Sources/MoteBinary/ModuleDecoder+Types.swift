internal import MoteMemory
internal import MoteModule

/// What a walk over the type section finds, or where it writes.
struct TypeSink {
    var candidates: UnsafeMutablePointer<TypeCandidate>?
    var values: UnsafeMutablePointer<ValueType>?
    var mutability: UnsafeMutablePointer<Bool>?
    /// Of the current group.
    var candidateCount = 0
    var valueCount = 0
    /// How many types the group announces.
    var groupCount = 1

    /// Bytes of the group's record; 0 where that is more than there can be.
    var groupSizeInBytes: Int { TypeGroup.sizeInBytes(count: candidateCount, valueCount: valueCount) ?? 0 }
}

extension ModuleDecoder {
    /// Decodes the types and makes them canonical, group by group.
    ///
    /// Two walks: the first counts, so that types are allocated once and scratch fits the largest group.
    mutating func decodeTypes() {
        guard enter(.type) else { return }
        let groupCount = entryCount(leastSize: 2, atMost: DecodeLimits.types, .types)
        let firstGroup = offset
        var typeCount = 0
        var largestCount = 0
        var largestValueCount = 0
        var expectedInBytes = 0
        var left = groupCount
        while takesOne(of: &left) {
            let start = offset
            sink = TypeSink()
            readGroup()
            typeCount &+= sink.candidateCount
            largestCount = max(largestCount, sink.candidateCount)
            largestValueCount = max(largestValueCount, sink.valueCount)
            // Safe: a sum of sizes below 2^41, at most as many as the limit below.
            expectedInBytes &+= sink.groupSizeInBytes
            if typeCount > DecodeLimits.types { exceed(.types, at: start) }
        }
        finish()

        let types = allocate(DefinedType.self, count: typeCount, site: .moduleTypes)
        let groups = allocate(TypeGroup.Pointer.self, count: groupCount, site: .moduleTypeGroups)
        let scratchSize =
            largestCount &* MemoryLayout<TypeCandidate>.stride
            &+ largestValueCount &* (MemoryLayout<ValueType>.stride &+ 1)
        guard let groupBase = groups.base, scratchSize > 0, let scratch = allocateScratch(scratchSize) else {
            return
        }
        defer { arena.freeGrowable(scratch) }
        let candidates = scratch.bindMemory(to: TypeCandidate.self, capacity: largestCount)
        let values = UnsafeMutableRawPointer(candidates + largestCount)
            .bindMemory(to: ValueType.self, capacity: largestValueCount)
        let mutability = UnsafeMutableRawPointer(values + largestValueCount)
            .bindMemory(to: Bool.self, capacity: largestValueCount)

        module.pointee.types = Items(base: types.base, count: 0)
        module.pointee.typeGroups = Items(base: groupBase, count: 0)
        offset = firstGroup
        for index in 0..<groupCount {
            sink = TypeSink(candidates: candidates, values: values, mutability: mutability)
            let start = offset
            readGroup()
            guard let group = intern(values, mutability, expectedInBytes: expectedInBytes) else { return }
            expectedInBytes &-= sink.groupSizeInBytes
            groupBase[index] = group  // Safe: `groupCount` long.
            module.pointee.typeGroups.count = index &+ 1
            append(group, at: start)
        }
    }

    private mutating func allocateScratch(_ sizeInBytes: Int) -> UnsafeMutableRawPointer? {
        guard !hasFailed else { return nil }
        do throws(MemoryError) {
            return try arena.allocateGrowable(sizeInBytes: sizeInBytes, region: .scratch, site: .typeScratch)
        } catch {
            fail(error)
            return nil
        }
    }

    /// The group at hand; nil once something was wrong.
    private mutating func intern(
        _ values: UnsafeMutablePointer<ValueType>,
        _ mutability: UnsafeMutablePointer<Bool>,
        expectedInBytes: Int
    ) -> TypeGroup.Pointer? {
        guard let candidates = sink.candidates, !hasFailed else { return nil }
        do throws(MemoryError) {
            return try TypeRegistry.intern(
                registry,
                candidates,
                count: sink.candidateCount,
                values: values,
                mutability: mutability,
                valueCount: sink.valueCount,
                expectedInBytes: expectedInBytes
            )
        } catch {
            fail(error)
            return nil
        }
    }

    /// Adds a group's types to the module's and checks their supertypes.
    private mutating func append(_ group: TypeGroup.Pointer, at byteOffset: Int) {
        guard let base = module.pointee.types.base else { return }
        let first = module.pointee.types.count
        let types = TypeGroup.types(group)
        // Safe: counted in the first walk.
        (base + first).initialize(from: types, count: group.pointee.count)
        module.pointee.types.count = first &+ group.pointee.count
        for position in 0..<group.pointee.count {
            let type = types + position
            guard type.pointee.supertypeID != .max else { continue }
            guard let supertype = TypeRegistry.type(registry, type.pointee.supertypeID),
                TypeMatching.isValidSubtype(type, of: supertype, registry)
            else {
                let index = UInt32(truncatingIfNeeded: first &+ position)
                return fail(.invalidSubtype, at: byteOffset, detail: index)
            }
            var depth = 0
            var ancestor = type.pointee.supertypeID
            while ancestor != .max, let next = TypeRegistry.type(registry, ancestor) {
                depth &+= 1
                if depth > DecodeLimits.supertypeDepth { return exceed(.supertypeDepth, at: byteOffset) }
                ancestor = next.pointee.supertypeID
            }
        }
    }

    /// A recursion group, or a single type.
    private mutating func readGroup() {
        guard peek == 0x4E else { return readSubtype() }
        use(.garbageCollection, at: offset)
        offset &+= 1
        let start = offset
        var left = count(leastSize: 2)
        if left > DecodeLimits.groupTypes { exceed(.groupTypes, at: start) }
        sink.groupCount = left
        while takesOne(of: &left) { readSubtype() }
    }

    @inline(never)
    private mutating func readSubtype() {
        let start = offset
        var form = readByte()
        var isFinal = true
        var supertype = UInt32.max
        if form == 0x50 || form == 0x4F {
            use(.garbageCollection, at: start)
            isFinal = form == 0x4F
            let position = offset
            let count = readU32()
            if count >= 2 { fail(.invalidSubtype, at: position, detail: count) }
            // A supertype stands before its subtype, in the group as well.
            if count == 1 { supertype = reference(to: readU32(), below: sink.candidateCount, at: position) }
            form = readByte()
        }
        let firstValue = sink.valueCount
        var parameterCount = 0
        var kind = CompositeKind.function
        switch form {
        case 0x60:
            parameterCount = readValues(atMost: DecodeLimits.parameters, .parameters)
            let resultStart = offset
            if readValues(atMost: DecodeLimits.results, .results) > 1 { use(.multiValue, at: resultStart) }
        case 0x5F:
            use(.garbageCollection, at: start)
            kind = .structure
            let position = offset
            var left = count(leastSize: 2)
            if left > DecodeLimits.fields { exceed(.fields, at: position) }
            while takesOne(of: &left) { readField() }
        case 0x5E:
            use(.garbageCollection, at: start)
            kind = .array
            readField()
        default: return fail(.malformedTypeForm, at: offset &- 1, detail: UInt32(form))
        }
        if let candidates = sink.candidates {
            // Safe: scratch was made for the largest group, as the first walk counted it.
            (candidates + sink.candidateCount).initialize(
                to: TypeCandidate(
                    kind: kind,
                    isFinal: isFinal,
                    supertype: supertype,
                    parameterCount: UInt32(truncatingIfNeeded: parameterCount),
                    firstValue: firstValue,
                    valueCount: sink.valueCount &- firstValue
                )
            )
        }
        sink.candidateCount &+= 1
    }

    private mutating func readValues(atMost limit: Int, _ name: DecodeLimit) -> Int {
        let start = offset
        let count = count()
        if count > limit { exceed(name, at: start) }
        var left = count
        while takesOne(of: &left) {
            let position = offset
            put(readValueType(), isMutable: false, at: position)
        }
        return count
    }

    private mutating func readField() {
        let position = offset
        let type: ValueType
        if peek == 0x78 || peek == 0x77 {
            type = ValueType(rawValue: UInt32(readByte()))
        } else {
            type = readValueType()
        }
        put(type, isMutable: readMutability(), at: position)
    }

    /// The byte behind a global's or field's type.
    @inline(never)
    mutating func readMutability() -> Bool {
        let byte = readByte()
        if byte >= 2 { fail(.malformedMutability, at: offset &- 1, detail: UInt32(byte)) }
        return byte == 1
    }

    @inline(never)
    private mutating func put(_ type: ValueType, isMutable: Bool, at byteOffset: Int) {
        guard !hasFailed else { return }
        var type = type
        if let values = sink.values, let mutability = sink.mutability {
            note(type)
            if type.isReference, type.heapType.isConcrete {
                let word = reference(to: type.heapType.rawValue, below: sink.groupCount, at: byteOffset)
                type = .reference(.concrete(word), isNullable: type.isNullable)
            }
            // Safe: scratch was made for the largest group, as the first walk counted it.
            values[sink.valueCount] = type
            mutability[sink.valueCount] = isMutable
        }
        sink.valueCount &+= 1
    }

    /// A type index as a canonical id, or as a reference to one of the first types of the current group.
    ///
    /// Nothing is known in the first walk.
    @inline(never)
    private mutating func reference(to index: UInt32, below count: Int, at byteOffset: Int) -> UInt32 {
        guard sink.candidates != nil else { return 0 }
        if let type = module.pointee.types.pointer(at: Int(index)) { return type.pointee.canonicalID }
        let position = Int(index) &- module.pointee.types.count
        if position >= count { fail(.unknownType, at: byteOffset, detail: index) }
        return TypeReference.inGroup(UInt32(truncatingIfNeeded: position))
    }
}
