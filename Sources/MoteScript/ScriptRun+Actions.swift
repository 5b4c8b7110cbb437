internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// How an action ended.
enum ActionOutcome {
    case results([ScriptResult])
    case trap(TrapCode)
}

extension ScriptRun {
    /// What an action that has to succeed gives.
    func results(of action: ScriptAction) throws(CommandFault) -> [ScriptResult] {
        switch try outcome(of: action) {
        case .results(let results): return results
        case .trap(let trap): throw CommandFault("trap: \(trap.text)")
        }
    }

    /// Calls an export, or reads a global; throws where the script asks for what does not exist.
    func outcome(of action: ScriptAction) throws(CommandFault) -> ActionOutcome {
        let instance = try instance(action.instance)
        let export = action.field.withUnsafeBufferPointer { instance.export(named: $0) }
        let name = "\"\(String(decoding: action.field, as: UTF8.self))\""
        guard action.isInvocation else {
            guard case .global(let cell) = export else { throw CommandFault("there is no global \(name)") }
            let isWide = cell.type.valueType.slotCount > 1
            return .results([
                ScriptResult(
                    type: cell.type.valueType,
                    low: cell.slots[0],
                    high: isWide ? cell.slots[1] : 0
                )
            ])
        }
        guard case .function(let function) = export, let type = FunctionDescription.type(of: function) else {
            throw CommandFault("there is no function \(name)")
        }
        return try call(function, type.pointee, action.arguments, in: instance)
    }

    private func call(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ type: DefinedType,
        _ arguments: [ScriptValue],
        in instance: EngineInstance
    ) throws(CommandFault) -> ActionOutcome {
        var slots = try slots(of: arguments, for: type.parameters)
        // What is left in the upper half of a slot must not matter.
        while slots.count < max(Int(type.resultSlots), 1) { slots.append(.max) }
        let environment: EngineEnvironment
        do throws(EngineError) {
            environment = try instance.environment()
        } catch {
            throw CommandFault(ScriptErrorText.of(error))
        }
        let trap = slots.withUnsafeMutableBufferPointer {
            environment.call(function, slots: $0.baseAddress, slotCount: $0.count)
        }
        guard trap == .none else { return .trap(trap) }
        var results: [ScriptResult] = []
        var slot = 0
        for index in 0..<type.results.count {
            guard let result = type.results[checked: index], slot + result.slotCount <= slots.count else {
                break
            }
            results.append(
                ScriptResult(type: result, low: slots[slot], high: result.slotCount > 1 ? slots[slot + 1] : 0)
            )
            slot += result.slotCount
        }
        return .results(results)
    }

    /// The arguments as a call takes them, each of its parameter's type.
    private func slots(
        of arguments: [ScriptValue],
        for parameters: Items<ValueType>
    ) throws(CommandFault) -> [UInt64] {
        guard arguments.count == parameters.count else {
            throw CommandFault("the function takes \(parameters.count) arguments, not \(arguments.count)")
        }
        var slots: [UInt64] = []
        for (index, argument) in arguments.enumerated() {
            switch (argument, parameters[checked: index] ?? .bottom) {
            case (.i32(let bits), .i32), (.f32(let bits), .f32): slots.append(UInt64(bits))
            case (.i64(let bits), .i64), (.f64(let bits), .f64): slots.append(bits)
            case (.v128(let low, let high), .v128): slots += [low, high]
            case (.null, let type) where type.isReference && type.isNullable: slots.append(0)
            case (.host(let number), let type) where type.isReference: slots.append(try external(number))
            default: throw CommandFault("argument \(index) is not of the parameter's type")
            }
        }
        return slots
    }

    /// The handle of the host's reference with a number, which stays pinned until the script ends.
    private func external(_ number: UInt64) throws(CommandFault) -> UInt64 {
        if let handle = externals[number] { return handle }
        guard let address = UInt(exactly: number), address < .max else {
            throw CommandFault("the number of a host reference is too large")
        }
        do throws(EngineError) {
            let data = UnsafeMutableRawPointer(bitPattern: address + 1)
            let handle = try store.makeExternalReference(data, finalizer: nil)
            externals[number] = handle
            return handle
        } catch {
            throw CommandFault(ScriptErrorText.of(error))
        }
    }
}
