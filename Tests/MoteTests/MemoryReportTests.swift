import Foundation
import Mote
import MoteText
import Testing

struct MemoryReportTests {
    /// Two pages, a stack of 3 KiB above data at 1,024, a libc heap from 5,264 on; it touches one byte far up.
    private static let layout = """
        (module $laid
          (memory (export "memory") 2 4)
          (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 5264))
          (global (export "__data_end") i32 (i32.const 2048))
          (global (export "__heap_base") i32 (i32.const 5264))
          (data (i32.const 1024) "data")
          (func (export "touch") (i32.store8 (i32.const 100000) (i32.const 1)))
          (func (export "size") (result i32) (memory.size))
          (func (export "grow") (result i32) (memory.grow (i32.const 1))))
        """

    private func instance(_ text: String, _ plan: MemoryPlan = MemoryPlan()) throws -> Instance {
        let runtime = try Runtime(plan)
        return try runtime.load(bytes: TextModule.assemble(Array(text.utf8))).instantiate()
    }

    @Test func `parts of a memory cover it without gaps`() throws {
        let instance = try instance(Self.layout)
        let memory = try #require(instance.store.runtime.memoryReport.memories.first)
        #expect(memory.parts.first?.range.lowerBound == 0)
        #expect(memory.parts.last?.range.upperBound == UInt64(memory.size))
        for (left, right) in zip(memory.parts, memory.parts.dropFirst()) {
            #expect(left.range.upperBound == right.range.lowerBound)
        }
        #expect(memory.parts.map(\.part) == [.other, .data, .auxiliaryStack, .libcHeap])
        #expect(memory.data == 1024..<2048)
        #expect(memory.auxiliaryStack?.range == 2048..<5264)
        #expect(memory.libcHeap?.range.lowerBound == 5264)
        #expect(memory.pages == 2 && memory.maximumPages == 4 && memory.declaredPages == 2)
        #expect(memory.instance == instance.store.runtime.memoryReport.instances.first?.identity)
    }

    @Test func `touched pages are those that were touched`() throws {
        let instance = try instance(Self.layout)
        let runtime = instance.store.runtime
        let before = try #require(runtime.memoryReport.memories.first?.touched)
        let page = 100000 / before.pageSize
        #expect(!before.runs.contains { $0.contains(page) })
        _ = try instance.function("touch").call([])
        let after = try #require(runtime.memoryReport.memories.first?.touched)
        #expect(after.isExact)
        #expect(after.runs.contains { $0.contains(page) })
        #expect(after.count == before.count + 1)
    }

    @Test func `stacks and code are counted as they are used`() throws {
        let instance = try instance(Self.layout)
        let runtime = instance.store.runtime
        #expect(runtime.memoryReport.modules.first?.translatedFunctions == 0)
        let pages: Int32 = try instance.call("size", (() -> Int32).self)
        #expect(pages == 2)
        let report = runtime.memoryReport
        let module = try #require(report.modules.first)
        #expect(module.translatedFunctions == 1 && module.functions == 3)
        #expect(module.name == "laid")
        #expect(module.code > 0 && module.translatedBodies > 0 && (module.codePerByte ?? 0) > 1)
        let stack = try #require(report.stacks.first)
        #expect(stack.size == runtime.plan.operandStack)
        #expect(stack.peak > 0 && stack.current == 0)
    }

    @Test func `a memory of the host's and who imports it are told apart`() throws {
        let runtime = try Runtime()
        let store = try Store(runtime)
        let memory = try Memory(Limits(minimum: 1, maximum: 2), in: store)
        let text = #"(module (import "host" "memory" (memory 1)) (memory 1))"#
        let module = try runtime.load(bytes: TextModule.assemble(Array(text.utf8)))
        var imports = Imports()
        imports["host", "memory"] = memory
        let instance = try module.instantiate(imports: imports, in: store)
        let report = runtime.memoryReport
        let identity = try #require(report.instances.first?.identity)
        #expect(report.memories.count == 2)
        let host = try #require(report.memories.first { $0.instance == nil })
        #expect(host.importedBy == [identity])
        let own = try #require(report.memories.first { $0.instance == identity })
        #expect(own.index == 1 && own.importedBy.isEmpty)
        withExtendedLifetime(instance) {}
    }

    @Test func `what is gone is in no report`() throws {
        let runtime = try Runtime()
        do {
            let module = try runtime.load(bytes: TextModule.assemble(Array(Self.layout.utf8)))
            let instance = try module.instantiate()
            #expect(runtime.memoryReport.memories.count == 1)
            withExtendedLifetime(instance) {}
        }
        let report = runtime.memoryReport
        #expect(report.memories.isEmpty && report.stacks.isEmpty && report.modules.isEmpty)
        #expect(report.instances.isEmpty)
    }

    @Test func `the report is JSON with keys that stay`() throws {
        let instance = try instance(Self.layout.replacing("$laid", with: "$\"a\\\"\\\\\\01\\n\""))
        _ = try instance.function("touch").call([])
        let json = instance.store.runtime.memoryReport.json
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let report = try #require(object)
        #expect(
            Set(report.keys) == [
                "regions", "owners", "total", "overhead", "memories", "stacks", "modules", "instances",
                "gcHeaps",
                "sharedHeaps",
            ]
        )
        func keys(_ name: String) -> Set<String> {
            Set(((report[name] as? [[String: Any]])?.first ?? [:]).keys)
        }
        #expect(
            keys("memories") == [
                "instance", "index", "importedBy", "pageSize", "declaredPages", "declaredMaximumPages",
                "pages",
                "maximumPages", "size", "reserved", "backing", "bounds", "is64", "isShared", "isFallback",
                "isTruncated", "parts", "data", "auxiliaryStack", "appHeap", "libcHeap", "touched",
            ]
        )
        #expect(keys("stacks") == ["environment", "store", "instance", "size", "current", "peak"])
        #expect(
            keys("modules") == [
                "identity", "name", "size", "isCopied", "bodies", "functions", "translatedFunctions",
                "translatedBodies", "code", "codePerByte",
            ]
        )
        #expect(keys("instances") == ["identity", "module", "store"])
        #expect(keys("owners") == ["kind", "identity", "current", "peak", "regions"])
        let memory = try #require((report["memories"] as? [[String: Any]])?.first)
        let stack = try #require(memory["auxiliaryStack"] as? [String: Any])
        #expect(Set(stack.keys) == ["range", "size", "source", "peak", "isChecked"])
        #expect(stack["range"] as? [Int] == [2048, 5264])
        let touched = try #require(memory["touched"] as? [String: Any])
        #expect(Set(touched.keys) == ["pageSize", "offset", "pages", "size", "isExact", "runs"])
    }
}
