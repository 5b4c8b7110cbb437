import MoteText
import Testing

/// A module's bytes behind its header, names left out.
func sections(_ text: String) throws -> [UInt8] {
    var options = TextOptions()
    options.writesNames = false
    return Array(try TextModule.assemble(Array(text.utf8), options: options).dropFirst(8))
}

/// The message with which a module is refused, or nil.
func refusal(ofModule text: String) -> String? {
    do {
        _ = try TextModule.assemble(Array(text.utf8))
        return nil
    } catch {
        return error.message
    }
}

/// Two texts of the same module.
struct Pair: Sendable, CustomTestStringConvertible {
    var one: String
    var other: String
    init(_ one: String, _ other: String) { (self.one, self.other) = (one, other) }
    var testDescription: String { one }
}

struct AssemblerTests {
    @Test func `a small module is encoded as the specification says`() throws {
        let text = """
            (module $m
              (import "a" "b" (func $f (param i32)))
              (memory (export "m") 1 2)
              (func (export "g") (param $x i32) (result i32) (local i64) (local $y i64)
                (call $f (local.get $x))
                (i32.const -1)))
            """
        #expect(
            try sections(text) == [
                1, 10, 2, 0x60, 1, 0x7F, 0, 0x60, 1, 0x7F, 1, 0x7F,
                2, 7, 1, 1, 0x61, 1, 0x62, 0, 0,
                3, 2, 1, 1,
                5, 4, 1, 1, 1, 2,
                7, 9, 2, 1, 0x6D, 2, 0, 1, 0x67, 0, 1,
                10, 12, 1, 10, 1, 2, 0x7E, 0x20, 0, 0x10, 0, 0x41, 0x7F, 0x0B,
            ]
        )
    }

    @Test(arguments: [
        Pair(
            "(func (drop (i32.add (i32.const 1) (i32.const 2))))",
            "(func i32.const 1 i32.const 2 i32.add drop)"
        ),
        Pair("(func (block $a (br $a)))", "(func block $a br 0 end $a)"),
        Pair(
            "(func (block (result i32) i32.const 1) drop)",
            "(func block (result i32) (i32.const 1) end drop)"
        ),
        Pair(
            "(func (if (i32.const 1) (then nop) (else unreachable)))",
            "(func i32.const 1 if nop else unreachable end)"
        ),
        Pair("(func (if $l (local.get 0) (then (br $l))))", "(func local.get 0 if $l br $l end $l)"),
        Pair("(func (loop $l (br_if $l (i32.const 0))))", "(func loop i32.const 0 br_if 0 end)"),
        Pair(
            "(tag $t) (func (block $b (try_table (catch $t $b) (catch_all 0) (throw $t))))",
            "(tag $t) (func block $b try_table (catch 0 0) (catch_all $b) throw 0 end end)"
        ),
        Pair(
            "(tag $t) (func (try $l (do (throw $t)) (catch $t (rethrow $l)) (catch_all nop)))",
            "(tag $t) (func try throw 0 catch 0 rethrow 0 catch_all nop end)"
        ),
        Pair(
            "(func (try (do (try $i (do) (delegate 0))) (catch_all)))",
            "(func try try delegate 0 catch_all end)"
        ),
        Pair(
            "(func (param $x i32) (local.get $x) (drop))",
            "(func (param i32) local.get 0 drop)"
        ),
        Pair(
            "(table 1 funcref) (func (call_indirect (param i32) (i32.const 0) (i32.const 0)))",
            "(table 1 funcref) (func i32.const 0 i32.const 0 call_indirect 0 (type 1)) (type (func)) (type (func (param i32)))"
        ),
        Pair(
            "(memory 1) (func (drop (i32.load offset=4 align=2 (i32.const 0))))",
            "(memory 1) (func i32.const 0 i32.load offset=0x4 align=0x2 drop)"
        ),
    ])
    func `folded and flat forms are the same code`(pair: Pair) throws {
        func code(_ text: String) throws -> [UInt8] {
            let bytes = try sections(text)
            // The types may be written elsewhere: compare from the function section on.
            guard let start = bytes.firstRange(of: [10])?.lowerBound else { return bytes }
            return Array(bytes[start...])
        }
        #expect(try code(pair.one) == code(pair.other))
    }

    @Test(arguments: [
        Pair("(func (import \"a\" \"b\") (param i32))", "(import \"a\" \"b\" (func (param i32)))"),
        Pair("(memory (export \"m\") 1)", "(export \"m\" (memory $m)) (memory $m 1)"),
        Pair("(memory (data \"a\" \"b\"))", "(memory 1 1) (data (i32.const 0) \"ab\")"),
        Pair(
            "(memory i64 (pagesize 1) (data \"abc\"))",
            "(memory i64 3 3 (pagesize 1)) (data (i64.const 0) \"abc\")"
        ),
        Pair(
            "(table funcref (elem $f $f)) (func $f)",
            "(table 2 2 funcref) (elem (table 0) (offset i32.const 0) func 0 0) (func $f)"
        ),
        Pair(
            "(type $t (func)) (table (ref null $t) (elem $f)) (func $f)",
            "(type $t (func)) (table 1 1 (ref null 0)) (elem (table 0) (i32.const 0) (ref null $t) (ref.func $f)) (func $f)"
        ),
        Pair("(elem funcref (item ref.null func))", "(elem (ref null func) (ref.null func))"),
        Pair("(global $g (import \"a\" \"b\") (mut i32))", "(import \"a\" \"b\" (global $g (mut i32)))"),
        Pair("(type (sub final (func)))", "(type (func))"),
        Pair(
            "(rec (type (struct (field $a i8) (field i32 (mut i64)))))",
            "(type (struct (field i8 i32) (field (mut i64))))"
        ),
        Pair("(func (param anyref i31ref))", "(func (param (ref null any) (ref null i31)))"),
        Pair("(func (type $t)) (type $t (func))", "(func) (type (func))"),
        Pair("(module quote \"(func\" \")\")", "(func)"),
        Pair("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")", "(module)"),
        Pair("(func $\"a b\") (start $\"a\\20b\")", "(func) (start 0)"),
    ])
    func `abbreviations mean what they stand for`(pair: Pair) throws {
        #expect(try sections(pair.one) == sections(pair.other))
    }

    @Test func `types of type uses are added behind all others, once each`() throws {
        let text = """
            (func (param i64) (block (param f32) (result i32 i32) unreachable) unreachable)
            (func (param i64))
            (func (result i32))
            (type (func (result i32)))
            (type (sub (func (param i64))))
            """
        #expect(
            Array(try sections(text).prefix(26))
                == [
                    1, 21, 4, 0x60, 0, 1, 0x7F, 0x50, 0, 0x60, 1, 0x7E, 0, 0x60, 1, 0x7E, 0, 0x60, 1, 0x7D, 2,
                    0x7F, 0x7F, 3, 4, 3,
                ]
        )
    }

    @Test func `a data count section is there where code names segments`() throws {
        #expect(
            try sections("(memory 1) (data \"x\") (func (data.drop 0))").firstRange(of: [12, 1, 1]) != nil
        )
        #expect(try sections("(memory 1) (data \"x\")").firstRange(of: [12, 1, 1]) == nil)
    }

    @Test(arguments: [
        "(i32.eqz ", "(if (i32.const 1) (then ", "(try (do ", "loop $l ",
    ])
    func `nesting of 100,000 is no danger`(opening: String) throws {
        let count = 100_000
        let closing =
            opening.contains("(")
            ? String(
                repeating: ")",
                count: opening.count(where: { $0 == "(" }) - opening.count(where: { $0 == ")" })
            )
            : "end "
        let text =
            "(func " + String(repeating: opening, count: count) + String(repeating: closing, count: count)
            + ")"
        let bytes = try TextModule.assemble(Array(text.utf8))
        #expect(bytes.count > count)
        let cut = Array(text.utf8.prefix(text.utf8.count / 2))
        #expect(throws: TextError.self) { try TextModule.assemble(cut) }
    }
}
