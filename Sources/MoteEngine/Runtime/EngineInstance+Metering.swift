internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension EngineInstance {
    /// Has the instance's code charge fuel from the next call on; it is translated again, as it is called.
    ///
    /// False, with nothing changed, while a call runs in it. Environments must have fuel from then on.
    @discardableResult
    package func startMetering() throws(EngineError) -> Bool {
        guard state.pointee.base.variant & 2 == 0 else { return true }
        guard !isEntered else { return false }
        do throws(MemoryError) {
            try switchCode(to: state.pointee.base.variant | 2)
        } catch {
            throw .memory(error)
        }
        return true
    }

    /// Has functions that are called from now on run the code of another variant; on failure nothing has changed.
    func switchCode(to variant: UInt32) throws(MemoryError) {
        let words = try module.codeWords(variant: Int(variant))
        forgetPreparedCalls()
        state.pointee.base.variant = variant
        state.pointee.base.codeWords = words
        let declared = module.module
        guard let words, let records = state.pointee.base.functionRecords else { return }
        for rank in 0..<declared.pointee.referencedFunctionCount {
            // Records of imported functions stay empty.
            guard records[rank].instance != nil else { continue }
            let defined = Int(records[rank].functionIndex) &- declared.pointee.importedFunctionCount
            records[rank].target = UnsafeMutableRawPointer(words + defined)
        }
    }
}
