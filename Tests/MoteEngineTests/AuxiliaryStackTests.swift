import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// The guest's own stack: bounds, peak, and that others pay nothing.
@Suite struct AuxiliaryStackTests {
    /// Backing and bounds that may go together.
    static let pairs: [(LinearMemoryBacking, BoundsChecks)] = [
        (.reserved, .guardPages), (.reserved, .checked), (.heap, .checked),
    ]

    /// A module with a stack pointer, and functions that write it from a local (slot form) and from a sum (last result).
    private static func module(
        type: String = "i32",
        top: UInt64 = 4096,
        dataEnd: UInt64? = 1024,
        heapBase: UInt64? = 8192,
        pointer: String = "(export \"__stack_pointer\")",
        memory: String = "1"
    ) -> String {
        let data = dataEnd.map { "(global (export \"__data_end\") \(type) (\(type).const \($0)))" } ?? ""
        let heap = heapBase.map { "(global (export \"__heap_base\") \(type) (\(type).const \($0)))" } ?? ""
        return """
            (module
              (memory \(type == "i64" ? "i64 " : "")\(memory))
              (global $other (mut i32) (i32.const 500000))
              (global $sp \(pointer) (mut \(type)) (\(type).const \(top)))
              \(data) \(heap)
              (func (export "set") (param $v \(type)) (global.set $sp (local.get $v)))
              (func (export "add") (param $v \(type))
                (global.set $sp (\(type).add (global.get $sp) (local.get $v))))
              (func (export "other") (param i32) (global.set $other (local.get 0)))
              (func (export "get") (result \(type)) (global.get $sp)))
            """
    }

    @Test(arguments: pairs)
    func `the boundary itself is an overflow, the top is allowed and one more is an underflow`(
        backing: LinearMemoryBacking,
        bounds: BoundsChecks
    ) throws {
        let cases: [(UInt64, TrapCode)] = [
            (0, .auxiliaryStackOverflow), (1023, .auxiliaryStackOverflow), (1024, .auxiliaryStackOverflow),
            (1025, .none), (4095, .none), (4096, .none), (4097, .auxiliaryStackUnderflow),
            (0xFFFF_FFFF, .auxiliaryStackUnderflow),
        ]
        for type in ["i32", "i64"] where type == "i32" || bounds == .checked {
            var plan = MemoryPlan()
            plan.linearMemory = backing
            plan.bounds = bounds
            let bench = try Workbench(plan)
            for (value, expected) in cases {
                let instance = try bench.instantiate(text: Self.module(type: type))
                for name in ["set", "add"] {
                    let before = try instance.call("get")[0]
                    let argument = name == "set" ? value : value &- before
                    // What is beyond an i32 in a slot does not count.
                    let slot = type == "i32" ? argument & 0xFFFF_FFFF : argument
                    if expected == .none {
                        #expect(try instance.call(name, slot) == [])
                        #expect(try instance.call("get") == [value])
                    } else {
                        #expect(throws: expected, "\(type) \(name) \(value)") {
                            try instance.call(name, slot)
                        }
                        let shortage = try #require(try bench.store.defaultEnvironment().stackShortage)
                        #expect(shortage.stack == .auxiliary && shortage.sizeInBytes == 3072)
                        #expect(shortage.neededInBytes == (value <= 1024 ? 4096 - value : 0))
                        #expect(try instance.call("get") == [before])
                    }
                }
            }
        }
    }

    @Test func `a stack that lies first has 0 as its boundary`() throws {
        let bench = try Workbench()
        let text = Self.module(top: 4096, dataEnd: 5000)
        let instance = try bench.instantiate(text: text)
        #expect(try instance.call("set", 1) == [])
        #expect(throws: TrapCode.auxiliaryStackOverflow) { try instance.call("set", 0) }
        // A stack pointer that ran below zero.
        #expect(throws: TrapCode.auxiliaryStackUnderflow) { try instance.call("set", 0xFFFF_FFF0) }
        #expect(throws: TrapCode.auxiliaryStackUnderflow) { try instance.call("set", 4097) }
        let use = try #require(instance.auxiliaryStack)
        #expect(use.boundary == 0 && use.top == 4096 && use.sizeInBytes == 4096 && use.peakInBytes == 4095)
    }

    @Test func `the peak is the lowest value, and each instance has its own`() throws {
        let bench = try Workbench()
        let module = try bench.load(text: Self.module())
        let first = try bench.instantiate(module)
        let second = try bench.instantiate(module)
        #expect(first.auxiliaryStack?.peakInBytes == 0)
        for value: UInt64 in [4096, 4000, 4096, 2000, 3000] { _ = try first.call("set", value) }
        #expect(throws: TrapCode.auxiliaryStackOverflow) { try first.call("set", 7) }
        #expect(first.auxiliaryStack?.peakInBytes == 2096)
        #expect(second.auxiliaryStack?.peakInBytes == 0)
        #expect(try second.call("get") == [4096])
    }

    @Test func `what is off is not checked, and the peak is kept all the same`() throws {
        var plan = MemoryPlan()
        plan.checksAuxiliaryStack = false
        let bench = try Workbench(plan)
        let module = try bench.load(text: Self.module())
        let instance = try bench.instantiate(module)
        for value: UInt64 in [2000, 5000, 0xFFFF_0000, 500, 0, 4096] {
            #expect(try instance.call("set", value) == [])
        }
        let use = try #require(instance.auxiliaryStack)
        #expect(!use.isChecked && use.peakInBytes == 4096 && use.sizeInBytes == 3072)
        // The instance's limits go before the plan; both run the same code.
        var limits = InstanceLimits()
        limits.checksAuxiliaryStack = true
        let checked = try bench.instantiate(module, limits: limits)
        #expect(throws: TrapCode.auxiliaryStackOverflow) { try checked.call("set", 500) }
        #expect(try instance.call("set", 500) == [])
    }

    @Test func `a thread's stack may lie elsewhere`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(text: Self.module())
        instance.setAuxiliaryStack(top: 20_000, sizeInBytes: 1000)
        #expect(throws: TrapCode.auxiliaryStackOverflow) { try instance.call("set", 19_000) }
        #expect(throws: TrapCode.auxiliaryStackUnderflow) { try instance.call("set", 20_001) }
        #expect(try instance.call("set", 19_001) == [])
        #expect(instance.auxiliaryStack?.peakInBytes == 999)
        instance.stopCheckingAuxiliaryStack()
        #expect(try instance.call("set", 30_000) == [])
    }

    @Test func `without both exports coroutines may have stacks above the top, but data stays safe`() throws {
        let bench = try Workbench()
        let text = """
            (module (memory 1) (data (i32.const 1000) "abcdefgh")
              (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 4096))
              (func (export "set") (param i32) (global.set 0 (local.get 0))))
            """
        let instance = try bench.instantiate(text: text)
        #expect(instance.auxiliaryStack?.boundary == 1008)
        #expect(try instance.call("set", 50_000) == [])
        #expect(throws: TrapCode.auxiliaryStackOverflow) { try instance.call("set", 1008) }
        #expect(try instance.call("set", 1009) == [])
        #expect(instance.auxiliaryStack?.peakInBytes == 3087)
    }

    @Test func `only writes of the stack pointer are other instructions`() throws {
        let bench = try Workbench()
        // No stack: the pointer is where the data ends, or there is none.
        for text in [
            Self.module(top: 9000, pointer: ""), Self.module(dataEnd: nil, heapBase: nil, pointer: ""),
            Self.module(top: 0, dataEnd: 1024),
        ] {
            let instance = try bench.instantiate(text: text)
            #expect(instance.auxiliaryStack == nil)
            for value: UInt64 in [0, 1, 70_000, 0xFFFF_FFFF] {
                #expect(try instance.call("set", value) == [])
            }
        }
        let instance = try bench.instantiate(text: Self.module())
        for value: UInt64 in [0, 1, 70_000] { #expect(try instance.call("other", value) == []) }
        #expect(instance.auxiliaryStack?.peakInBytes == 0)
    }

    @Test func `a trap and an exception leave the stack pointer as the guest left it`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(
            text: """
                (module (memory 1) (tag $t)
                  (global $sp (export "__stack_pointer") (mut i32) (i32.const 4096))
                  (global (export "__data_end") i32 (i32.const 1024))
                  (global (export "__heap_base") i32 (i32.const 8192))
                  (func $deep (global.set $sp (i32.const 3000)) (throw $t))
                  (func (export "caught") (result i32)
                    (block $h (try_table (catch $t $h) (call $deep))) (global.get $sp))
                  (func (export "trapped") (global.set $sp (i32.const 2000)) unreachable)
                  (func (export "get") (result i32) (global.get $sp)))
                """
        )
        #expect(try instance.call("caught") == [3000])
        #expect(throws: TrapCode.unreachable) { try instance.call("trapped") }
        #expect(try instance.call("get") == [2000])
    }

    @Test func `texts are the specification's kind, and WAMR's`() {
        #expect(TrapCode.auxiliaryStackOverflow.text.description == "auxiliary stack overflow")
        #expect(TrapCode.auxiliaryStackOverflow.wamrText.description == "wasm auxiliary stack overflow")
        #expect(TrapCode.auxiliaryStackUnderflow.wamrText.description == "wasm auxiliary stack underflow")
        #expect(TrapCode.nativeStackOverflow.wamrText.description == "native stack overflow")
    }
}
