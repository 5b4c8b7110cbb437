internal import Mote

extension InspectCommand {
    /// What `inspect` says, as one line of JSON.
    ///
    /// ```
    /// file, size, functions, toolchain
    /// producers     [{field, name, version}]
    /// sections      [{name, isCustom, offset, size}]
    /// features      [NAME]
    /// imports       [{module, name, type}]
    /// exports       [{name, type}]
    /// memory        null, or {pages, maximumPages, pageSize, is64, isShared, usesMemorySize, isLayoutComplete,
    ///               dataEnd, dataEndSource, heapBase, heapBaseSource, stack, stackSource, allocator,
    ///               parts: [{part, range}], size, truncatedSize, notTruncatedBecause}
    /// largestFrame  bytes on the operand stack
    /// advice        [{subject, place, saves, change, because}]
    /// ```
    static func json(of module: Module, path: String) -> String {
        JSON.object([
            ("file", .string(path)),
            ("size", .number(module.sizeInBytes)),
            ("functions", .number(module.functionCount)),
            ("toolchain", .string(module.toolchain.rawValue)),
            (
                "producers",
                .array(
                    module.producers.map {
                        .object([
                            ("field", .string($0.field)), ("name", .string($0.name)),
                            ("version", .string($0.version)),
                        ])
                    }
                )
            ),
            (
                "sections",
                .array(
                    module.sections.map {
                        .object([
                            ("name", .string($0.name)), ("isCustom", .boolean($0.isCustom)),
                            ("offset", .number($0.byteOffset)), ("size", .number($0.sizeInBytes)),
                        ])
                    }
                )
            ),
            ("features", .array(module.usedFeatures.map { .string($0.rawValue) })),
            (
                "imports",
                .array(
                    module.imports.map {
                        .object([
                            ("module", .string($0.module)), ("name", .string($0.name)),
                            ("type", .string("\($0.type)")),
                        ])
                    }
                )
            ),
            (
                "exports",
                .array(
                    module.exports.map {
                        .object([("name", .string($0.name)), ("type", .string("\($0.type)"))])
                    }
                )
            ),
            ("memory", memory(module)),
            ("largestFrame", .number(module.largestFrameInBytes)),
            ("advice", .array(module.memoryAdvice().map(Self.json))),
        ]).text
    }

    private static func memory(_ module: Module) -> JSON {
        guard let limits = module.memoryLimits, let outlook = MemoryOutlook(module) else { return .null }
        let layout = module.memoryLayout
        let stack = layout.flatMap { $0.stackTop > $0.stackBottom ? $0.stackBottom..<$0.stackTop : nil }
        return .object([
            ("pages", .unsigned(limits.minimum)),
            ("maximumPages", .unsigned(limits.maximum)),
            ("pageSize", .unsigned(limits.pageSizeInBytes)),
            ("is64", .boolean(limits.is64)),
            ("isShared", .boolean(limits.isShared)),
            ("usesMemorySize", .boolean(module.usesMemorySize)),
            ("isLayoutComplete", .boolean(layout?.isComplete ?? false)),
            ("dataEnd", .unsigned(layout?.dataEnd)),
            ("dataEndSource", .string(layout.map { "\($0.dataEndSource)" })),
            ("heapBase", .unsigned(layout?.heapBase)),
            ("heapBaseSource", .string(layout.map { "\($0.heapBaseSource)" })),
            ("stack", .range(stack)),
            ("stackSource", .string(layout.map { "\($0.stackPointerSource)" })),
            ("allocator", .string(module.allocator)),
            (
                "parts",
                .array(
                    StaticMap.parts(of: module, end: outlook.declared ?? .max).filter { $0.end > $0.start }
                        .map {
                            .object([("part", .string($0.title)), ("range", .range($0.start..<$0.end))])
                        }
                )
            ),
            ("size", .unsigned(outlook.declared)),
            ("truncatedSize", .unsigned(outlook.truncated)),
            ("notTruncatedBecause", .string(outlook.obstacle)),
        ])
    }

    private static func json(_ advice: MemoryAdvice) -> JSON {
        .object([
            ("subject", .string(advice.subject.rawValue)),
            ("place", .string(advice.place.rawValue)),
            ("saves", .number(advice.saves)),
            ("change", .string(advice.change)),
            ("because", .string(advice.because)),
        ])
    }
}
