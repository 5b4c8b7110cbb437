internal import CPlatform
internal import MotePlatform

/// A C string of the command line.
typealias Word = UnsafeMutablePointer<CChar>

/// What the words before the module's file ask for, in the grammar of WAMR's `iwasm`.
struct RunnerOptions {
    /// What comes of reading them.
    enum Outcome {
        case run
        case help
        case version
        /// Something was said; the process ends with 1.
        case refused
    }

    /// The export to call instead of the program's entry.
    var function: Word?
    var isPrompting = false
    var stackSizeInBytes: UInt32 = 64 * 1024
    var heapSizeInBytes: UInt32 = 0
    var sharedHeapSizeInBytes: UInt32 = 0
    /// Most bytes of the garbage-collected heap.
    var collectedHeapSizeInBytes: UInt32 = 128 * 1024
    var logLevel: UInt32 = 2
    /// Where modules are looked for by their names.
    var modulePath: Word?
    /// Nil: no end.
    var timeoutInMilliseconds: UInt32?
    var directories = WordList()
    var mappedDirectories = WordList()
    var variables = WordList()
    /// Granted, and asked for by no function that guests can import.
    var addresses = WordList()
    var domains = WordList()
    var libraries = WordList()
    /// The module's file and the guest's arguments.
    var rest: UnsafeMutablePointer<Word?>
    var restCount: Int32

    /// Reads the process's words, its own name first.
    init(_ words: UnsafeMutablePointer<Word?>, count: Int32) {
        rest = words
        restCount = count
        skip()
    }

    private mutating func skip() {
        guard restCount > 0 else { return }
        rest += 1
        restCount &-= 1
    }

    /// Takes options up to the first word without a dash.
    mutating func read() -> Outcome {
        while restCount > 0, let word = rest.pointee, word[0] == CChar(bitPattern: UInt8(ascii: "-")) {
            let outcome = read(word)
            guard case .run = outcome else { return outcome }
            skip()
        }
        return restCount > 0 ? .run : .help
    }

    private mutating func read(_ word: Word) -> Outcome {
        if equal(word, "-f") || equal(word, "--function") {
            skip()
            guard restCount >= 2 else { return .help }
            function = rest.pointee
            return .run
        }
        if equal(word, "--interp") { return .run }
        if equal(word, "--repl") {
            isPrompting = true
            return .run
        }
        if equal(word, "--version") { return .version }
        if equal(word, "--disable-bounds-checks") {
            Message.note(
                word,
                "accesses stay checked: guard pages make them cost nothing where there are any"
            )
            return .run
        }
        if let missing = MissingOption.reason(word) {
            Message.note(word, missing)
            return .refused
        }
        if let value = value(of: word, "-v=") {
            guard let level = Self.number(value), level <= 5 else { return .help }
            logLevel = level
            return .run
        }
        return readSize(word) ?? readGrant(word) ?? .help
    }

    /// Options with a number; nil for others.
    private mutating func readSize(_ word: Word) -> Outcome? {
        if let value = value(of: word, "--stack-size=") {
            return Self.readBytes(value, of: word, into: &stackSizeInBytes)
        } else if let value = value(of: word, "--heap-size=") {
            return Self.readBytes(value, of: word, into: &heapSizeInBytes)
        } else if let value = value(of: word, "--shared-heap-size=") {
            return Self.readBytes(value, of: word, into: &sharedHeapSizeInBytes)
        } else if let value = value(of: word, "--gc-heap-size=") {
            return Self.readBytes(value, of: word, into: &collectedHeapSizeInBytes)
        } else if let value = value(of: word, "--timeout=") {
            guard value[0] != 0 else { return .help }
            timeoutInMilliseconds = Self.number(value)
        } else if let value = value(of: word, "--max-threads=") {
            // A limit that is kept: no guest makes a thread.
            guard value[0] != 0 else { return .help }
        } else {
            return nil
        }
        return .run
    }

    /// A number of bytes, and nothing else; the option's help where there is nothing.
    private static func readBytes(_ value: Word, of option: Word, into size: inout UInt32) -> Outcome {
        guard value[0] != 0 else { return .help }
        guard isNumber(value), let number = number(value) else {
            Message.note(option, "needs a number of bytes")
            return .refused
        }
        size = number
        return .run
    }

    /// Options that may come several times; nil for others.
    private mutating func readGrant(_ word: Word) -> Outcome? {
        if let value = value(of: word, "--dir=") { return directories.add(value, "dir") }
        if let value = value(of: word, "--map-dir=") { return mappedDirectories.add(value, "map dir") }
        if let value = value(of: word, "--module-path=") {
            guard value[0] != 0 else { return .help }
            modulePath = value
            return .run
        }
        if let value = value(of: word, "--env=") {
            if value[0] != 0, !isVariable(value) {
                Message.write("Wasm parse env string failed: expect \"key=value\", got \"", value, "\"\n")
                return .help
            }
            return variables.add(value, "env")
        }
        if let value = value(of: word, "--addr-pool=") { return addAddresses(value) }
        if let value = value(of: word, "--allow-resolve=") { return domains.add(value, "ns lookup") }
        if let value = value(of: word, "--native-lib=") { return libraries.add(value, "native lib") }
        return nil
    }

    /// Adds what stands between commas.
    private mutating func addAddresses(_ list: Word) -> Outcome {
        guard list[0] != 0 else { return .help }
        var next = list
        while true {
            while next.pointee == CChar(bitPattern: UInt8(ascii: ",")) { next += 1 }
            guard next.pointee != 0 else { return .run }
            let start = next
            while next.pointee != 0, next.pointee != CChar(bitPattern: UInt8(ascii: ",")) { next += 1 }
            let isLast = next.pointee == 0
            next.pointee = 0
            let outcome = addresses.add(start, "address")
            guard case .run = outcome, !isLast else { return outcome }
            next += 1
        }
    }

    /// What stands behind a prefix; nil where the word begins otherwise.
    private func value(of word: Word, _ prefix: Text) -> Word? {
        let count = prefix.count
        for index in 0..<count where UInt8(bitPattern: word[index]) != prefix.start[index] { return nil }
        return word + count
    }

    /// `KEY=VALUE` with a key.
    private func isVariable(_ word: Word) -> Bool {
        let sign = CChar(bitPattern: UInt8(ascii: "="))
        var next = word
        while next.pointee != 0, next.pointee != sign { next += 1 }
        return next.pointee == sign && next != word
    }

    private static func isNumber(_ word: Word) -> Bool {
        var next = word
        while UInt8(bitPattern: next.pointee) &- UInt8(ascii: "0") < 10 { next += 1 }
        return next.pointee == 0
    }

    /// The decimal digits that a word begins with, 0 where there are none; nil below zero.
    private static func number(_ word: Word) -> UInt32? {
        var next = word
        let isNegative = next.pointee == CChar(bitPattern: UInt8(ascii: "-"))
        if isNegative { next += 1 }
        var value: UInt32 = 0
        while true {
            let digit = UInt8(bitPattern: next.pointee) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt32(digit))
            value = overflow || carry ? .max : sum
            next += 1
        }
        return isNegative && value > 0 ? nil : value
    }
}

/// Up to eight words that one option was given with.
struct WordList {
    private(set) var words = InlineArray<8, UnsafePointer<CChar>?>(repeating: nil)
    private(set) var count = 0

    /// Adds one; the option's help where it is empty, an end where there are eight.
    mutating func add(_ word: Word, _ name: Text) -> RunnerOptions.Outcome {
        guard word[0] != 0 else { return .help }
        guard count < 8 else {
            var output = Message.output
            output.write("Only allow max ")
            output.write(name)
            output.write(" number 8\n")
            output.flush()
            return .refused
        }
        words[count] = UnsafePointer(word)
        count &+= 1
        return .run
    }
}

/// Whether a word is a literal.
func equal(_ word: Word, _ text: Text) -> Bool {
    strlen(word) == text.count && memcmp(word, text.start, text.count) == 0
}

/// Options of WAMR's that name what is not there yet.
enum MissingOption {
    /// Why an option is refused; nil for one that is not.
    static func reason(_ word: Word) -> Text? {
        if equal(word, "--fast-jit") || equal(word, "--llvm-jit") || equal(word, "--multi-tier-jit")
            || begins(word, "--jit-codecache-size=") || begins(word, "--llvm-jit-size-level=")
            || begins(word, "--llvm-jit-opt-level=") || begins(word, "--enable-segue")
            || begins(word, "--enable-linux-perf")
        {
            return "there is no compiler yet: guests are interpreted"
        }
        if begins(word, "-g=") { return "there is no debugger yet" }
        if begins(word, "--gen-prof-file=") { return "there are no profiles yet" }
        return nil
    }

    private static func begins(_ word: Word, _ prefix: Text) -> Bool {
        strncmp(
            word,
            prefix.cString,
            prefix.count
        )
            == 0
    }
}
