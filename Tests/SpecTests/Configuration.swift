import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import Testing

/// How linear memories are backed and checked: the three legal pairs, and a pool.
enum Configuration: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case reservedWithGuardPages
    case reservedAndChecked
    case heapAndChecked
    case pool

    static var poolSizeInBytes: Int { 512 << 20 }

    var testDescription: String { rawValue }

    /// The plan; `pool` is the buffer for ``pool``, all zero.
    func plan(pool: UnsafeMutableRawBufferPointer?) -> MemoryPlan {
        var plan = MemoryPlan()
        switch self {
        case .reservedWithGuardPages:
            plan.linearMemory = .reserved
            plan.bounds = .guardPages
        case .reservedAndChecked:
            plan.linearMemory = .reserved
            plan.bounds = .checked
        case .heapAndChecked:
            plan.linearMemory = .heap
            plan.bounds = .checked
        case .pool:
            if let pool {
                plan.globalHeap = .pool(
                    base: UInt(bitPattern: pool.baseAddress),
                    sizeInBytes: pool.count,
                    isZeroed: true
                )
            }
        }
        return plan
    }

    /// Whether a memory that was made under the plan is what it asks for.
    func fits(_ memory: MoteMemory) -> Bool {
        switch self {
        case .reservedWithGuardPages:
            // 64-bit memories and those with other pages are always checked.
            memory.backing == 1 && (memory.bounds == 1 || memory.is64 == 1 || memory.pageSizeLog2 != 16)
        case .reservedAndChecked: memory.backing == 1 && memory.bounds == 0
        case .heapAndChecked, .pool: memory.backing == 0 && memory.bounds == 0
        }
    }
}
