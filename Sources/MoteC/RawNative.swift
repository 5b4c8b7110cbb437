internal import CPlatform
internal import MoteEngine

/// Natives that take all arguments in one array, 8 bytes each, and leave the result in its first place.
enum RawNative {
    private typealias Function = @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt64>) -> Void

    /// What calls of an import do that such a native answers; the data is a ``NativeImport``.
    static let target: MoteHostFunction = { environment, data, slots in
        guard let environment, let data, let slots, let user = environment.pointee.userData else {
            return UInt32(TrapCode.hostError.rawValue)
        }
        let native = data.assumingMemoryBound(to: NativeImport.self)
        // From the end: a pointer is compared with the size behind it, and sizes stay as they are.
        var index = native.pointee.letterCount
        while index > 0 {
            index &-= 1
            guard let bits = native.parameter(index, slots, environment) else {
                return UInt32(TrapCode.memoryOutOfBounds.rawValue)
            }
            slots[index] = bits
        }
        let record = user.assumingMemoryBound(to: EnvironmentRecord.self)
        let outer = record.pointee.attachment
        record.pointee.attachment = native.pointee.attachment
        unsafeBitCast(native.pointee.function, to: Function.self)(OpaquePointer(record), slots)
        record.pointee.attachment = outer
        if record.pointee.instance.isFaulty { return UInt32(TrapCode.hostError.rawValue) }
        // The host wrote as many bytes as its type has.
        let result = native.pointee.result
        if result == NativeLetter.object { return record.pointee.instance.makeReference(slots) }
        if result == UInt8(ascii: "i") || result == UInt8(ascii: "f") { slots[0] &= 0xFFFF_FFFF }
        return 0
    }
}
