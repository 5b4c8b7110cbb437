/// A change to how a module is built, with what it would save.
///
/// Made by ``Module/memoryAdvice(measured:plan:)`` from the module's own numbers; there is none without a number of bytes
/// and the sum that it comes from.
public struct MemoryAdvice: Sendable, Equatable {
    /// What is to be changed.
    public enum Subject: String, Sendable, CaseIterable {
        /// The size of the guest's C stack.
        case stackSize = "stack size"
        /// How many pages the memory starts with.
        case initialMemory = "initial memory"
        /// Whether `__heap_base` and `__data_end` are exported.
        case layoutExports = "layout exports"
        /// Whether the guest's allocator is exported, so that the host needs no app heap of its own.
        case allocatorExports = "allocator exports"
        /// Names and debugging information in the file.
        case strip
    }

    /// Where the bytes are saved.
    public enum Place: String, Sendable, CaseIterable {
        /// In linear memory: all of them where it comes from a pool, a heap or a buffer; with a reservation only those
        /// that would be touched.
        case linearMemory = "linear memory"
        /// In the module's file, and in the global heap where it is copied there.
        case file
    }

    /// What is to be changed.
    public let subject: Subject
    /// Where it saves.
    public let place: Place
    /// How many bytes it saves.
    public let saves: Int
    /// The change in the words of the module's toolchain.
    public let change: String
    /// How the number comes about.
    public let because: String
}

extension MemoryAdvice {
    /// What runs of a program showed; what is nil was not measured.
    public struct Measured: Sendable, Equatable {
        /// Most bytes of the guest's C stack that were in use.
        public var auxiliaryStackPeak: Int?
        /// The end of the last byte of linear memory that was touched.
        public var touchedEnd: UInt64?

        /// Measurements.
        public init(auxiliaryStackPeak: Int? = nil, touchedEnd: UInt64? = nil) {
            self.auxiliaryStackPeak = auxiliaryStackPeak
            self.touchedEnd = touchedEnd
        }

        /// What a report says about the first memory of an instance.
        public init(_ memory: MemoryReport.LinearMemory) {
            auxiliaryStackPeak = memory.auxiliaryStack?.peak
            if let touched = memory.touched, touched.isExact, let last = touched.runs.last {
                touchedEnd = UInt64(min(last.upperBound * touched.pageSize, memory.size))
            }
        }
    }
}

/// What made a module, as far as it tells.
public enum Toolchain: String, Sendable, CaseIterable {
    /// clang with wasm-ld for WASI.
    case wasiSDK = "wasi-sdk"
    /// clang with wasm-ld, without WASI.
    case clang
    /// Emscripten.
    case emscripten = "Emscripten"
    /// The AssemblyScript compiler.
    case assemblyScript = "AssemblyScript"
    /// rustc, which links with wasm-ld.
    case rust = "Rust"
    /// Go's own compiler.
    case go = "Go"
    /// TinyGo, which links with wasm-ld.
    case tinyGo = "TinyGo"
    /// It does not tell.
    case unknown
}
