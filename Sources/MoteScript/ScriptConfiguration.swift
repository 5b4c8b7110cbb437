package import MoteMemory
package import MoteModule

/// How scripts are run: where memory comes from, how bounds are checked, which features are on.
package struct ScriptConfiguration: Sendable {
    package var backing: LinearMemoryBacking
    package var bounds: BoundsChecks
    /// Everything in one pool of this size; nil: the system's heap.
    package var poolSizeInBytes: Int?
    /// Collect at every allocation of a garbage-collected object.
    package var stressesCollector = false
    /// Features on top of what is left of those that a script's folder asks for, and which of these are off.
    package var added = FeatureSet.none
    package var removed = FeatureSet.none

    package init(
        backing: LinearMemoryBacking = .automatic,
        bounds: BoundsChecks = .automatic,
        poolSizeInBytes: Int? = nil
    ) {
        self.backing = backing
        self.bounds = bounds
        self.poolSizeInBytes = poolSizeInBytes
    }

    /// The plan of a runtime whose pool, if there is one, is `pool`.
    func plan(pool: UnsafeMutableRawBufferPointer?) -> MemoryPlan {
        var plan = MemoryPlan()
        plan.linearMemory = backing
        plan.bounds = bounds
        if let pool {
            plan.globalHeap = .pool(
                base: UInt(bitPattern: pool.baseAddress),
                sizeInBytes: pool.count,
                isZeroed: true
            )
        }
        return plan
    }

    /// What is wrong with a first memory of ordinary pages and addresses that was made under the plan.
    func complaint(backing: UInt8, bounds: UInt8) -> String? {
        let isPool = poolSizeInBytes != nil
        if self.backing == .heap || isPool, backing != 0 { return "a memory is not in the global heap" }
        if self.backing == .reserved, backing != 1 { return "a memory is no reservation" }
        if self.bounds == .checked || isPool, bounds != 0 { return "a memory has guard pages" }
        if self.bounds == .guardPages, bounds != 1 { return "a memory has no guard pages" }
        return nil
    }
}
