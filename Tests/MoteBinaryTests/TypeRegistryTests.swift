import MoteBinary
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

@Suite struct TypeRegistryTests {
    private func module(_ types: [[UInt8]]) -> [UInt8] {
        var builder = ModuleBuilder()
        builder.types = types
        return builder.build()
    }

    private func ids(_ module: Module.Pointer) -> [UInt32] {
        (0..<module.pointee.types.count).compactMap { module.pointee.types[checked: $0]?.canonicalID }
    }

    private static let void: [UInt8] = [0x60, 0, 0]
    /// rec (struct (field (ref null 0-th of group))) (struct), at a position of the module.
    private func recursive(at position: UInt8) -> [UInt8] {
        [0x4E, 2, 0x5F, 1, 0x63, position, 0, 0x5F, 1, 0x63, position &+ 1, 0]
    }

    @Test func `equal types have one id, in one module and in several`() throws {
        let bench = try Workbench()
        let unary: [UInt8] = [0x60, 1, 0x7F, 0]
        try bench.decode(module([Self.void, unary, Self.void])) { first in
            let mine = ids(first)
            #expect(mine[0] == mine[2])
            #expect(mine[0] != mine[1])
            try bench.decode(module([unary, Self.void])) { second in
                #expect(ids(second) == [mine[1], mine[0]])
                #expect(bench.registry.pointee.groupCount == 2)
            }
            #expect(bench.registry.pointee.groupCount == 2)
        }
        #expect(bench.registry.pointee.groupCount == 0)
    }

    @Test func `recursion groups are equal wherever they stand`() throws {
        let bench = try Workbench()
        try bench.decode(module([recursive(at: 0), Self.void, recursive(at: 3)])) { module in
            let all = ids(module)
            #expect(Array(all[0..<2]) == Array(all[3..<5]))
            // The same types outside a group, or in another order, are others.
            try bench.decode(self.module([[0x5F, 1, 0x63, 0, 0], [0x5F, 1, 0x63, 1, 0]])) { other in
                #expect(Set(ids(other)).isDisjoint(with: all))
                // Two groups of one, each recursive alone: equal to each other.
                #expect(ids(other)[0] == ids(other)[1])
            }
        }
        #expect(bench.registry.pointee.groupCount == 0)
    }

    @Test func `subtypes match their supertypes and abstract types above them`() throws {
        let bench = try Workbench()
        let types: [[UInt8]] = [
            [0x50, 0, 0x5F, 1, 0x7F, 0],  // 0: open struct (i32)
            [0x50, 1, 0, 0x5F, 2, 0x7F, 0, 0x7E, 1],  // 1: sub 0, (i32, mut i64)
            [0x4F, 1, 1, 0x5F, 2, 0x7F, 0, 0x7E, 1],  // 2: final sub 1
            [0x5E, 0x78, 1],  // 3: array (mut i8)
            Self.void,  // 4
        ]
        try bench.decode(module(types)) { module in
            let id = ids(module)
            let registry = bench.registry
            func concrete(_ index: Int, _ isNullable: Bool = false) -> ValueType {
                .reference(.concrete(id[index]), isNullable: isNullable)
            }
            func matches(_ type: ValueType, _ expected: ValueType) -> Bool {
                TypeMatching.matches(type, expected, registry)
            }
            #expect(TypeRegistry.isSubtype(registry, id[2], of: id[0]))
            #expect(!TypeRegistry.isSubtype(registry, id[0], of: id[2]))
            #expect(matches(concrete(2), concrete(0, true)))
            #expect(!matches(concrete(2, true), concrete(0)))
            #expect(matches(concrete(1), .reference(.structure, isNullable: false)))
            #expect(matches(concrete(1), .reference(.any, isNullable: true)))
            #expect(matches(concrete(3), .reference(.eq, isNullable: true)))
            #expect(!matches(concrete(3), .reference(.structure, isNullable: true)))
            #expect(matches(concrete(4), .funcref))
            #expect(!matches(concrete(4), .externref))
            #expect(matches(.reference(.none, isNullable: false), concrete(3)))
            #expect(!matches(.reference(.none, isNullable: false), concrete(4)))
            #expect(matches(.reference(.noFunction, isNullable: true), concrete(4, true)))
            #expect(matches(.bottom, .i32))
            #expect(!matches(.i32, .i64))
            #expect(matches(.reference(.i31, isNullable: false), .reference(.eq, isNullable: true)))
            #expect(!matches(.reference(.any, isNullable: true), .reference(.eq, isNullable: true)))
            #expect(
                matches(.reference(.noException, isNullable: true), .reference(.exception, isNullable: true))
            )
        }
    }

    @Test func `ids of modules that went are given out again`() throws {
        let bench = try Workbench()
        var highest: UInt32 = 0
        for round in 0..<2_000 {
            var builder = ModuleBuilder()
            // Different types each time.
            for bit in 0..<11 { builder.functionType([round >> bit & 1 == 0 ? .i32 : .i64, .i32], []) }
            builder.functionType((0..<11).map { round >> $0 & 1 == 0 ? .f32 : .f64 })
            try bench.decode(builder.build()) { highest = max(highest, ids($0).max() ?? 0) }
        }
        #expect(highest < 32)
        #expect(bench.registry.pointee.groupCount == 0)
    }

    @Test func `many types find their buckets`() throws {
        let bench = try Workbench()
        var builder = ModuleBuilder()
        let kinds: [ValueType] = [.i32, .i64, .f32, .f64]
        for index in 0..<5_000 { builder.functionType((0..<7).map { kinds[index >> (2 * $0) & 3] }) }
        let bytes = builder.build()
        try bench.decode(bytes) { first in
            let mine = ids(first)
            #expect(Set(mine).count == 5_000)
            try bench.decode(bytes) { #expect(ids($0) == mine) }
            #expect(bench.registry.pointee.groupCount == 5_000)
        }
        #expect(bench.registry.pointee.groupCount == 0)
    }
}
