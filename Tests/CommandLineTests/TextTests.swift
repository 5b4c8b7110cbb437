import Foundation
import Testing

struct TextTests {
    private static let source = """
        (module
          (func $add (export "add") (param $a i32) (param $b i32) (result i32)
            (i32.add (local.get $a) (local.get $b))))
        """

    private static func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
        let file = folder.file(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test func `text runs, is validated and inspected like binary modules, whatever its name`() throws {
        let folder = try TemporaryFolder()
        for name in ["add.wat", "add", "-"] {
            let path = name == "-" ? name : try Self.write(";; sum\n" + Self.source, name, in: folder)
            let input = name == "-" ? Self.source : ""
            let run = try Program.run(["run", "--invoke", "add", path, "40", "2"], input: input)
            #expect(run.output == "42\n", "\(run.errors)")
            let valid = try Program.run(["validate", path], input: input)
            #expect(valid.exitCode == 0 && valid.output.isEmpty && valid.errors.isEmpty)
            let map = try Program.run(["inspect", path], input: input)
            #expect(map.exitCode == 0 && map.output.contains("add"))
        }
    }

    @Test func `a mistake in a text is shown with file, line, column and a caret`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.write("(module\n  (func\n    i32.cons 1))", "wrong.wat", in: folder)
        for command in [["run"], ["validate"], ["inspect"], ["wat2wasm"]] {
            let run = try Program.run(command + [path])
            #expect(run.exitCode == 1)
            #expect(
                run.errors == """
                    mote: \(path):3:5: unknown operator i32.cons
                        i32.cons 1))
                        ^

                    """
            )
        }
        let input = try Program.run(["validate", "-"], input: "(module (func (result i32)))")
        #expect(input.exitCode == 1)
        #expect(input.errors.hasPrefix("mote: <stdin>: type mismatch (in function 0, "))
    }

    @Test func `a module becomes binary and text again`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.write(Self.source, "add.wat", in: folder)
        let binary = folder.file("sum.wasm")
        #expect(try Program.run(["wat2wasm", path, "-o", binary.path]).exitCode == 0)
        let bytes = try Data(contentsOf: binary)
        #expect(bytes.starts(with: [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0]))
        let text = try Program.run(["wasm2wat", binary.path])
        #expect(text.exitCode == 0 && text.errors.isEmpty)
        #expect(
            text.output.contains("(func $add (;0;) (type 0) (param $a i32) (param $b i32) (result i32)\n")
        )
        let again = folder.file("again.wasm")
        #expect(try Program.run(["wat2wasm", "-", "--output", again.path], input: text.output).exitCode == 0)
        #expect(try Data(contentsOf: again) == bytes)
        let nameless = folder.file("nameless.wasm")
        #expect(try Program.run(["wat2wasm", "--no-names", path, "-o", nameless.path]).exitCode == 0)
        #expect(try Data(contentsOf: nameless).count < bytes.count)
    }

    @Test func `several files go to one folder, and those that fail are named`() throws {
        let folder = try TemporaryFolder()
        let good = try Self.write(Self.source, "good.wat", in: folder)
        let bad = try Self.write("(module (", "bad.wat", in: folder)
        let other = try Self.write("(module)", "other.wat", in: folder)
        let run = try Program.run(["wat2wasm", "--output-directory", folder.url.path, good, bad, other])
        #expect(run.exitCode == 1)
        #expect(run.errors.hasPrefix("mote: \(bad):1:"))
        for (name, isThere) in [("good.wasm", true), ("bad.wasm", false), ("other.wasm", true)] {
            #expect(FileManager.default.fileExists(atPath: folder.file(name).path) == isThere)
        }
        #expect(try Program.run(["wat2wasm", good, other]).exitCode == 2)
        let nowhere = try Program.run(["wat2wasm", good, "-o", folder.file("no/where").path])
        #expect(nowhere.exitCode == 1)
        #expect(nowhere.errors.contains("No such file or directory"))
    }

    @Test func `what is no module is not printed, and leaves no file`() throws {
        let folder = try TemporaryFolder()
        let cut = folder.file("cut.wasm")
        try Data(contentsOf: URL(fileURLWithPath: Program.fixture("hello"))).dropLast(100).write(to: cut)
        let output = folder.file("cut.wat")
        let run = try Program.run(["wasm2wat", cut.path, "-o", output.path])
        #expect(run.exitCode == 1)
        #expect(run.errors.hasPrefix("mote: \(cut.path): ") && run.errors.contains("(at byte 0x"))
        #expect(!FileManager.default.fileExists(atPath: output.path))
        let missing = try Program.run(["wasm2wat", "nothing.wasm"])
        #expect(missing.exitCode == 1)
        #expect(missing.errors == "mote: nothing.wasm: No such file or directory\n")
        let binary = try Program.run(["wat2wasm", Program.fixture("add"), "-o", "-"])
        #expect(binary.exitCode == 1 && binary.output.isEmpty)
        #expect(binary.errors.contains("binary module already"))
    }
}
