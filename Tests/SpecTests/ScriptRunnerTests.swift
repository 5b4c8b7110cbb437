import MoteScript
import Testing

/// That the runner fails what has to fail: scripts that are wrong on purpose.
struct ScriptRunnerTests {
    private static let module = """
        (module $m
          (memory (export "memory") 1)
          (global (export "g") i32 (i32.const 7))
          (func (export "i32") (result i32) (i32.const 4))
          (func (export "f32") (result f32) (f32.const nan:0x200001))
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "trap") (unreachable))
          (func $forever (export "forever") (call $forever))
          (func (export "same") (param externref) (result externref) (local.get 0)))

        """

    private func failures(
        _ commands: String,
        path: String = "script.wast",
        expected: String = ""
    ) throws -> [String] {
        var runner = ScriptRunner(ScriptConfiguration())
        runner.expectedFailures = try ExpectedFailures(expected)
        return runner.run(Array((Self.module + commands).utf8), path: path).failures.map { "\($0)" }
    }

    @Test(arguments: [
        (#"(assert_return (invoke "i32") (i32.const 3))"#, "assert_return: expected i32 3, got i32 4"),
        (#"(assert_return (invoke "i32"))"#, "assert_return: expected nothing, got i32 4"),
        (#"(assert_return (invoke "trap"))"#, "assert_return: trap: unreachable"),
        (#"(assert_return (get "g") (i32.const 8))"#, "assert_return: expected i32 8, got i32 7"),
        (#"(assert_return (get "h") (i32.const 8))"#, #"assert_return: there is no global "h""#),
        (
            #"(assert_return (invoke "f32") (f32.const nan:canonical))"#,
            "assert_return: expected f32 nan:canonical, got f32 snan(0x1) (0x7fa00001)"
        ),
        (
            #"(assert_return (invoke "add" (i32.const 1)) (i32.const 1))"#,
            "assert_return: the function takes 2 arguments, not 1"
        ),
        (
            #"(assert_return (invoke "same" (ref.extern 1)) (ref.extern 2))"#,
            "assert_return: expected ref.extern 2, got ref.extern 1"
        ),
        (
            #"(assert_return (invoke "same" (ref.null extern)) (ref.extern))"#,
            "assert_return: expected ref.extern, got ref.null"
        ),
        (
            #"(assert_trap (invoke "i32") "unreachable")"#,
            #"assert_trap: expected trap "unreachable", got i32 4"#
        ),
        (
            #"(assert_trap (invoke "trap") "integer overflow")"#,
            #"assert_trap: expected trap "integer overflow", got trap: unreachable"#
        ),
        (
            #"(assert_exhaustion (invoke "trap") "call stack exhausted")"#,
            #"assert_exhaustion: expected "call stack exhausted", got trap: unreachable"#
        ),
        (
            #"(assert_invalid (module) "type mismatch")"#,
            #"assert_invalid: expected invalid "type mismatch", was accepted"#
        ),
        (
            #"(assert_malformed (module binary "\00asm\01\00\00\00") "end")"#,
            #"assert_malformed: expected malformed "end", was accepted"#
        ),
        (
            #"(assert_malformed (module quote "(func (result i32))") "end")"#,
            #"assert_malformed: expected malformed "end", got: is invalid: type mismatch, function 0, at 24"#
        ),
        (
            #"(assert_unlinkable (module (import "m" "f" (func))) "incompatible import type")"#,
            #"assert_unlinkable: expected "incompatible import type", got: unknown import, import 0"#
        ),
        (
            #"(assert_unlinkable (module) "unknown import")"#,
            #"assert_unlinkable: expected "unknown import", was linked"#
        ),
        (#"(module (func (result i32)))"#, "module: is invalid: type mismatch, function 0, at 24"),
        (#"(invoke $n "i32")"#, "invoke: there is no instance n"),
        (#"(frobnicate)"#, "script: cannot be read: unknown command frobnicate"),
    ])
    func `what does not come as the script says is a failure`(command: String, failure: String) throws {
        #expect(try failures(command) == ["script.wast:10: \(failure)"])
    }

    @Test func `a script that is right has no failures`() throws {
        let commands = """
            (assert_return (invoke "add" (i32.const -1) (i32.const 0x3)) (i32.const 2))
            (assert_return (invoke $m "f32") (either (f32.const 1) (f32.const nan:0x200001)))
            (assert_return (invoke "same" (ref.extern 5)) (ref.extern 5))
            (assert_return (invoke "same" (ref.extern 5)) (ref.extern))
            (assert_exhaustion (invoke "forever") "call stack exhausted")
            (assert_invalid (module (func (result i32))) "type mismatch")
            (assert_malformed (module quote "(func") "unexpected end")
            (assert_malformed (module binary "\\00asm") "unexpected end")
            (register "m")
            (module (import "m" "add" (func (param i32 i32) (result i32))))
            (assert_unlinkable (module (import "m" "add" (func))) "incompatible import type")
            (assert_trap (module (func $f unreachable) (start $f)) "unreachable")
            """
        #expect(try failures(commands) == [])
    }

    @Test func `a listed failure is none, and a listed command that passes is one`() throws {
        let commands = """
            (assert_return (invoke "i32") (i32.const 3))
            (assert_return (invoke "i32") (i32.const 4))
            """
        let list = """
            # Comment
            folder/script.wast:10 because
            folder/script.wast:11 because
            folder/script.wast:12 because
            """
        #expect(
            try failures(commands, path: "a/folder/script.wast", expected: list) == [
                "a/folder/script.wast:11: assert_return: passes, but is listed to fail: because",
                "a/folder/script.wast:12: script: no command of the list is there: because",
            ]
        )
        #expect(throws: ExpectedFailures.BadLine.self) { try ExpectedFailures("script.wast because") }
    }

    @Test func `bare fields are a module`() {
        let tally = ScriptRunner(ScriptConfiguration()).run(
            Array("(func) (memory 0)".utf8),
            path: "script.wast"
        )
        #expect(tally.passed == 1 && tally.failures.isEmpty)
    }
}
