/// What validation refuses although the specification allows it, each with the reason.
package enum ValidationLimits {
    /// Slots of parameters, of results, and of a frame's locals and operands together.
    ///
    /// Instructions address slots by signed 16 bits from the frame: 32,767, less room for a frame's own words.
    package static var maximumSlots: Int { 32_000 }
    /// Slots that a frame has besides locals and operands: return address, constants, moves in flight.
    package static var slotReserve: Int { 64 }
    /// Operands on one function's stack, in slots.
    ///
    /// The translator may hold an operand twice (in place, and spilled), hence half of what remains without locals.
    package static var maximumOperandSlots: Int { (maximumSlots - slotReserve) / 2 }
    /// Open blocks at one point of a function: bounds scratch to some MiB.
    package static var maximumBlockDepth: Int { 100_000 }
    /// Locals whose types are looked up directly; above, by binary search in runs.
    ///
    /// Keeps a function of a few bytes that declares thousands of locals from costing thousands of writes.
    static var directLocals: Int { 256 }
}
