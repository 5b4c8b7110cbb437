internal import CPlatform
internal import MoteEngine

extension Instance {
    /// Runs it as a program without WASI: calls `main` (or `__main_argc_argv`, `_main`), and tells its exit code.
    ///
    /// A `main` that takes a count and an address gets the arguments, the program's name first; they are placed in the
    /// guest's heap meanwhile. The exit code is what `main` gives, 0 where it gives nothing, or what `exit` was given.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)`` where there is no such function, ``RuntimeError/guestHeap(_:)``
    ///   where the arguments have no place, and what the call throws, but for ``RuntimeError/exit(code:)``.
    public func runMain(
        _ arguments: [String],
        in environment: ExecutionEnvironment? = nil
    ) throws -> UInt32 {
        guard let main = Self.mainNames.lazy.compactMap({ try? self.function($0) }).first else {
            throw RuntimeError.export(name: "main", wanted: "function")
        }
        var values: [Value] = []
        var block: UInt64?
        if main.type.parameters.count == 2 {
            let placed = try place(arguments, in: environment)
            block = placed
            values.append(.i32(Int32(truncatingIfNeeded: arguments.count)))
            values.append(
                main.type.parameters[1] == .i64
                    ? .i64(Int64(bitPattern: placed)) : .i32(Int32(truncatingIfNeeded: placed))
            )
        }
        do {
            let results = try main.call(values, in: environment)
            if let block { try free(block, in: environment) }
            guard case .i32(let code)? = results.first else { return 0 }
            return UInt32(bitPattern: code)
        } catch RuntimeError.exit(let code) {
            return code
        }
    }

    /// The names that compilers give `main`.
    package static let mainNames = ["main", "__main_argc_argv", "_main"]

    /// Addresses, a null, and the strings behind them, in one block of the guest's heap.
    private func place(_ arguments: [String], in environment: ExecutionEnvironment?) throws -> UInt64 {
        guard let memory = engine.memory(at: 0) else {
            throw RuntimeError.export(name: "0", wanted: "memory")
        }
        let is64 = memory.pointee.is64 != 0
        let width = is64 ? 8 : 4
        let strings = arguments.map { Array($0.utf8) + [0] }
        let start = (strings.count + 1) * width
        let address = try malloc(strings.reduce(start) { $0 + $1.count }, in: environment)
        let bytes = Memory(
            access: MemoryAccess(pointer: memory, instance: engine.base),
            store: store,
            owner: self
        )
        var text = address + UInt64(start)
        for (index, string) in strings.enumerated() {
            let place = address + UInt64(index * width)
            if is64 {
                try bytes.store(text, at: place)
            } else {
                try bytes.store(UInt32(truncatingIfNeeded: text), at: place)
            }
            try bytes.write(string, at: text)
            text += UInt64(string.count)
        }
        try bytes.write([UInt8](repeating: 0, count: width), at: address + UInt64(strings.count * width))
        return address
    }
}
