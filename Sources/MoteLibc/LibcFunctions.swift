package import CPlatform
package import MotePlatform

/// The functions of libc-builtin: what `-nostdlib` programs import from `env`, by WAMR's names and signatures.
package enum LibcFunctions {
    /// The module name under which guests import them.
    package static var moduleName: Text { "env" }

    /// One row: name, and letters for parameter and result types (`i` is i32, `I` is i64).
    ///
    /// Its data is a ``LibcContext``.
    package typealias Entry = (
        name: Text, parameters: Text, results: Text, function: MoteHostFunction
    )

    /// How many there are.
    package static var count: Int { 49 }

    // A switch and not a table: it needs no initialisation at run time. One line each, in WAMR's order.
    // swift-format-ignore
    /// The function at an index below ``count``; the last one for any other.
    package static func entry(at index: Int) -> Entry {
        switch index {
        case 0: ("printf", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.printFormatted() } })
        case 1: ("sprintf", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.printToString() } })
        case 2: ("snprintf", "iiii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.printToBoundedString() } })
        case 3: ("puts", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.putLine() } })
        case 4: ("putchar", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.putCharacter() } })
        case 5: ("memcmp", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.compareMemory() } })
        case 6: ("memcpy", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.copyMemory() } })
        case 7: ("memmove", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.copyMemory() } })
        case 8: ("memset", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.fillMemory() } })
        case 9: ("strchr", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.findCharacter() } })
        case 10: ("strcmp", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.compareStrings() } })
        case 11: ("strcpy", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.copyString() } })
        case 12: ("strlen", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.stringLength() } })
        case 13: ("strncmp", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.compareStringsUpTo() } })
        case 14: ("strncpy", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.copyStringUpTo() } })
        case 15: ("malloc", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.allocate() } })
        case 16: ("realloc", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.reallocate() } })
        case 17: ("calloc", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.allocateZeroed() } })
        case 18: ("strdup", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.duplicateString() } })
        case 19: ("_strdup", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.duplicateString() } })
        case 20: ("free", "i", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.free() } })
        case 21: ("atoi", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.textToInteger() } })
        case 22: ("exit", "i", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.exit() } })
        case 23: ("strtol", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.textToSigned() } })
        case 24: ("strtoul", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.textToUnsigned() } })
        case 25: ("memchr", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.findByte() } })
        case 26: ("strncasecmp", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.compareStringsIgnoringCase() } })
        case 27: ("strspn", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.spanOfAccepted() } })
        case 28: ("strcspn", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.spanOfRejected() } })
        case 29: ("strstr", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.findString() } })
        case 30: ("isupper", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isUpper) } })
        case 31: ("isalpha", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isAlpha) } })
        case 32: ("isspace", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isSpace) } })
        case 33: ("isgraph", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isGraphic) } })
        case 34: ("isprint", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isPrintable) } })
        case 35: ("isdigit", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isDigit) } })
        case 36: ("isxdigit", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isHexadecimal) } })
        case 37: ("tolower", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.toLower() } })
        case 38: ("toupper", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.toUpper() } })
        case 39: ("isalnum", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in c.classify(CharacterClass.isAlphanumeric) } })
        case 40: ("emscripten_memcpy_big", "iii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.copyMemory() } })
        case 41: ("abort", "i", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.stop("env.abort") } })
        case 42: ("abortStackOverflow", "i", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.stop("env.abortStackOverflow") } })
        case 43: ("nullFunc_X", "i", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.stop("env.nullFunc_X") } })
        case 44: ("__cxa_allocate_exception", "i", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.allocate() } })
        case 45: ("__cxa_begin_catch", "i", "", { LibcCall.run($0, $1, $2) { _ throws(LibcFault) in 0 } })
        case 46: ("__cxa_throw", "iii", "", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.throwException() } })
        case 47: ("clock_gettime", "ii", "i", { LibcCall.run($0, $1, $2) { c throws(LibcFault) in try c.clockTime() } })
        default: ("clock", "", "I", { LibcCall.run64($0, $1, $2) { $0.processorTime() } })
        }
    }

    /// The function of a name; nil where there is none.
    package static func entry(named name: UnsafeBufferPointer<UInt8>) -> Entry? {
        for index in 0..<count {
            let entry = entry(at: index)
            guard name.count == entry.name.count, let start = name.baseAddress else { continue }
            if memcmp(start, entry.name.start, name.count) == 0 { return entry }
        }
        return nil
    }
}
