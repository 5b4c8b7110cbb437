import MoteEngine
import MoteMemory
import MoteText
import Testing

/// A module's fields, and the layout they must give.
struct LayoutCase: Sendable, CustomStringConvertible {
    var description: String
    var fields: String
    var dataEnd: UInt64 = 0
    var heapBase: UInt64 = 0
    /// Bottom and top.
    var stack: (UInt64, UInt64) = (0, 0)
    var dataEndSource = LinearMemoryLayout.DataEndSource.export
    var heapBaseSource = LinearMemoryLayout.HeapBaseSource.export
    var source = LinearMemoryLayout.StackPointerSource.none
    var order = LinearMemoryLayout.Order.dataFirst
    var pointer: UInt32 = .max
    var isComplete = true
}

@Suite struct LayoutTests {
    static func exported(_ name: String, _ value: Int, type: String = "i32") -> String {
        "(global (export \"\(name)\") \(type) (\(type).const \(value)))"
    }
    static func ends(_ dataEnd: Int, _ heapBase: Int, type: String = "i32") -> String {
        exported("__data_end", dataEnd, type: type) + exported("__heap_base", heapBase, type: type)
    }
    static func pointer(_ value: Int, _ name: String = "", type: String = "i32") -> String {
        "(global \(name) (mut \(type)) (\(type).const \(value)))"
    }

    static let complete: [LayoutCase] = [
        LayoutCase(
            description: "data first, by the guess",
            fields: pointer(66592) + ends(1051, 66592),
            dataEnd: 1056,
            heapBase: 66592,
            stack: (1056, 66592),
            source: .heuristic,
            pointer: 0
        ),
        LayoutCase(
            description: "the exports in the other order",
            fields: exported("__heap_base", 66592) + exported("__data_end", 1051) + pointer(66592),
            dataEnd: 1056,
            heapBase: 66592,
            stack: (1056, 66592),
            source: .heuristic,
            pointer: 2
        ),
        LayoutCase(
            description: "stack first",
            fields: pointer(4096) + ends(5000, 5008),
            dataEnd: 5008,
            heapBase: 5008,
            stack: (0, 4096),
            source: .heuristic,
            order: .stackFirst,
            pointer: 0
        ),
        LayoutCase(
            description: "the stack ends where data ends: stack first",
            fields: pointer(1024) + ends(1024, 2048),
            dataEnd: 1024,
            heapBase: 2048,
            stack: (0, 1024),
            source: .heuristic,
            order: .stackFirst,
            pointer: 0
        ),
        LayoutCase(
            description: "an exported stack pointer wins over a name and an earlier global",
            fields: pointer(5) + pointer(2048, "$__stack_pointer")
                + pointer(3000, "(export \"__stack_pointer\")") + ends(1024, 3008),
            dataEnd: 1024,
            heapBase: 3008,
            stack: (1024, 3000),
            source: .export,
            pointer: 2
        ),
        LayoutCase(
            description: "a named stack pointer wins over an earlier global",
            fields: pointer(5) + pointer(2048, "$__stack_pointer") + ends(1024, 3008),
            dataEnd: 1024,
            heapBase: 3008,
            stack: (1024, 2048),
            source: .nameSection,
            pointer: 1
        ),
        LayoutCase(
            description: "an exported stack pointer above the heap's base is none, and no other is guessed",
            fields: pointer(64) + pointer(9000, "(export \"__stack_pointer\")") + ends(1024, 4096),
            dataEnd: 1024,
            heapBase: 4096,
            stack: (4096, 4096)
        ),
        LayoutCase(
            description: "an imported stack pointer has no value, and no other is guessed",
            fields: "(global $__stack_pointer (import \"env\" \"sp\") (mut i32))" + pointer(64)
                + ends(1024, 4096),
            dataEnd: 1024,
            heapBase: 4096,
            stack: (4096, 4096)
        ),
        LayoutCase(
            description: "an i64, a constant, an imported global and one from an expression are no guess",
            fields: "(global (import \"env\" \"g\") (mut i32))" + pointer(64, type: "i64")
                + "(global i32 (i32.const 64))"
                + "(global (mut i32) (i32.add (i32.const 32) (i32.const 32)))" + ends(1024, 4096)
                + pointer(4097),
            dataEnd: 1024,
            heapBase: 4096,
            stack: (4096, 4096)
        ),
        LayoutCase(
            description: "an imported global before the guess counts in its index",
            fields: "(global (import \"env\" \"g\") i32)" + pointer(4096) + ends(1024, 4096),
            dataEnd: 1024,
            heapBase: 4096,
            stack: (1024, 4096),
            source: .heuristic,
            pointer: 1
        ),
        LayoutCase(
            description: "one global under both names",
            fields: "(global (export \"__heap_base\") (export \"__data_end\") i32 (i32.const 4096))",
            dataEnd: 4096,
            heapBase: 4096,
            stack: (4096, 4096)
        ),
        LayoutCase(
            description: "addresses above 2 GiB are not negative",
            fields: pointer(-16) + ends(-4096, -16),
            dataEnd: 0xFFFF_F000,
            heapBase: 0xFFFF_FFF0,
            stack: (0xFFFF_F000, 0xFFFF_FFF0),
            source: .heuristic,
            pointer: 0
        ),
        LayoutCase(
            description: "a 64-bit memory has 64-bit globals",
            fields: "(memory i64 1)" + pointer(64) + pointer(4096, type: "i64")
                + ends(1000, 4096, type: "i64"),
            dataEnd: 1008,
            heapBase: 4096,
            stack: (1008, 4096),
            source: .heuristic,
            pointer: 1
        ),
    ]

    static let incomplete: [LayoutCase] = [
        LayoutCase(
            description: "nothing",
            fields: "(memory 1)",
            dataEndSource: .none,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "a memory of 64 bits and globals of 32",
            fields: "(memory i64 1)" + pointer(64) + ends(1000, 4096),
            dataEndSource: .none,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "no heap base, and no guess",
            fields: pointer(100) + exported("__data_end", 64),
            dataEnd: 64,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "no data end, and no guess",
            fields: pointer(100) + exported("__heap_base", 128),
            heapBase: 128,
            dataEndSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "rounded data end above the heap's base, which is not believed",
            fields: pointer(100) + ends(1025, 1030),
            dataEnd: 1040,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "data end wraps when it is rounded",
            fields: ends(-1, -1),
            dataEnd: 0x1_0000_0000,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "values that no plain constant gives",
            fields: "(global (export \"__data_end\") i32 (i32.add (i32.const 32) (i32.const 32)))"
                + exported("__heap_base", 4096),
            heapBase: 4096,
            dataEndSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "a mutable heap base",
            fields: exported("__data_end", 64) + pointer(4096, "(export \"__heap_base\")"),
            dataEnd: 64,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "imported ends have no value",
            fields: "(global (import \"e\" \"h\") i32) (global (import \"e\" \"d\") i32)"
                + "(export \"__heap_base\" (global 0)) (export \"__data_end\" (global 1))",
            dataEndSource: .none,
            heapBaseSource: .none,
            isComplete: false
        ),
        LayoutCase(
            description: "segments tell the least end of data, and the named stack above it the heap's base",
            fields: "(memory 2)(data (i32.const 1024) \"abc\")(data (i32.const 1030) \"defgh\")"
                + pointer(5) + pointer(66576, "$__stack_pointer"),
            dataEnd: 1040,
            heapBase: 66576,
            stack: (1040, 66576),
            dataEndSource: .segments,
            heapBaseSource: .stackTop,
            source: .nameSection,
            pointer: 1,
            isComplete: false
        ),
        LayoutCase(
            description: "a stack below the segments says nothing of the heap",
            fields: "(memory 2)(data (i32.const 65536) \"abc\")" + pointer(65536, "$__stack_pointer"),
            dataEnd: 65552,
            stack: (0, 65536),
            dataEndSource: .segments,
            heapBaseSource: .none,
            source: .nameSection,
            order: .stackFirst,
            pointer: 0,
            isComplete: false
        ),
        LayoutCase(
            description: "names alone",
            fields: "(memory 2)(global $__heap_base i32 (i32.const 70000))"
                + pointer(66576, "$__stack_pointer"),
            heapBase: 70000,
            stack: (0, 66576),
            dataEndSource: .none,
            heapBaseSource: .nameSection,
            source: .nameSection,
            pointer: 1,
            isComplete: false
        ),
        LayoutCase(
            description: "passive segments, computed offsets and other memories tell nothing",
            fields: "(memory 1)(memory 1)(data \"abc\")(data (memory 1) (i32.const 64) \"abc\")"
                + "(data (i32.add (i32.const 1) (i32.const 1)) \"abc\")(data (i32.const 5) \"\")",
            dataEndSource: .none,
            heapBaseSource: .none,
            isComplete: false
        ),
    ]

    @Test(arguments: complete + incomplete) func `a module tells its layout`(_ row: LayoutCase) throws {
        let bench = try Workbench()
        let module = try bench.load(try TextModule.assemble(Array(row.fields.utf8)))
        let layout = module.state.pointee.layout
        #expect(layout.dataEnd == row.dataEnd)
        #expect(layout.heapBase == row.heapBase)
        #expect(layout.auxiliaryStackBottom == row.stack.0)
        #expect(layout.auxiliaryStackTop == row.stack.1)
        #expect(layout.dataEndSource == row.dataEndSource)
        #expect(layout.heapBaseSource == row.heapBaseSource)
        #expect(layout.stackPointerSource == row.source)
        #expect(layout.stackPointerGlobalIndex == row.pointer)
        #expect(layout.order == row.order)
        #expect(layout.isComplete == row.isComplete)
    }

    @Test func `a name section that ends early tells nothing, and breaks nothing`() throws {
        let text = "(memory 1)" + Self.pointer(4096, "$__stack_pointer") + Self.ends(1024, 4096)
        let whole = try TextModule.assemble(Array(text.utf8))
        let marker = Array("__stack_pointer".utf8)
        let at = try #require(whole.indices.first { whole[$0...].starts(with: marker) })
        // The size of the name, its index, how many there are, and the size of the subsection.
        for (offset, value) in [(1, 200), (1, 14), (2, 200), (3, 200), (3, 0), (4, 200)] {
            var broken = whole
            broken[at - offset] = UInt8(value)
            let bench = try Workbench()
            let layout = try bench.load(broken).state.pointee.layout
            #expect(layout.stackPointerSource == .heuristic || layout.stackPointerSource == .nameSection)
            #expect(layout.auxiliaryStackTop == 4096)
        }
    }
}
