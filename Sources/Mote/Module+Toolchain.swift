internal import MoteModule

extension Module {
    /// What made it: by its producers section, else by its imports and exports.
    public var toolchain: Toolchain {
        let producers = producers
        func names(_ field: String) -> [String] { producers.filter { $0.field == field }.map(\.name) }
        if names("sdk").contains(where: { $0.hasPrefix("Emscripten") }) { return .emscripten }
        if names("processed-by").contains("TinyGo") { return .tinyGo }
        if names("language").contains("Rust") || names("processed-by").contains("rustc") { return .rust }
        if names("language").contains("Go") { return .go }
        let exports = Set(exports.map(\.name))
        let imports = imports
        let emscriptenExports = [
            "emscripten_stack_get_end", "emscripten_stack_init", "stackAlloc", "stackSave",
        ]
        if imports.contains(where: { $0.name.hasPrefix("emscripten_") || $0.name == "_emscripten_memcpy_js" })
            || emscriptenExports.contains(where: exports.contains)
        {
            return .emscripten
        }
        // Its runtime's names, or its abort with message, file, line and column.
        if exports.contains("__new") && (exports.contains("__pin") || exports.contains("__retain")) {
            return .assemblyScript
        }
        let abort = imports.first { $0.module == "env" && $0.name == "abort" }
        if case .function(let type)? = abort?.type, type.parameters == [.i32, .i32, .i32, .i32],
            type.results.isEmpty
        {
            return .assemblyScript
        }
        // Paths in the messages of panics.
        if producers.isEmpty, dataContains("library/std/src/") || dataContains("library/core/src/") {
            return .rust
        }
        let isClang = names("processed-by").contains { $0.contains("clang") || $0.hasSuffix("LLVM") }
        let usesWASI = imports.contains { $0.module == WASI.moduleName }
        let fromLinker = exports.contains("__heap_base") || exports.contains("__data_end")
        if isClang || fromLinker { return usesWASI ? .wasiSDK : .clang }
        return .unknown
    }

    /// What its producers section lists: field, name and version (the tool conventions' custom section).
    public var producers: [(field: String, name: String, version: String)] {
        guard let section = customSection("producers") else { return [] }
        var reader = NameReader(tables.pointee.text(section.contents))
        var list: [(field: String, name: String, version: String)] = []
        guard let fields = reader.unsigned32() else { return [] }
        for _ in 0..<fields {
            guard let field = reader.name(), let values = reader.unsigned32() else { return list }
            for _ in 0..<values {
                guard let name = reader.name(), let version = reader.name() else { return list }
                list.append((field, name, version))
            }
        }
        return list
    }

    private func dataContains(_ text: String) -> Bool {
        let text = Array(text.utf8)
        guard let first = text.first else { return true }
        for index in 0..<tables.pointee.dataSegments.count {
            guard let segment = tables.pointee.dataSegments[checked: index] else { break }
            var rest = tables.pointee.text(segment.bytes)[...]
            while let place = rest.firstIndex(of: first) {
                rest = rest[place...]
                if rest.starts(with: text) { return true }
                rest = rest.dropFirst()
            }
        }
        return false
    }

    private func customSection(_ name: String) -> SectionRecord? {
        (0..<tables.pointee.sections.count).lazy.compactMap { self.tables.pointee.sections[checked: $0] }
            .first { $0.id == 0 && self.text($0.name) == name }
    }
}

extension NameReader {
    /// A name with its length before it.
    fileprivate mutating func name() -> String? {
        unsigned32().flatMap { take(Int($0)) }.map { String(decoding: $0, as: UTF8.self) }
    }
}
