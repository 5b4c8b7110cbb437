internal import CPlatform
internal import MoteMemory
internal import MoteModule

// What keeps objects and handles alive: frames, globals, tables, kept segments, what the host retains.

extension Collector {
    /// Marks from every root of the store; its lock is held.
    static func markRoots(_ store: Store, _ frame: RunningFrame?, _ marker: inout Marker) {
        markHostRoots(store, &marker)
        var environment = store.pointee.firstEnvironment
        while let current = environment {
            environment = current.pointee.next
            let running = frame?.environment == current.base ? frame : nil
            markEnvironment(current, running, &marker)
        }
        var instance = store.pointee.firstInstance
        while let current = instance {
            instance = current.pointee.nextInStore
            markInstance(current, &marker)
        }
        if let current = store.pointee.collector.initializing { markInstance(current, &marker) }
        var table = store.pointee.firstHostTable
        while let current = table {
            table = current.pointee.next
            markTable(&current.pointee.table.table, &marker)
        }
        var global = store.pointee.firstHostGlobal
        while let current = global {
            global = current.pointee.next
            marker.visitRoot(current.pointee.value)
        }
    }

    private static func markHostRoots(_ store: Store, _ marker: inout Marker) {
        let roots = store.pointee.collector.roots
        guard let entries = roots.entries else { return }
        for index in 0..<Int(roots.count) { marker.visitRoot(entries[index].reference) }
    }

    private static func markTable(_ table: UnsafeMutablePointer<MoteTable>, _ marker: inout Marker) {
        let heapType = ValueType(rawValue: table.pointee.elementType).heapType
        guard heapType != .function, heapType != .noFunction, let elements = table.pointee.elements else {
            return
        }
        for index in 0..<Int(truncatingIfNeeded: table.pointee.count) { marker.visitRoot(elements[index]) }
    }

    private static func markInstance(_ state: UnsafeMutablePointer<InstanceState>, _ marker: inout Marker) {
        let module = state.pointee.module.pointee.module
        if let globals = state.pointee.base.globals {
            for index in module.pointee.importedGlobalCount..<module.pointee.globals.count {
                guard let global = module.pointee.globals[checked: index] else { break }
                if global.type.valueType.isReference { marker.visitRoot(globals[Int(global.slot)]) }
            }
        }
        if let tables = state.pointee.ownTables {
            for index in 0..<state.pointee.ownTableCount { markTable((tables + index).base, &marker) }
        }
        guard let segments = state.pointee.elementValues else { return }
        for index in 0..<module.pointee.elements.count {
            guard let values = segments[index], let segment = module.pointee.elements[checked: index] else {
                continue
            }
            for position in 0..<Int(segment.count) { marker.visitRoot(values[position]) }
        }
    }

    /// The frames of every activation, from the innermost outwards, and arguments of host functions.
    private static func markEnvironment(
        _ state: UnsafeMutablePointer<EnvironmentState>,
        _ running: RunningFrame?,
        _ marker: inout Marker
    ) {
        marker.visitRoot(state.pointee.pendingException)
        var fp = running?.fp
        var activation = Operations.settle(state.base)
        while let current = activation {
            if current.pointee.kind == UInt32(truncatingIfNeeded: MOTE_ACTIVATION_HOST_CALL) {
                markArguments(current, &marker)
                fp = current.pointee.fp
            } else {
                if fp == nil, current.pointee.inGuest == UInt32(MOTE_LEFT) {
                    markArguments(current, &marker)
                    fp = current.pointee.fp
                }
                markFrames(from: fp, above: UInt(bitPattern: current), state.base, &marker)
                fp = nil
            }
            activation = current.pointee.previous
        }
    }

    /// Parameters of a running host function, which writes its results over them last.
    private static func markArguments(
        _ activation: UnsafeMutablePointer<MoteActivation>,
        _ marker: inout Marker
    ) {
        guard let callee = activation.pointee.callee, let type = FunctionDescription.type(of: callee),
            callee.pointee.reserved & MoteFunction.takesReferences != 0
        else { return }
        let count = Int(max(callee.pointee.parameterSlots, callee.pointee.resultSlots))
        guard let top = activation.pointee.operandPointer else { return }
        var slot = top - count
        let parameters = type.pointee.parameters
        for index in 0..<parameters.count {
            guard let parameter = parameters[checked: index] else { return }
            if parameter.isReference { marker.visitRoot(slot.pointee) }
            slot += parameter.slotCount
        }
    }

    private static func markFrames(
        from innermost: UnsafeMutablePointer<UInt64>?,
        above floor: UInt,
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ marker: inout Marker
    ) {
        var fp = innermost
        while let frame = fp, UInt(bitPattern: frame) > floor,
            let code = UnsafePointer<MoteCode>(bitPattern: UInt(truncatingIfNeeded: frame[-1]))
        {
            let start = frame + Int(code.pointee.referenceStart)
            for index in 0..<Int(code.pointee.referenceCount) { marker.visitRoot(start[index]) }
            fp = Interpreter.caller(of: frame, in: environment).1
        }
    }
}
