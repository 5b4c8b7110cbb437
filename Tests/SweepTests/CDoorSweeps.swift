import CMoteAPI
import Foundation
import MoteC
import MoteMemory
import MoteModule
import Testing

/// The C interface.
///
/// It knows one runtime for the process, so these tests come one after the other.
@Suite(.serialized) struct CDoorSweeps {
    /// Its allocator functions take no data.
    nonisolated(unsafe) static let allocator = FailingAllocator()

    func start() -> Bool {
        typealias Allocate = @convention(c) (UInt32) -> UnsafeMutableRawPointer?
        typealias Reallocate = @convention(c) (UnsafeMutableRawPointer?, UInt32) -> UnsafeMutableRawPointer?
        typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
        let allocate: Allocate = { FailingAllocator.allocate(CDoorSweeps.allocator.state, Int($0)) }
        let reallocate: Reallocate = { FailingAllocator.reallocate(CDoorSweeps.allocator.state, $0, Int($1)) }
        let free: Free = { FailingAllocator.free(CDoorSweeps.allocator.state, $0) }
        var arguments = RuntimeInitArgs()
        arguments.mem_alloc_type = Alloc_With_Allocator
        arguments.mem_alloc_option.allocator.malloc_func = unsafeBitCast(
            allocate,
            to: UnsafeMutableRawPointer.self
        )
        arguments.mem_alloc_option.allocator.realloc_func = unsafeBitCast(
            reallocate,
            to: UnsafeMutableRawPointer.self
        )
        arguments.mem_alloc_option.allocator.free_func = unsafeBitCast(free, to: UnsafeMutableRawPointer.self)
        return wasm_runtime_full_init(&arguments)
    }

    @Test(arguments: [true, false]) func `the runtime begins on an allocator that gives out`(once: Bool) {
        for turn in 0..<100 {
            Self.allocator.fail(at: turn, once: once)
            let isOpen = start()
            let isDone = Self.allocator.state.pointee.failureCount == 0
            #expect(isOpen || !isDone)
            if isOpen { wasm_runtime_destroy() }
            #expect(Self.allocator.state.pointee.blockCount == 0)
            if isDone { return }
        }
        Issue.record("no end")
    }

    @Test func `a module is loaded, instantiated and called`() throws {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: SweepModules.forHosts.count)
        _ = bytes.initialize(from: SweepModules.forHosts)
        defer { bytes.deallocate() }
        Self.allocator.fail(at: -1, once: true)
        try #require(start())
        defer {
            wasm_runtime_destroy()
            #expect(Self.allocator.state.pointee.blockCount == 0)
        }
        let heap = try #require(heapOfRuntime())
        let texts: [String] = ["env", "host", "/tmp", "many", "(i)i", "/::/tmp"]
        let names: [UnsafeMutablePointer<CChar>] = texts.map { text in strdup(text) }
        defer { names.forEach { free($0) } }
        typealias Native = @convention(c) (OpaquePointer?, Int32) -> Int32
        let native: Native = { _, value in value + 1 }
        var symbol = NativeSymbol()
        symbol.symbol = UnsafePointer(names[1])
        symbol.func_ptr = unsafeBitCast(native, to: UnsafeMutableRawPointer.self)
        symbol.signature = UnsafePointer(names[4])
        let symbols = UnsafeMutablePointer<NativeSymbol>.allocate(capacity: 1)
        symbols.initialize(to: symbol)
        defer { symbols.deallocate() }
        func scenario() throws {
            guard wasm_runtime_register_natives(names[0], symbols, 1) else { throw Exhausted() }
            defer { #expect(wasm_runtime_unregister_natives(names[0], symbols)) }
            guard let module = wasm_runtime_load(bytes.baseAddress, UInt32(bytes.count), nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_unload(module) }
            var directories: [UnsafePointer<CChar>?] = [UnsafePointer(names[2])]
            var mapped: [UnsafePointer<CChar>?] = [UnsafePointer(names[5])]
            var arguments: [UnsafeMutablePointer<CChar>?] = [names[3]]
            let instance = directories.withUnsafeMutableBufferPointer { directories in
                mapped.withUnsafeMutableBufferPointer { mapped in
                    arguments.withUnsafeMutableBufferPointer { arguments in
                        wasm_runtime_set_wasi_args(
                            module,
                            directories.baseAddress,
                            1,
                            mapped.baseAddress,
                            1,
                            nil,
                            0,
                            arguments.baseAddress,
                            1
                        )
                        return wasm_runtime_instantiate(module, 4096, 0, nil, 0)
                    }
                }
            }
            guard let instance else { throw Exhausted() }
            defer { wasm_runtime_deinstantiate(instance) }
            guard let environment = wasm_runtime_create_exec_env(instance, 4096) else { throw Exhausted() }
            defer { wasm_runtime_destroy_exec_env(environment) }
            let function = try #require(wasm_runtime_lookup_function(instance, "many"))
            var cells = (0..<20).map { UInt32($0) }
            guard wasm_runtime_call_wasm(environment, function, 20, &cells) else { throw Exhausted() }
            #expect(cells[0] == 20)
            guard let block = wasm_runtime_malloc(100) else { throw Exhausted() }
            let larger = wasm_runtime_realloc(block, 1000)
            wasm_runtime_free(larger ?? block)
            if larger == nil { throw Exhausted() }
        }
        try scenario()
        #expect(sweep(heap, "c") { try scenario() } > 40)
    }
}
