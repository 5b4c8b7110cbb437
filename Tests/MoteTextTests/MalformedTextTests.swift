import MoteText
import Testing

/// A module and how the message begins with which it is refused.
struct Malformed: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    init(_ text: String, _ message: String) { (self.text, self.message) = (text, message) }
    var testDescription: String { text }
}

struct MalformedTextTests {
    @Test(arguments: [
        Malformed("(func i32.ad)", "unknown operator i32.ad"),
        Malformed("(fun)", "unknown operator fun"),
        Malformed("(func", "unclosed parenthesis"),
        Malformed("(func))", "unexpected token )"),
        Malformed("(module) (module)", "unexpected token ("),
        Malformed("(func $f) (func $f)", "duplicate func $f"),
        Malformed("(func (param $x i32) (local $x i32))", "duplicate local $x"),
        Malformed("(type (struct (field $a i32) (field $a i32)))", "duplicate field $a"),
        Malformed("(memory $m 1) (memory $\"m\" 1)", "duplicate memory $\"m\""),
        Malformed("(func (call $g))", "unknown func $g"),
        Malformed("(func (br $l))", "unknown label $l"),
        Malformed("(func (local.get $l))", "unknown local $l"),
        Malformed("(func block $a end $b)", "mismatching label $b"),
        Malformed("(func block end $b)", "mismatching label $b"),
        Malformed("(func if $a else $b end)", "mismatching label $b"),
        Malformed("(func) (import \"a\" \"b\" (func))", "import after function"),
        Malformed("(memory 1) (func (import \"a\" \"b\"))", "import after memory"),
        Malformed("(type $t (func (param i32))) (func (type $t) (param i64))", "inline function type"),
        Malformed("(func (type 3) (param i64))", "unknown type"),
        Malformed("(func (result i32) (param i32))", "unexpected token"),
        Malformed("(func (nop) (local i32))", "unexpected token"),
        Malformed("(func (i32.const 0x1_0000_0000))", "i32 constant out of range"),
        Malformed("(func (f32.const 1e39))", "f32 constant out of range"),
        Malformed("(func (i32.const 1.5))", "unknown operator 1.5"),
        Malformed("(func (f32.const nan:canonical))", "unexpected token nan:canonical"),
        Malformed("(func (i32.const))", "unexpected token )"),
        Malformed("(memory 1) (func (i32.load align=3))", "alignment must be a power of two"),
        Malformed("(memory 1) (func (i32.load align=0))", "alignment must be a power of two"),
        Malformed("(memory 1) (func (i32.load offset=x))", "unknown operator offset=x"),
        Malformed("(memory 1 (pagesize 3))", "invalid custom page size"),
        Malformed("(func (i8x16.extract_lane_s 256))", "malformed lane index"),
        Malformed("(func (i8x16.extract_lane_s -1))", "unexpected token -1"),
        Malformed("(func (i8x16.shuffle 0 1))", "invalid lane length"),
        Malformed("(func (v128.const i32x4 1 2 3))", "wrong number of lane literals"),
        Malformed("(func (v128.const i32x4 1 2 3 4 5))", "wrong number of lane literals"),
        Malformed("(func (end))", "unexpected token end"),
        Malformed("(func end)", "unexpected token end"),
        Malformed("(func else)", "unexpected token else"),
        Malformed("(func block)", "unexpected token ), expected end"),
        Malformed("(func (if (i32.const 0)))", "unexpected token ), expected (then"),
        Malformed("(func (if i32.const 0 (then)))", "unexpected token i32.const"),
        Malformed("(func (if (then) (else) (else)))", "unexpected token ("),
        Malformed("(func (try))", "unexpected token ), expected (do"),
        Malformed("(func (try (do) (catch_all) (catch_all)))", "unexpected token"),
        Malformed("(tag) (func (try (do) (catch 0) (delegate 0)))", "unexpected token delegate"),
        Malformed("(func (delegate 0))", "unexpected token delegate"),
        Malformed("(func (param $x) )", "unexpected token )"),
        Malformed("(start 0) (start 0)", "multiple start sections"),
        Malformed("(export \"\\ff\" (func 0))", "malformed UTF-8 encoding"),
        Malformed("(func (drop \"a\"))", "unexpected token \"a\""),
        Malformed("(data \"a\"\"b\")", "unexpected token"),
        Malformed("(global i33 (i32.const 0))", "unknown operator i33"),
        Malformed("(func (br_table))", "unexpected token )"),
        Malformed("(@custom)", "@custom annotation: missing section name"),
        Malformed("(@custom \"a\" (after types))", "@custom annotation: malformed section kind"),
        Malformed("(@custom \"a\" (last))", "@custom annotation: malformed placement"),
        Malformed("(@custom \"a\" 1)", "@custom annotation: unexpected token 1"),
        Malformed("(func (@custom \"a\"))", "misplaced @custom annotation"),
        Malformed("(func nop (@name \"a\"))", "misplaced @name annotation"),
        Malformed("(func) (@name \"a\")", "misplaced @name annotation"),
        Malformed("(module (@name \"a\") (@name \"b\"))", "@name annotation: multiple module"),
        Malformed(
            "(@metadata.code.branch_hint \"\\00\") (func)",
            "@metadata.code.branch_hint annotation: not in a function"
        ),
        Malformed(
            "(func (@metadata.code.branch_hint \"\\00\") nop)",
            "@metadata.code.branch_hint annotation: invalid target"
        ),
        Malformed(
            "(func (if (@metadata.code.branch_hint \"\\00\") (result i32) (then)))",
            "misplaced @metadata.code.branch_hint annotation"
        ),
    ])
    func `malformed modules are refused with the reason`(module: Malformed) {
        let message = refusal(ofModule: module.text) ?? "(accepted)"
        #expect(message.hasPrefix(module.message), "\(message)")
    }

    @Test func `an error shows where it is`() {
        let source = Array("(module\n  (func (param i32)\n    local.get 0 i32.ad))\n".utf8)
        #expect(throws: TextError("unknown operator i32.ad", at: 44)) { try TextModule.assemble(source) }
        #expect(
            TextError("unknown operator i32.ad", at: 44).description(of: source, file: "file.wat")
                == "file.wat:3:17: unknown operator i32.ad\n    local.get 0 i32.ad))\n                ^"
        )
    }

    @Test func `large limits are for validation to refuse`() {
        let source = Array("(memory 0x1_0000_0000)".utf8)
        #expect(throws: Never.self) { try TextModule.assemble(source) }
    }

    @Test func `an error in a quoted module says where in the quotation it is`() {
        let source = Array("(module quote \"(func\" \"\\n nop nope)\")".utf8)
        #expect(throws: TextError("unknown operator nope, at 2:6 of what is quoted", at: 14)) {
            try TextModule.assemble(source)
        }
    }

    /// Whatever is done to a text, it is assembled or refused.
    @Test(arguments: 1...6)
    func `mutated texts are no danger`(seed: UInt64) {
        let texts = [
            """
            (module $m (type $t (sub (struct (field $a (mut i8)) (field (ref null $t)))))
              (import "a" "b" (func $f (param $x i32) (result i64)))
              (table $T 1 funcref) (memory (data "abc\\00")) (global (mut f32) (f32.const 0x1.8p-3))
              (elem (table $T) (offset i32.const 0) func $f) (@custom "c" (after code) "x"))
            """,
            """
            (tag $e (param i32))
            (func $g (@name "G") (export "g") (param i32) (local $l v128)
              (@metadata.code.branch_hint "\\00") (if $i (i32.eqz (local.get 0)) (then (br $i)) (else))
              (block $b (result i32) (try_table (catch $e $b) (throw $e (i32.const 1))) i32.const 2)
              try (result i32) i32.const 1 catch $e catch_all unreachable end
              (i32.load8_u offset=3 align=1) drop (; (; ;) ;) drop ;; end
              (local.set $l (v128.const i16x8 1 2 3 4 5 6 7 0xffff)))
            """,
        ].map { Array($0.utf8) }
        let pieces = [
            "(", ")", "\"", "(;", " end ", " (then ", " $b ", " 0 ", " -0x1p999 ", "(@name \"x\")",
            " (type 0) ", "\\",
        ].map { Array($0.utf8) }
        for text in texts { #expect(throws: Never.self) { try TextModule.assemble(text) } }
        var state = seed
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, limit)
        }
        var accepted = 0
        for _ in 0..<500 {
            var text = texts[random(below: texts.count)]
            for _ in 0...random(below: 4) where !text.isEmpty {
                let place = random(below: text.count)
                switch random(below: 4) {
                case 0: text[place] = UInt8(random(below: 256))
                case 1: text.removeSubrange(place..<min(text.count, place + 1 + random(below: 20)))
                case 2: text.insert(contentsOf: pieces[random(below: pieces.count)], at: place)
                default:
                    text.insert(
                        contentsOf: text[place..<min(text.count, place + random(below: 60))],
                        at: place
                    )
                }
            }
            do {
                _ = try TextModule.assemble(text)
                accepted += 1
            } catch {
                #expect(error.offset <= text.count)
                #expect(!error.description(of: text, file: "x").isEmpty)
            }
        }
        #expect(accepted > 0 && accepted < 500)
    }
}
