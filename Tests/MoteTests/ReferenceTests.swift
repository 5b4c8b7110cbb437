import Mote
import MoteText
import Testing

struct ReferenceTests {
    private static let text = """
        (module
          (type $box (struct (field i32)))
          (type $row (array i32))
          (global $held (export "held") (mut externref) (ref.null extern))
          (func (export "box") (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
          (func (export "row") (param i32) (result arrayref) (array.new_default $row (local.get 0)))
          (func (export "small") (param i32) (result i31ref) (ref.i31 (local.get 0)))
          (func (export "read") (param (ref $box)) (result i32) (struct.get $box 0 (local.get 0)))
          (func (export "same") (param eqref eqref) (result i32) (ref.eq (local.get 0) (local.get 1)))
          (func (export "any") (param externref) (result anyref) (any.convert_extern (local.get 0)))
          (func (export "extern") (param anyref) (result externref) (extern.convert_any (local.get 0))))
        """

    private func instance(_ plan: MemoryPlan = MemoryPlan()) throws -> (Instance, Store) {
        let store = try Store(Runtime(plan))
        let module = try store.runtime.load(bytes: TextModule.assemble(Array(Self.text.utf8)))
        return (try module.instantiate(in: store), store)
    }

    private func call(_ instance: Instance, _ name: String, _ arguments: Value...) throws -> Value {
        try #require(try instance.function(name).call(arguments).first)
    }

    private func reference(_ value: Value) throws -> Reference {
        guard case .anyref(let reference?) = value else { throw RuntimeError.usage(.unsupported) }
        return reference
    }

    @Test(arguments: Plans.all)
    func `a struct stays while the host has it, and goes afterwards`(plan: MemoryPlan) throws {
        let (instance, store) = try instance(plan)
        do {
            let box = try reference(call(instance, "box", .i32(42)))
            #expect(box.kind == .structure && box.description == "struct")
            #expect(store.collectGarbage())
            guard case .i32(42) = try call(instance, "read", .anyref(box)) else {
                Issue.record("the struct is another")
                return
            }
            guard case .i32(1) = try call(instance, "same", .anyref(box), .anyref(box)) else {
                Issue.record("not the same")
                return
            }
        }
        #expect(store.collectGarbage())
        #expect(store.runtime.memoryReport.regions.first { $0.region == .gcHeap }?.current == 0)
    }

    @Test func `values of another type than the parameter's are refused`() throws {
        let (instance, _) = try instance()
        let row = try reference(call(instance, "row", .i32(3)))
        #expect(row.kind == .array)
        #expect(throws: RuntimeError.self) { try call(instance, "read", .anyref(row)) }
        #expect(throws: RuntimeError.self) { try call(instance, "read", .anyref(nil)) }
        #expect(throws: RuntimeError.self) { try call(instance, "any", .anyref(row)) }
        let (other, _) = try self.instance()
        #expect(throws: RuntimeError.self) {
            try call(other, "same", .anyref(row), .anyref(row))
        }
    }

    @Test func `small integers have their value`() throws {
        let (instance, store) = try instance()
        let small = try reference(call(instance, "small", .i32(-5)))
        #expect(small.kind == .i31 && small.i31 == -5 && small.description == "i31 -5")
        #expect(small.isSame(as: Reference(i31: -5, in: store)))
        #expect(try reference(call(instance, "row", .i32(0))).i31 == nil)
    }

    @Test func `an external object is let go when neither host nor guest has it`() throws {
        final class Thing {}
        let (instance, store) = try instance()
        weak var thing: Thing?
        do {
            let made = Thing()
            thing = made
            try instance.global("held").set(.externref(ExternalReference(made, in: store)))
        }
        #expect(store.collectGarbage())
        #expect(thing != nil)
        guard case .externref(let held?) = try instance.global("held").value else {
            Issue.record("nothing is held")
            return
        }
        #expect(held.object === thing)
        let converted = try reference(call(instance, "any", .externref(held)))
        #expect(converted.kind == .external)
        guard case .externref(let back?) = try call(instance, "extern", .anyref(converted)) else {
            Issue.record("it did not come back")
            return
        }
        #expect(back.object === thing)
    }

    @Test func `an exhausted heap names its setting`() throws {
        var plan = MemoryPlan()
        plan.gcHeap = 4096
        let (instance, _) = try instance(plan)
        let error = #expect(throws: RuntimeError.self) { try call(instance, "row", .i32(100_000)) }
        #expect(error?.description.contains("region gc heap wanted") == true)
        #expect(error?.description.contains("a larger gcHeap helps") == true)
        #expect(
            plan.description.contains("gc heap                              at most 4 KiB for each store")
        )
    }
}
