package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// What a trap says, each part a block of the engine's heap.
struct StandardTrap {
    /// Ends in zero.
    var message: UnsafeMutablePointer<CChar>
    var messageSizeInBytes: Int
    /// Innermost first.
    var frames: UnsafeMutablePointer<wasm_frame_t>?
    var frameCount: Int

    static var frameLimit: Int { 64 }

    func end() {
        StandardEngine.free(UnsafeMutableRawPointer(message))
        guard let frames else { return }
        for index in 0..<frameCount { wasm_instance_delete(frames[index].instance) }
        StandardEngine.free(UnsafeMutableRawPointer(frames))
    }
}

extension StandardStore {
    /// A trap with a text; where memory is not to be had, the spare one.
    static func makeTrap(
        _ text: UnsafePointer<CChar>,
        sizeInBytes: Int,
        from environment: EngineEnvironment? = nil,
        in store: Pointer
    ) -> StandardReference.Pointer? {
        let engine = store.pointee.engine
        // One more, so that it ends in zero whether the text does or not.
        guard let raw = StandardEngine.allocate(sizeInBytes &+ 1, from: engine) else {
            return spare(of: store)
        }
        memcpy(raw, text, sizeInBytes)
        let message = raw.bindMemory(to: CChar.self, capacity: sizeInBytes &+ 1)
        var trap = StandardTrap(
            message: message,
            messageSizeInBytes: sizeInBytes > 0 && message[sizeInBytes &- 1] == 0
                ? sizeInBytes : sizeInBytes &+ 1,
            frames: nil,
            frameCount: 0
        )
        if let environment { takeFrames(of: environment, into: &trap, in: store) }
        guard let reference = StandardReference.make(.trap(trap), identity: number(in: store), in: store)
        else {
            trap.end()
            return spare(of: store)
        }
        return reference
    }

    private static func spare(of store: Pointer) -> StandardReference.Pointer? {
        guard let spare = store.pointee.spareTrap else { return nil }
        StandardReference.hold(spare)
        return spare
    }

    static func makeTrap(_ text: Text, in store: Pointer) -> StandardReference.Pointer? {
        makeTrap(text.cString, sizeInBytes: text.count, in: store)
    }

    /// The same with a text that is written into a buffer first.
    static func makeTrap(
        from environment: EngineEnvironment? = nil,
        in store: Pointer,
        _ write: (inout TextWriter) -> Void
    ) -> StandardReference.Pointer? {
        var buffer = InlineArray<256, CChar>(repeating: 0)
        return withUnsafeMutablePointer(to: &buffer) {
            let text = UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
            var writer = TextWriter(text, sizeInBytes: 256)
            write(&writer)
            return makeTrap(text, sizeInBytes: strlen(text), from: environment, in: store)
        }
    }

    /// Where guest code was; without frames where there is no memory for them.
    static func takeFrames(
        of environment: EngineEnvironment,
        into trap: inout StandardTrap,
        in store: Pointer
    ) {
        let engine = store.pointee.engine
        var count = 0
        Backtrace.walk(environment) { frame in
            if frame.module != nil { count &+= 1 }
            return count < StandardTrap.frameLimit
        }
        guard count > 0,
            let raw = StandardEngine.allocate(count &* MemoryLayout<wasm_frame_t>.stride, from: engine)
        else { return }
        let frames = raw.bindMemory(to: wasm_frame_t.self, capacity: count)
        var index = 0
        Backtrace.walk(environment) { frame in
            guard index < count else { return false }
            guard let module = frame.module else { return true }
            let offset = Int(frame.byteOffset ?? 0)
            let start = module.bodyOffset(ofFunction: frame.functionIndex)
            (frames + index).initialize(
                to: wasm_frame_t(
                    instance: instance(of: module, in: store),
                    functionIndex: frame.functionIndex,
                    functionOffset: max(0, offset &- start),
                    moduleOffset: offset
                )
            )
            index &+= 1
            return true
        }
        trap.frames = frames
        trap.frameCount = index
    }

    /// A handle of the module's newest instance that the host has a reference of; frames do not say which it is.
    private static func instance(of module: EngineModule, in store: Pointer) -> OpaquePointer? {
        for index in 0..<store.pointee.bucketCount {
            var next = store.pointee.buckets[index]
            while let current = next {
                if case .instance(let instance) = current.pointee.payload,
                    instance.module.state == module.state
                {
                    StandardReference.hold(current)
                    return current.opaque
                }
                next = current.pointee.next
            }
        }
        return nil
    }
}

extension EngineModule {
    /// Where the body of a function begins in the module's bytes.
    fileprivate func bodyOffset(ofFunction index: UInt32) -> Int {
        let defined = Int(index) &- module.pointee.importedFunctionCount
        guard
            let function = module.pointee.functions[checked: defined &+ module.pointee.importedFunctionCount]
        else { return 0 }
        return Int(function.body.offset)
    }
}

extension StandardReference {
    /// What the trap behind a handle says.
    static func trap(behind handle: OpaquePointer?) -> StandardTrap? {
        guard case .trap(let trap)? = behind(handle)?.pointee.payload else { return nil }
        return trap
    }
}

@c @implementation
package func wasm_trap_new(_ handle: OpaquePointer?, _ message: UnsafePointer<wasm_message_t>?)
    -> OpaquePointer?
{
    guard let store = StandardStore.behind(handle) else { return nil }
    guard let message, let data = message.pointee.data else {
        return StandardStore.makeTrap("", in: store)?.opaque
    }
    return StandardStore.makeTrap(data, sizeInBytes: message.pointee.size, in: store)?.opaque
}

@c @implementation
package func wasm_trap_message(_ handle: OpaquePointer?, _ out: UnsafeMutablePointer<wasm_message_t>?) {
    guard let trap = StandardReference.trap(behind: handle) else { return wasm_byte_vec_new_empty(out) }
    wasm_byte_vec_new(out, trap.messageSizeInBytes, trap.message)
}

@c @implementation
package func wasm_trap_origin(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_frame_t>? {
    guard let trap = StandardReference.trap(behind: handle), trap.frameCount > 0 else { return nil }
    return wasm_frame_copy(trap.frames)
}

@c @implementation
package func wasm_trap_trace(_ handle: OpaquePointer?, _ out: UnsafeMutablePointer<wasm_frame_vec_t>?) {
    guard let out else { return }
    guard let trap = StandardReference.trap(behind: handle) else { return wasm_frame_vec_new_empty(out) }
    wasm_frame_vec_new_uninitialized(out, trap.frameCount)
    for index in 0..<out.pointee.size {
        guard let frame = wasm_frame_copy(trap.frames.map { $0 + index }) else {
            return wasm_frame_vec_delete(out)
        }
        out.pointee.data[index] = frame
        out.pointee.num_elems = index &+ 1
    }
}
