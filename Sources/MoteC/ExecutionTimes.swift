package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// How long one function of an instance ran, of those that the host called; in the store's arena.
struct ExecutionTime {
    var functionIndex: UInt32
    var count: UInt64 = 0
    /// CPU time of the threads that called.
    var nanoseconds: UInt64 = 0
    /// The part of it that calls took which natives made meanwhile.
    var nestedNanoseconds: UInt64 = 0
    var next: UnsafeMutablePointer<ExecutionTime>?
}

@c @implementation
package func mote_set_perf_profiling(_ isOn: Bool) { measuresCalls = isOn }

@c @implementation
package func wasm_runtime_dump_perf_profiling(_ handle: OpaquePointer?) {
    guard let instance = record(ofInstance: handle) else { return }
    ExecutionTimes.noteIfNone(of: instance)
    var output = StandardOutput()
    output.write("Performance profiler data:\n")
    let module = instance.pointee.module.pointee.engine.module
    instance.forEachExecutionTime { time in
        output.write("  func ")
        let name = ModuleQueries.functionName(time.functionIndex, of: module)
        for byte in name { output.write(byte: byte) }
        if name.count == 0 { output.write(number: Int(time.functionIndex)) }
        output.write(", execution time: ")
        output.write(milliseconds: time.nanoseconds)
        output.write(" ms, execution count: ")
        output.write(time.count, base: 10)
        output.write(" times, children execution time: ")
        output.write(milliseconds: time.nestedNanoseconds)
        output.write(" ms\n")
    }
    output.flush()
}

@c @implementation
package func wasm_runtime_sum_wasm_exec_time(_ handle: OpaquePointer?) -> Double {
    guard let instance = record(ofInstance: handle) else { return 0 }
    ExecutionTimes.noteIfNone(of: instance)
    var sum: UInt64 = 0
    instance.forEachExecutionTime { sum &+= $0.nanoseconds &- $0.nestedNanoseconds }
    return Double(sum) / 1_000_000
}

@c @implementation
package func wasm_runtime_get_wasm_func_exec_time(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?
) -> Double {
    guard let instance = record(ofInstance: handle), let name,
        let index = ModuleQueries.function(
            named: bytes(of: name),
            of: instance.pointee.module.pointee.engine.module
        )
    else { return -1 }
    ExecutionTimes.noteIfNone(of: instance)
    var own: UInt64 = 0
    instance.forEachExecutionTime { time in
        if time.functionIndex == index { own = time.nanoseconds &- time.nestedNanoseconds }
    }
    return Double(own) / 1_000_000
}

// Changed while no call runs.
private nonisolated(unsafe) var measuresCalls = false

/// Measures calls from the host, once it is asked for.
///
/// Code of guests is not changed for it: calls among their functions are in the time of the call that came from the
/// host.
enum ExecutionTimes {
    static var isOn: Bool { measuresCalls }

    /// Says why there are no times.
    fileprivate static func noteIfNone(of instance: UnsafeMutablePointer<InstanceRecord>) {
        guard !isOn, instance.pointee.firstExecutionTime == nil else { return }
        Log.write(.warning, "no execution times: mote_set_perf_profiling was not called before")
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    fileprivate func forEachExecutionTime(_ visit: (ExecutionTime) -> Void) {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstExecutionTime
        while let time = next {
            visit(time.pointee)
            next = time.pointee.next
        }
    }

    /// Adds a call to a function's time; one that has no room for it is not counted.
    fileprivate func add(_ index: UInt32, _ nanoseconds: UInt64, nested: UInt64) {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstExecutionTime
        while let time = next, time.pointee.functionIndex != index { next = time.pointee.next }
        if next == nil {
            next = try? pointee.store.state.pointee.arena.allocate(
                ExecutionTime.self,
                count: 1,
                region: .structures,
                site: .cExecutionTime
            )
            next?.initialize(to: ExecutionTime(functionIndex: index, next: pointee.firstExecutionTime))
            if let next { pointee.firstExecutionTime = next }
        }
        next?.pointee.count &+= 1
        next?.pointee.nanoseconds &+= nanoseconds
        next?.pointee.nestedNanoseconds &+= nested
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Makes a call, and measures it where that is asked for.
    @inline(__always)
    func measured(
        _ function: UnsafePointer<MoteFunction>,
        _ call: () -> TrapCode
    ) -> TrapCode {
        ExecutionTimes.isOn ? measure(function, call) : call()
    }

    @inline(never)
    private func measure(_ function: UnsafePointer<MoteFunction>, _ call: () -> TrapCode) -> TrapCode {
        let outer = pointee.nestedNanoseconds
        pointee.nestedNanoseconds = 0
        let begin = mote_thread_cpu_ns()
        let trap = call()
        let taken = mote_thread_cpu_ns() &- begin
        if function.pointee.isHost == 0, function.pointee.instance == pointee.instance.pointee.instance?.base
        {
            pointee.instance.add(function.pointee.functionIndex, taken, nested: pointee.nestedNanoseconds)
        }
        pointee.nestedNanoseconds = outer &+ taken
        return trap
    }
}

extension StandardOutput {
    /// Nanoseconds as milliseconds with three digits behind the point.
    fileprivate mutating func write(milliseconds nanoseconds: UInt64) {
        let microseconds = (nanoseconds &+ 500) / 1000
        write(microseconds / 1000, base: 10)
        write(byte: UInt8(ascii: "."))
        write(microseconds % 1000, base: 10, digitCount: 3)
    }
}
