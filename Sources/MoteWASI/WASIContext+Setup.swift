internal import CPlatform
internal import MoteMemory

extension DescriptorTable {
    /// Opens the standard streams as 0, 1, 2 and the preopened directories from 3 on.
    mutating func openInitial(_ options: WASIOptions) throws(WASISetupError) {
        try openStream(options.standardInput, rights: Rights.all.without(.write))
        try openStream(options.standardOutput, rights: Rights.all.without(.read))
        try openStream(options.standardError, rights: Rights.all.without(.read))
        guard let preopens = options.preopens else { return }
        for index in 0..<max(0, options.preopenCount) {
            try open(preopens[index], index: index)
        }
    }

    private mutating func openStream(_ host: Int32, rights: Rights) throws(WASISetupError) {
        var status = MoteFileStatus()
        // A stream that is closed on the host keeps its number, so that preopened directories start at 3, where
        // guests look for them; it has no rights, and its host descriptor answers EBADF.
        let isOpen = host >= 0 && mote_status(host, &status) == 0
        let kind: FileKind = isOpen ? FileKind(status.kind) : .unknown
        let isTerminal = isOpen && kind == .characterDevice && mote_is_terminal(host)
        let record = try setupRecord()
        record.pointee.host = isOpen ? host : -1
        record.pointee.kind = kind
        record.pointee.isTerminal = isTerminal
        record.pointee.rights = isOpen ? rights & kind.rights(isTerminal: isTerminal) : .none
        _ = try setupInsert(record)
    }

    private mutating func open(_ preopen: WASIPreopen, index: Int) throws(WASISetupError) {
        let record = try setupRecord()
        var host = preopen.descriptor
        if let path = preopen.hostPath {
            host = mote_open_directory(path)
            record.pointee.isOwned = host >= 0
        }
        record.pointee.host = host
        var status = MoteFileStatus()
        let result = host < 0 ? host : mote_status(host, &status)
        guard result >= 0, FileKind(status.kind) == .directory else {
            discard(record)
            throw .preopen(index: index, errno: result < 0 ? 0 &- result : ENOTDIR)
        }
        record.pointee.kind = .directory
        record.pointee.rights = .directory
        record.pointee.inheriting = .all
        let nameCount = strlen(preopen.guestPath)
        do {
            let name = try arena.allocate(UInt8.self, count: nameCount, region: .wasi, site: .wasiPreopenName)
            memcpy(name, preopen.guestPath, nameCount)
            record.pointee.preopenName = name
            record.pointee.preopenNameCount = UInt32(truncatingIfNeeded: nameCount)
        } catch {
            discard(record)
            throw .memory(error)
        }
        _ = try setupInsert(record)
    }

    private mutating func setupRecord() throws(WASISetupError) -> Record {
        do { return try makeRecord() } catch { throw .memory(error) }
    }

    private mutating func setupInsert(_ record: Record) throws(WASISetupError) -> UInt32 {
        do {
            if let descriptor = try insert(record) { return descriptor }
        } catch {
            discard(record)
            throw .memory(error)
        }
        discard(record)
        throw .tooManyDescriptors
    }

    private mutating func discard(_ record: Record) {
        let host = release(record)
        if host >= 0 { _ = mote_close(host) }
    }
}
