package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

@c @implementation
package func wasm_runtime_call_wasm(
    _ handle: OpaquePointer?,
    _ function: OpaquePointer?,
    _ cellCount: UInt32,
    _ cells: UnsafeMutablePointer<UInt32>?
) -> Bool {
    guard let handle, Door.current != nil else { return false }
    let record = UnsafeMutablePointer<EnvironmentRecord>(handle)
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
    let isDone = environment.call(UnsafeMutablePointer(function), type) { slots, instance in
        let needed = Cells.count(type.pointee.parameters)
        guard Int(cellCount) >= needed else {
            instance.setException { text in
                text.write("invalid argument count ")
                text.write(number: Int(cellCount))
                text.write(", must be no smaller than ")
                text.write(number: needed)
            }
            return false
        }
        return Cells.read(type.pointee.parameters, from: cells, into: slots, instance)
    } results: { slots in
        Cells.write(type.pointee.results, from: slots, into: cells)
    }
    if isDone, environment.pointee.engine.base.pointee.activation == nil {
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
    guard let environment = record(ofEnvironment: handle), let type = type(of: function), let function else {
        return false
    }
    return environment.call(UnsafeMutablePointer(function), type) { slots, instance in
        guard Int(argumentCount) == type.pointee.parameters.count,
            Int(resultCount) == type.pointee.resultCount,
            argumentCount == 0 || arguments != nil, resultCount == 0 || results != nil
        else {
            instance.setException("the argument value number or result value number is invalid")
            return false
        }
        for index in 0..<Int(argumentCount) {
            guard let value = arguments?[index],
                value.kind == kind(of: type.pointee.parameters[checked: index]),
                value.kind <= UInt8(WASM_F64.rawValue)
            else {
                instance.setException("the arguments conversion is failed")
                return false
            }
            slots[index] =
                value.kind & 1 == 0
                ? UInt64(UInt32(bitPattern: value.of.i32)) : UInt64(bitPattern: value.of.i64)
        }
        return true
    } results: { slots in
        for index in 0..<Int(resultCount) {
            var value = wasm_val_t()
            value.kind = kind(of: type.pointee.results[checked: index])
            value.of.i64 = Int64(bitPattern: slots[index])
            results?[index] = value
        }
    }
}

/// Values as the interface passes them: 32 bits a cell.
enum Cells {
    /// How many cells values take.
    static func count(_ types: Items<ValueType>) -> Int {
        var count = 0
        for index in 0..<types.count { count &+= isWide(types[checked: index]) ? 2 : 1 }
        return count
    }

    /// i64 and f64.
    private static func isWide(_ type: ValueType?) -> Bool { type == .i64 || type == .f64 }

    static func read(
        _ types: Items<ValueType>,
        from cells: UnsafeMutablePointer<UInt32>?,
        into slots: UnsafeMutablePointer<UInt64>,
        _ instance: UnsafeMutablePointer<InstanceRecord>
    ) -> Bool {
        guard types.count > 0 else { return true }
        guard var cell = cells else {
            instance.setException("the arguments conversion is failed")
            return false
        }
        for index in 0..<types.count {
            slots[index] = UInt64(cell.pointee)
            cell += 1
            guard isWide(types[checked: index]) else { continue }
            slots[index] |= UInt64(cell.pointee) &<< 32
            cell += 1
        }
        return true
    }

    static func write(
        _ types: Items<ValueType>,
        from slots: UnsafeMutablePointer<UInt64>,
        into cells: UnsafeMutablePointer<UInt32>?
    ) {
        guard var cell = cells else { return }
        for index in 0..<types.count {
            cell.pointee = UInt32(truncatingIfNeeded: slots[index])
            cell += 1
            guard isWide(types[checked: index]) else { continue }
            cell.pointee = UInt32(truncatingIfNeeded: slots[index] &>> 32)
            cell += 1
        }
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Calls a function with what `parameters` puts into the slots; `results` takes them out when it went well.
    fileprivate func call(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ type: UnsafePointer<DefinedType>,
        parameters: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<InstanceRecord>) -> Bool,
        results: (UnsafeMutablePointer<UInt64>) -> Void
    ) -> Bool {
        let instance = pointee.instance
        guard !instance.isFaulty else { return false }
        if let owner = function.pointee.instance, owner.pointee.store != pointee.engine.base.pointee.store {
            instance.setException("invalid exec env")
            return false
        }
        for index in 0..<type.pointee.values.count {
            guard type.pointee.values[checked: index]?.isNumeric == true,
                type.pointee.values[checked: index]?.slotCount == 1
            else {
                instance.setException("the arguments conversion is failed")
                return false
            }
        }
        let engine = pointee.engine
        let count = Swift.max(type.pointee.parameters.count, type.pointee.resultCount)
        func run(_ slots: UnsafeMutablePointer<UInt64>) -> Bool {
            guard parameters(slots, instance) else { return false }
            guard instance.finish(engine.call(function, slots: slots, slotCount: count), in: engine) else {
                return false
            }
            results(slots)
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
