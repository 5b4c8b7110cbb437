import Testing

import MoteMemory

/// One module's globals, and the layout they must give.
struct LayoutCase: Sendable, CustomStringConvertible {
    var description: String
    var globals: [LayoutGlobal]
    /// Data end, heap base, stack top, stack bottom; nil: no layout.
    var expected: (UInt32, UInt32, UInt32, UInt32)?
    var source = LinearMemoryLayout.StackPointerSource.heuristic
    var order = LinearMemoryLayout.Order.dataFirst
    var pointerIndex: UInt32 = 0
}

@Suite struct LinearMemoryLayoutTests {
    static func global(
        _ index: UInt32,
        _ value: UInt32?,
        _ isMutable: Bool = false,
        _ change: (inout LayoutGlobal) -> Void = { _ in }
    ) -> LayoutGlobal {
        var global = LayoutGlobal(globalIndex: index, isMutable: isMutable, initialValue: value)
        change(&global)
        return global
    }
    static func dataEnd(_ index: UInt32, _ value: UInt32?) -> LayoutGlobal {
        global(index, value) { $0.isExportedAsDataEnd = true }
    }
    static func heapBase(_ index: UInt32, _ value: UInt32?) -> LayoutGlobal {
        global(index, value) { $0.isExportedAsHeapBase = true }
    }

    static let cases: [LayoutCase] = [
        LayoutCase(
            description: "data first, by the guess",
            globals: [global(0, 66592, true), dataEnd(1, 1051), heapBase(2, 66592)],
            expected: (1056, 66592, 66592, 1056)
        ),
        LayoutCase(
            description: "stack first",
            globals: [global(0, 4096, true), dataEnd(1, 5000), heapBase(2, 5008)],
            expected: (5008, 5008, 4096, 0),
            order: .stackFirst
        ),
        LayoutCase(
            description: "the stack ends where data ends: stack first",
            globals: [global(0, 1024, true), dataEnd(1, 1024), heapBase(2, 2048)],
            expected: (1024, 2048, 1024, 0),
            order: .stackFirst
        ),
        LayoutCase(
            description: "an exported stack pointer wins over an earlier global",
            globals: [
                global(0, 5, true), global(1, 2048, true) { $0.isNamedStackPointer = true },
                global(2, 3000, true) { $0.isExportedAsStackPointer = true }, dataEnd(3, 1024),
                heapBase(4, 3008),
            ],
            expected: (1024, 3008, 3000, 1024),
            source: .export,
            pointerIndex: 2
        ),
        LayoutCase(
            description: "a named stack pointer wins over an earlier global",
            globals: [
                global(0, 5, true), global(1, 2048, true) { $0.isNamedStackPointer = true }, dataEnd(3, 1024),
                heapBase(4, 3008),
            ],
            expected: (1024, 3008, 2048, 1024),
            source: .nameSection,
            pointerIndex: 1
        ),
        LayoutCase(
            description: "a stack pointer above the heap's base is none, nor an i64, nor an imported one",
            globals: [
                global(0, 9000, true) { $0.isExportedAsStackPointer = true },
                global(1, 64, true) { $0.is32 = false },
                global(2, 64, true) { $0.isDefined = false }, global(3, nil, true), global(4, 64),
                dataEnd(5, 1024),
                heapBase(6, 4096),
            ],
            expected: (1024, 4096, 4096, 4096),
            source: .none,
            pointerIndex: 6
        ),
        LayoutCase(
            description: "no heap base",
            globals: [global(0, 100, true), dataEnd(1, 64)],
            expected: nil
        ),
        LayoutCase(
            description: "no data end",
            globals: [global(0, 100, true), heapBase(1, 64)],
            expected: nil
        ),
        LayoutCase(
            description: "rounded data end above the heap's base",
            globals: [dataEnd(0, 1025), heapBase(1, 1030)],
            expected: nil
        ),
        LayoutCase(
            description: "data end wraps when it is rounded",
            globals: [dataEnd(0, .max), heapBase(1, .max)],
            expected: nil
        ),
        LayoutCase(
            description: "values that no constant gives",
            globals: [dataEnd(0, nil), heapBase(1, 4096)],
            expected: nil
        ),
        LayoutCase(
            description: "a mutable heap base",
            globals: [dataEnd(0, 64), global(1, 4096, true) { $0.isExportedAsHeapBase = true }],
            expected: nil
        ),
        LayoutCase(
            description: "one global under both names",
            globals: [global(0, 4096) { ($0.isExportedAsHeapBase, $0.isExportedAsDataEnd) = (true, true) }],
            expected: (4096, 4096, 4096, 4096),
            source: .none
        ),
        LayoutCase(description: "no globals", globals: [], expected: nil),
    ]

    @Test(arguments: cases) func `the globals tell the layout`(_ row: LayoutCase) {
        let layout = row.globals.withUnsafeBufferPointer { LinearMemoryLayout.detect($0) }
        guard let expected = row.expected else {
            #expect(layout == nil)
            return
        }
        #expect(layout?.dataEnd == expected.0)
        #expect(layout?.heapBase == expected.1)
        #expect(layout?.auxiliaryStackTop == expected.2)
        #expect(layout?.auxiliaryStackBottom == expected.3)
        #expect(layout?.auxiliaryStackSizeInBytes == expected.2 - expected.3)
        #expect(layout?.stackPointerSource == row.source)
        #expect(layout?.stackPointerGlobalIndex == row.pointerIndex)
        #expect(layout?.order == row.order)
    }
}
