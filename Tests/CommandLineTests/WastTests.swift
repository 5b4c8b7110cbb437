import Foundation
import Testing

struct WastTests {
    private static let script = """
        (module (func (export "f") (result i32) (i32.const 4)))
        (assert_return (invoke "f") (i32.const 4))
        (assert_return
          (invoke "f") (i32.const 3))
        """

    /// A folder with scripts in it and below.
    private func makeFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["b", "proposals/custom-descriptors"] {
            try FileManager.default.createDirectory(at: folder.file(name), withIntermediateDirectories: true)
        }
        try Data(Self.script.utf8).write(to: folder.file("b/one.wast"))
        try Data("(module)".utf8).write(to: folder.file("a.wast"))
        try Data("(module)".utf8).write(to: folder.file("proposals/custom-descriptors/x.wast"))
        try Data("not a script".utf8).write(to: folder.file("c.txt"))
        return folder
    }

    @Test func `a folder's scripts are run, and a failure says where it is`() throws {
        let folder = try makeFolder()
        let run = try Program.run(["wast", folder.url.path, "--jobs", "2"])
        let file = folder.file("b/one.wast").path
        #expect(
            run.output == "\(file):3: assert_return: expected i32 3, got i32 4\n3 passed, 1 failed\n"
        )
        #expect(run.errors == "mote: 1 scripts are skipped: custom descriptors are not supported\n")
        #expect(run.exitCode == 1)
    }

    @Test(arguments: [
        ["--tier", "interpreter"], ["--backing", "heap", "--bounds", "checked"],
        ["--backing", "reserved", "--bounds", "guard"], ["--pool", "16M"], ["--gc-stress"],
    ])
    func `a listed failure is none`(options: [String]) throws {
        let folder = try makeFolder()
        try Data("b/one.wast:3 it is wrong\n".utf8).write(to: folder.file("list"))
        let path = folder.file("list").path
        let run = try Program.run(["wast", folder.file("b").path, "--expected-failures", path] + options)
        #expect(run.output == "1 failed as listed\n2 passed, 0 failed\n")
        #expect(run.exitCode == 0)
    }

    @Test func `commands are counted without running them`() throws {
        let folder = try makeFolder()
        let file = folder.file("b/one.wast").path
        let run = try Program.run(["wast", "--list-commands", file])
        #expect(run.output == "\(file) assert_return=2 module=1\n")
        #expect(run.exitCode == 0)
    }

    @Test func `a feature that is off makes its modules fail`() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("one.wast")
        try Data("(module (func $f (return_call $f)))".utf8).write(to: file)
        #expect(try Program.run(["wast", file.path]).exitCode == 0)
        let run = try Program.run(["wast", "--disable", "tail-calls", file.path])
        #expect(run.output.contains("tail-calls is off"))
        #expect(run.exitCode == 1)
    }

    @Test(arguments: [
        ["wast"], ["wast", "/nowhere.wast", "--pool", "1M", "--backing", "reserved"],
        ["wast", "/nowhere.wast", "--backing", "heap", "--bounds", "guard"],
        ["wast", "/nowhere.wast", "--jobs", "0"],
    ])
    func `what makes no sense is wrong usage`(arguments: [String]) throws {
        #expect(try Program.run(arguments).exitCode == 2)
    }

    @Test func `a file that is not there is a failure`() throws {
        let run = try Program.run(["wast", "/nowhere.wast"])
        #expect(run.output.hasPrefix("/nowhere.wast:0: script: No such file"))
        #expect(run.exitCode == 1)
    }
}
