import CMoteAPI
import MoteC
import MoteMemory
import Testing

/// One shared memory, its C stack's pointer, and a function that moves it and traps.
///
/// (module (memory 1 1 shared)
///   (global (export "__data_end") i32 (i32.const 1040)) (global (export "__heap_base") i32 (i32.const 5136))
///   (global $__stack_pointer (mut i32) (i32.const 5136))
///   (func (export "stop") (global.set $__stack_pointer (i32.const 5120)) unreachable))
private enum ThreadModule {
    static let bytes: [UInt8] = [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 6, 19, 3, 127, 0, 65,
        144, 8, 11, 127, 0, 65, 144, 40, 11, 127, 1, 65, 144, 40, 11, 7, 35, 3, 10, 95, 95, 100, 97, 116,
        97, 95, 101, 110, 100, 3, 0, 11, 95, 95, 104, 101, 97, 112, 95, 98, 97, 115, 101, 3, 1, 4, 115, 116,
        111, 112, 0, 0, 10, 10, 1, 8, 0, 65, 128, 40, 36, 2, 0, 11, 0, 25, 4, 110, 97, 109, 101, 7, 18, 1,
        2, 15, 95, 95, 115, 116, 97, 99, 107, 95, 112, 111, 105, 110, 116, 101, 114,
    ]
}

extension CDoorSweeps {
    @Test func `environments for threads are made, calls measured, and frames named`() throws {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: ThreadModule.bytes.count)
        _ = bytes.initialize(from: ThreadModule.bytes)
        defer { bytes.deallocate() }
        Self.allocator.fail(at: -1, once: true)
        try #require(start())
        mote_set_perf_profiling(true)
        wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL)
        defer {
            wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING)
            mote_set_perf_profiling(false)
            wasm_runtime_destroy()
            #expect(Self.allocator.state.pointee.blockCount == 0)
        }
        let heap = try #require(heapOfRuntime())
        func scenario() throws {
            guard let module = wasm_runtime_load(bytes.baseAddress, UInt32(bytes.count), nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_unload(module) }
            guard let instance = wasm_runtime_instantiate(module, 4096, 8192, nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_deinstantiate(instance) }
            guard let environment = wasm_runtime_create_exec_env(instance, 4096),
                let other = wasm_runtime_spawn_exec_env(environment)
            else { throw Exhausted() }
            let stop = wasm_runtime_lookup_function(instance, "stop")
            #expect(!wasm_runtime_call_wasm(environment, stop, 0, nil))
            var frames = [WASMCApiFrame(), WASMCApiFrame()]
            let count = wasm_copy_callstack(environment, &frames, 2, 0, nil, 0)
            guard count == 1, frames[0].func_name_wp != nil,
                wasm_runtime_sum_wasm_exec_time(instance) > 0
            else { throw Exhausted() }
            wasm_runtime_destroy_spawned_exec_env(other)
        }
        try scenario()
        #expect(sweep(heap, "c threads") { try scenario() } > 20)
    }
}
