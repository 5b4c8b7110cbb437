import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteWASI

/// Bytes of the records that every program pays for.
func printSizes() {
    func line<T>(_ type: T.Type) { print("\(type): \(MemoryLayout<T>.size)") }
    line(GlobalHeap.self)
    line(MemoryAccount.self)
    line(ArenaHeader.self)
    line(RuntimeState.self)
    line(MemoryPlan.self)
    line(TypeRegistry.self)
    line(DefinedType.self)
    line(TypeGroup.self)
    line(Module.self)
    line(ModuleState.self)
    line(StoreState.self)
    line(EnvironmentState.self)
    line(MoteEnvironment.self)
    line(HostFunctionRecord.self)
    line(InstanceState.self)
    line(MoteInstance.self)
    line(InstanceLimits.self)
    line(MemoryInstance.self)
    line(MoteFunction.self)
    line(WASIContext.self)
}

extension Guest {
    /// The smallest pool, to 16 bytes, in which the program ends as it does in a large one.
    func smallestPool() throws -> Int {
        let wanted = try run(inPoolOf: poolSizeInBytes)
        guard wanted.trap == .none || wanted.trap == .exit else {
            throw Failure("\(name) traps: \(wanted.trap.text)")
        }
        var tooSmall = 0
        var enough = poolSizeInBytes
        while enough - tooSmall > 16 {
            let size = (tooSmall + enough) / 2 & ~15
            if (try? run(inPoolOf: size)) == wanted { enough = size } else { tooSmall = size }
        }
        return enough
    }

    /// Peaks by region and what the pool took beside them.
    func printRegions() throws {
        _ = try run(inPoolOf: poolSizeInBytes) { runtime in
            let ledger = runtime.ledger
            for row in 0..<Region.count where ledger.peak[row] > 0 {
                guard let region = Region(rawValue: UInt8(row)) else { continue }
                print("\(region.name): peak \(ledger.peak[row]), at the end \(ledger.current[row])")
            }
            runtime.forEachOwner { kind, identity, account in
                print(
                    "  owner \(kind.name) \(identity): peak \(account.totalPeak), at the end \(account.total)"
                )
            }
            let heap = GlobalHeap.statistics(runtime.heap)
            let linear = ledger.peak[Int(Region.linearMemory.rawValue)]
            print("asked of arenas at peak: \(ledger.totalPeak)")
            print(
                "pool in use at peak: \(heap.poolPeakInBytes), and \(heap.poolControlInBytes) of bookkeeping"
            )
            print("ratio: \(ratio(heap.poolPeakInBytes, ledger.totalPeak))")
            print(
                "ratio without linear memory: \(ratio(heap.poolPeakInBytes - linear, ledger.totalPeak - linear))"
            )
        }
    }
}
