internal import CPlatform
package import MoteMemory
internal import MoteModule

extension Translator {
    /// Translates a function into a block of region `code` of the module's arena.
    ///
    /// The module's lock is held.
    static func translate(
        _ module: Module.Pointer,
        functionIndex: UInt32,
        variant: UInt32,
        codeWords: UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>,
        scratch: Arena
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteCode> {
        let result = try complete(
            module,
            functionIndex: functionIndex,
            variant: variant,
            codeWords: codeWords,
            scratch: scratch,
            sought: -1
        )
        // No code is at address 0.
        guard let code = UnsafeMutablePointer<MoteCode>(bitPattern: result) else {
            throw .exhausted(.code, requested: 0, available: -1, site: .translatedCode)
        }
        return code
    }

    /// Offset in the module of the instruction whose code contains `codeOffset` (from the first
    /// instruction), found by translating again and watching: so no table of offsets takes memory.
    ///
    /// Nil when there is no memory to do so.
    static func byteOffset(
        of codeOffset: Int,
        _ module: Module.Pointer,
        functionIndex: UInt32,
        variant: UInt32,
        codeWords: UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>,
        scratch: Arena
    ) -> UInt32? {
        do throws(MemoryError) {
            let offset = try complete(
                module,
                functionIndex: functionIndex,
                variant: variant,
                codeWords: codeWords,
                scratch: scratch,
                sought: codeOffset
            )
            return offset == 0 ? nil : UInt32(truncatingIfNeeded: offset)
        } catch {
            return nil
        }
    }

    /// Goes through the body with room for as many references as it needs.
    ///
    /// - sought: -1, or the code offset whose byte offset is asked for instead of code.
    /// - Returns: address of the code; or the byte offset, 0 when no instruction's code contains the one sought.
    @inline(never)
    private static func complete(
        _ module: Module.Pointer,
        functionIndex: UInt32,
        variant: UInt32,
        codeWords: UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>,
        scratch: Arena,
        sought: Int
    ) throws(MemoryError) -> UInt {
        var references = 0
        while true {
            var translator = try Translator(
                module: module,
                functionIndex: functionIndex,
                variant: variant,
                codeWords: codeWords,
                arena: scratch,
                referenceTemporaries: references
            )
            defer { translator.free() }
            translator.soughtCodeOffset = sought
            if try translator.translateBody() {
                // An instruction's offset is not 0, where the module's header is.
                if sought >= 0 { return UInt(translator.foundByteOffset ?? 0) }
                return UInt(bitPattern: try translator.install())
            }
            // Few functions have references on their operand stack at all, and those have few.
            references = references == 0 ? 4 : references &* 4
        }
    }

    @inline(never)
    private mutating func install() throws(MemoryError) -> UnsafeMutablePointer<MoteCode> {
        let size = codeHeaderSizeInBytes &+ code.count
        let raw = try code.take(in: module.pointee.arena, extraSizeInBytes: handlers.sizeInBytes)
        let header = raw.bindMemory(to: MoteCode.self, capacity: 1)
        header.initialize(
            to: MoteCode(
                flags: hasTailCalls ? UInt64(MOTE_CODE_TAIL_CALLS) : 0,
                frameSlots: UInt32(truncatingIfNeeded: frameSlots),
                functionIndex: functionIndex,
                sizeInBytes: UInt32(truncatingIfNeeded: size),
                parameterSlots: type?.pointee.parameterSlots ?? 0,
                resultSlots: type?.pointee.resultSlots ?? 0,
                referenceStart: UInt16(truncatingIfNeeded: referenceRangeStart),
                referenceCount: UInt16(truncatingIfNeeded: temporaryStart &- referenceRangeStart),
                handlerTableOffset: handlers.isEmpty ? 0 : UInt32(truncatingIfNeeded: size)
            )
        )
        handlers.write(to: raw + size)
        return header
    }
}

/// Where translation asks for memory: raw values 0x580 to 0x5FF.
extension AllocationSite {
    /// Operands and locals of the function being translated.
    package static var translationOperands: Self { .init(rawValue: 0x580) }
    package static var translationFrames: Self { .init(rawValue: 0x581) }
    package static var translationFrameGrowth: Self { .init(rawValue: 0x582) }
    package static var translationCode: Self { .init(rawValue: 0x583) }
    package static var translationCodeGrowth: Self { .init(rawValue: 0x584) }
    package static var translationHandlers: Self { .init(rawValue: 0x586) }
    package static var translationHandlerGrowth: Self { .init(rawValue: 0x587) }
    package static var translationClauses: Self { .init(rawValue: 0x588) }
    package static var translationClauseGrowth: Self { .init(rawValue: 0x589) }
    /// The code of one small function.
    package static var translatedCode: Self { .init(rawValue: 0x585) }
    /// The code of a large function, which stays where it was written.
    package static var adoptedCode: Self { .init(rawValue: 0x58A) }
}
