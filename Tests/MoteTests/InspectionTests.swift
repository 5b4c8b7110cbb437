import Mote
import Testing

struct InspectionTests {
    @Test func `imports, exports and sections are listed with types`() throws {
        let module = try Runtime().load(contentsOf: Fixture.path("hostcalls"))
        #expect(module.imports.map(\.name).sorted() == ["add", "callback", "log", "scale"])
        #expect(
            module.imports.first { $0.name == "scale" }?.type.description == "function (i64, f32, f64) -> f64"
        )
        #expect(
            module.exports.contains { $0.name == "down" && $0.type.description == "function (i32) -> i32" }
        )
        #expect(module.sections.contains { $0.name == "code" && $0.sizeInBytes > 0 })
        let grow = try Runtime().load(contentsOf: Fixture.path("grow"))
        #expect(grow.memoryLimits == Limits(minimum: 1, maximum: 16))
        #expect(grow.largestFrameInBytes > 0)
    }

    @Test func `functions have names`() throws {
        let module = try Runtime().load(contentsOf: Fixture.path("trap"))
        let names = (0..<module.functionCount).compactMap { module.name(ofFunction: $0) }
        #expect(names.contains("innermost") && names.contains("_start"))
        #expect(module.name(ofFunction: 1 << 20) == nil)
    }

    @Test func `the memory layout is found`() throws {
        let layout = try #require(try Runtime().load(contentsOf: Fixture.path("heap")).memoryLayout)
        #expect(try #require(layout.dataEnd) <= #require(layout.heapBase))
        #expect(try layout.stackTop <= #require(layout.heapBase))
        #expect(layout.stackTop > layout.stackBottom)
        #expect(layout.stackPointerSource == .nameSection || layout.stackPointerSource == .guess)
        #expect(try Runtime().load(contentsOf: Fixture.path("add")).memoryLayout == nil)
    }
}
