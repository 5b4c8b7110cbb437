package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_dump_call_stack(_ handle: OpaquePointer?) {
    guard let environment = record(ofEnvironment: handle) else { return }
    var output = StandardOutput()
    CallStackText.forEachLine(of: environment) { output.write(cString: $0) }
    output.flush()
}

@c @implementation
package func wasm_runtime_get_call_stack_buf_size(_ handle: OpaquePointer?) -> UInt32 {
    guard let environment = record(ofEnvironment: handle) else { return 0 }
    var size = 0
    CallStackText.forEachLine(of: environment) { size &+= strlen($0) }
    return size == 0 ? 0 : UInt32(clamping: size &+ 1)
}

@c @implementation
package func wasm_runtime_dump_call_stack_to_buf(
    _ handle: OpaquePointer?,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: UInt32
) -> UInt32 {
    guard let environment = record(ofEnvironment: handle), buffer != nil, size > 0 else { return 0 }
    var text = TextWriter(buffer, sizeInBytes: Int(size))
    CallStackText.forEachLine(of: environment) { text.write(cString: $0) }
    return text.count == 0 ? 0 : UInt32(clamping: text.count &+ 1)
}

@c @implementation
package func wasm_copy_callstack(
    _ handle: OpaquePointer?,
    _ frames: UnsafeMutablePointer<WASMCApiFrame>?,
    _ capacity: UInt32,
    _ skipped: UInt32,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> UInt32 {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let state = Door.current, let environment = record(ofEnvironment: handle) else {
        text.write("Copy callstack failed: invalid exec env")
        return 0
    }
    guard let frames, capacity > 0 else {
        text.write("Copy callstack failed: no room for frames")
        return 0
    }
    var seen: UInt32 = 0
    var count: UInt32 = 0
    environment.forEachFrame { frame in
        seen &+= 1
        guard seen > skipped else { return true }
        var copy = WASMCApiFrame()
        copy.instance = frame.instance.map { UnsafeMutableRawPointer($0) }
        copy.module_offset = frame.byteOffset
        copy.func_index = frame.functionIndex
        copy.func_offset = frame.byteOffset
        copy.func_name_wp = frame.instance?.pointee.module.functionName(frame.functionIndex, in: state)
        frames[Int(count)] = copy
        count &+= 1
        return count < capacity
    }
    return count
}

/// A frame of guest code or a native, as the interface shows it.
struct CallStackFrame {
    /// Whose module the index is of; nil where nobody knows.
    var instance: UnsafeMutablePointer<InstanceRecord>?
    var module: EngineModule?
    var functionIndex: UInt32
    /// Of the instruction in the module's bytes; 0 where nobody knows.
    var byteOffset: UInt32
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Calls `visit` with each frame, innermost first, until it answers false.
    func forEachFrame(_ visit: (CallStackFrame) -> Bool) {
        let own = pointee.instance
        Backtrace.walk(pointee.engine) { frame in
            if let function = frame.hostFunction {
                guard let (instance, index) = own.importer(of: function) else {
                    return visit(
                        CallStackFrame(instance: nil, module: nil, functionIndex: 0, byteOffset: 0)
                    )
                }
                return visit(
                    CallStackFrame(
                        instance: instance,
                        module: instance.pointee.module.pointee.engine,
                        functionIndex: index,
                        byteOffset: 0
                    )
                )
            }
            return visit(
                CallStackFrame(
                    instance: frame.module.flatMap { own.member(of: $0) },
                    module: frame.module,
                    functionIndex: frame.functionIndex,
                    byteOffset: frame.byteOffset ?? 0
                )
            )
        }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// The first of the instance and those that it is made of for which `find` has an answer.
    private func firstMember<Answer>(_ find: (Self) -> Answer?) -> Answer? {
        if let answer = find(self) { return answer }
        let root = pointee.root ?? self
        if let answer = find(root) { return answer }
        var next = root.pointee.firstPart
        while let part = next {
            if let answer = find(part) { return answer }
            next = part.pointee.nextPart
        }
        return nil
    }

    /// The instance of a module.
    fileprivate func member(of module: EngineModule) -> Self? {
        firstMember { $0.pointee.module.pointee.engine.state == module.state ? $0 : nil }
    }

    /// Who imports a host function, and as which of its functions.
    fileprivate func importer(of function: UnsafePointer<MoteFunction>) -> (Self, UInt32)? {
        firstMember { member in
            guard let instance = member.pointee.instance else { return nil }
            let count = member.pointee.module.pointee.engine.module.pointee.importedFunctionCount
            for index in 0..<count {
                let index = UInt32(truncatingIfNeeded: index)
                if instance.function(at: index).map({ UnsafePointer($0) }) == function {
                    return (member, index)
                }
            }
            return nil
        }
    }
}

/// The call stack as WAMR prints it.
private enum CallStackText {
    /// Longer lines are cut.
    private static var lineSizeInBytes: Int { 256 }

    /// Calls `take` with each line, its end included; not at all where there are no frames.
    static func forEachLine(
        of environment: UnsafeMutablePointer<EnvironmentRecord>,
        _ take: (UnsafePointer<CChar>) -> Void
    ) {
        var buffer = InlineArray<256, CChar>(repeating: 0)
        withUnsafeMutablePointer(to: &buffer) {
            let line = UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
            line[0] = CChar(bitPattern: UInt8(ascii: "\n"))
            var number = 0
            environment.forEachFrame { frame in
                if number == 0 { take(line) }
                write(frame, number, to: line)
                take(line)
                number &+= 1
                return true
            }
            guard number > 0 else { return }
            line[0] = CChar(bitPattern: UInt8(ascii: "\n"))
            line[1] = 0
            take(line)
        }
    }

    private static func write(
        _ frame: CallStackFrame,
        _ number: Int,
        to line: UnsafeMutablePointer<CChar>
    ) {
        // The last byte stays for the line's end.
        var text = TextWriter(line, sizeInBytes: lineSizeInBytes &- 1)
        text.write("#")
        text.write(number: number, digits: 2)
        text.write(": 0x")
        var shift: UInt32 = 28
        while shift > 12, frame.byteOffset &>> shift == 0 { shift &-= 4 }
        while true {
            let digit = UInt8(truncatingIfNeeded: frame.byteOffset &>> shift & 15)
            text.write(byte: digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit)
            if shift == 0 { break }
            shift &-= 4
        }
        text.write(" - ")
        let name = frame.module.map { ModuleQueries.functionName(frame.functionIndex, of: $0.module) }
        if let name, name.count > 0 {
            text.write(name)
        } else {
            text.write("$f")
            text.write(number: Int(frame.functionIndex))
        }
        line[text.count] = CChar(bitPattern: UInt8(ascii: "\n"))
        line[text.count &+ 1] = 0
    }
}
