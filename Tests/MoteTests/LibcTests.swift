import Glibc
import Mote
import Testing

struct LibcTests {
    /// An instance of the fixture whose library is the host's, and what reads what it printed.
    private func guest(_ plan: MemoryPlan = MemoryPlan()) throws -> (Instance, () -> String) {
        var template = Array("/tmp/mote-libc-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        unlink(template)
        let instance = try Fixture.instance(
            "builtin",
            plan,
            imports: .libcBuiltin(standardOutput: file)
        )
        return (
            instance,
            {
                var bytes = [UInt8](repeating: 0, count: 65536)
                let count = pread(file, &bytes, bytes.count, 0)
                close(file)
                return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            }
        )
    }

    @Test(arguments: Plans.all)
    func `a program without a library gets its arguments and prints`(plan: MemoryPlan) throws {
        var plan = plan
        plan.appHeap = 4096
        let (instance, printed) = try guest(plan)
        #expect(try instance.runMain(["builtin", "17", "two"]) == 17)
        #expect(printed() == "2 arguments\n17 two\n")
    }

    @Test func `its ends are errors of the runtime's`() throws {
        let (instance, printed) = try guest()
        let exit = #expect(throws: RuntimeError.self) { try instance.function("leave").call([.i32(3)]) }
        guard case .exit(code: 3) = exit else {
            Issue.record("\(String(describing: exit))")
            return
        }
        let abort = #expect(throws: RuntimeError.self) { try instance.function("stop_with").call([.i32(7)]) }
        guard case .abort(message: "env.abort(7)") = abort else {
            Issue.record("\(String(describing: abort))")
            return
        }
        let trap = #expect(throws: RuntimeError.self) { try instance.function("length_of").call([.i32(-1)]) }
        guard case .trap(let trap) = trap, trap.code == .memoryOutOfBounds else {
            Issue.record("\(String(describing: trap))")
            return
        }
        #expect(printed() == "leaving\n")
    }

    @Test func `functions of the host's stand in for the library's`() throws {
        var imports = Imports.libcBuiltin
        var seen = ""
        imports["env", "puts"] = Function { (caller: Caller, text: UInt32) -> Int32 in
            seen = try caller.memory.string(at: text, count: 7)
            return 1
        }
        let instance = try Fixture.instance("builtin", imports: imports)
        _ = try? instance.function("leave").call([.i32(0)])
        #expect(seen == "leaving")
    }

    @Test func `what it has not stays unknown`() throws {
        let error = #expect(throws: RuntimeError.self) {
            try Fixture.instance("misfits", imports: .libcBuiltin)
        }
        guard case .link(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.name == "fprintf" && failure.kind == .unknownImport)
    }
}
