import MoteEngine
import MoteMemory
import MoteModule
import MoteText
import Testing

/// The garbage-collected heap and what the host keeps of it, with every request for memory failing once.
struct ObjectSweeps {
    private static let text = """
        (module
          (type $node (struct (field (mut (ref null $node))) (field i64)))
          (type $bytes (array (mut i8)))
          (global $first (ref null $node) (struct.new $node (ref.null $node) (i64.const 0)))
          (global $list (mut (ref null $node)) (struct.new $node (ref.null $node) (i64.const 1)))
          (elem $nodes (ref null $node) (item (struct.new_default $node)) (item (global.get $first)))
          (table $t 4 (ref null $node))
          (func (export "run") (result i32) (local $n i32)
            (loop $more
              (global.set $list (struct.new $node (global.get $list) (i64.const 2)))
              (br_if $more (i32.ne (i32.const 400) (local.tee $n (i32.add (local.get $n) (i32.const 1))))))
            (table.init $t $nodes (i32.const 0) (i32.const 0) (i32.const 2))
            (elem.drop $nodes)
            (array.len (array.new_default $bytes (i32.const 10000))))
          (func (export "last") (result anyref) (global.get $list)))
        """

    @Test(arguments: Mode.allCases)
    func `objects are made by segments, globals and code, and retained`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        let bytes = try TextModule.assemble(Array(Self.text.utf8))
        func scenario() throws -> UInt64 {
            let store = try bench.runtime.createStore()
            defer { store.destroy() }
            let module = try bench.runtime.load(bytes)
            defer { module.unload() }
            let environment = try EngineEnvironment.create(in: store)
            let instance = try EngineInstance.instantiate(module, in: store, environment: environment) { _ in
                nil
            }
            let count = try instance.run("run", in: environment)
            let last = try instance.run("last", in: environment)
            for _ in 0..<20 { _ = try store.retain(last) }
            let handle = try store.makeExternalReference(nil, finalizer: nil)
            _ = try store.makeGlobal(type: GlobalType(valueType: .externref, isMutable: true), low: handle)
            guard store.collectGarbage() else { throw Exhausted() }
            return count
        }
        // Types leave room behind them in the registry.
        #expect(try scenario() == 10000)
        #expect(sweep(bench.heap, "objects") { _ = try scenario() } > 30)
    }
}
