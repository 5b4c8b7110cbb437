extension MemoryReport {
    /// The report as one line of JSON.
    ///
    /// Keys stay as they are; new ones may come. Sizes are in bytes; what is not known is null; ranges are
    /// `[first address, address behind the last]`.
    ///
    /// ```
    /// regions      {REGION: {current, peak}}                     what owners asked for, by region
    /// owners       [{kind, identity, current, peak, regions}]    the same by owner
    /// total        {current, peak}
    /// overhead     headers, and what arenas hold in store
    /// pool         {size, free, peak, largestFree}               only with a pool
    /// memories     [{instance, index, importedBy, pageSize, declaredPages, declaredMaximumPages, pages, maximumPages,
    ///                size, reserved, backing, bounds, is64, isShared, isFallback, isTruncated,
    ///                parts: [{part, range}], data,
    ///                auxiliaryStack: {range, size, source, peak, isChecked},
    ///                appHeap: {range, size, used, peak, blocks, largestFree, metadata},
    ///                libcHeap: {range, size, limit, allocator},
    ///                touched: {pageSize, offset, pages, size, isExact, runs: [[first page, page behind the last]]}}]
    /// stacks       [{environment, store, instance, size, current, peak}]
    /// modules      [{identity, name, size, isCopied, bodies, functions, translatedFunctions, translatedBodies, code,
    ///                codePerByte}]
    /// instances    [{identity, module, store}]
    /// gcHeaps      [{store, size, limit, live, collections}]
    /// sharedHeaps  [{size, used, peak, instances}]
    /// ```
    public var json: String {
        var entries: [(String, JSON)] = [
            ("regions", Self.json(regions)),
            (
                "owners",
                .array(
                    owners.map { owner in
                        .object([
                            ("kind", .string(owner.kind)),
                            ("identity", .number(owner.identity)),
                            ("current", .number(owner.current)),
                            ("peak", .number(owner.peak)),
                            ("regions", Self.json(owner.regions)),
                        ])
                    }
                )
            ),
            ("total", .object([("current", .number(current)), ("peak", .number(peak))])),
            ("overhead", .number(overhead)),
        ]
        if let pool {
            entries.append(
                (
                    "pool",
                    .object([
                        ("size", .number(pool.size)),
                        ("free", .number(pool.free)),
                        ("peak", .number(pool.peak)),
                        ("largestFree", .number(pool.largestFree)),
                    ])
                )
            )
        }
        entries += [
            ("memories", .array(memories.map(\.json))),
            ("stacks", .array(stacks.map(\.json))),
            ("modules", .array(modules.map(\.json))),
            ("instances", .array(instances.map(\.json))),
            ("gcHeaps", .array(collectedHeaps.map(\.json))),
            ("sharedHeaps", .array(sharedHeaps.map(\.json))),
        ]
        return JSON.object(entries).text
    }

    private static func json(_ usages: [Usage]) -> JSON {
        .object(
            usages.map {
                (
                    $0.region.rawValue,
                    .object([("current", .number($0.current)), ("peak", .number($0.peak))])
                )
            }
        )
    }
}

extension MemoryReport.LinearMemory {
    var json: JSON {
        .object([
            ("instance", .number(instance)),
            ("index", .number(index)),
            ("importedBy", .array(importedBy.map { .number($0) })),
            ("pageSize", .number(pageSize)),
            ("declaredPages", .unsigned(declaredPages)),
            ("declaredMaximumPages", .unsigned(declaredMaximumPages)),
            ("pages", .unsigned(pages)),
            ("maximumPages", .unsigned(maximumPages)),
            ("size", .number(size)),
            ("reserved", .number(reserved)),
            ("backing", .string(backing.rawValue)),
            ("bounds", .string(bounds.rawValue)),
            ("is64", .boolean(is64)),
            ("isShared", .boolean(isShared)),
            ("isFallback", .boolean(isFallback)),
            ("isTruncated", .boolean(isTruncated)),
            (
                "parts",
                .array(
                    parts.map { .object([("part", .string($0.part.rawValue)), ("range", .range($0.range))]) }
                )
            ),
            ("data", .range(data)),
            ("auxiliaryStack", auxiliaryStack?.json ?? .null),
            ("appHeap", appHeap?.json ?? .null),
            ("libcHeap", libcHeap?.json ?? .null),
            ("touched", touched?.json ?? .null),
        ])
    }
}

extension MemoryReport.AuxiliaryStack {
    fileprivate var json: JSON {
        .object([
            ("range", .range(range)),
            ("size", .number(range.byteCount)),
            ("source", .string(source)),
            ("peak", .number(peak)),
            ("isChecked", .boolean(isChecked)),
        ])
    }
}

extension MemoryReport.AppHeap {
    fileprivate var json: JSON {
        .object([
            ("range", .range(range)),
            ("size", .number(range.byteCount)),
            ("used", .number(used)),
            ("peak", .number(peak)),
            ("blocks", .number(blocks)),
            ("largestFree", .number(largestFree)),
            ("metadata", .number(metadata)),
        ])
    }
}

extension MemoryReport.LibcHeap {
    fileprivate var json: JSON {
        .object([
            ("range", .range(range)),
            ("size", .number(range.byteCount)),
            ("limit", .unsigned(limit)),
            ("allocator", .string(allocator)),
        ])
    }
}

extension MemoryReport.TouchedPages {
    fileprivate var json: JSON {
        .object([
            ("pageSize", .number(pageSize)),
            ("offset", .number(offset)),
            ("pages", .number(count)),
            ("size", .number(bytes)),
            ("isExact", .boolean(isExact)),
            ("runs", .array(runs.map { .array([.number($0.lowerBound), .number($0.upperBound)]) })),
        ])
    }
}

extension MemoryReport.OperandStack {
    fileprivate var json: JSON {
        .object([
            ("environment", .number(environment)),
            ("store", .number(store)),
            ("instance", .number(instance)),
            ("size", .number(size)),
            ("current", .number(current)),
            ("peak", .number(peak)),
        ])
    }
}

extension MemoryReport.LoadedModule {
    fileprivate var json: JSON {
        .object([
            ("identity", .number(identity)),
            ("name", .string(name)),
            ("size", .number(size)),
            ("isCopied", .boolean(isCopied)),
            ("bodies", .number(bodies)),
            ("functions", .number(functions)),
            ("translatedFunctions", .number(translatedFunctions)),
            ("translatedBodies", .number(translatedBodies)),
            ("code", .number(code)),
            ("codePerByte", codePerByte.map { .real(($0 * 100).rounded() / 100) } ?? .null),
        ])
    }
}

extension MemoryReport.LiveInstance {
    fileprivate var json: JSON {
        .object([
            ("identity", .number(identity)),
            ("module", .number(module)),
            ("store", .number(store)),
        ])
    }
}

extension MemoryReport.CollectedHeap {
    fileprivate var json: JSON {
        .object([
            ("store", .number(store)),
            ("size", .number(size)),
            ("limit", .number(limit)),
            ("live", .number(live)),
            ("collections", .number(collections)),
        ])
    }
}

extension MemoryReport.SharedHeap {
    fileprivate var json: JSON {
        .object([
            ("size", .number(size)),
            ("used", .number(used)),
            ("peak", .number(peak)),
            ("instances", .array(instances.map { .number($0) })),
        ])
    }
}
