package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_get_custom_section(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<UInt32>?
) -> UnsafePointer<UInt8>? {
    guard let module = record(ofModule: handle)?.pointee.engine.module, let name else { return nil }
    for index in 0..<module.pointee.sections.count {
        guard let section = module.pointee.sections[checked: index] else { break }
        guard section.id == 0, equal(module.pointee.text(section.name), name) else { continue }
        let contents = module.pointee.text(section.contents)
        size?.pointee = UInt32(clamping: contents.count)
        // An empty one is there, too.
        return contents.baseAddress ?? module.pointee.bytes
    }
    return nil
}

@c @implementation
package func wasm_runtime_set_module_name(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> Bool {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let module = record(ofModule: handle), let name else {
        text.write("Set module name failed: module and name are required")
        return false
    }
    do throws(MemoryError) {
        try module.setName(name)
        return true
    } catch {
        text.write("Set module name failed: ")
        text.write(error)
        return false
    }
}

@c @implementation
package func wasm_runtime_get_module_name(_ handle: OpaquePointer?) -> UnsafePointer<CChar>? {
    guard let module = record(ofModule: handle) else { return nil }
    if let name = module.pointee.name { return UnsafePointer(name) }
    let empty: Text = ""
    return empty.cString
}

@c @implementation
package func wasm_runtime_get_module_hash(_ handle: OpaquePointer?) -> UnsafeMutablePointer<CChar>? { nil }

extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// Gives the module a name, a copy in its arena; on failure it keeps the old one.
    func setName(_ name: UnsafePointer<CChar>) throws(MemoryError) {
        let size = strlen(name) &+ 1
        let arena = pointee.engine.module.pointee.arena
        let copy = try arena.allocateGrowable(sizeInBytes: size, region: .structures, site: .cModuleName)
        memcpy(copy, name, size)
        if let old = pointee.name { arena.freeGrowable(old) }
        pointee.name = copy.bindMemory(to: CChar.self, capacity: size)
    }
}
