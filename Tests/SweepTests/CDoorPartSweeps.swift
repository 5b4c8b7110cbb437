import CMoteAPI
import Foundation
import MoteC
import MoteMemory
import Testing

/// Modules that import from each other, as they are in Tests/CHost/small_modules.h.
private enum PartModules {
    nonisolated(unsafe) static var readCount = 0
    nonisolated(unsafe) static var givenBackCount = 0

    static let top: [UInt8] = [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 1, 127, 1, 127, 96, 0, 0, 2, 58, 4, 3, 109, 105, 100, 5,
        116, 119, 105, 99, 101, 0, 0, 4, 108, 101, 97, 102, 5, 99, 111, 117, 110, 116, 3, 127, 1, 4, 108,
        101, 97, 102, 4, 116, 101, 108, 108, 0, 1, 6, 103, 108, 111, 98, 97, 108, 8, 73, 110, 102, 105, 110,
        105, 116, 121, 3, 124, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 2, 10, 13, 1, 11, 0, 16, 1, 32,
        0, 16, 0, 35, 0, 106, 11, 0, 31, 4, 110, 97, 109, 101, 1, 14, 2, 0, 5, 116, 119, 105, 99, 101, 1, 4,
        116, 101, 108, 108, 7, 8, 1, 0, 5, 99, 111, 117, 110, 116,
    ]
    static let mid: [UInt8] = [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 0, 96, 1, 127, 1, 127, 2, 13, 1, 4, 108, 101, 97, 102,
        4, 98, 117, 109, 112, 0, 0, 3, 2, 1, 1, 7, 9, 1, 5, 116, 119, 105, 99, 101, 0, 1, 10, 11, 1, 9, 0,
        16, 0, 32, 0, 65, 1, 116, 11, 0, 14, 4, 110, 97, 109, 101, 1, 7, 1, 0, 4, 98, 117, 109, 112,
    ]
    static let leaf: [UInt8] = [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 1, 127, 0, 96, 0, 0, 2, 12, 1, 3, 101, 110, 118, 4, 110,
        111, 116, 101, 0, 0, 3, 3, 2, 1, 1, 5, 3, 1, 0, 1, 6, 6, 1, 127, 1, 65, 0, 11, 7, 32, 4, 6, 109,
        101, 109, 111, 114, 121, 2, 0, 5, 99, 111, 117, 110, 116, 3, 0, 4, 98, 117, 109, 112, 0, 1, 4, 116,
        101, 108, 108, 0, 2, 10, 18, 2, 9, 0, 35, 0, 65, 1, 106, 36, 0, 11, 6, 0, 65, 8, 16, 0, 11, 11, 10,
        1, 0, 65, 8, 11, 4, 108, 101, 97, 102, 0, 24, 4, 110, 97, 109, 101, 1, 7, 1, 0, 4, 110, 111, 116,
        101, 7, 8, 1, 0, 5, 99, 111, 117, 110, 116,
    ]

    static let reader: module_reader = { _, name, bytes, size in
        guard let name, let bytes, let size else { return false }
        let source = strcmp(name, "mid") == 0 ? mid : leaf
        let copy = malloc(source.count)?.assumingMemoryBound(to: UInt8.self)
        copy?.initialize(from: source, count: source.count)
        bytes.pointee = copy
        size.pointee = UInt32(source.count)
        readCount += 1
        return copy != nil
    }

    static let destroyer: module_destroyer = { bytes, _ in
        givenBackCount += 1
        free(bytes)
    }
}

extension CDoorSweeps {
    /// Bytes that stay where they are while a module borrows them.
    private func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        return copy
    }

    /// Where the heap gives out on the way, nothing is left when the runtime ends.
    @Test func `modules that import from modules are loaded and instantiated`() throws {
        let names = ["env", "note", "($)"]
        let texts: [UnsafeMutablePointer<CChar>] = names.map { text in strdup(text) }
        defer { texts.forEach { free($0) } }
        typealias Native = @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void
        let native: Native = { _, _ in }
        let symbols = UnsafeMutablePointer<NativeSymbol>.allocate(capacity: 1)
        defer { symbols.deallocate() }
        var symbol = NativeSymbol()
        symbol.symbol = UnsafePointer(texts[1])
        symbol.func_ptr = unsafeBitCast(native, to: UnsafeMutableRawPointer.self)
        symbol.signature = UnsafePointer(texts[2])
        symbols.initialize(to: symbol)
        let bytes = copy(PartModules.top)
        defer { bytes.deallocate() }
        wasm_runtime_set_module_reader(PartModules.reader, PartModules.destroyer)
        defer { wasm_runtime_set_module_reader(nil, nil) }
        Self.allocator.fail(at: -1, once: true)
        for turn in 0..<1000 {
            PartModules.readCount = 0
            PartModules.givenBackCount = 0
            try #require(start())
            let heap = try #require(heapOfRuntime())
            heap.pointee.failureCountdown = turn
            var isDone = wasm_runtime_register_natives(texts[0], symbols, 1)
            let module = isDone ? wasm_runtime_load(bytes.baseAddress, UInt32(bytes.count), nil, 0) : nil
            let instance = wasm_runtime_instantiate(module, 4096, 0, nil, 0)
            let environment = wasm_runtime_create_exec_env(instance, 4096)
            var cells: [UInt32] = [20]
            isDone = wasm_runtime_call_wasm(
                environment,
                wasm_runtime_lookup_function(instance, "run"),
                1,
                &cells
            )
            let hasFailed = heap.pointee.failureCountdown < 0
            heap.pointee.failureCountdown = -1
            if hasFailed { SweepLog.note(heap.pointee.failureSite) }
            #expect(isDone != hasFailed)
            wasm_runtime_destroy()
            #expect(PartModules.readCount == PartModules.givenBackCount)
            #expect(Self.allocator.state.pointee.blockCount == 0)
            if !hasFailed {
                #expect(cells[0] == 41)
                return
            }
        }
        Issue.record("no end")
    }

    @Test func `names, sections, contexts and arguments are asked for`() throws {
        Self.allocator.fail(at: -1, once: true)
        try #require(start())
        defer {
            wasm_runtime_destroy()
            #expect(Self.allocator.state.pointee.blockCount == 0)
        }
        let heap = try #require(heapOfRuntime())
        let key = wasm_runtime_create_context_key(nil)
        let bytes = copy(PartModules.leaf)
        defer { bytes.deallocate() }
        // All sections of the module, which are small: an id, a size of one byte, the contents.
        var sections: [wasm_section_t] = []
        var offset = 8
        while offset + 1 < bytes.count {
            var section = wasm_section_t()
            section.section_type = Int32(bytes[offset])
            section.section_body_size = UInt32(bytes[offset + 1])
            section.section_body = bytes.baseAddress.map { $0 + offset + 2 }
            sections.append(section)
            offset += 2 + Int(bytes[offset + 1])
        }
        func scenario() throws {
            try sections.withUnsafeMutableBufferPointer { list in
                for index in 1..<list.count { list[index - 1].next = list.baseAddress.map { $0 + index } }
                guard let module = wasm_runtime_load_from_sections(list.baseAddress, false, nil, 0) else {
                    throw Exhausted()
                }
                wasm_runtime_unload(module)
            }
            guard let module = wasm_runtime_load(bytes.baseAddress, UInt32(bytes.count), nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_unload(module) }
            guard wasm_runtime_set_module_name(module, "leaf", nil, 0) else { throw Exhausted() }
            var imported = wasm_import_t()
            wasm_runtime_get_import_type(module, 0, &imported)
            var exported = wasm_export_t()
            wasm_runtime_get_export_type(module, 0, &exported)
            guard imported.name != nil, exported.name != nil else { throw Exhausted() }
            var arguments: OpaquePointer?
            guard wasm_runtime_instantiation_args_create(&arguments) else { throw Exhausted() }
            defer { wasm_runtime_instantiation_args_destroy(arguments) }
            guard let instance = wasm_runtime_instantiate_ex2(module, arguments, nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_deinstantiate(instance) }
            wasm_runtime_set_context(instance, key, bytes.baseAddress)
            guard wasm_runtime_get_context(instance, key) != nil,
                let block = wasm_runtime_aligned_alloc(256, 256)
            else { throw Exhausted() }
            wasm_runtime_free(block)
        }
        wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL)
        defer { wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING) }
        try scenario()
        #expect(sweep(heap, "c names") { try scenario() } > 20)
    }
}
