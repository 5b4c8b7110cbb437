import MoteBinary
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// A module with every section that the executable features allow.
func rich() -> [UInt8] {
    var builder = ModuleBuilder()
    let empty = builder.functionType()
    let binary = builder.functionType([.i32, .i32], [.i32])
    _ = builder.functionType([.i64, .f32, .f64, .funcref], [.externref, .i64])
    builder.importFunction("env", "log", type: empty)
    builder.importGlobal("env", "base", .i32)
    builder.importFunction("env", "add", type: binary)
    builder.function(type: binary, locals: [(2, .i32), (1, .f64)], [0x20, 0, 0x20, 1, 0x6A])
    builder.function(type: empty, [0x41, 0xE4, 0x00, 0x1A, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x1A])
    builder.table(.funcref, ModuleBuilder.limits(4, 10))
    builder.table(.externref, ModuleBuilder.limits(0))
    builder.memory(ModuleBuilder.limits(1, 300))
    builder.global(.i32, isMutable: true, ModuleBuilder.constant(-65536))
    builder.global(.funcref, [0xD2, 1, 0x0B])
    builder.global(.i64, [0x42, 0x80, 0x01, 0x0B])
    builder.export("memory", .memory, 0)
    builder.export("add", .function, 2)
    builder.export("a", .function, 2)
    builder.export("", .global, 1)
    builder.start = 3
    builder.element(at: 1, [0, 2])
    builder.passiveElement([3])
    builder.elements.append([5, 0x70] + ModuleBuilder.vector([[0xD2, 3, 0x0B], [0xD0, 0x70, 0x0B]]))
    builder.dataCount = 2
    builder.data(at: 1024, Array("hello".utf8))
    builder.passiveData([1, 2, 3])
    builder.custom("producers", [9, 9, 9])
    builder.names(module: "rich", functions: [(0, "log"), (3, "main loop")])
    return builder.build()
}

@Suite struct ModuleDecoderTests {
    @Test(arguments: [ModuleBytesOwnership.borrowed, .copied, .freeable])
    func `every section arrives where it belongs`(_ ownership: ModuleBytesOwnership) throws {
        let bench = try Workbench()
        try bench.decode(rich(), ownership: ownership) { pointer in
            let module = pointer.pointee
            #expect(module.types.count == 3)
            #expect(module.types[checked: 1]?.parameterCount == 2)
            #expect(module.types[checked: 2]?.parameters.count == 4)
            #expect(module.types[checked: 2]?.results.count == 2)
            #expect(module.types[checked: 2]?.values[checked: 4] == .externref)
            #expect(module.imports.count == 3)
            #expect(module.imports[checked: 2]?.index == 1)
            #expect(module.functions.count == 4)
            #expect(module.importedFunctionCount == 2)
            #expect(module.importedGlobalCount == 1)
            #expect(module.tables.count == 2)
            #expect(module.tables[checked: 0]?.limits == Limits(minimum: 4, maximum: 10))
            #expect(module.memories[checked: 0]?.limits == Limits(minimum: 1, maximum: 300))
            #expect(module.globals.count == 4)
            #expect(module.globalSlots == 3)
            #expect(module.globals[checked: 3]?.slot == 2)
            #expect(module.exports.count == 4)
            #expect(module.startFunction == 3)
            #expect(module.elements.count == 3)
            #expect(module.elements[checked: 2]?.isExpressions == true)
            #expect(module.elements[checked: 2]?.count == 2)
            #expect(module.dataCount == 2)
            #expect(module.dataSegments.count == 2)
            if let segment = module.dataSegments[checked: 0] {
                #expect(ModuleQueries.bytes(segment.bytes, of: pointer).text == "hello")
            }
            if let body = module.functions[checked: 2]?.body {
                #expect(
                    Array(ModuleQueries.bytes(body, of: pointer).suffix(6)) == [0x20, 0, 0x20, 1, 0x6A, 0x0B]
                )
            }
            #expect(ModuleQueries.bytes(module.moduleName, of: pointer).text == "rich")
            #expect(module.sections.count == (ownership == .freeable ? 12 : 14))
            #expect(
                (ModuleQueries.customSection(named: "producers", in: pointer) != nil)
                    == (ownership != .freeable)
            )
        }
    }

    @Test func `referenced functions have consecutive ranks`() throws {
        let bench = try Workbench()
        try bench.decode(rich()) { pointer in
            // 0 and 2 by the segment, 1 by a global, 3 by passive segments.
            #expect(pointer.pointee.referencedFunctionCount == 4)
            for index in UInt32(0)..<4 { #expect(pointer.referencedRank(of: index) == Int(index)) }
            #expect(pointer.referencedRank(of: 4) == nil)
        }
        var builder = ModuleBuilder()
        let type = builder.functionType()
        for _ in 0..<200 { builder.function(type: type, []) }
        builder.export("x", .function, 70)
        builder.export("y", .function, 199)
        try bench.decode(builder.build()) { pointer in
            #expect(pointer.pointee.referencedFunctionCount == 2)
            #expect(pointer.referencedRank(of: 70) == 0)
            #expect(pointer.referencedRank(of: 199) == 1)
            #expect(pointer.referencedRank(of: 71) == nil)
        }
    }

    @Test func `exports are found by name`() throws {
        let bench = try Workbench()
        var builder = ModuleBuilder()
        let type = builder.functionType()
        let function = builder.function(type: type, [])
        for index in 0..<500 { builder.export("export \(index * 7919 % 500)", .function, function) }
        try bench.decode(builder.build()) { pointer in
            for index in 0..<500 {
                let name = Array("export \(index)".utf8)
                let found = name.withUnsafeBufferPointer { ModuleQueries.export(named: $0, in: pointer) }
                #expect(
                    found.map { ModuleQueries.bytes($0.pointee.name, of: pointer).text } == "export \(index)"
                )
            }
            let missing = Array("export 500".utf8)
            #expect(missing.withUnsafeBufferPointer { ModuleQueries.export(named: $0, in: pointer) } == nil)
        }
        builder.export("export 3", .function, function)
        #expect(try bench.kind(builder.build()) == .duplicateExportName)
    }

    @Test func `functions have names from the name section, exports or imports`() throws {
        let bench = try Workbench()
        try bench.decode(rich()) { pointer in
            #expect(ModuleQueries.functionName(3, of: pointer).text == "main loop")
            #expect(ModuleQueries.functionName(0, of: pointer).text == "log")
            #expect(ModuleQueries.functionName(1, of: pointer).text == "add")
            #expect(["add", "a"].contains(ModuleQueries.functionName(2, of: pointer).text))
            #expect(ModuleQueries.functionName(9, of: pointer).count == 0)
        }
    }

    @Test func `a malformed name section is no reason to refuse a module`() throws {
        let bench = try Workbench()
        for contents: [UInt8] in [
            [], [0], [1, 0xFF, 0xFF], [0, 2, 5, 65], [1, 3, 0xFF, 0xFF, 0xFF], [9, 0x80],
        ] {
            var builder = ModuleBuilder()
            builder.custom("name", contents)
            try bench.decode(builder.build()) { pointer in
                #expect(ModuleQueries.functionName(0, of: pointer).count == 0)
            }
        }
    }

    @Test func `a feature that is off is named`() throws {
        let bench = try Workbench()
        // Everything of this page is off.
        var features = FeatureSet.every
        for feature: Feature in [
            .simd, .memory64, .threads, .multiMemory, .customPageSizes, .exceptions, .typedFunctionReferences,
        ] {
            features.disable(feature)
        }
        func refused(_ bytes: [UInt8]) throws -> Feature? {
            guard case .unsupported(let feature, let offset) = try bench.failure(bytes, features: features)
            else {
                return nil
            }
            #expect(offset <= bytes.count)
            return feature
        }
        var builder = ModuleBuilder()
        builder.functionType([.v128])
        #expect(try refused(builder.build()) == .simd)
        builder = ModuleBuilder()
        builder.memory(ModuleBuilder.limits(1, is64: true))
        #expect(try refused(builder.build()) == .memory64)
        builder = ModuleBuilder()
        builder.memory(ModuleBuilder.limits(1, 1, isShared: true))
        #expect(try refused(builder.build()) == .threads)
        builder = ModuleBuilder()
        builder.memory(ModuleBuilder.limits(1))
        builder.memory(ModuleBuilder.limits(1))
        #expect(try refused(builder.build()) == .multiMemory)
        builder = ModuleBuilder()
        builder.memory([8, 1, 0])
        #expect(try refused(builder.build()) == .customPageSizes)
        builder = ModuleBuilder()
        builder.types = [[0x5F, 0]]
        #expect(try refused(builder.build()) == .garbageCollection)
        builder = ModuleBuilder()
        builder.functionType()
        builder.tags = [[0, 0]]
        #expect(try refused(builder.build()) == .exceptions)
        builder = ModuleBuilder()
        builder.functionType([.reference(.concrete(0), isNullable: false)])
        #expect(try refused(builder.build()) == .typedFunctionReferences)
        #expect(try bench.failure(rich(), features: .executable) == nil)
    }
}
