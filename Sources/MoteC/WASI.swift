package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteWASI

/// What a host said that WASI programs of a module see: its own arrays, read at instantiation.
struct WASISettings {
    typealias Strings = UnsafeMutablePointer<UnsafePointer<CChar>?>

    /// Somebody said something.
    var isGiven = false
    var directories: Strings?
    var directoryCount = 0
    var mappedDirectories: Strings?
    var mappedDirectoryCount = 0
    var variables: Strings?
    var variableCount = 0
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    var argumentCount = 0
    var standardInput: Int32 = 0
    var standardOutput: Int32 = 1
    var standardError: Int32 = 2
    // For sockets, which there are none of.
    var addresses: Strings?
    var addressCount = 0
    var lookupNames: Strings?
    var lookupNameCount = 0
}

@c @implementation
package func wasm_runtime_set_wasi_args(
    _ module: OpaquePointer?,
    _ directories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ directoryCount: UInt32,
    _ mappedDirectories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ mappedDirectoryCount: UInt32,
    _ variables: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ variableCount: UInt32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ argumentCount: Int32
) {
    wasm_runtime_set_wasi_args_ex(
        module,
        directories,
        directoryCount,
        mappedDirectories,
        mappedDirectoryCount,
        variables,
        variableCount,
        arguments,
        argumentCount,
        -1,
        -1,
        -1
    )
}

@c @implementation
package func wasm_runtime_set_wasi_args_ex(
    _ module: OpaquePointer?,
    _ directories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ directoryCount: UInt32,
    _ mappedDirectories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ mappedDirectoryCount: UInt32,
    _ variables: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ variableCount: UInt32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ argumentCount: Int32,
    _ standardInput: Int64,
    _ standardOutput: Int64,
    _ standardError: Int64
) {
    guard let module = record(ofModule: module) else { return }
    var wasi = module.pointee.wasi
    wasi.setDirectories(directories, directoryCount, mappedDirectories, mappedDirectoryCount)
    wasi.setVariables(variables, variableCount)
    wasi.setArguments(arguments, argumentCount)
    wasi.setStreams(standardInput, standardOutput, standardError)
    module.pointee.wasi = wasi
}

@c @implementation
package func wasm_runtime_set_wasi_addr_pool(
    _ module: OpaquePointer?,
    _ addresses: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32
) {
    record(ofModule: module)?.pointee.wasi.setAddresses(addresses, count)
}

@c @implementation
package func wasm_runtime_set_wasi_ns_lookup_pool(
    _ module: OpaquePointer?,
    _ names: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32
) {
    record(ofModule: module)?.pointee.wasi.setLookupNames(names, count)
}

@c @implementation
package func wasm_runtime_is_wasi_mode(_ handle: OpaquePointer?) -> Bool {
    record(ofInstance: handle)?.pointee.wasi != nil
}

@c @implementation
package func wasm_runtime_get_wasi_exit_code(_ handle: OpaquePointer?) -> UInt32 {
    record(ofInstance: handle)?.pointee.wasi?.pointee.exitCode ?? 0
}

extension WASISettings {
    mutating func setDirectories(
        _ directories: Strings?,
        _ directoryCount: UInt32,
        _ mappedDirectories: Strings?,
        _ mappedDirectoryCount: UInt32
    ) {
        isGiven = true
        self.directories = directories
        self.directoryCount = directories == nil ? 0 : Int(directoryCount)
        self.mappedDirectories = mappedDirectories
        self.mappedDirectoryCount = mappedDirectories == nil ? 0 : Int(mappedDirectoryCount)
    }

    mutating func setVariables(_ variables: Strings?, _ count: UInt32) {
        isGiven = true
        self.variables = variables
        variableCount = variables == nil ? 0 : Int(count)
    }

    mutating func setArguments(
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        _ count: Int32
    ) {
        isGiven = true
        self.arguments = arguments
        argumentCount = arguments == nil ? 0 : max(0, Int(count))
    }

    /// -1 leaves the process's own.
    mutating func setStreams(_ input: Int64, _ output: Int64, _ error: Int64) {
        isGiven = true
        standardInput = Self.descriptor(input, 0)
        standardOutput = Self.descriptor(output, 1)
        standardError = Self.descriptor(error, 2)
    }

    mutating func setAddresses(_ addresses: Strings?, _ count: UInt32) {
        isGiven = true
        self.addresses = addresses
        addressCount = addresses == nil ? 0 : Int(count)
        if addressCount > 0 { Log.write(.warning, "there are no sockets: the address pool has no effect") }
    }

    mutating func setLookupNames(_ names: Strings?, _ count: UInt32) {
        isGiven = true
        lookupNames = names
        lookupNameCount = names == nil ? 0 : Int(count)
        if lookupNameCount > 0 {
            Log.write(.warning, "there are no sockets: the pool of names to look up has no effect")
        }
    }

    fileprivate static func descriptor(_ given: Int64, _ usual: Int32) -> Int32 {
        guard given >= 0, let descriptor = Int32(exactly: given) else { return usual }
        return descriptor
    }

    private static var moduleName: Text { "wasi_snapshot_preview1" }

    /// Whether a module imports functions of WASI, in a build without them and where the host has none of its own.
    static func isMissing(for module: Module.Pointer, in state: UnsafeMutablePointer<DoorState>) -> Bool {
        !Build.hasWASI && isWanted(by: module) && !state.hasNatives(of: moduleName)
    }

    /// Whether a module imports functions of WASI.
    static func isWanted(by module: Module.Pointer) -> Bool {
        for index in 0..<module.pointee.imports.count {
            guard let declaration = module.pointee.imports[checked: index] else { break }
            if equal(module.pointee.text(declaration.moduleName), moduleName) { return true }
        }
        return false
    }

    /// A context that has copied what it needs.
    func makeContext(in state: UnsafeMutablePointer<DoorState>) throws(WASISetupError) -> WASIContext.Pointer
    {
        var options = WASIOptions()
        // Safe: the two only differ in what the callee may write.
        options.arguments = arguments.map {
            UnsafeRawPointer($0).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
        }
        options.argumentCount = argumentCount
        options.environment = variables.map { UnsafePointer($0) }
        options.environmentCount = variableCount
        options.standardInput = standardInput
        options.standardOutput = standardOutput
        options.standardError = standardError
        let heap = state.pointee.engine.heap
        // Safe: both counts have 32 bits.
        guard directoryCount &+ mappedDirectoryCount > 0 else {
            return try WASIContext.create(heap: heap, options: options)
        }
        let preopens: UnsafeMutablePointer<WASIPreopen>
        do throws(MemoryError) {
            preopens = try makePreopens(in: state.pointee.arena, count: &options.preopenCount)
        } catch {
            throw .memory(error)
        }
        defer { state.pointee.arena.freeGrowable(preopens) }
        options.preopens = UnsafePointer(preopens)
        return try WASIContext.create(heap: heap, options: options)
    }

    /// The directories as WASI wants them, with room behind them for the guest's halves of `GUEST::HOST`.
    private func makePreopens(
        in arena: Arena,
        count: inout Int
    ) throws(MemoryError) -> UnsafeMutablePointer<WASIPreopen> {
        let total = directoryCount &+ mappedDirectoryCount
        var size = total &* MemoryLayout<WASIPreopen>.stride
        for index in 0..<mappedDirectoryCount {
            guard let text = mappedDirectories?[index] else { continue }
            size &+= strlen(text) &+ 1
        }
        let raw = try arena.allocateGrowable(sizeInBytes: size, region: .wasi, site: .cPreopens)
        let preopens = raw.bindMemory(to: WASIPreopen.self, capacity: total)
        var names = (raw + total &* MemoryLayout<WASIPreopen>.stride).assumingMemoryBound(to: CChar.self)
        for index in 0..<directoryCount {
            guard let path = directories?[index] else { continue }
            (preopens + count).initialize(to: WASIPreopen(hostPath: path, guestPath: path))
            count &+= 1
        }
        for index in 0..<mappedDirectoryCount {
            guard let text = mappedDirectories?[index], let separator = WASISettings.separator(in: text)
            else { continue }
            let guestSize = separator - text
            memcpy(names, text, guestSize)
            names[guestSize] = 0
            (preopens + count).initialize(
                to: WASIPreopen(hostPath: separator + 2, guestPath: UnsafePointer(names))
            )
            count &+= 1
            names += guestSize &+ 1
        }
        return preopens
    }

    /// Where the first `::` is.
    private static func separator(in text: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
        let colon = CChar(bitPattern: UInt8(ascii: ":"))
        var next = text
        while next[0] != 0 {
            if next[0] == colon, next[1] == colon { return next }
            next += 1
        }
        return nil
    }
}
