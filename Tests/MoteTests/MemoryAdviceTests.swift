import Mote
import MoteText
import Testing

struct MemoryAdviceTests {
    private func facts(_ change: (inout MemoryFacts) -> Void) -> MemoryFacts {
        var facts = MemoryFacts()
        facts.toolchain = .wasiSDK
        facts.pages = 2
        facts.usesMemorySize = true
        change(&facts)
        return facts
    }

    private func find(_ subject: MemoryAdvice.Subject, _ facts: MemoryFacts) -> MemoryAdvice? {
        facts.advice.first { $0.subject == subject }
    }

    @Test func `rustc's stack of 1 MiB costs fifteen pages`() {
        let facts = facts {
            $0.toolchain = .rust
            $0.pages = 17
            $0.stack = 0..<1_048_576
            $0.dataEnd = 1_061_056
            $0.heapBase = 1_061_056
        }
        let advice = find(.stackSize, facts)
        #expect(advice?.saves == 15 * 65536)
        #expect(advice?.change.contains("link-arg=-zstack-size=65536") == true)
    }

    @Test func `a page boundary just missed names the stack size that meets it`() {
        var facts = facts {
            $0.stack = 5136..<70672
            $0.heapBase = 70672
        }
        let advice = find(.stackSize, facts)
        #expect(advice?.saves == 65536 && advice?.change == "-Wl,-z,stack-size=60400")
        // 5,136 bytes over: 60,400 + 5,136 is 65,536.
        facts.stack = 5136..<65536
        facts.heapBase = 65536
        #expect(find(.stackSize, facts) == nil)
    }

    @Test func `a measured peak gets a quarter more, in whole KiB`() {
        var facts = facts {
            $0.stack = 5136..<70672
            $0.heapBase = 70672
            $0.measured.auxiliaryStackPeak = 3000
        }
        #expect(find(.stackSize, facts)?.change == "-Wl,-z,stack-size=4096")
        // Truncated, every byte counts.
        facts.usesMemorySize = false
        facts.exportsLayout = true
        #expect(find(.stackSize, facts)?.saves == 65536 - 4096)
    }

    @Test func `a stack that nothing uses can go`() {
        let facts = facts {
            $0.toolchain = .clang
            $0.exportsLayout = true
            $0.hasMutableGlobal = false
            $0.dataEnd = 1024
            $0.heapBase = 66560
        }
        let advice = find(.stackSize, facts)
        #expect(advice?.change == "-Wl,-z,stack-size=0" && advice?.saves == 65536)
    }

    @Test func `a guess says that it is one`() {
        let stripped = facts {
            $0.toolchain = .unknown
            $0.firstMutable = 67760
            $0.dataStart = 1024
            $0.dataEnd = 1168
        }
        #expect(find(.stackSize, stripped)?.because.contains("if the stack has the default size") == true)
        let guessed = facts {
            $0.stack = 5136..<70672
            $0.isStackGuessed = true
            $0.heapBase = 70672
        }
        #expect(find(.stackSize, guessed)?.because.contains("if the first mutable global") == true)
    }

    @Test(arguments: [
        (Toolchain.emscripten, UInt64?(256), "-sINITIAL_MEMORY=131072 -sALLOW_MEMORY_GROWTH"),
        (.emscripten, nil, "-sINITIAL_MEMORY=131072"), (.wasiSDK, nil, "-Wl,--initial-memory=131072"),
        (.assemblyScript, nil, "--initialMemory 2"),
        (.rust, nil, "RUSTFLAGS=\"-C link-arg=--initial-memory=131072\""),
    ])
    func `pages that the heap would take by itself need not be declared`(
        toolchain: Toolchain,
        maximum: UInt64?,
        change: String
    ) {
        let facts = facts {
            $0.toolchain = toolchain
            $0.pages = 256
            $0.maximumPages = maximum
            $0.heapBase = 70000
            $0.dataEnd = 70000
        }
        let advice = find(.initialMemory, facts)
        #expect(advice?.change == change && advice?.saves == 254 * 65536)
    }

    @Test func `pages that nobody touched need not be declared`() {
        let facts = facts {
            $0.pages = 100
            $0.maximumPages = 100
            $0.measured.touchedEnd = 200_000
        }
        #expect(find(.initialMemory, facts)?.saves == 96 * 65536)
    }

    @Test func `exports of the layout save what lies behind the heap's base`() {
        var facts = facts {
            $0.usesMemorySize = false
            $0.pages = 1
            $0.heapBase = 5261
        }
        #expect(find(.layoutExports, facts)?.saves == 65536 - 5264)
        facts.usesMemorySize = true
        #expect(find(.layoutExports, facts) == nil)
    }

    @Test func `an exported allocator saves the plan's app heap`() {
        var facts = facts { $0.appHeap = 16384 }
        #expect(find(.allocatorExports, facts)?.saves == 16384)
        facts.toolchain = .assemblyScript
        #expect(find(.allocatorExports, facts)?.change == "--exportRuntime")
        facts.exportsAllocator = true
        #expect(find(.allocatorExports, facts) == nil)
        facts.exportsAllocator = false
        facts.appHeap = 0
        #expect(find(.allocatorExports, facts) == nil)
    }

    @Test func `a module without a basis gets no advice, and numbers at the edge do no harm`() throws {
        #expect(MemoryFacts().advice.isEmpty)
        for large in [.max, .max - 8, 1 << 48] as [UInt64] {
            var facts = MemoryFacts()
            facts.pages = large
            facts.maximumPages = large
            facts.heapBase = large
            facts.dataEnd = large
            facts.dataStart = large
            facts.firstMutable = large
            facts.measured.touchedEnd = large
            for toolchain in Toolchain.allCases {
                facts.toolchain = toolchain
                for stack in [nil, 0..<large] {
                    facts.stack = stack
                    _ = facts.advice
                    facts.measured.auxiliaryStackPeak = .max
                    _ = facts.advice
                    facts.measured.auxiliaryStackPeak = nil
                }
            }
        }
    }

    @Test(arguments: [
        (#"(module (import "env" "abort" (func (param i32 i32 i32 i32))))"#, Toolchain.assemblyScript),
        (#"(module (import "env" "emscripten_memcpy_js" (func)))"#, .emscripten),
        (#"(module (global (export "__heap_base") i32 (i32.const 8)))"#, .clang),
        (#"(module (memory 1) (data (i32.const 0) "/x/library/core/src/fmt.rs"))"#, .rust),
        (#"(module (@custom "producers" "\01\08language\01\04Rust\00"))"#, .rust),
        (#"(module (@custom "producers" "\01\0cprocessed-by\01\06TinyGo\050.1.2"))"#, .tinyGo),
        (#"(module (@custom "producers" "\01\0cprocessed-by\01\0cDebian clang\0214"))"#, .clang),
        (#"(module (@custom "producers" "\01\ff\ff\ff\ff\0f"))"#, .unknown), ("(module)", .unknown),
    ])
    func `a module's toolchain is read off it`(text: String, toolchain: Toolchain) throws {
        let module = try Runtime().load(bytes: TextModule.assemble(Array(text.utf8)))
        #expect(module.toolchain == toolchain)
    }
}
