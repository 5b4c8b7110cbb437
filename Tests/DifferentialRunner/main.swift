// Runs one module in every configuration and prints results, traps, host calls and the final state, for
// scripts/fuzz-differential to compare.
//
//     DifferentialRunner MODULE CALLS
//     DifferentialRunner --serve
//     DifferentialRunner --features
//
// With --serve it reads lines `describe <tab> MODULE` and `run <tab> MODULE <tab> CALLS`, and answers each with lines
// of which the last is `== end`. --features lists what a module may make use of.
//
// A line of CALLS is `-`, the export's name in hexadecimal, and the slots of the arguments, in decimal: a
// v128 is two, low half first, an i31 its number twice and one. A line with `=` instead names a global that is set
// before each call.

import Foundation
import MoteEngine
import MoteMemory
import MoteModule

func configurations(pool: UnsafeMutableRawBufferPointer) -> [Configuration] {
    var plan = MemoryPlan()
    plan.operandStackSizeInBytes = 4 << 20
    var list: [Configuration] = []
    plan.linearMemory = .reserved
    plan.bounds = .guardPages
    list.append(Configuration(name: "reserved with guard pages", plan: plan))
    list.append(Configuration(name: "reserved with guard pages, metered", plan: plan, isMetered: true))
    plan.bounds = .checked
    list.append(Configuration(name: "reserved and checked, always collecting", plan: plan, isStressed: true))
    plan.linearMemory = .heap
    list.append(Configuration(name: "heap and checked, metered", plan: plan, isMetered: true))
    plan.linearMemory = .automatic
    plan.bounds = .automatic
    plan.globalHeap = .pool(
        base: UInt(bitPattern: pool.baseAddress),
        sizeInBytes: pool.count,
        isZeroed: false
    )
    list.append(Configuration(name: "pool", plan: plan))
    return list
}

func parse(_ text: String) -> CallList {
    var list = CallList()
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        let (name, numbers) = (name(words.first ?? ""), words.dropFirst().compactMap { UInt64($0) })
        if line.hasPrefix("=") {
            list.refill = (name, numbers.first ?? 0)
        } else {
            list.calls.append(Call(name: name, arguments: numbers))
        }
    }
    return list
}

/// `-` or `=` stands before the digits, so that an empty name is a word too.
func name(_ word: Substring) -> [UInt8] {
    let digits = Array(word.dropFirst())
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
}

func run(_ modulePath: String, _ callsPath: String, pool: UnsafeMutableRawBufferPointer) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: modulePath)))
    let calls = parse(try String(contentsOfFile: callsPath, encoding: .utf8))
    for configuration in configurations(pool: pool) {
        print("== \(configuration.name)")
        bytes.withUnsafeBufferPointer {
            do {
                try Run(bytes: $0, list: calls, configuration: configuration).print()
            } catch {
                print("error: \(error)")
            }
        }
    }
}

func describe(_ path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let runtime = try EngineRuntime.create(plan: MemoryPlan())
    defer { runtime.destroy() }
    let lines: [String] = try bytes.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return [] }
        let module = try runtime.load(base, sizeInBytes: $0.count, ownership: .copied)
        return ModuleDescription(module: module.module).lines
    }
    for line in lines { print(line) }
}

func listFeatures() {
    var raw: UInt8 = 0
    while let feature = Feature(rawValue: raw) {
        if FeatureSet.executable.contains(feature) { print("\(feature.name)") }
        raw += 1
    }
}

/// Does what each line of standard input asks for, until it ends.
func serve(pool: UnsafeMutableRawBufferPointer) {
    while let line = readLine() {
        let words = line.split(separator: "\t").map(String.init)
        do {
            switch (words.first, words.count) {
            case ("describe", 2): try describe(words[1])
            case ("run", 3): try run(words[1], words[2], pool: pool)
            default: print("error: unknown request")
            }
        } catch {
            print("error: \(error)")
        }
        print("== end")
        fflush(nil)
    }
}

let pool = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 20, alignment: 16)
switch CommandLine.arguments.dropFirst() {
case ["--features"]: listFeatures()
case ["--serve"]: serve(pool: pool)
case let words where words.count == 2: try run(words[1], words[2], pool: pool)
default:
    print("usage: DifferentialRunner MODULE CALLS | --serve | --features")
    exit(2)
}
