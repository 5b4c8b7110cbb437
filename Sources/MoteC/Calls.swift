package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_call_wasm(
    _ handle: OpaquePointer?,
    _ function: OpaquePointer?,
    _ cellCount: UInt32,
    _ cells: UnsafeMutablePointer<UInt32>?
) -> Bool {
    guard unsafeBitCast(handle, to: UInt.self) >= door.leastHandle else { return false }
    // Safe: not below 1.
    let record = UnsafeMutablePointer<EnvironmentRecord>(handle.unsafelyUnwrapped)
    let environment = record.pointee.engine.base
    let prepared = PreparedCall(environment)
    guard record.isLivingWithoutFault, prepared.isOf(function, cellCount, cells),
        prepared.enter()
    else { return callWithCells(handle, function, cellCount, cells) }
    prepared.write(cells)
    let code = prepared.run()
    if code != 0 || !prepared.isStill { return endPrepared(environment, code) }
    prepared.read()
    prepared.leave()
    return true
}

/// Ends a prepared call that trapped, or whose preparation was taken back: as any call then.
@inline(never)
private func endPrepared(_ environment: UnsafeMutablePointer<MoteEnvironment>, _ code: UInt32) -> Bool {
    guard let record = record(of: environment) else { return false }
    return record.endPrepared(code)
}

/// A call of what is not prepared; the next one is, where it can be.
@inline(never)
private func callWithCells(
    _ handle: OpaquePointer?,
    _ function: OpaquePointer?,
    _ cellCount: UInt32,
    _ cells: UnsafeMutablePointer<UInt32>?
) -> Bool {
    guard let environment = record(ofEnvironment: handle), let type = type(of: function), let function else {
        return false
    }
    if let delegate = environment.pointee.delegate {
        return callWithCells(OpaquePointer(delegate), function, cellCount, cells)
    }
    if let own = environment.ownFunction(for: UnsafeMutablePointer(function)) {
        return callWithCells(handle, OpaquePointer(own), cellCount, cells)
    }
    let isDone = environment.call(UnsafeMutablePointer(function), type) { slots, instance in
        let parameters = type.pointee.parameters
        // Where there is none, it cannot be passed at all.
        let needed = CellReader.count(parameters) ?? 0
        guard Int(cellCount) >= needed else {
            instance.setException { text in
                text.write("invalid argument count ")
                text.write(number: Int(cellCount))
                text.write(", must be no smaller than ")
                text.write(number: needed)
            }
            return false
        }
        guard needed == 0 || cells != nil else { return instance.refuseConversion() }
        var reader = CellReader(instance: instance, cell: cells)
        var slot = slots
        for index in 0..<parameters.count {
            guard let count = reader.read(parameters[checked: index], into: slot) else {
                return instance.refuseConversion()
            }
            slot += count
        }
        return true
    } results: { slots, instance in
        var writer = CellReader(instance: instance, cell: cells)
        var slot = slots
        for index in 0..<type.pointee.resultCount {
            slot += writer.write(type.pointee.results[checked: index], from: slot)
        }
    }
    if isDone, !ExecutionTimes.isOn, environment.pointee.engine.base.pointee.activation == nil {
        _ = environment.pointee.engine.prepare(UnsafePointer<MoteFunction>(function))
    }
    return isDone
}

@c @implementation
package func wasm_runtime_call_wasm_a(
    _ handle: OpaquePointer?,
    _ function: OpaquePointer?,
    _ resultCount: UInt32,
    _ results: UnsafeMutablePointer<wasm_val_t>?,
    _ argumentCount: UInt32,
    _ arguments: UnsafeMutablePointer<wasm_val_t>?
) -> Bool {
    guard let given = record(ofEnvironment: handle), let type = type(of: function), let function else {
        return false
    }
    let environment = given.pointee.delegate ?? given
    return environment.call(UnsafeMutablePointer(function), type) { slots, instance in
        let parameters = type.pointee.parameters
        guard Int(argumentCount) == parameters.count, Int(resultCount) == type.pointee.resultCount,
            argumentCount == 0 || arguments != nil, resultCount == 0 || results != nil
        else {
            instance.setException("the argument value number or result value number is invalid")
            return false
        }
        var slot = slots
        for index in 0..<parameters.count {
            guard let count = arguments?[index].read(parameters[checked: index], into: slot, instance) else {
                return instance.refuseConversion()
            }
            slot += count
        }
        return true
    } results: { slots, instance in
        var slot = slots
        for index in 0..<Int(resultCount) {
            let type = type.pointee.results[checked: index]
            results?[index] = wasm_val_t(type, from: slot, instance)
            slot += type?.slotCount ?? 1
        }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Notes that values are of other kinds than a call wants.
    fileprivate func refuseConversion() -> Bool {
        setException("the arguments conversion is failed")
        return false
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Calls a function with what `parameters` puts into the slots; `results` takes them out when it went well.
    fileprivate func call(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ type: UnsafePointer<DefinedType>,
        parameters: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<InstanceRecord>) -> Bool,
        results: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<InstanceRecord>) -> Void
    ) -> Bool {
        let instance = pointee.instance
        guard !instance.isFaulty else { return false }
        let function = ownFunction(for: function) ?? function
        if let owner = function.pointee.instance, owner.pointee.store != pointee.engine.base.pointee.store {
            instance.setException("invalid exec env")
            return false
        }
        guard CellReader.count(type.pointee.values) != nil else { return instance.refuseConversion() }
        let engine = pointee.engine
        let count = Int(Swift.max(function.pointee.parameterSlots, function.pointee.resultSlots))
        func run(_ slots: UnsafeMutablePointer<UInt64>) -> Bool {
            guard parameters(slots, instance) else { return false }
            let trap = measured(UnsafePointer(function)) {
                engine.call(function, slots: slots, slotCount: count)
            }
            guard instance.finish(trap, in: engine) else { return false }
            results(slots, instance)
            return true
        }
        if count <= 16 {
            var few = InlineArray<16, UInt64>(repeating: 0)
            return withUnsafeMutablePointer(to: &few) {
                run(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self))
            }
        }
        guard let state = Door.current else { return false }
        do throws(MemoryError) {
            let raw = try state.pointee.arena.allocateGrowable(
                sizeInBytes: count &* 8,
                region: .scratch,
                site: .cCallValues
            )
            defer { state.pointee.arena.freeGrowable(raw) }
            return run(raw.bindMemory(to: UInt64.self, capacity: count))
        } catch {
            instance.setException { $0.write(error) }
            return false
        }
    }
}
