import Mote
import MoteTestSupport
import Testing

struct ExceptionTests {
    /// Imports a tag (i32, f64) and a host function that throws it; exports a tag and functions that throw and catch.
    private static let guest: [UInt8] = {
        var builder = ModuleBuilder()
        let pair = builder.functionType([.i32, .f64])
        let number = builder.functionType([.i32])
        let catches = builder.functionType([.i32], [.i32])
        let results = builder.functionType([], [.i32, .f64])
        let host = builder.importFunction("host", "throw", type: number)
        let imported = builder.importTag("host", "pair", type: pair)
        let own = builder.tag(type: number)
        let throwing = builder.function(type: number, [0x20, 0, 0x41, 2, 0x6C, 0x08, UInt8(own)])
        // block (i32 f64); try_table (catch pair 0); call host; end; 0; 0.0; end; drop
        let catching = builder.function(
            type: catches,
            [0x02, UInt8(results), 0x1F, 0x40, 1, 0, UInt8(imported), 0, 0x20, 0, 0x10, UInt8(host), 0x0B]
                + [0x41, 0x7F, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B, 0x1A]
        )
        builder.export("own", .tag, own)
        builder.export("throw", .function, throwing)
        builder.export("catch", .function, catching)
        builder.names(module: "m", functions: [(throwing, "thrower")])
        return builder.build()
    }()

    private func makeGuest(
        _ store: Store,
        _ body: @escaping (Int32) throws -> Void
    ) throws -> (Instance, Mote.Tag) {
        let pair = try Mote.Tag([.i32, .f64], in: store)
        let instance = try store.runtime.load(bytes: Self.guest).instantiate(
            imports: ["host": ["throw": Function { (value: Int32) in try body(value) }, "pair": pair]],
            in: store
        )
        return (instance, pair)
    }

    @Test func `an exception that nobody catches is an error with its tag and values`() throws {
        let store = try Store(Runtime(MemoryPlan()))
        let (instance, pair) = try makeGuest(store) { _ in }
        let error = #expect(throws: RuntimeError.self) {
            try instance.call("throw", ((Int32) -> Void).self, 21)
        }
        guard case .exception(let exception) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try exception.tag == instance.tag("own") && exception.tag != pair)
        guard case .i32(42)? = exception.values?.first, exception.values?.count == 1 else {
            Issue.record("other values")
            return
        }
        #expect(
            exception.description.hasPrefix("uncaught exception: tag 1 of module m (i32 42)\n  #0 thrower")
        )
        #expect(exception.tag.parameters == [.i32] && pair.description == "a tag of the host")
    }

    @Test func `what a host function throws is caught by its guest, or comes out`() throws {
        let store = try Store(Runtime(MemoryPlan()))
        var thrown: (any Error)?
        let (instance, pair) = try makeGuest(store) { value in
            if let thrown { throw thrown }
        }
        let catching = try instance.function("catch", as: ((Int32) -> Int32).self)
        #expect(try catching(1) == -1)
        thrown = WasmException(pair, [.i32(7), .f64(0.5)])
        #expect(try catching(1) == 7)
        // The error that came out of another call flies on too.
        let inner = try makeGuest(store) { _ in }.0
        thrown = #expect(throws: RuntimeError.self) { try inner.call("throw", ((Int32) -> Void).self, 4) }
        let error = #expect(throws: RuntimeError.self) { try catching(1) }
        guard case .exception(let exception) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try exception.tag == inner.tag("own"))
        // Values that do not fit are the host's mistake.
        thrown = WasmException(pair, [.i32(7)])
        #expect(throws: RuntimeError.self) { try catching(1) }
        thrown = HostFailure(number: 3)
        #expect(throws: HostFailure(number: 3)) { try catching(1) }
    }

    @Test func `a tag is imported by its type`() throws {
        let store = try Store(Runtime(MemoryPlan()))
        let error = #expect(throws: RuntimeError.self) {
            try store.runtime.load(bytes: Self.guest).instantiate(
                imports: [
                    "host": ["throw": Function { (_: Int32) in }, "pair": try Mote.Tag([.i32], in: store)]
                ],
                in: store
            )
        }
        #expect(
            error?.description
                == #"incompatible import type of "host" "pair": tag (i32, f64), given tag (i32)"#
        )
    }
}
