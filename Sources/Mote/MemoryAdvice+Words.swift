// The changes in the words of each toolchain; nil where it has none for it.

extension MemoryFacts {
    func stackChange(_ size: UInt64) -> String {
        switch toolchain {
        case .rust: "RUSTFLAGS=\"-C link-arg=-zstack-size=\(size)\""
        case .emscripten: "-sSTACK_SIZE=\(size) (older versions: -sTOTAL_STACK=\(size))"
        case .tinyGo: "-stack-size=\(size), or \"default-stack-size\" in the target's JSON"
        case .unknown: "-Wl,-z,stack-size=\(size) (with rustc: -C link-arg=-zstack-size=\(size))"
        case .clang, .wasiSDK, .assemblyScript, .go: "-Wl,-z,stack-size=\(size)"
        }
    }

    func initialMemoryChange(_ pages: UInt64, allowsGrowth: Bool) -> String {
        let bytes = pages.multipliedReportingOverflow(by: Self.page).partialValue
        switch toolchain {
        case .rust: return "RUSTFLAGS=\"-C link-arg=--initial-memory=\(bytes)\""
        case .emscripten:
            return "-sINITIAL_MEMORY=\(bytes)" + (allowsGrowth ? "" : " -sALLOW_MEMORY_GROWTH")
        case .assemblyScript: return "--initialMemory \(pages)"
        case .tinyGo: return "-Wl,--initial-memory=\(bytes) in the target's \"ldflags\""
        default: return "-Wl,--initial-memory=\(bytes)"
        }
    }

    var layoutChange: String? {
        switch toolchain {
        case .rust:
            "RUSTFLAGS=\"-C link-arg=--export=__heap_base -C link-arg=--export=__data_end\""
        case .emscripten: "-Wl,--export=__heap_base,--export=__data_end"
        case .clang, .wasiSDK: "-Wl,--export=__heap_base,--export=__data_end"
        case .tinyGo: "\"ldflags\": [\"--export=__heap_base\", \"--export=__data_end\"] in the target's JSON"
        case .unknown: "-Wl,--export=__heap_base,--export=__data_end"
        case .assemblyScript, .go: nil
        }
    }

    var allocatorChange: String? {
        switch toolchain {
        case .clang, .wasiSDK: "-Wl,--export=malloc,--export=free"
        case .rust: "export functions named malloc and free that call the program's allocator"
        case .emscripten: "-sEXPORTED_FUNCTIONS=_malloc,_free,..."
        case .assemblyScript: "--exportRuntime"
        case .tinyGo, .go, .unknown: nil
        }
    }

    var stripChange: String? {
        switch toolchain {
        case .rust: "RUSTFLAGS=\"-C strip=symbols\", or strip = true in the profile"
        case .emscripten: "-g0 (and no --profiling)"
        case .assemblyScript: "without --debug and --sourceMap"
        case .go: "-ldflags=\"-s -w\""
        case .tinyGo: "-no-debug"
        case .clang, .wasiSDK, .unknown: "-Wl,--strip-all"
        }
    }
}
