internal import CMoteAPI
internal import CPlatform
internal import MotePlatform

/// A run of `iwasm`: from the words of the command line to the exit status.
///
/// 1 after an exception and for help, the guest's exit code after a program, 255 where the module could not be run.
/// `load` makes the functions of a shared library known, as `--native-lib` asks, and `unload` ends all of them; null in
/// a program that cannot load any.
@c(mote_runner_main)
public func runnerMain(
    _ count: Int32,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ load: (@convention(c) (UnsafePointer<CChar>) -> Void)?,
    _ unload: (@convention(c) () -> Void)?
) -> Int32 {
    guard let words else { return -1 }
    var options = RunnerOptions(words, count: count)
    switch options.read() {
    case .run:
        if options.libraries.count > 0, load == nil {
            Message.note(literal: "--native-lib", "this program is linked statically and loads no libraries")
            return 1
        }
        return Runner.run(&options, load, unload)
    case .version:
        RunnerHelp.writeVersion()
        return 0
    case .help:
        RunnerHelp.write()
        return 1
    case .refused: return 1
    }
}

/// Stages of a run; each gives back what it took.
enum Runner {
    private static var failed: Int32 { -1 }

    static func run(
        _ options: inout RunnerOptions,
        _ loadLibrary: (@convention(c) (UnsafePointer<CChar>) -> Void)?,
        _ unloadLibraries: (@convention(c) () -> Void)?
    ) -> Int32 {
        guard let path = options.rest.pointee else { return failed }
        var arguments = RuntimeInitArgs()
        arguments.mem_alloc_type = Alloc_With_System_Allocator
        arguments.running_mode = Mode_Interp
        arguments.gc_heap_size = options.collectedHeapSizeInBytes
        wasm_runtime_set_log_level(log_level_t(rawValue: options.logLevel))
        guard wasm_runtime_full_init(&arguments) else {
            Message.write("Init runtime environment failed.", nil)
            return failed
        }
        defer { wasm_runtime_destroy() }
        for index in 0..<options.libraries.count {
            if let library = options.libraries.words[index] { loadLibrary?(library) }
        }
        defer { unloadLibraries?() }
        if let folder = options.modulePath { ModuleFolder.use(folder) }
        do throws(MappedFile.Failure) {
            let file = try MappedFile(path: path)
            defer { file.release() }
            return load(file, &options)
        } catch {
            switch error {
            case .open: Message.write("Read file to buffer failed: open file ", path, " failed.\n")
            case .read: Message.write("Read file to buffer failed: read file content failed.", nil)
            }
        }
        return failed
    }

    private static func load(_ file: MappedFile, _ options: inout RunnerOptions) -> Int32 {
        var error = InlineArray<256, CChar>(repeating: 0)
        return withUnsafeMutablePointer(to: &error) {
            let text = UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
            guard let bytes = file.bytes, let size = UInt32(exactly: file.sizeInBytes) else {
                Message.write("WASM module load failed: unexpected end", nil)
                return failed
            }
            // Only read: the interface's type says otherwise for the sake of WAMR's.
            guard let module = wasm_runtime_load(UnsafeMutablePointer(mutating: bytes), size, text, 256)
            else {
                Message.write("", text)
                return failed
            }
            defer { wasm_runtime_unload(module) }
            return withGrants(module, &options) { options in
                guard
                    let instance = wasm_runtime_instantiate(
                        module,
                        options.stackSizeInBytes,
                        options.heapSizeInBytes,
                        text,
                        256
                    )
                else {
                    Message.write("", text)
                    return failed
                }
                defer { wasm_runtime_deinstantiate(instance) }
                return enter(instance, options)
            }
        }
    }

    /// Gives the module what it may use of the world, as long as the body runs.
    private static func withGrants(
        _ module: OpaquePointer,
        _ options: inout RunnerOptions,
        _ body: (RunnerOptions) -> Int32
    ) -> Int32 {
        var directories = options.directories.words
        var mapped = options.mappedDirectories.words
        var variables = options.variables.words
        return withUnsafeMutablePointer(to: &directories) { directories in
            withUnsafeMutablePointer(to: &mapped) { mapped in
                withUnsafeMutablePointer(to: &variables) { variables in
                    wasm_runtime_set_wasi_args(
                        module,
                        strings(directories),
                        UInt32(options.directories.count),
                        strings(mapped),
                        UInt32(options.mappedDirectories.count),
                        strings(variables),
                        UInt32(options.variables.count),
                        options.rest,
                        options.restCount
                    )
                    grantNetwork(module, options)
                    return body(options)
                }
            }
        }
    }

    /// Kept by the module, and asked for by nothing that guests can import.
    private static func grantNetwork(_ module: OpaquePointer, _ options: RunnerOptions) {
        var addresses = options.addresses.words
        var domains = options.domains.words
        if options.addresses.count > 0 {
            withUnsafeMutablePointer(to: &addresses) {
                wasm_runtime_set_wasi_addr_pool(module, strings($0), UInt32(options.addresses.count))
            }
        }
        if options.domains.count > 0 {
            withUnsafeMutablePointer(to: &domains) {
                wasm_runtime_set_wasi_ns_lookup_pool(module, strings($0), UInt32(options.domains.count))
            }
        }
    }

    private static func strings(_ list: UnsafeMutablePointer<InlineArray<8, UnsafePointer<CChar>?>>)
        -> UnsafeMutablePointer<UnsafePointer<CChar>?>
    {
        UnsafeMutableRawPointer(list).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }

    private static func enter(_ instance: OpaquePointer, _ options: RunnerOptions) -> Int32 {
        if options.sharedHeapSizeInBytes > 0, !attachHeap(options.sharedHeapSizeInBytes, to: instance) {
            return failed
        }
        guard let milliseconds = options.timeoutInMilliseconds else { return call(instance, options) }
        return Timeout.run(instance, milliseconds) { call(instance, options) }
    }

    private static func attachHeap(_ sizeInBytes: UInt32, to instance: OpaquePointer) -> Bool {
        var arguments = SharedHeapInitArgs()
        arguments.size = sizeInBytes
        guard let heap = wasm_runtime_create_shared_heap(&arguments) else {
            Message.write("Create preallocated shared heap failed", nil)
            return false
        }
        guard wasm_runtime_attach_shared_heap(instance, heap) else {
            Message.write("Attach shared heap failed.", nil)
            return false
        }
        return true
    }

    private static func call(_ instance: OpaquePointer, _ options: RunnerOptions) -> Int32 {
        if options.isPrompting {
            Prompt.run(instance)
        } else if let function = options.function {
            // It has printed the exception.
            guard
                wasm_application_execute_func(
                    instance,
                    function,
                    options.restCount &- 1,
                    options.rest + 1
                )
            else { return 1 }
        } else {
            _ = wasm_application_execute_main(instance, options.restCount, options.rest)
            if let exception = wasm_runtime_get_exception(instance) {
                Message.write("", exception)
                return 1
            }
        }
        return Int32(bitPattern: wasm_runtime_get_wasi_exit_code(instance))
    }
}
