package import CMoteAPI
internal import CPlatform
internal import MoteModule

@c @implementation
package func get_package_type(_ bytes: UnsafePointer<UInt8>?, _ size: UInt32) -> package_type_t {
    Package(bytes, size).type
}

@c @implementation
package func wasm_runtime_get_file_package_type(_ bytes: UnsafePointer<UInt8>?, _ size: UInt32)
    -> package_type_t
{
    Package(bytes, size).type
}

@c @implementation
package func wasm_runtime_get_module_package_type(_ handle: OpaquePointer?) -> package_type_t {
    record(ofModule: handle) == nil ? Package_Type_Unknown : Wasm_Module_Bytecode
}

@c @implementation
package func wasm_runtime_get_file_package_version(_ bytes: UnsafePointer<UInt8>?, _ size: UInt32) -> UInt32 {
    let package = Package(bytes, size)
    return package.type == Package_Type_Unknown ? 0 : package.word(at: 4) ?? 0
}

@c @implementation
package func wasm_runtime_get_module_package_version(_ handle: OpaquePointer?) -> UInt32 {
    record(ofModule: handle) == nil ? 0 : 1
}

@c @implementation
package func wasm_runtime_get_current_package_version(_ type: package_type_t) -> UInt32 {
    type == Wasm_Module_Bytecode ? 1 : 0
}

@c @implementation
package func wasm_runtime_is_xip_file(_ bytes: UnsafePointer<UInt8>?, _ size: UInt32) -> Bool {
    Package(bytes, size).isExecutedInPlace
}

/// Bytes that may be a file for a runtime.
struct Package {
    private let bytes: UnsafePointer<UInt8>?
    private let sizeInBytes: Int

    init(_ bytes: UnsafePointer<UInt8>?, _ size: UInt32) {
        self.bytes = bytes
        sizeInBytes = bytes == nil ? 0 : Int(size)
    }

    var type: package_type_t {
        switch word(at: 0) {
        case 0x6D73_6100: Wasm_Module_Bytecode
        case 0x746F_6100: Wasm_Module_AoT
        default: Package_Type_Unknown
        }
    }

    /// Whether it is an ahead-of-time file of type 4: sections follow the version, each with its type and its size; the
    /// one of type 0 tells the target, the file's type behind two fields of 16 bits.
    var isExecutedInPlace: Bool {
        guard type == Wasm_Module_AoT else { return false }
        var offset = 8
        while let section = word(at: offset), let size = word(at: offset &+ 4) {
            if section == 0 {
                guard size >= 8, let word = word(at: offset &+ 12) else { return false }
                return word & 0xFFFF == 4
            }
            // Safe: both are small, or the next word is not there.
            offset &+= 8 &+ Int(size)
        }
        return false
    }

    /// A little-endian number of 32 bits; nil where it is not all there.
    func word(at offset: Int) -> UInt32? {
        guard let bytes, offset >= 0, offset <= sizeInBytes &- 4 else { return nil }
        let place = UnsafeRawPointer(bytes + offset)
        return UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
    }
}
