import MoteEngine
import MoteText
import Testing

/// Exports of a module, and the allocator they must give.
struct AllocatorCase: Sendable, CustomStringConvertible {
    /// One word for each function: its name, and its type by a digit.
    var description: String
    var kind: GuestAllocator.Kind
    /// Position of the functions among the words.
    var malloc: UInt32 = .max
    var free: UInt32 = .max
    var retain: UInt32 = .max
    var isPresent: Bool { kind != .none && free != .max }
}

@Suite struct GuestAllocatorTests {
    // a: (i32)->i32, b: (i32)->(), c: (i32 i32)->i32, A: (i64)->i64, B: (i64)->(), C: (i64 i32)->i64, x: (i32 i32)->()
    static let cases: [AllocatorCase] = [
        AllocatorCase(description: "malloc:a free:b", kind: .malloc, malloc: 0, free: 1),
        AllocatorCase(description: "free:b malloc:a", kind: .malloc, malloc: 1, free: 0),
        AllocatorCase(description: "malloc:a", kind: .malloc, malloc: 0),
        AllocatorCase(description: "free:b", kind: .none, free: 0),
        AllocatorCase(description: "malloc:c free:b", kind: .none, free: 1),
        AllocatorCase(description: "malloc:b free:b", kind: .none, free: 1),
        AllocatorCase(description: "malloc:A free:B", kind: .none),
        AllocatorCase(description: "malloc:a free:a", kind: .malloc, malloc: 0),
        AllocatorCase(description: "malloc:a free:x", kind: .malloc, malloc: 0),
        AllocatorCase(description: "realloc:c calloc:c __alloc:a", kind: .none),
        AllocatorCase(
            description: "__new:c __pin:a __unpin:b",
            kind: .assemblyScript,
            malloc: 0,
            free: 2,
            retain: 1
        ),
        AllocatorCase(
            description: "__retain:a __release:b __new:c",
            kind: .assemblyScript,
            malloc: 2,
            free: 1,
            retain: 0
        ),
        AllocatorCase(
            description: "__new:c __pin:a __retain:a __unpin:b __release:b",
            kind: .assemblyScript,
            malloc: 0,
            free: 4,
            retain: 1
        ),
        AllocatorCase(description: "__new:c __unpin:b", kind: .none, free: 1),
        AllocatorCase(description: "__new:c __pin:b __unpin:b", kind: .none, free: 2),
        AllocatorCase(description: "__new:a __pin:a __unpin:b", kind: .none, free: 2),
        AllocatorCase(description: "malloc:a free:b __new:c", kind: .none, free: 1),
        AllocatorCase(
            description: "malloc:a free:b __new:c __pin:a",
            kind: .assemblyScript,
            malloc: 2,
            free: 1,
            retain: 3
        ),
        AllocatorCase(description: "__new:c __pin:a __unpin:b malloc:a", kind: .malloc, malloc: 3, free: 2),
    ]
    static let types = [
        "a": "(param i32) (result i32)", "b": "(param i32)", "c": "(param i32 i32) (result i32)",
        "A": "(param i64) (result i64)", "B": "(param i64)", "C": "(param i64 i32) (result i64)",
        "x": "(param i32 i32)",
    ]

    static func allocator(_ words: String, before: String = "(memory 1)") throws -> GuestAllocator {
        let functions = words.split(separator: " ").map { word in
            let parts = word.split(separator: ":").map(String.init)
            return "(func (export \"\(parts[0])\") \(types[parts[1]] ?? "") (unreachable))"
        }
        let bench = try Workbench()
        let text = before + functions.joined()
        return try bench.load(TextModule.assemble(Array(text.utf8))).state.pointee.guestAllocator
    }

    @Test(arguments: cases) func `the exports tell the allocator`(_ row: AllocatorCase) throws {
        let allocator = try Self.allocator(row.description)
        #expect(allocator.kind == row.kind)
        #expect(allocator.mallocFunction == row.malloc)
        #expect(allocator.freeFunction == row.free)
        #expect(allocator.retainFunction == row.retain)
        #expect(allocator.isPresent == row.isPresent)
        // The same with 64-bit types in a 64-bit memory.
        let wide = row.description.split(separator: " ").map { word in
            let (name, type) = (word.dropLast(), word.last.map(String.init) ?? "")
            return name
                + (type == "x" ? type : type == type.uppercased() ? type.lowercased() : type.uppercased())
        }
        let other = try Self.allocator(wide.joined(separator: " "), before: "(memory i64 1)")
        #expect(other.is64)
        #expect(other.kind == row.kind)
        #expect(other.mallocFunction == row.malloc)
        #expect(other.freeFunction == row.free)
    }

    @Test func `imported functions and other kinds of exports are no allocator`() throws {
        let imports =
            "(func (import \"e\" \"m\") (param i32) (result i32)) (func (import \"e\" \"f\") (param i32)) (memory 1)"
            + "(export \"malloc\" (func 0)) (export \"free\" (func 1))"
        #expect(try Self.allocator("", before: imports) == GuestAllocator())
        #expect(
            try Self.allocator("free:b", before: "(memory (export \"malloc\") 1)").isPresent == false
        )
    }
}
