package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_application_execute_func(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ argumentCount: Int32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Bool {
    guard let instance = record(ofInstance: handle), let name else { return false }
    let words = FunctionCommand.Words(start: arguments, count: arguments == nil ? 0 : Int(argumentCount))
    var output = StandardOutput()
    let isDone = FunctionCommand.run(name, words, in: instance, &output)
    if !isDone {
        output.write(cString: instance.pointee.exception)
        output.write(byte: UInt8(ascii: "\n"))
    }
    output.flush()
    return isDone
}

/// A call of an export with words as arguments, whose results are printed.
enum FunctionCommand {
    /// The slots of the largest call: more than a type of a module can have.
    private static var slotLimit: Int { 2048 }

    struct Words {
        var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int
    }

    /// False where it failed: the instance has an exception then.
    static func run(
        _ name: UnsafePointer<CChar>,
        _ words: Words,
        in instance: UnsafeMutablePointer<InstanceRecord>,
        _ output: inout StandardOutput
    ) -> Bool {
        guard let engine = instance.pointee.instance,
            let function = function(name, of: instance),
            let type = FunctionDescription.type(of: UnsafePointer(function))
        else {
            instance.setException { text in
                text.write("lookup function ")
                text.write(cString: name)
                text.write(" failed")
            }
            return false
        }
        guard type.pointee.parameters.count == words.count else {
            instance.setException("invalid input argument count")
            return false
        }
        let slotCount = Int(Swift.max(function.pointee.parameterSlots, function.pointee.resultSlots))
        var values = InlineArray<2048, UInt64>(repeating: 0)
        guard slotCount <= slotLimit else {
            instance.setException("allocate memory failed")
            return false
        }
        return withUnsafeMutablePointer(to: &values) {
            let slots = UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self)
            guard read(words, type.pointee.parameters, into: slots, for: instance, engine) else {
                return false
            }
            // What an earlier call left is over; a stop from outside is not.
            if instance.isFaulty, !instance.isStopped { instance.clearException() }
            guard call(function, slots, slotCount, in: instance) else { return false }
            write(type.pointee.results, slots, of: engine.store, to: &output)
            return true
        }
    }

    /// The export of a name, or for `$MODULE$NAME` that of the instance of a module which this one imports from.
    private static func function(
        _ name: UnsafePointer<CChar>,
        of instance: UnsafeMutablePointer<InstanceRecord>
    ) -> UnsafeMutablePointer<MoteFunction>? {
        let name = bytes(of: name)
        if case .function(let function)? = instance.pointee.instance?.export(named: name) { return function }
        let mark = UInt8(ascii: "$")
        guard let start = name.baseAddress, name.count > 1, start[0] == mark else { return nil }
        var end = 1
        while end < name.count, start[end] != mark { end &+= 1 }
        guard end < name.count,
            let module = instance.pointee.module.dependency(
                named: UnsafeBufferPointer(start: start + 1, count: end &- 1)
            )
        else { return nil }
        let rest = UnsafeBufferPointer(start: start + end + 1, count: name.count &- end &- 1)
        var next = instance.pointee.firstPart
        while let part = next {
            next = part.pointee.nextPart
            if part.pointee.module == module,
                case .function(let function)? = part.pointee.instance?.export(named: rest)
            {
                return function
            }
        }
        return nil
    }

    private static func read(
        _ words: Words,
        _ types: Items<ValueType>,
        into slots: UnsafeMutablePointer<UInt64>,
        for instance: UnsafeMutablePointer<InstanceRecord>,
        _ engine: EngineInstance
    ) -> Bool {
        var slot = slots
        for index in 0..<types.count {
            guard let type = types[checked: index] else { return false }
            let word = words.start?[index]
            guard let word, word[0] != 0, ValueText.read(word, type, into: slot, for: engine) else {
                instance.setException { text in
                    text.write("invalid input argument ")
                    text.write(number: index)
                    guard let word, word[0] != 0 else { return }
                    text.write(": ")
                    text.write(cString: word)
                }
                return false
            }
            slot += type.slotCount
        }
        return true
    }

    private static func call(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ slotCount: Int,
        in instance: UnsafeMutablePointer<InstanceRecord>
    ) -> Bool {
        guard !instance.isFaulty else { return false }
        do throws(EngineError) {
            let environment = try instance.ownEnvironment().pointee.engine
            return instance.finish(
                environment.call(function, slots: slots, slotCount: slotCount),
                in: environment
            )
        } catch {
            instance.setException("create singleton exec_env failed")
            return false
        }
    }

    private static func write(
        _ types: Items<ValueType>,
        _ slots: UnsafeMutablePointer<UInt64>,
        of store: EngineStore,
        to output: inout StandardOutput
    ) {
        var slot = slots
        for index in 0..<types.count {
            guard let type = types[checked: index] else { break }
            if index > 0 { output.write(byte: UInt8(ascii: ",")) }
            ValueText.write(slot, type, of: store, to: &output)
            slot += type.slotCount
        }
        output.write(byte: UInt8(ascii: "\n"))
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Whether the exception is that of a stop from outside.
    fileprivate var isStopped: Bool {
        equal(bytes(of: pointee.exception), "Exception: terminated by user")
    }
}
