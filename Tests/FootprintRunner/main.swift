// What programs and instances cost in memory, and what the allocator's operations cost in instructions; for
// scripts/check-footprint and scripts/check-memory, which hold the numbers against thresholds.
//
//     FootprintRunner least [OPTIONS] MODULE ARGS...     bytes of the smallest pool in which it runs
//     FootprintRunner regions [OPTIONS] MODULE ARGS...   peaks by region in a pool of 1 GiB, and the pool's overhead
//     FootprintRunner traces [OPTIONS] MODULE ARGS...    one row: this pool, a first fit and the system's malloc;
//                                                        without a module the table's heading
//     FootprintRunner sizes                              of the runtime's own records
//     FootprintRunner random COUNT [SEED]                random operations on pools, invariants checked
//     FootprintRunner operations COUNT                   random operations, each in a function that a profiler finds
//     FootprintRunner instances MODULE                   bytes per instance, 10,000 live at once in heap and reserved
//     FootprintRunner cycles MODULE COUNT                instantiates and destroys
//
// Options: --stack BYTES (2048), --pool BYTES, --dir HOST::GUEST, --show (the guest's output is wanted).

import Foundation
import MoteMemory

/// A complaint for the user; ends the program.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The module at a path, which stays in memory.
func moduleBytes(_ path: String) throws -> UnsafeBufferPointer<UInt8> {
    guard let data = FileManager.default.contents(atPath: path) else { throw Failure("cannot read \(path)") }
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(data.count, 1))
    _ = copy.initialize(from: data)
    return UnsafeBufferPointer(copy)
}

/// `value` of `part` in hundredths: 1.07.
func ratio(_ value: Int, _ part: Int) -> String {
    String(format: "%.3f", Double(value) / Double(max(part, 1)))
}

func run(_ words: [String]) throws {
    guard let command = words.first else { throw Failure("no command") }
    let rest = Array(words.dropFirst())
    let number = rest.last.flatMap { Int($0) }
    switch command {
    case "least": print(try Guest(rest).smallestPool())
    case "regions": try Guest(rest).printRegions()
    case "sizes": printSizes()
    case "traces" where rest.isEmpty: print(Guest.traceHeading)
    case "traces": try Guest(rest).printTraceRow()
    case "random":
        try RandomRun.run(count: Int(rest.first ?? "") ?? 0, seed: rest.count > 1 ? number ?? 1 : 1)
    case "operations": try Operations.run(count: number ?? 1000)
    case "instances": try Instances(path: rest.first ?? "").printFigures()
    case "cycles": try Instances(path: rest.first ?? "").cycle(number ?? 1)
    default: throw Failure("unknown command \(command)")
    }
}

do {
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("FootprintRunner: \(error)\n".utf8))
    exit(1)
}
