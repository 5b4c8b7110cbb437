internal import CMoteAPI
internal import CPlatform
internal import MotePlatform

/// Reads lines `FUNC ARG...` and calls what they name, until `__exit__` or the end of the input.
enum Prompt {
    /// Lines are cut to this, their end included.
    private static var lineSizeInBytes: Int { 4096 }
    private static var wordLimit: Int { 1024 }

    static func run(_ instance: OpaquePointer) {
        let sizeInBytes = lineSizeInBytes &+ wordLimit &* MemoryLayout<Word?>.stride
        guard let block = wasm_runtime_malloc(UInt32(sizeInBytes)) else { return }
        defer { wasm_runtime_free(block) }
        let words = block.bindMemory(to: Word?.self, capacity: wordLimit)
        let line = (block + wordLimit &* MemoryLayout<Word?>.stride).bindMemory(
            to: CChar.self,
            capacity: lineSizeInBytes
        )
        while true {
            Message.write("webassembly> ", nil, "")
            guard read(into: line) else { return }
            if line[0] == 0 { continue }
            if equal(line, "__exit__") { return Message.write("exit repl mode", nil) }
            let count = split(line, into: words)
            guard count > 0, let name = words[0] else { continue }
            _ = wasm_application_execute_func(instance, name, Int32(count &- 1), words + 1)
        }
    }

    /// One line without its end; false at the end of the input.
    private static func read(into line: Word) -> Bool {
        var count = 0
        while true {
            // One at a time: what comes behind the line may be the guest's.
            var byte: UInt8 = 0
            let got = CPlatform.read(0, &byte, 1)
            if got < 0, mote_errno() == EINTR { continue }
            if got <= 0 {
                line[count] = 0
                return count > 0
            }
            if byte == UInt8(ascii: "\n") { break }
            if count &+ 1 < lineSizeInBytes {
                line[count] = CChar(bitPattern: byte)
                count &+= 1
            }
        }
        line[count] = 0
        return true
    }

    /// Ends each word with a zero and tells where they begin; a backslash in the first one stands for a space.
    private static func split(_ line: Word, into words: UnsafeMutablePointer<Word?>) -> Int {
        let space = CChar(bitPattern: UInt8(ascii: " "))
        var count = 0
        var next = line
        while true {
            while next.pointee == space { next += 1 }
            guard next.pointee != 0, count < wordLimit else { break }
            words[count] = next
            count &+= 1
            while next.pointee != 0, next.pointee != space {
                if count == 1, next.pointee == CChar(bitPattern: UInt8(ascii: "\\")) { next.pointee = space }
                next += 1
            }
            guard next.pointee != 0 else { break }
            next.pointee = 0
            next += 1
        }
        return count
    }
}
