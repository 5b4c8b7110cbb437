import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct RuntimeTests {
    @Test func `a runtime's first bytes are attributed to it`() throws {
        let bench = try Workbench()
        let heap = bench.runtime.heap
        #expect(GlobalHeap.sumOfAccounts(heap).total == bench.runtime.ledger.total)
        var kinds: [OwnerKind] = []
        bench.runtime.forEachOwner { kind, _, account in
            kinds.append(kind)
            #expect(account.total > 0)
        }
        #expect(kinds.contains(.runtime) && kinds.contains(.store))
    }

    @Test func `a store gives everything back`() throws {
        let bench = try Workbench()
        let before = bench.runtime.ledger.total
        let store = try bench.runtime.createStore()
        _ = try EngineEnvironment.create(in: store)
        _ = try store.makeExternalReference(nil, finalizer: nil)
        store.destroy()
        #expect(bench.runtime.ledger.total == before)
    }

    @Test func `a runtime in a pool leaves the pool's buffer to its caller`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        plan.globalHeap = .pool(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count,
            isZeroed: false
        )
        for _ in 0..<3 {
            let runtime = try EngineRuntime.create(plan: plan)
            _ = try runtime.createStore()
            runtime.destroy()
        }
        plan.globalHeap = .pool(base: UInt(bitPattern: buffer.baseAddress), sizeInBytes: 64, isZeroed: false)
        #expect(throws: EngineError.self) { try EngineRuntime.create(plan: plan) }
    }

    @Test func `external references keep their data until the store goes`() throws {
        let bench = try Workbench()
        let store = try bench.runtime.createStore()
        let counter = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        counter.initialize(to: 0)
        defer { counter.deallocate() }
        var handles: [UInt64] = []
        for _ in 0..<20 {
            handles.append(
                try store.makeExternalReference(counter) {
                    $0!.assumingMemoryBound(to: Int.self).pointee += 1
                }
            )
        }
        #expect(Set(handles).count == 20 && !handles.contains(0))
        #expect(store.externalData(of: handles[7]) == UnsafeMutableRawPointer(counter))
        #expect(store.externalData(of: 0) == nil)
        #expect(store.externalData(of: handles[7] &+ (1 << 32)) == nil)
        #expect(store.retainExternalReference(handles[3]))
        #expect(store.releaseExternalReference(handles[3]))
        #expect(counter.pointee == 0)
        store.destroy()
        #expect(counter.pointee == 20)
    }

    @Test func `every trap code has both texts`() {
        for raw in UInt8.min...UInt8.max {
            guard let code = TrapCode(rawValue: raw) else { continue }
            #expect(code.text.count > 0 && code.wamrText.count > 0)
        }
        #expect(TrapCode(returned: 1) == .unreachable)
        #expect(TrapCode(returned: 4711) == .hostError)
        #expect(TrapCode.callStackExhausted.wamrText.description == "wasm operand stack overflow")
    }
}
