import Foundation
import MoteText
import Testing

/// Text that assembles, and what is printed of its module.
struct PrinterTests {
    static func assemble(_ text: String) throws -> [UInt8] {
        try TextModule.assemble(Array(text.utf8))
    }

    static func print(_ module: [UInt8]) throws -> String {
        let text = try module.withUnsafeBufferPointer { try ModulePrinter.print($0) }
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `a module is printed field by field with names and indices`() throws {
        let module = try Self.assemble(
            """
            (module $m (import "env" "log" (func $log (param i32)))
              (memory $heap 1 2) (global $g (mut i64) (i64.const -7))
              (func $main (export "main") (param $x i32) (result i32) (local $y i32) (local f64 f64)
                (block $out (br_if $out (local.get $x)) (call $log (i32.load offset=8 align=1 (local.get $y))))
                (i32.const 5))
              (data (i32.const 16) "a\\"b\\00\\ff"))
            """
        )
        let expected = """
            (module $m
              (type (;0;) (func (param i32)))
              (type (;1;) (func (param i32) (result i32)))
              (import "env" "log" (func $log (;0;) (type 0) (param i32)))
              (memory $heap (;0;) 1 2)
              (global $g (;0;) (mut i64) (i64.const -7))
              (export "main" (func $main))
              (func $main (;1;) (type 1) (param $x i32) (result i32)
                (local $y i32)
                (local f64 f64)
                block $out
                  local.get $x
                  br_if $out
                  local.get $y
                  i32.load offset=8 align=1
                  call $log
                end
                i32.const 5
              )
              (data (;0;) (i32.const 16) "a\\"b\\00\\ff")
            )

            """
        #expect(try Self.print(module) == expected)
    }

    @Test(arguments: [
        "(module)",
        "(module (func) (func (param) (result)))",
        "(module (rec (type $a (sub (struct (field $f (mut i8)) (field (ref null $b))))) (type $b (sub final (array i16)))))",
        "(module (type $s (sub (struct))) (type (sub $s (struct (field i64)))) (type (sub final $s (struct))))",
        "(module (type (func (param $named i32) (param i64))))",
        "(module (table $t i64 1 20 (ref null func)) (table 3 externref) (table 1 (ref i31) (ref.i31 (i32.const 1))))",
        "(module (memory 1) (memory i64 1 2) (memory 1 2 shared) (memory 4 (pagesize 1)))",
        "(module (tag (import \"a\" \"t\") (param i32 i64)) (tag $e (param i32)))",
        "(module (global i32 (i32.add (i32.const 1) (i32.const 2))) (global v128 (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)))",
        "(module (func $f) (start $f) (elem declare func $f) (elem func $f $f) (elem funcref (ref.func $f) (ref.null func)))",
        "(module (table 1 funcref) (table 1 anyref) (func) (elem (i32.const 0) 0) (elem (table 1) (i32.const 0) (ref null i31) (item ref.null i31) (item i32.const 1 ref.i31)))",
        "(module (memory 1) (memory 1) (data \"\") (data (i32.const 0)) (data (memory 1) (offset i32.const 1 i32.const 2 i32.add) \"x\" \"y\"))",
        "(module (memory 1) (memory 1) (data $d \"abc\") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)) (memory.init 1 $d (i32.const 0) (i32.const 0) (i32.const 0)) (memory.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop 0) (drop (memory.size 1))))",
        "(module (table 1 funcref) (table 1 funcref) (elem $e func) (func (table.init 1 $e (i32.const 0) (i32.const 0) (i32.const 0)) (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0)) (call_indirect (i32.const 0)) (call_indirect 1 (param i32) (i32.const 1) (i32.const 0))))",
        "(module (func (block $a (block $a (br $a) (br 1))) (loop $b (br_table $b 1 0 (i32.const 0)))))",
        "(module (tag $e) (func (block $h (result exnref) (try_table (catch $e 1) (catch_all_ref $h)) (unreachable)) (throw_ref)))",
        "(module (tag $e) (func (try $t (do (throw $e)) (catch $e (rethrow $t)) (catch_all)) (try $u (do (try (do) (delegate $u))) (catch_all))))",
        "(module (func (param anyref) (result i31ref) (block (result anyref) (br_on_cast 0 anyref (ref i31) (local.get 0))) (drop) (ref.cast i31ref (local.get 0)) (drop (ref.test (ref null i31) (local.get 0)))))",
        "(module (type $p (struct (field $x i32) (field $y (mut i32)))) (func (param (ref $p)) (struct.set $p $y (local.get 0) (struct.get $p $x (local.get 0)))))",
        "(module (type $a (array (mut i32))) (func (drop (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))))",
        "(module (func (drop (select (result i64) (i64.const 1) (i64.const 2) (i32.const 0))) (drop (f32.const nan:0x1)) (drop (f32.const -nan)) (drop (f64.const -inf)) (drop (f64.const 0x1p-1074)) (drop (f32.const 3.4028235e38)) (drop (f64.const -0)) (drop (i64.const -9223372036854775808))))",
        "(module (memory 1) (func (param v128) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (local.get 0))) (v128.store16_lane offset=4 align=1 3 (i32.const 0) (local.get 0)) (drop (i32x4.extract_lane 2 (local.get 0)))))",
        "(module (memory 1 1 shared) (func (atomic.fence) (drop (i64.atomic.rmw32.add_u offset=8 (i32.const 0) (i64.const 1)))))",
        "(module (func (param i64 i64 i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))))",
        "(module $\"a b\" (func $\"x y\" (param $\"\\u{e9}\\u{202e}\" i32)) (export \"\\u{1f600}\\n\" (func $\"x y\")))",
        "(module (func (@name \"same\")) (func $same) (func (@name \"same\")) (func (@name \"\")))",
        "(module (func (param $x i32)) (@custom \"a\" (before first) \"1\") (@custom \"b\" (after func) \"2\") (@custom \"c\" \"3\") (@custom \"d\" (after code) \"4\"))",
        "(module (@custom \"e\") (@custom \"f\" (before code) \"\\00\") (memory 1) (data $d \"\") (func (param i32) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then (block (@metadata.code.branch_hint \"\\00\") (br_if 0 (local.get 0))))) (data.drop $d)) (@custom \"g\" (after elem)))",
    ])
    func `what was printed assembles to the same bytes`(text: String) throws {
        let module = try Self.assemble(text)
        let printed = try Self.print(module)
        #expect(try Self.assemble(printed) == module, "\(printed)")
    }

    @Test func `modules of compilers are printed so that their text prints again`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/wasm")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        for name in names where name.hasSuffix(".wasm") {
            let module = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            // The larger ones have nothing new, and a debug build takes seconds for them.
            guard module.count < 20_000 else { continue }
            let printed = try Self.print(module)
            let again = try Self.assemble(printed)
            #expect(try Self.print(again) == printed, "\(name)")
            #expect(again.count <= module.count, "\(name)")
        }
    }

    @Test func `text comes piece by piece where somebody takes it`() throws {
        let body = String(repeating: " i32.const 123456 drop", count: 20_000)
        let module = try Self.assemble("(module " + String(repeating: "(func \(body))", count: 8) + ")")
        var pieces: [[UInt8]] = []
        let rest = try module.withUnsafeBufferPointer { bytes in
            try ModulePrinter.print(bytes) { pieces.append($0) }
        }
        #expect(rest.isEmpty)
        #expect(pieces.count > 1)
        #expect(try String(decoding: pieces.joined(), as: UTF8.self) == Self.print(module))
    }

    @Test func `deep nesting is indented only so far`() throws {
        let depth = 20_000
        let nested = String(repeating: "block ", count: depth) + String(repeating: "end ", count: depth)
        let module = try Self.assemble("(module (func \(nested)))")
        let printed = try Self.print(module)
        #expect(printed.utf8.count < depth * 2 * 150)
        #expect(try Self.assemble(printed) == module)
    }

    @Test(
        arguments: [
            ([], "unexpected end of section or function (at byte 0x0)"),
            ([0x00, 0x61, 0x73, 0x6D, 2, 0, 0, 0], "unknown binary version (at byte 0x4)"),
            ([0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1], "unexpected end of section or function (at byte 0x9)"),
            (withBody([0x00, 0x01]), "unexpected end of section or function (at byte 0x18)"),
            (withBody([0x00, 0x0B, 0x01]), "section size mismatch (at byte 0x18)"),
        ] as [([UInt8], String)]
    )
    func `what is no module is an error with its place`(bytes: [UInt8], message: String) throws {
        let error = #expect(throws: PrintError.self) { try Self.print(bytes) }
        #expect(error?.description == message)
    }

    /// A module of one function with these bytes as body.
    private static func withBody(_ body: [UInt8]) -> [UInt8] {
        let size = UInt8(body.count)
        return [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0]
            + [10, size + 2, 1, size] + body
    }

    @Test func `names that the text cannot have are kept as a custom section`() throws {
        // A name section whose function names end early.
        let module: [UInt8] =
            [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0x00, 0x08, 0x04] + Array("name".utf8) + [0x01, 0x01, 0x05]
        let printed = try Self.print(module)
        #expect(printed == "(module\n  (@custom \"name\" \"\\01\\01\\05\")\n)\n")
        #expect(try Self.assemble(printed) == module)
    }
}
