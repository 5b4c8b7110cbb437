internal import CPlatform
internal import MotePlatform

/// Whether bytes are those of a literal.
@inline(never)
func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: Text) -> Bool {
    guard bytes.count == text.count else { return false }
    guard let start = bytes.baseAddress else { return true }
    return memcmp(start, text.start, bytes.count) == 0
}

/// Whether bytes are those of a C string.
@inline(never)
func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: UnsafePointer<CChar>) -> Bool {
    guard bytes.count == strlen(text) else { return false }
    guard let start = bytes.baseAddress else { return true }
    return memcmp(start, text, bytes.count) == 0
}

/// The bytes of a C string, without its end.
func bytes(of text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
        start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self),
        count: strlen(text)
    )
}
