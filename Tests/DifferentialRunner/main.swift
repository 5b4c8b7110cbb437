// Runs one module in every configuration and prints results, traps, host calls and the final state, for
// scripts/fuzz-differential to compare.
//
//     DifferentialRunner MODULE CALLS
//
// A line of CALLS is `-`, the export's name in hexadecimal, and the bits of the arguments, in decimal.

import Foundation
import MoteMemory

func plans(pool: UnsafeMutableRawBufferPointer) -> [(name: String, plan: MemoryPlan, isMetered: Bool)] {
    var plan = MemoryPlan()
    plan.operandStackSizeInBytes = 4 << 20
    var list: [(name: String, plan: MemoryPlan, isMetered: Bool)] = []
    plan.linearMemory = .reserved
    plan.bounds = .guardPages
    list.append(("reserved with guard pages", plan, false))
    list.append(("reserved with guard pages, metered", plan, true))
    plan.bounds = .checked
    list.append(("reserved and checked", plan, false))
    plan.linearMemory = .heap
    list.append(("heap and checked, metered", plan, true))
    plan.linearMemory = .automatic
    plan.bounds = .automatic
    plan.globalHeap = .pool(
        base: UInt(bitPattern: pool.baseAddress),
        sizeInBytes: pool.count,
        isZeroed: false
    )
    list.append(("pool", plan, false))
    return list
}

func parse(_ line: Substring) -> Call {
    let words = line.split(separator: " ")
    // `-` stands before the digits, so that an empty name is a word too.
    let digits = Array((words.first ?? "").dropFirst())
    let name = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
    return Call(name: name, arguments: words.dropFirst().compactMap { UInt64($0) })
}

guard CommandLine.arguments.count == 3 else {
    print("usage: DifferentialRunner MODULE CALLS")
    exit(2)
}
let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1])))
let text = try String(contentsOfFile: CommandLine.arguments[2], encoding: .utf8)
let calls = text.split(separator: "\n").map(parse)
let pool = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 20, alignment: 16)
for (name, plan, isMetered) in plans(pool: pool) {
    print("== \(name)")
    try bytes.withUnsafeBufferPointer {
        do {
            try Run(bytes: $0, calls: calls, plan: plan, isMetered: isMetered).print()
        } catch {
            print("error: \(error)")
        }
    }
}
