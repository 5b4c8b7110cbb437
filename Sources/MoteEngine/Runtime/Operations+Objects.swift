internal import CPlatform
internal import MoteMemory
internal import MoteModule

// New objects for guest code whose frame is known.
extension Operations {
    /// A new object, zero behind its header; nil where there is no memory, and the environment then knows why.
    ///
    /// `fp` is the frame that runs, null for a host function.
    @inline(never)
    static func allocateObject(
        _ environment: Environment,
        _ fp: FP?,
        header: UInt64
    ) -> UnsafeMutableRawPointer? {
        do throws(MemoryError) {
            return try Collector.allocate(
                environment.state.pointee.store,
                header: header,
                frame: fp.map { RunningFrame(environment: environment, fp: $0) }
            )
        } catch {
            environment.state.pointee.memoryError = error
            return nil
        }
    }

    /// A new exception object; nil where there is no memory, and the environment then knows why.
    ///
    /// ```
    /// header | tag | payload slots, as in calls
    /// ```
    /// The payload is zero. Its references are found by the parameters of the tag's type.
    @inline(never)
    static func allocateException(
        _ environment: Environment,
        _ fp: FP?,
        tag: UnsafeMutablePointer<MoteTag>,
        slotCount: Int
    ) -> UnsafeMutableRawPointer? {
        let size = GCObject.headerSizeInBytes &+ 8 &+ slotCount &* 8
        let header = GCObject.header(.exception, typeID: tag.pointee.typeID, sizeInBytes: size)
        guard let object = allocateObject(environment, fp, header: header) else { return nil }
        object.storeBytes(of: UInt64(UInt(bitPattern: tag)), toByteOffset: 8, as: UInt64.self)
        return object
    }
}
