package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_dump_mem_consumption(_ handle: OpaquePointer?) {
    guard let state = Door.current, let environment = record(ofEnvironment: handle) else { return }
    var dump = ConsumptionDump(environment, in: state)
    dump.write()
}

/// WAMR's listing of what a module, its instance and an environment take.
///
/// Totals are the ledger's accounts of the three owners; what the parts of a total do not name is in its first line.
private struct ConsumptionDump {
    private let environment: UnsafeMutablePointer<EnvironmentRecord>
    private let module: Module.Pointer
    private var moduleAccount = MemoryAccount()
    private var instanceAccount = MemoryAccount()
    private var environmentAccount = MemoryAccount()
    private var output = StandardOutput()

    init(
        _ environment: UnsafeMutablePointer<EnvironmentRecord>,
        in state: UnsafeMutablePointer<DoorState>
    ) {
        self.environment = environment
        let instance = environment.pointee.instance
        let engine = instance.pointee.module.pointee.engine
        module = engine.module
        let store = instance.pointee.store.identity
        let own = instance.pointee.instance?.identity
        var accounts = (MemoryAccount(), MemoryAccount(), MemoryAccount())
        GlobalHeap.forEachOwner(state.pointee.engine.heap) { kind, identity, account in
            switch kind {
            case .module where identity == engine.identity: accounts.0 = account
            // The host's records of an instance are in its store.
            case .store where identity == store: Self.add(account, to: &accounts.1)
            case .instance where identity == own: Self.add(account, to: &accounts.1)
            case .environment where identity == environment.pointee.engine.identity: accounts.2 = account
            default: break
            }
        }
        (moduleAccount, instanceAccount, environmentAccount) = accounts
    }

    private static func add(_ account: MemoryAccount, to sum: inout MemoryAccount) {
        for row in 0..<Region.count {
            guard let region = Region(rawValue: UInt8(truncatingIfNeeded: row)) else { continue }
            sum.add(account.current[row], to: region)
        }
    }

    mutating func write() {
        output.write("Memory consumption summary (bytes):\n")
        writeModule()
        writeInstance()
        writeEnvironment()
        writeTotals()
        output.flush()
    }

    private mutating func writeModule() {
        total("WASM module memory consumption, total size: ", moduleAccount)
        let types = size(of: module.pointee.types) &+ size(of: module.pointee.typeGroups)
        let imports = size(of: module.pointee.imports)
        let functions = size(of: module.pointee.functions)
        let tables = size(of: module.pointee.tables)
        let memories = size(of: module.pointee.memories)
        let globals = size(of: module.pointee.globals)
        let exports = size(of: module.pointee.exports) &+ size(of: module.pointee.exportOrder)
        let elements = size(of: module.pointee.elements)
        let data = size(of: module.pointee.dataSegments)
        let sections = size(of: module.pointee.sections)
        let code = bytes(.code, moduleAccount)
        let named =
            types &+ imports &+ functions &+ tables &+ memories &+ globals &+ exports &+ elements &+ data
            &+ sections &+ code
        line("    module struct size: ", moduleAccount.total &- named)
        line("    types size: ", types)
        line("    imports size: ", imports)
        line("    funcs size: ", functions)
        line("    tables size: ", tables)
        line("    memories size: ", memories)
        line("    globals size: ", globals)
        line("    exports size: ", exports)
        line("    table segs size: ", elements)
        line("    data segs size: ", data)
        // Names stay in the module's bytes.
        line("    const strings size: ", 0)
        line("    custom sections size: ", sections)
        line("    code size: ", code)
    }

    private mutating func writeInstance() {
        total("WASM module inst memory consumption, total size: ", instanceAccount)
        let memories = bytes(.linearMemory, instanceAccount)
        let tables = bytes(.tables, instanceAccount)
        let globals = bytes(.globals, instanceAccount)
        let functions =
            module.pointee.referencedFunctionCount &* MemoryLayout<MoteFunction>.stride
            &+ module.pointee.importedFunctionCount &* MemoryLayout<UInt>.stride
        let named = memories &+ tables &+ globals &+ functions
        line("    module inst struct size: ", instanceAccount.total &- named)
        line("    memories size: ", memories)
        line("        app heap size: ", Int(clamping: appHeap?.pointee.sizeInBytes ?? 0))
        line("    tables size: ", tables)
        line("    functions size: ", functions)
        line("    globals size: ", globals)
        // They are the module's.
        line("    exports size: ", 0)
    }

    private mutating func writeEnvironment() {
        total("Exec env memory consumption, total size: ", environmentAccount)
        let stack = bytes(.operandStack, environmentAccount)
        line("    exec env struct size: ", environmentAccount.total &- stack)
        line("    stack size: ", stack)
    }

    private mutating func writeTotals() {
        let engine = environment.pointee.engine
        line(
            "Total memory consumption of module, module inst and exec env: ",
            moduleAccount.total &+ instanceAccount.total &+ environmentAccount.total
        )
        line("Total interpreter stack used: ", engine.operandStackPeakInBytes)
        if let stack = environment.pointee.instance.pointee.instance?.auxiliaryStack {
            line("Total auxiliary stack used: ", Int(clamping: stack.peakInBytes))
        } else {
            output.write("Total aux stack used: no enough info to profile\n")
        }
        let here = mote_native_stack_pointer()
        if let boundary = engine.nativeStackBoundary ?? lowest, boundary > 0, boundary <= here {
            line("Native stack left: ", Int(clamping: here &- boundary))
        } else {
            output.write("Native stack left: no enough info to profile\n")
        }
        line("Total app heap used: ", Int(clamping: appHeap?.pointee.peakInBytes ?? 0))
    }

    /// Where the thread's stack ends, where that is known.
    private var lowest: UInt? {
        var size = 0
        return UInt(mote_native_stack_lowest(&size))
    }

    private var appHeap: AppHeap.Pointer? { environment.pointee.instance.pointee.instance?.appHeap }

    private func size<Element>(of items: Items<Element>) -> Int {
        items.count &* MemoryLayout<Element>.stride
    }

    private func bytes(_ region: Region, _ account: MemoryAccount) -> Int {
        account.current[Int(region.rawValue)]
    }

    private mutating func total(_ text: Text, _ account: MemoryAccount) { line(text, account.total) }

    private mutating func line(_ text: Text, _ number: Int) {
        output.write(text)
        output.write(number: number)
        output.write("\n")
    }
}
