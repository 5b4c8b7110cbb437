internal import MoteMemory
internal import MoteModule

/// What a walk over the type section finds, or where it writes.
private struct TypeSink {
    var candidates: UnsafeMutablePointer<TypeCandidate>?
    var values: UnsafeMutablePointer<ValueType>?
    var mutability: UnsafeMutablePointer<Bool>?
    /// Of the current group.
    var candidateCount = 0
    var valueCount = 0
}

extension ModuleDecoder {
    /// Decodes the types and makes them canonical, group by group.
    ///
    /// Two walks: the first counts, so that types are allocated once and scratch fits the largest group.
    mutating func decodeTypes() throws(DecodeError) {
        guard sections.isPresent(.type) else { return }
        var reader = reader(of: .type)
        let groupCount = try entryCount(&reader, leastSize: 2, atMost: DecodeLimits.types, .types)
        let firstGroup = reader
        var typeCount = 0
        var largestCount = 0
        var largestValueCount = 0
        var expectedInBytes = 0
        for _ in 0..<groupCount {
            let start = reader.offset
            var sink = TypeSink()
            try readGroup(&reader, &sink)
            typeCount &+= sink.candidateCount
            largestCount = max(largestCount, sink.candidateCount)
            largestValueCount = max(largestValueCount, sink.valueCount)
            // Safe: a sum of sizes below 2^41, at most as many as the limit below.
            expectedInBytes &+= groupSize(sink)
            guard typeCount <= DecodeLimits.types else { throw limitExceeded(.types, at: start) }
        }
        try finish(reader)

        let types = try allocate(DefinedType.self, count: typeCount, site: .moduleTypes)
        let groups = try allocate(TypeGroup.Pointer.self, count: groupCount, site: .moduleTypeGroups)
        let scratchSize =
            largestCount &* MemoryLayout<TypeCandidate>.stride
            &+ largestValueCount &* (MemoryLayout<ValueType>.stride &+ 1)
        guard let groupBase = groups.base, scratchSize > 0 else { return }
        let scratch = try allocateScratch(scratchSize)
        defer { arena.freeGrowable(scratch) }
        let candidates = scratch.bindMemory(to: TypeCandidate.self, capacity: largestCount)
        let values = UnsafeMutableRawPointer(candidates + largestCount)
            .bindMemory(to: ValueType.self, capacity: largestValueCount)
        let mutability = UnsafeMutableRawPointer(values + largestValueCount)
            .bindMemory(to: Bool.self, capacity: largestValueCount)

        module.pointee.types = Items(base: types.base, count: 0)
        module.pointee.typeGroups = Items(base: groupBase, count: 0)
        reader = firstGroup
        for index in 0..<groupCount {
            var sink = TypeSink(candidates: candidates, values: values, mutability: mutability)
            let start = reader.offset
            try readGroup(&reader, &sink)
            let group = try intern(sink, expectedInBytes: expectedInBytes)
            expectedInBytes &-= groupSize(sink)
            groupBase[index] = group  // Safe: `groupCount` long.
            module.pointee.typeGroups.count = index &+ 1
            try append(group, at: start)
        }
    }

    private mutating func allocateScratch(_ sizeInBytes: Int) throws(DecodeError) -> UnsafeMutableRawPointer {
        do throws(MemoryError) {
            return try arena.allocateGrowable(sizeInBytes: sizeInBytes, region: .scratch, site: .typeScratch)
        } catch {
            memoryError = error
            throw DecodeError(.outOfMemory, at: 0)
        }
    }

    private func groupSize(_ sink: TypeSink) -> Int {
        TypeGroup.sizeInBytes(count: sink.candidateCount, valueCount: sink.valueCount) ?? 0
    }

    private mutating func intern(
        _ sink: TypeSink,
        expectedInBytes: Int
    ) throws(DecodeError) -> TypeGroup.Pointer {
        guard let candidates = sink.candidates, let values = sink.values, let mutability = sink.mutability
        else {
            throw DecodeError(.outOfMemory, at: 0)
        }
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
            memoryError = error
            throw DecodeError(.outOfMemory, at: 0)
        }
    }

    /// Adds a group's types to the module's and checks their supertypes.
    private func append(_ group: TypeGroup.Pointer, at byteOffset: Int) throws(DecodeError) {
        guard let base = module.pointee.types.base else { return }
        let first = module.pointee.types.count
        let types = TypeGroup.types(group)
        for position in 0..<group.pointee.count {
            (base + first + position).initialize(to: types[position])  // Safe: counted in the first walk.
        }
        module.pointee.types.count = first &+ group.pointee.count
        for position in 0..<group.pointee.count {
            let type = types + position
            guard type.pointee.supertypeID != .max else { continue }
            guard let supertype = TypeRegistry.type(registry, type.pointee.supertypeID),
                TypeMatching.isValidSubtype(type, of: supertype, registry)
            else {
                throw DecodeError(
                    .invalidSubtype,
                    at: byteOffset,
                    detail: UInt32(truncatingIfNeeded: first &+ position)
                )
            }
            var depth = 0
            var ancestor = type.pointee.supertypeID
            while ancestor != .max, let next = TypeRegistry.type(registry, ancestor) {
                depth &+= 1
                guard depth <= DecodeLimits.supertypeDepth else {
                    throw limitExceeded(.supertypeDepth, at: byteOffset)
                }
                ancestor = next.pointee.supertypeID
            }
        }
    }

    /// A recursion group, or a single type.
    private func readGroup(_ reader: inout ByteReader, _ sink: inout TypeSink) throws(DecodeError) {
        guard reader.peek == 0x4E else { return try readSubtype(&reader, &sink, groupCount: 1) }
        try use(.garbageCollection, at: reader.offset)
        reader.offset &+= 1
        let start = reader.offset
        let count = try reader.count(leastSize: 2)
        guard count <= DecodeLimits.groupTypes else { throw limitExceeded(.groupTypes, at: start) }
        for _ in 0..<count { try readSubtype(&reader, &sink, groupCount: count) }
    }

    private func readSubtype(
        _ reader: inout ByteReader,
        _ sink: inout TypeSink,
        groupCount: Int
    ) throws(DecodeError) {
        let start = reader.offset
        var form = try reader.u8()
        var isFinal = true
        var supertype = UInt32.max
        if form == 0x50 || form == 0x4F {
            try use(.garbageCollection, at: start)
            isFinal = form == 0x4F
            let position = reader.offset
            let count = try reader.u32LEB()
            guard count < 2 else { throw DecodeError(.invalidSubtype, at: position, detail: count) }
            if count == 1 {
                let index = try reader.u32LEB()
                // A supertype stands before its subtype, in the group as well.
                supertype = try reference(
                    to: index,
                    sink,
                    groupCount: sink.candidateCount,
                    at: position
                )
            }
            form = try reader.u8()
        }
        let firstValue = sink.valueCount
        var parameterCount = 0
        let kind: CompositeKind
        switch form {
        case 0x60:
            kind = .function
            parameterCount = try readValues(
                &reader,
                &sink,
                groupCount,
                atMost: DecodeLimits.parameters,
                .parameters
            )
            let resultStart = reader.offset
            let resultCount = try readValues(
                &reader,
                &sink,
                groupCount,
                atMost: DecodeLimits.results,
                .results
            )
            if resultCount > 1 { try use(.multiValue, at: resultStart) }
        case 0x5F:
            try use(.garbageCollection, at: start)
            kind = .structure
            let position = reader.offset
            let count = try reader.count(leastSize: 2)
            guard count <= DecodeLimits.fields else { throw limitExceeded(.fields, at: position) }
            for _ in 0..<count { try readField(&reader, &sink, groupCount) }
        case 0x5E:
            try use(.garbageCollection, at: start)
            kind = .array
            try readField(&reader, &sink, groupCount)
        default: throw DecodeError(.malformedTypeForm, at: reader.offset &- 1, detail: UInt32(form))
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

    private func readValues(
        _ reader: inout ByteReader,
        _ sink: inout TypeSink,
        _ groupCount: Int,
        atMost limit: Int,
        _ name: DecodeLimit
    ) throws(DecodeError) -> Int {
        let start = reader.offset
        let count = try reader.count()
        guard count <= limit else { throw limitExceeded(name, at: start) }
        for _ in 0..<count {
            let position = reader.offset
            let type = try reader.valueType(features: features)
            try put(type, isMutable: false, &sink, groupCount, at: position)
        }
        return count
    }

    private func readField(
        _ reader: inout ByteReader,
        _ sink: inout TypeSink,
        _ groupCount: Int
    ) throws(DecodeError) {
        let position = reader.offset
        let type: ValueType
        if let byte = reader.peek, byte == 0x78 || byte == 0x77 {
            reader.offset &+= 1
            type = ValueType(rawValue: UInt32(byte))
        } else {
            type = try reader.valueType(features: features)
        }
        let isMutable = try readMutability(&reader)
        try put(type, isMutable: isMutable, &sink, groupCount, at: position)
    }

    /// The byte behind a global's or field's type.
    func readMutability(_ reader: inout ByteReader) throws(DecodeError) -> Bool {
        let byte = try reader.u8()
        guard byte < 2 else {
            throw DecodeError(.malformedMutability, at: reader.offset &- 1, detail: UInt32(byte))
        }
        return byte == 1
    }

    private func put(
        _ type: ValueType,
        isMutable: Bool,
        _ sink: inout TypeSink,
        _ groupCount: Int,
        at byteOffset: Int
    ) throws(DecodeError) {
        var type = type
        if let values = sink.values, let mutability = sink.mutability {
            note(type)
            if type.isReference, type.heapType.isConcrete {
                let word = try reference(
                    to: type.heapType.rawValue,
                    sink,
                    groupCount: groupCount,
                    at: byteOffset
                )
                type = .reference(.concrete(word), isNullable: type.isNullable)
            }
            // Safe: scratch was made for the largest group, as the first walk counted it.
            values[sink.valueCount] = type
            mutability[sink.valueCount] = isMutable
        }
        sink.valueCount &+= 1
    }

    /// A type index as a canonical id, or as a reference into the current group.
    ///
    /// Nothing is known in the first walk.
    private func reference(
        to index: UInt32,
        _ sink: TypeSink,
        groupCount: Int,
        at byteOffset: Int
    ) throws(DecodeError) -> UInt32 {
        guard sink.candidates != nil else { return 0 }
        if let type = module.pointee.types.pointer(at: Int(index)) { return type.pointee.canonicalID }
        let position = Int(index) &- module.pointee.types.count
        guard position < groupCount else { throw DecodeError(.unknownType, at: byteOffset, detail: index) }
        return TypeReference.inGroup(UInt32(truncatingIfNeeded: position))
    }
}
