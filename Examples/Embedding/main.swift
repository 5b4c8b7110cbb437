// Embeds a guest: a memory plan, a host function, typed calls, a trap, and what each region used.
//   swift run EmbeddingExample
import Mote

/// Beside this file, wherever the example is started from.
let guest =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    + "/app.wasm"

var plan = MemoryPlan()
// Everything below lives in here. Or .system, .pool(buffer), .allocator(...).
plan.globalHeap = .pool(bytes: 256 * 1024)
plan.operandStack = 8 * 1024
print(plan)

let runtime = try Runtime(plan)
let module = try runtime.load(contentsOf: guest)
let instance = try module.instantiate(
    limits: InstanceLimits(maximumPages: 2),
    imports: [
        "env": [
            // Pointers of the guest are checked: what is wrong with them throws here and in the call below.
            "log": Function { (caller: Caller, pointer: UInt32, count: UInt32) in
                print(try caller.string(at: pointer, count: count))
            }
        ]
    ]
)

let greet = try instance.function("greet", as: (() -> Void).self)
try greet()

let add = try instance.function("add", as: ((Int32, Int32) -> Int32).self)
print("2 + 3 = \(try add(2, 3))")

let divide = try instance.function("divide", as: ((Int32, Int32) -> Int32).self)
do {
    print(try divide(1, 0))
} catch RuntimeError.trap(let trap) {
    print("trap: \(trap)")
}

let memory = try instance.memory()
try memory.store(UInt32(42), at: 1024)
print("\(try memory.load(UInt32.self, at: 1024)) at 1024 of \(memory.sizeInBytes) bytes")

print(runtime.memoryReport)
