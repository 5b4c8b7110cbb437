import CPlatform
import Testing

import MoteMemory

@Suite struct LinearMemoryViewTests {
    @Test func `accessors answer inside and refuse outside, whatever the address`() {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes.withUnsafeMutableBytes { buffer in
            let view = LinearMemoryView(base: buffer.baseAddress, sizeInBytes: 16)
            #expect(view.store(UInt32(0x0102_0304), at: 12))
            #expect(view.load(UInt32.self, at: 12) == 0x0102_0304)
            #expect(view.load(UInt16.self, at: 13) == 0x0203)
            for address in [UInt64(13), 16, 17, .max, .max - 3, 1 << 63, 1 << 32] {
                #expect(view.load(UInt32.self, at: address) == nil)
                #expect(!view.store(UInt32(1), at: address))
                #expect(view.bytes(at: address, count: 4) == nil)
            }
            #expect(view.bytes(at: 0, count: .max) == nil)
            #expect(view.bytes(at: 1, count: .max) == nil)
            #expect(view.bytes(at: 16, count: 0)?.count == 0)
            #expect(view.bytes(at: 17, count: 0) == nil)
            #expect(view.bytes(at: 0, count: 16)?.count == 16)
            let source: [UInt8] = [1, 2, 3]
            #expect(source.withUnsafeBytes { view.write($0, at: 13) })
            #expect(!source.withUnsafeBytes { view.write($0, at: 14) })
            #expect(view.load(UInt8.self, at: 15) == 3)
        }
    }

    @Test func `the view of an environment is that of its cached memory`() {
        var bytes = [UInt8](repeating: 7, count: 4)
        bytes.withUnsafeMutableBufferPointer { buffer in
            var environment = MoteEnvironment()
            environment.memoryBase = buffer.baseAddress
            environment.memorySizeInBytes = 4
            let view = LinearMemoryView(&environment)
            #expect(view.load(UInt8.self, at: 3) == 7)
            #expect(view.load(UInt8.self, at: 4) == nil)
            environment = MoteEnvironment()
            #expect(LinearMemoryView(&environment).load(UInt8.self, at: 0) == nil)
        }
    }
}
