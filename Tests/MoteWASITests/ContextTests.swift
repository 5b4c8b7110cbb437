import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

@Suite(.serialized)
struct ContextTests {
    @Test func `each failing allocation leaves heap and descriptors as before`() throws {
        let scratch = try ScratchDirectory()
        let heap = GlobalHeap.Pointer.allocate(capacity: 1)
        defer { heap.deallocate() }
        try GlobalHeap.initialize(heap, source: .system)
        defer { GlobalHeap.destroy(heap) }
        let preopens = (0..<20).map { (scratch.path, "/\($0)") }
        var failures = 0
        try WASIGuest.withOptions(["a", "b"], ["C=d"], preopens) { options in
            var isDone = false
            while !isDone {
                let before = links(to: scratch.path)
                heap.pointee.failureCountdown = failures
                do {
                    let context = try WASIContext.create(heap: heap, options: options)
                    isDone = true
                    #expect(WASIContext.openDescriptorCount(context) == 23)
                    #expect(links(to: scratch.path) == before + 20)
                    WASIContext.destroy(context)
                } catch let error as WASISetupError {
                    failures += 1
                    guard case .memory(let memory) = error else {
                        Issue.record("\(error)")
                        break
                    }
                    #expect(memory.region == .wasi || memory.region == .structures)
                }
                heap.pointee.failureCountdown = -1
                #expect(links(to: scratch.path) == before)
                #expect(heap.pointee.firstArena == nil)
                #expect(heap.pointee.ledger.total == 0)
            }
        }
        #expect(failures >= 20)
    }

    /// How many of this process's descriptors are this directory.
    private func links(to path: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)) == path
        }
    }

    @Test func `opening without memory is an error and leaves nothing open`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("file", "text")
        let guest = try WASIGuest(preopens: [(scratch.path, "/")])
        var failures = 0
        for _ in 0..<200 {
            guest.heap.pointee.failureCountdown = 0
            let (_, errno) = guest.open("file")
            guest.heap.pointee.failureCountdown = -1
            if errno == .noMemory {
                failures += 1
                #expect(links(to: scratch.path("file")) + 4 == WASIContext.openDescriptorCount(guest.context))
                #expect(guest.open("file").1 == .success)
            } else {
                #expect(errno == .success)
            }
        }
        #expect(failures > 5)
        for descriptor in 4..<UInt64(WASIContext.openDescriptorCount(guest.context)) {
            #expect(guest("fd_close", descriptor) == .success)
        }
        #expect(links(to: scratch.path("file")) == 0)
    }

    @Test func `the limit of descriptors is kept and numbers are reused from below`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("file", "text")
        let guest = try WASIGuest(preopens: [(scratch.path, "/")]) { $0.descriptorLimit = 20 }
        for expected in 4..<20 {
            let (file, errno) = guest.open("file")
            #expect(errno == .success && file == UInt32(expected))
        }
        #expect(guest.open("file").1 == .tooManyOpenFiles)
        #expect(guest("fd_close", 7) == .success)
        #expect(guest("fd_close", 5) == .success)
        #expect(guest.open("file").0 == 5)
        #expect(guest.open("file").0 == 7)
        #expect(guest.open("file").1 == .tooManyOpenFiles)
    }

    @Test func `a directory that is not there is an error with its index`() throws {
        #expect(throws: WASISetupError.preopen(index: 1, errno: ENOENT)) {
            _ = try WASIGuest(preopens: [("/tmp", "/"), ("/none/such", "/x")])
        }
        #expect(throws: WASISetupError.preopen(index: 0, errno: ENOTDIR)) {
            _ = try WASIGuest(preopens: [("/etc/passwd", "/")])
        }
        #expect(throws: WASISetupError.tooManyDescriptors) {
            _ = try WASIGuest(preopens: [("/tmp", "/")]) { $0.descriptorLimit = 3 }
        }
    }

    @Test func `the caller's descriptors stay open`() throws {
        let directory = open("/tmp", O_RDONLY | O_DIRECTORY)
        let input = open("/dev/null", O_RDONLY)
        defer { close(directory); close(input) }
        try "/given".withCString { name in
            try withUnsafePointer(to: WASIPreopen(hostPath: nil, descriptor: directory, guestPath: name)) {
                list in
                let guest = try WASIGuest {
                    $0.standardInput = input
                    $0.preopens = list
                    $0.preopenCount = 1
                }
                #expect(guest("fd_prestat_get", 3, 0x100) == .success)
                #expect(guest("fd_close", 0) == .success)
                #expect(guest("fd_close", 3) == .success)
            }
        }
        #expect(fcntl(directory, F_GETFD) >= 0)
        #expect(fcntl(input, F_GETFD) >= 0)
    }

    @Test func `several threads open and close on one context`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("file", "text")
        let guest = try WASIGuest(preopens: [(scratch.path, "/")])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let mine = WASIGuest(sharing: guest)
            for round in 0..<500 {
                let (file, errno) = mine.open("file")
                guard errno == .success else { continue }
                _ = mine.read(file)
                // Sometimes one that may be another thread's.
                mine("fd_close", round % 7 == 0 ? UInt64(4 + round % 4) : UInt64(file))
            }
        }
        for descriptor in 4..<UInt64(1024) { guest("fd_close", descriptor) }
        #expect(WASIContext.openDescriptorCount(guest.context) == 4)
        #expect(links(to: scratch.path("file")) == 0)
    }
}
