internal import MoteMemory

/// The variable arguments of a wasm32 program, one behind the other in its memory.
///
/// Ints and pointers take 4 bytes, `long long` and `double` 8 at a multiple of 8.
struct ArgumentReader {
    private let memory: LinearMemoryView
    private var address: UInt64

    init(_ memory: LinearMemoryView, at address: UInt32) {
        self.memory = memory
        self.address = UInt64(address)
    }

    mutating func word() throws(LibcFault) -> UInt32 {
        guard let value = memory.load(UInt32.self, at: address) else { throw .outOfBounds }
        address &+= 4
        return value
    }

    mutating func double() throws(LibcFault) -> UInt64 {
        address = (address &+ 7) & ~7
        guard let value = memory.load(UInt64.self, at: address) else { throw .outOfBounds }
        address &+= 8
        return value
    }
}
