internal import CMoteAPI
internal import CPlatform

/// Sections that lie apart, as the file that they would make.
enum SectionList {
    private static var headSizeInBytes: Int { 8 }

    /// Nil where a section is none, or where all are larger than a file can be.
    static func imageSizeInBytes(_ first: UnsafeMutablePointer<wasm_section_t>) -> UInt32? {
        var size = UInt64(headSizeInBytes)
        var next: UnsafeMutablePointer<wasm_section_t>? = first
        while let section = next {
            next = section.pointee.next
            guard (0...255).contains(section.pointee.section_type),
                section.pointee.section_body != nil || section.pointee.section_body_size == 0
            else { return nil }
            let body = section.pointee.section_body_size
            // Safe: it ends long before 64 bits do.
            size &+= 1 &+ UInt64(numberSizeInBytes(body)) &+ UInt64(body)
            guard size <= UInt64(UInt32.max) else { return nil }
        }
        return UInt32(truncatingIfNeeded: size)
    }

    /// Writes the file to as many bytes.
    static func write(
        _ first: UnsafeMutablePointer<wasm_section_t>,
        to bytes: UnsafeMutablePointer<UInt8>
    ) {
        let raw = UnsafeMutableRawPointer(bytes)
        raw.storeBytes(of: UInt32(0x6D73_6100).littleEndian, as: UInt32.self)
        (raw + 4).storeBytes(of: UInt32(1).littleEndian, as: UInt32.self)
        var place = bytes + headSizeInBytes
        var next: UnsafeMutablePointer<wasm_section_t>? = first
        while let section = next {
            next = section.pointee.next
            place.pointee = UInt8(truncatingIfNeeded: section.pointee.section_type)
            place += 1
            var rest = section.pointee.section_body_size
            while rest >= 0x80 {
                place.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
                place += 1
                rest &>>= 7
            }
            place.pointee = UInt8(truncatingIfNeeded: rest)
            place += 1
            guard let body = section.pointee.section_body else { continue }
            memcpy(place, body, Int(section.pointee.section_body_size))
            place += Int(section.pointee.section_body_size)
        }
    }

    /// Bytes of a number in LEB128.
    private static func numberSizeInBytes(_ number: UInt32) -> Int {
        // Zero takes one, too.
        (38 &- (number | 1).leadingZeroBitCount) / 7
    }
}
