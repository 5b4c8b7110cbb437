package import CPlatform
internal import MoteMemory
internal import MoteModule

/// What the host does with tables, memories and globals of a store.
extension EngineStore {
    /// An element of a table, or nil outside.
    package static func element(
        of table: UnsafeMutablePointer<MoteTable>,
        at index: UInt64
    ) -> UInt64? {
        guard index < table.pointee.count, let elements = table.pointee.elements else { return nil }
        return elements[Int(truncatingIfNeeded: index)]
    }

    /// Puts a reference into a table; false outside of it.
    package func setElement(
        of table: UnsafeMutablePointer<MoteTable>,
        at index: UInt64,
        to reference: UInt64
    ) -> Bool {
        guard index < table.pointee.count, let elements = table.pointee.elements else { return false }
        noteStored(reference, in: table)
        elements[Int(truncatingIfNeeded: index)] = reference
        return true
    }

    /// Adds elements to a table; the count before, or nil past its maximum.
    package func grow(
        _ table: UnsafeMutablePointer<MoteTable>,
        by delta: UInt64,
        filledWith reference: UInt64
    ) throws(EngineError) -> UInt64? {
        noteStored(reference, in: table)
        do throws(MemoryError) {
            return try table.instance.grow(by: delta, filledWith: reference)
        } catch {
            throw .memory(error)
        }
    }

    /// Adds zero pages to a memory; the pages before, or nil past its maximum.
    ///
    /// Its base may move, so no guest code may be running in it but below a host call, which sees the new
    /// base when it returns.
    package func grow(
        _ memory: UnsafeMutablePointer<MoteMemory>,
        byPages delta: UInt64
    ) throws(EngineError) -> UInt64? {
        do throws(MemoryError) {
            let before = try memory.instance.grow(byPages: delta)
            if before == nil {
                Operations.reportGrowthFailure(state.pointee.runtime, memory, delta, nil)
            }
            return before
        } catch {
            Operations.reportGrowthFailure(state.pointee.runtime, memory, delta, error)
            throw .memory(error)
        }
    }

    /// Writes a global: `high` is the upper half of a v128.
    ///
    /// False where it is immutable.
    package func set(_ cell: GlobalCell, low: UInt64, high: UInt64 = 0) -> Bool {
        guard cell.type.isMutable else { return false }
        if let giver = Publishing.owner(of: low, type: cell.type.valueType) {
            Publishing.link(giver, to: cell.owner)
        }
        if cell.type.valueType.isReference { noteShared(low) }
        cell.slots[0] = low
        if cell.type.valueType.slotCount > 1 { cell.slots[1] = high }
        return true
    }

    /// Notes that a reference given by the host lies in a table.
    func noteStored(_ reference: UInt64, in table: UnsafeMutablePointer<MoteTable>) {
        noteShared(reference)
        let type = ValueType(rawValue: table.pointee.elementType)
        if let giver = Publishing.owner(of: reference, type: type) {
            Publishing.link(giver, to: table.pointee.owner)
        }
    }
}
