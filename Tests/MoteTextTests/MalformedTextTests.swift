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

    @Test func `large limits may be malformed, as they were before 64-bit memories`() {
        let source = Array("(memory 0x1_0000_0000)".utf8)
        #expect(throws: Never.self) { try TextModule.assemble(source) }
        var options = TextOptions()
        options.allowsLargeLimits = false
        #expect(throws: TextError("i32 constant out of range: 0x1_0000_0000", at: 8)) {
            try TextModule.assemble(source, options: options)
        }
    }
}
