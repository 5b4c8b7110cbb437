internal import Mote
internal import MoteText

/// A module as users name it: a binary or a text file, told apart by what is in it.
enum ModuleFile {
    /// Loads a module; binary files are mapped, text is assembled into the runtime's heap.
    ///
    /// `-` is standard input.
    static func load(_ path: String, into runtime: Runtime) throws -> Module {
        guard path != "-" else { return try load(bytes: InputFile.bytes(path), path, into: runtime) }
        if let beginning = InputFile.beginning(path, count: 4096), !isText(beginning, path) {
            return try runtime.load(contentsOf: path)
        }
        return try load(bytes: InputFile.bytes(path), path, into: runtime)
    }

    private static func load(bytes: [UInt8], _ path: String, into runtime: Runtime) throws -> Module {
        guard isText(bytes, path) else { return try runtime.load(bytes: bytes) }
        return try runtime.load(bytes: assemble(bytes, path))
    }

    /// The binary module of a text; a failure names place and line.
    static func assemble(
        _ source: [UInt8],
        _ path: String,
        writesNames: Bool = true
    ) throws(CommandFailure) -> [UInt8] {
        var options = TextOptions()
        options.writesNames = writesNames
        do throws(TextError) {
            return try TextModule.assemble(source, options: options)
        } catch {
            throw CommandFailure(error.description(of: source, file: InputFile.name(path)))
        }
    }

    static func isBinary(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x00, 0x61, 0x73, 0x6D]) }

    /// Whether a file holds text: by its name, or because it begins with a parenthesis or a comment.
    static func isText(_ bytes: [UInt8], _ path: String) -> Bool {
        if isBinary(bytes) { return false }
        if path.hasSuffix(".wat") { return true }
        let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        let first = bytes.drop { blanks.contains($0) }
        return first.starts(with: [0x28]) || first.starts(with: [0x3B, 0x3B])
    }
}
