internal import CPlatform
internal import MoteEngine
internal import Synchronization

/// What ring 1 keeps of one execution environment; the engine's environment points here.
///
/// Held by the store (its default one), by an instance or by an ``ExecutionEnvironment``.
final class EnvironmentCore {
    let engine: EngineEnvironment
    /// Not held: whoever holds the core holds the store, or is it.
    unowned let store: Store
    let target: InterruptTarget
    /// The error of a host function on its way to the entry.
    var parkedError: (any Error)?
    /// What the guest gave libc-builtin's `exit`, on its way to the entry.
    var libcExitCode: UInt32?
    /// The instance through which the host entered last: it keeps all that the running code can reach.
    var entryOwner: Instance?
    /// Host calls that are running, by serial number; what a ``Caller`` checks that it is still good.
    private var hostCalls: [UInt64] = []
    private var nextSerial: UInt64 = 0

    init(_ engine: EngineEnvironment, store: Store) {
        self.engine = engine
        self.store = store
        target = InterruptTarget(engine)
        engine.base.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    }

    convenience init(in store: Store, operandStack: Int?) throws(RuntimeError) {
        do throws(EngineError) {
            self.init(
                try EngineEnvironment.create(in: store.engine, operandStackSizeInBytes: operandStack),
                store: store
            )
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
    }

    /// Takes the engine's environment away, which is destroyed here or by its store.
    func detach(destroying: Bool) {
        target.detach()
        engine.base.pointee.userData = nil
        if destroying { engine.destroy() }
    }

    func beginHostCall() -> UInt64 {
        nextSerial &+= 1
        hostCalls.append(nextSerial)
        return nextSerial
    }

    func endHostCall() { hostCalls.removeLast() }

    func isRunning(_ serial: UInt64) -> Bool { hostCalls.last == serial || hostCalls.contains(serial) }

    /// What an entry throws after a trap.
    func error(for trap: EngineTrapCode, wasi: WASI?) -> any Error {
        switch trap {
        case .hostError:
            if let parkedError {
                self.parkedError = nil
                return parkedError
            }
        case .exit:
            if let libcExitCode {
                self.libcExitCode = nil
                return RuntimeError.exit(code: libcExitCode)
            }
            return RuntimeError.exit(code: wasi?.exitCode ?? store.lastExitCode ?? 0)
        case .environmentBusy: return RuntimeError.usage(.environmentBusy)
        case .uncaughtException:
            if let exception = engine.pendingException {
                defer { engine.clearException() }
                return RuntimeError.exception(
                    WasmException(exception, store: store, backtrace: backtrace())
                )
            }
        default: break
        }
        let memory =
            trap == .memoryExhausted
            ? engine.memoryError.map { MemoryFailure($0, isPool: store.isPool) } : nil
        let stack = engine.stackShortage.map { StackFailure($0, code: trap) }
        return RuntimeError.trap(Trap(trap, backtrace: backtrace(), memory: memory, stack: stack))
    }

    private func backtrace() -> [Trap.Frame] {
        var frames: [Trap.Frame] = []
        Backtrace.walk(engine) { frame in
            guard let module = frame.module else {
                frames.append(
                    Trap.Frame(functionName: nil, functionIndex: nil, byteOffset: nil, moduleName: nil)
                )
                return frames.count < Trap.frameLimit
            }
            let index = frame.functionIndex
            frames.append(
                Trap.Frame(
                    functionName: DisplayName.function(index, of: module.module),
                    functionIndex: Int(index),
                    byteOffset: frame.byteOffset.map { Int($0) },
                    moduleName: DisplayName.module(module.module)
                )
            )
            return frames.count < Trap.frameLimit
        }
        return frames
    }
}

/// The environment that an ``InterruptHandle`` reaches, until it is gone.
// Sendable: the address is behind a lock, and what is done with it is atomic.
final class InterruptTarget: Sendable {
    private let address: Mutex<UInt>

    init(_ engine: EngineEnvironment) { address = Mutex(UInt(bitPattern: engine.state)) }

    func detach() { address.withLock { $0 = 0 } }

    func withEnvironment(_ body: (EngineEnvironment) -> Void) {
        address.withLock { address in
            guard let state = UnsafeMutablePointer<EnvironmentState>(bitPattern: address) else { return }
            body(EngineEnvironment(state: state))
        }
    }
}
