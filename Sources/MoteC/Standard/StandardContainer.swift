package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A serialized module: a header, then the module's bytes as they were loaded.
///
/// ```
/// 0  "MoteMod" | 7  version, 1 | 8  bytes of the module (64 bits) | 16  FNV-1a of them (64 bits) | 24  bytes
/// ```
/// Numbers begin with their lowest byte.
enum StandardContainer {
    static var headerSizeInBytes: Int { 24 }
    /// The first eight bytes: the name, and behind it the version.
    private static var beginning: UInt64 { 0x0164_6F4D_6574_6F4D }

    static func write(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableRawPointer) {
        place.storeBytes(of: beginning.littleEndian, as: UInt64.self)
        place.storeBytes(of: UInt64(bytes.count).littleEndian, toByteOffset: 8, as: UInt64.self)
        place.storeBytes(of: sum(bytes).littleEndian, toByteOffset: 16, as: UInt64.self)
        if let base = bytes.baseAddress { memcpy(place + headerSizeInBytes, base, bytes.count) }
    }

    /// The module in a container; nil where it is of another version, cut or damaged.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard let base = bytes.baseAddress, bytes.count >= headerSizeInBytes else { return nil }
        let raw = UnsafeRawPointer(base)
        let module = UnsafeBufferPointer(
            start: base + headerSizeInBytes,
            count: bytes.count &- headerSizeInBytes
        )
        guard UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) == beginning,
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                == UInt64(module.count),
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) == sum(module)
        else { return nil }
        return module
    }

    private static func sum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        guard let base = bytes.baseAddress else { return sum }
        for index in 0..<bytes.count { sum = (sum ^ UInt64(base[index])) &* 0x100_0000_01B3 }
        return sum
    }
}

@c @implementation
package func wasm_module_serialize(
    _ handle: UnsafePointer<wasm_module_t?>?,
    _ out: UnsafeMutablePointer<wasm_byte_vec_t>?
) {
    // Bytes that were freeable are not there any more.
    guard let module = StandardModule.behind(handle)?.pointee.engine.module,
        module.pointee.ownership != .freeable
    else { return wasm_byte_vec_new_empty(out) }
    let size = module.pointee.sizeInBytes
    wasm_byte_vec_new_uninitialized(out, size &+ StandardContainer.headerSizeInBytes)
    guard let out, let data = out.pointee.data else { return }
    let bytes = UnsafeBufferPointer(start: module.pointee.bytes, count: size)
    StandardContainer.write(bytes, to: UnsafeMutableRawPointer(data))
    out.pointee.num_elems = out.pointee.size
}

@c @implementation
package func wasm_module_deserialize(_ handle: OpaquePointer?, _ bytes: UnsafePointer<wasm_byte_vec_t>?)
    -> UnsafeMutablePointer<wasm_module_t?>?
{
    StandardContainer.read(bytes.bytes).flatMap { StandardModule.make(handle, $0, .copied) }
}
