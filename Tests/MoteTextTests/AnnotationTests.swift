import MoteText
import Testing

/// The custom sections of a module, in order, each with the id of the section before it.
private func customSections(_ text: String) throws -> [(name: String, contents: [UInt8], behind: UInt8)] {
    let bytes = try TextModule.assemble(Array(text.utf8))
    var result: [(String, [UInt8], UInt8)] = []
    var position = 8
    var last: UInt8 = 0
    while position < bytes.count {
        let id = bytes[position]
        // Sections of these tests are shorter than 128 bytes.
        let size = Int(bytes[position + 1])
        let contents = bytes[position + 2..<position + 2 + size]
        if id == 0 {
            let count = Int(contents[contents.startIndex])
            let name = contents.dropFirst().prefix(count)
            result.append((String(decoding: name, as: UTF8.self), Array(contents.dropFirst(1 + count)), last))
        } else {
            last = id
        }
        position += 2 + size
    }
    return result
}

struct AnnotationTests {
    @Test func `identifiers become names`() throws {
        let text = """
            (module $m (type $t (func)) (func $f (param $a i32) (local i32) (local $b i32) (block $l))
              (memory $x 1) (global $g i32 (i32.const 0)))
            """
        let sections = try customSections(text)
        #expect(sections.map(\.name) == ["name"])
        #expect(
            sections.first?.contents == [
                0, 2, 1, 0x6D,
                1, 4, 1, 0, 1, 0x66,
                2, 9, 1, 0, 2, 0, 1, 0x61, 2, 1, 0x62,
                3, 6, 1, 0, 1, 0, 1, 0x6C,
                4, 4, 1, 0, 1, 0x74,
                6, 4, 1, 0, 1, 0x78,
                7, 4, 1, 0, 1, 0x67,
            ]
        )
    }

    @Test func `name annotations win over identifiers`() throws {
        let sections = try customSections(
            "(module $m (@name \"M\") (func $f (@name \"F f\") (param $a (@name \"A\") i32) (param (@name \"B\") i32)))"
        )
        #expect(
            sections.first?.contents == [
                0, 2, 1, 0x4D,
                1, 6, 1, 0, 3, 0x46, 0x20, 0x66,
                2, 9, 1, 0, 2, 0, 1, 0x41, 1, 1, 0x42,
            ]
        )
    }

    @Test func `custom sections stand where they are told to`() throws {
        let text = """
            (@custom "last" "x" "y")
            (@custom "before code" (before code))
            (@custom "first" (before first) "\\00")
            (@custom "after memory" (after memory))
            (func) (memory 1) (export "m" (memory 0))
            """
        let sections = try customSections(text)
        #expect(sections.map(\.name) == ["first", "after memory", "before code", "last"])
        #expect(sections.map(\.behind) == [0, 5, 7, 10])
        #expect(sections.map(\.contents) == [[0], [], [], [0x78, 0x79]])
    }

    @Test func `branch hints are offsets into function bodies`() throws {
        let text = """
            (func (local i32)
              (@metadata.code.branch_hint "\\01") (if (i32.eqz (local.get 0)) (then))
              (block (@metadata.code.branch_hint "\\00") (br_if 0 (local.get 0))
                local.get 0 (@metadata.code.branch_hint "\\01") br_if 0))
            """
        let sections = try customSections(text)
        #expect(sections.map(\.name) == ["metadata.code.branch_hint"])
        #expect(sections.first?.behind == 3)
        #expect(sections.first?.contents == [1, 0, 3, 6, 1, 1, 13, 1, 0, 17, 1, 1])
    }

    @Test func `other annotations are nothing`() throws {
        #expect(
            try sections("((@a)module(@b \")\")((@c (x))func(@d)(@e){}[]))".replacing("{}[]", with: ""))
                == sections("(module (func))")
        )
    }
}
