internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A function's name as a C string, which hosts keep; in the module's arena, behind it the bytes and a NUL.
struct FunctionName {
    var functionIndex: UInt32
    var next: UnsafeMutablePointer<FunctionName>?
}

extension UnsafeMutablePointer where Pointee == FunctionName {
    /// Where the bytes are.
    fileprivate var text: UnsafeMutablePointer<CChar> {
        UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: CChar.self)
    }
}

extension UnsafeMutablePointer where Pointee == ModuleRecord {
    /// A function's name, copied when it is first asked for; nil where it has none, or nothing for a copy.
    func functionName(_ index: UInt32, in state: UnsafeMutablePointer<DoorState>) -> UnsafePointer<CChar>? {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        var next = pointee.firstFunctionName
        while let name = next {
            if name.pointee.functionIndex == index { return UnsafePointer(name.text) }
            next = name.pointee.next
        }
        let module = pointee.engine.module
        let bytes = ModuleQueries.functionName(index, of: module)
        guard let start = bytes.baseAddress, bytes.count > 0 else { return nil }
        do throws(MemoryError) {
            let raw = try module.pointee.arena.allocateGrowable(
                sizeInBytes: MemoryLayout<FunctionName>.size &+ bytes.count &+ 1,
                region: .structures,
                site: .cFunctionName
            )
            let name = raw.bindMemory(to: FunctionName.self, capacity: 1)
            name.initialize(to: FunctionName(functionIndex: index, next: pointee.firstFunctionName))
            memcpy(name.text, start, bytes.count)
            name.text[bytes.count] = 0
            pointee.firstFunctionName = name
            return UnsafePointer(name.text)
        } catch {
            return nil
        }
    }
}
