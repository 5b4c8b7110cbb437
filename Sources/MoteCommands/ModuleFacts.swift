internal import Mote
internal import MoteTuner

/// What `mote tune` wants to know of a module before it runs it.
struct ModuleFacts {
    private let module: Module
    /// Whether it can read its standard input.
    let readsInput: Bool
    /// Most pages of 64 KiB of its memories; nil where it has none.
    let maximumPages: Int?
    /// The first memory's declared maximum in bytes, in words.
    let pagesText: String

    init(_ path: String, _ features: Features) throws(CommandFailure) {
        do {
            module = try ModuleFile.load(path, into: Runtime(features: features))
        } catch {
            throw GuestRun.failure(error, path: path)
        }
        readsInput = module.imports.contains {
            $0.module == WASI.moduleName && ($0.name == "fd_read" || $0.name == "poll_oneoff")
        }
        guard let limits = module.memoryLimits else {
            maximumPages = nil
            pagesText = ""
            return
        }
        let (bytes, overflow) = (limits.maximum ?? .max).multipliedReportingOverflow(
            by: limits.pageSizeInBytes
        )
        pagesText = overflow ? "no limit" : ByteCount.grouped(Int(clamping: bytes))
        // More than any pool holds, unless the only memory says that it wants less.
        let isBounded = module.memoryCount == 1 && !overflow && bytes < 65536 << 16
        maximumPages = isBounded ? Int(bytes / 65536) + (bytes % 65536 == 0 ? 0 : 1) : 65536
    }

    /// What could be built differently, with what runs showed.
    func advice(_ peaks: Peaks, plan: MemoryPlan) -> [MemoryAdvice] {
        module.memoryAdvice(
            measured: MemoryAdvice.Measured(auxiliaryStackPeak: peaks.auxiliaryStack),
            plan: plan
        )
    }
}
