internal import CPlatform
internal import MoteMemory
internal import MoteModule

/// First call of a function: translates it and goes on in its code.
///
/// The frame is there already, with the stub as its code; `r` is the address of the code word.
@c(mote_handler_translateAndCall)
@inline(never)
func translateAndCall(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let caller = UnsafeRawPointer(fp).load(fromByteOffset: -16, as: FP?.self)
    let returnPC = UnsafeRawPointer(fp).load(fromByteOffset: -24, as: PC.self)
    guard let code = LazyTranslation.code(behind: r, environment) else {
        return trap(.memoryExhausted, returnPC, caller ?? fp, environment)
    }
    let end = fp + Int(code.pointee.frameSlots)
    guard Interpreter.raisePeak(environment, to: UnsafeMutableRawPointer(end)) else {
        return trap(.callStackExhausted, returnPC, caller ?? fp, environment)
    }
    fp[-1] = UInt64(UInt(bitPattern: code))
    return goOn(UnsafeRawPointer(code) + codeHeaderSizeInBytes, fp, memory, environment, r, d)
}

/// Code made when it is first called, or when a load asks for all of it.
enum LazyTranslation {
    typealias Word = UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>

    /// The code behind the word at an address, for the environment's current instance; nil, and the error in the
    /// environment, when memory did not suffice.
    ///
    /// A function of its own, so that ``translateAndCall`` has no local whose address is taken: it must jump on.
    @inline(never)
    static func code(behind address: UInt64, _ environment: Environment) -> UnsafeMutablePointer<MoteCode>? {
        guard let word = Word(bitPattern: UInt(truncatingIfNeeded: address)),
            let instance = environment.pointee.instance
        else { return nil }
        // A fault while translating is not the guest's.
        environment.pointee.activation?.pointee.inGuest = 0
        defer { environment.pointee.activation?.pointee.inGuest = 1 }
        do throws(MemoryError) {
            return try code(for: word, in: instance.state.pointee.module, environment)
        } catch {
            environment.state.pointee.memoryError = error
            return nil
        }
    }

    /// The code behind a word, translated now unless another thread did.
    static func code(
        for word: Word,
        in module: UnsafeMutablePointer<ModuleState>,
        _ environment: Environment
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteCode> {
        // Frames may still run another variant than the instance has now.
        guard let (words, variant) = table(of: word, in: module) else {
            throw .exhausted(.code, requested: 0, available: -1, site: .translatedCode)
        }
        return try code(
            for: word,
            in: module,
            words: words,
            variant: variant,
            scratch: environment.state.pointee.arena
        )
    }

    /// The code table that a word lies in, and its variant.
    private static func table(
        of word: Word,
        in module: UnsafeMutablePointer<ModuleState>
    ) -> (Word, UInt32)? {
        mote_lock_acquire(module.lock)
        defer { mote_lock_release(module.lock) }
        for variant in 0..<4 {
            guard let words = module.pointee.codeWords[variant], word >= words,
                word < words + module.pointee.definedFunctionCount
            else { continue }
            return (words, UInt32(variant))
        }
        return nil
    }

    /// The same for a code table; `scratch` is used by this thread only.
    static func code(
        for word: Word,
        in module: UnsafeMutablePointer<ModuleState>,
        words: Word,
        variant: UInt32,
        scratch: Arena
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteCode> {
        mote_lock_acquire(module.lock)
        defer { mote_lock_release(module.lock) }
        let stub = module.pointee.runtime.pointee.stub
        if let current = mote_load_acquire_pointer(word), current != UnsafeMutableRawPointer(stub) {
            return current.assumingMemoryBound(to: MoteCode.self)
        }
        let index = UInt32(
            truncatingIfNeeded: (word - words) &+ module.pointee.module.pointee.importedFunctionCount
        )
        let code = try Translator.translate(
            module.pointee.module,
            functionIndex: index,
            variant: variant,
            codeWords: words,
            scratch: scratch
        )
        mote_store_release_pointer(word, code)
        return code
    }

    /// Offset in the module's bytes of the instruction at a pc, or of the call before it, when it is a return pc.
    static func byteOffset(
        of pc: UnsafeRawPointer,
        isReturn: Bool,
        in code: UnsafePointer<MoteCode>,
        _ module: UnsafeMutablePointer<ModuleState>,
        _ environment: EngineEnvironment
    ) -> UInt32? {
        let offset = pc - UnsafeRawPointer(code) - codeHeaderSizeInBytes - (isReturn ? 1 : 0)
        guard offset >= 0, offset < Int(code.pointee.sizeInBytes) else { return nil }
        for variant in 0..<4 {
            let index = Int(code.pointee.functionIndex) &- module.pointee.module.pointee.importedFunctionCount
            guard let words = module.pointee.codeWords[variant], index >= 0,
                index < module.pointee.definedFunctionCount, words[index].map({ UnsafePointer($0) }) == code
            else { continue }
            return Translator.byteOffset(
                of: offset,
                module.pointee.module,
                functionIndex: code.pointee.functionIndex,
                variant: UInt32(variant),
                codeWords: words,
                scratch: environment.state.pointee.arena
            )
        }
        return nil
    }
}
