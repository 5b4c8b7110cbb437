import Glibc
import Mote
import Testing

struct WASITests {
    /// Runs a command with its output in a pipe; output and exit code.
    private func run(
        _ name: String,
        _ plan: MemoryPlan = MemoryPlan(),
        arguments: [String] = [],
        environment: [String] = []
    ) throws -> (output: String, code: UInt32) {
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutableBytes(of: &ends) { _ = pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self)) }
        defer {
            close(ends.0)
            close(ends.1)
        }
        let runtime = try Runtime(plan)
        let wasi = try WASI(
            in: runtime,
            arguments: [name] + arguments,
            environment: environment,
            standardInput: -1,
            standardOutput: ends.1
        )
        let instance = try runtime.load(contentsOf: Fixture.path(name)).instantiate(imports: wasi.imports)
        let code = try instance.runCommand()
        #expect(wasi.exitCode == code)
        var bytes = [UInt8](repeating: 0, count: 65536)
        _ = fcntl(ends.0, F_SETFL, O_NONBLOCK)
        let count = read(ends.0, &bytes, bytes.count)
        return (String(decoding: bytes.prefix(max(0, count)), as: UTF8.self), code)
    }

    @Test(arguments: Plans.all)
    func `a program gets its arguments and prints`(plan: MemoryPlan) throws {
        let result = try run("hello", plan, arguments: ["one", "--two"])
        #expect(result.output.hasPrefix("hello from wasm\n"))
        #expect(result.output.contains("one") && result.output.contains("--two"))
        #expect(result.code == 0)
    }

    @Test func `variables and exit codes reach the other side`() throws {
        #expect(try run("environ", arguments: ["COLOR"], environment: ["COLOR=red"]).output.contains("red"))
        #expect(try run("exitcode").code == 7)
        #expect(try run("exitcode", arguments: ["3"]).code == 3)
    }

    @Test func `calling past proc_exit throws the exit code`() throws {
        let runtime = try Runtime()
        let wasi = try WASI(in: runtime, arguments: ["exitcode"], standardOutput: -1)
        let instance = try runtime.load(contentsOf: Fixture.path("exitcode")).instantiate(
            imports: wasi.imports
        )
        let error = #expect(throws: RuntimeError.self) { try instance.function("_start").call([]) }
        guard case .exit(code: 7) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a reactor is initialised once and called`() throws {
        let runtime = try Runtime()
        let wasi = try WASI(in: runtime, standardOutput: -1)
        let instance = try runtime.load(contentsOf: Fixture.path("reactor")).instantiate(
            imports: wasi.imports
        )
        try instance.initializeReactor()
        let next = try instance.function("next", as: (() -> Int32).self)
        #expect(try next() == 101)
        #expect(try next() == 102)
    }

    @Test func `a directory that is not there is named`() throws {
        let runtime = try Runtime()
        let error = #expect(throws: RuntimeError.self) {
            try WASI(in: runtime, preopens: [Preopen("/nowhere/at/all", as: "/")])
        }
        #expect(error?.description == "directory /nowhere/at/all: No such file or directory")
        #expect(runtime.memoryReport.owners.allSatisfy { $0.kind == "runtime" })
    }
}
