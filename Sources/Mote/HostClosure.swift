internal import CPlatform
internal import MoteEngine

/// A host function's closure; held by the functions made of it and by the stores that know it.
final class HostClosure {
    let type: FunctionType
    /// Finds its arguments in the slots and leaves its results there.
    let body: (Caller, UnsafeMutablePointer<UInt64>) throws -> Void

    init(type: FunctionType, _ body: @escaping (Caller, UnsafeMutablePointer<UInt64>) throws -> Void) {
        self.type = type
        self.body = body
    }

    /// What the engine calls; `data` is the closure.
    static let enter: MoteHostFunction = { environment, data, slots in
        let failure = UInt32(EngineTrapCode.hostError.rawValue)
        guard let environment, let data, let slots, let address = environment.pointee.userData else {
            return failure
        }
        let core = Unmanaged<EnvironmentCore>.fromOpaque(address).takeUnretainedValue()
        let closure = Unmanaged<HostClosure>.fromOpaque(data).takeUnretainedValue()
        let serial = core.beginHostCall()
        defer { core.endHostCall() }
        do {
            try closure.body(
                Caller(core: core, store: core.store, engine: environment.pointee.instance, serial: serial),
                slots
            )
            return 0
        } catch {
            core.parkedError = error
            guard let exception = WasmException(error) else { return failure }
            do throws(RuntimeError) {
                let trap = try exception.raise(in: core)
                core.parkedError = nil
                return UInt32(trap.rawValue)
            } catch {
                core.parkedError = error
                return failure
            }
        }
    }
}
