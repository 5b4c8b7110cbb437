internal import CMoteAPI
internal import CPlatform
internal import MotePlatform

/// Where modules are that others import from: `FOLDER/NAME.wasm`.
enum ModuleFolder {
    // Set before modules are loaded, read while they are.
    nonisolated(unsafe) private static var path: UnsafePointer<CChar>?

    static func use(_ folder: UnsafePointer<CChar>) {
        path = folder
        wasm_runtime_set_module_reader(read, release)
    }

    private static let read: module_reader = { _, name, bytes, sizeInBytes in
        guard let folder = path, let name, let bytes, let sizeInBytes else { return false }
        let ending: Text = ".wasm"
        let folderSize = strlen(folder)
        let nameSize = strlen(name)
        guard let size = UInt32(exactly: folderSize &+ nameSize &+ ending.count &+ 2),
            let raw = wasm_runtime_malloc(size)
        else { return false }
        defer { wasm_runtime_free(raw) }
        memcpy(raw, folder, folderSize)
        (raw + folderSize).storeBytes(of: UInt8(ascii: "/"), as: UInt8.self)
        memcpy(raw + folderSize + 1, name, nameSize)
        // With its zero.
        memcpy(raw + folderSize + 1 + nameSize, ending.start, ending.count &+ 1)
        do throws(MappedFile.Failure) {
            let file = try MappedFile(path: UnsafePointer(raw.assumingMemoryBound(to: CChar.self)))
            guard let start = file.bytes, let count = UInt32(exactly: file.sizeInBytes) else {
                file.release()
                return false
            }
            bytes.pointee = UnsafeMutablePointer(mutating: start)
            sizeInBytes.pointee = count
            return true
        } catch {
            return false
        }
    }

    private static let release: module_destroyer = { bytes, sizeInBytes in
        guard let bytes else { return }
        MappedFile(bytes: UnsafePointer(bytes), sizeInBytes: Int(sizeInBytes)).release()
    }
}
