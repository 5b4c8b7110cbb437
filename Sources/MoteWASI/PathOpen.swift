internal import CPlatform

/// `oflags` of WASI preview 1.
private enum OpenFlags {
    static var create: UInt32 { 1 }
    static var directory: UInt32 { 2 }
    static var exclusive: UInt32 { 4 }
    static var truncate: UInt32 { 8 }
    static var all: UInt32 { 15 }
}

extension WASICall {
    func pathOpen() throws(WASIFault) {
        let wanted = word(4)
        let flags = word(7)
        guard wanted <= OpenFlags.all, flags <= UInt32(FileFlags.all) else { throw .errno(.invalid) }
        var needed = Rights.open
        if wanted & OpenFlags.create != 0 { needed = needed | .createFile }
        if wanted & OpenFlags.truncate != 0 { needed = needed | .pathSetSize }
        let directory = try PinnedFile(context, word(0), rights: needed)
        // Some programs ask for all 64 bits; only those that mean something count.
        let rights = Rights(rawValue: doubleWord(5)) & .all
        let inheriting = Rights(rawValue: doubleWord(6)) & .all
        guard directory.inheriting.covers(rights | inheriting) else { throw .errno(.notCapable) }
        let place = try memory.place(of: UInt32.self, at: word(8))

        let isNew = wanted & OpenFlags.create != 0 && wanted & OpenFlags.exclusive != 0
        let path = try path(2, from: directory, last: isNew ? .never : LastLink(flags: word(1)))
        var how = hostFlags(wanted: wanted, flags: flags, rights: rights)
        if path.needsDirectory {
            guard wanted & OpenFlags.create == 0 else { throw .errno(.isDirectory) }
            how |= O_DIRECTORY
        }
        let host = try check(path.with { mote_open_at($0, $1, how, 0o666) })
        place.put(
            try addDescriptor(
                host,
                flags: UInt16(truncatingIfNeeded: flags),
                rights: rights,
                inheriting: inheriting
            )
        )
    }

    /// Flags of `openat`.
    ///
    /// Opening never waits (a pipe without the other end would, for ever), and never follows a link that
    /// came between the walk and this call.
    private func hostFlags(wanted: UInt32, flags: UInt32, rights: Rights) -> Int32 {
        var how = O_NOFOLLOW | O_NONBLOCK
        let writes = rights.meets(.write | .allocate | .setSize) || wanted & OpenFlags.truncate != 0
        let reads = rights.meets(.read | .readDirectory)
        how |= writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY
        if wanted & OpenFlags.create != 0 { how |= O_CREAT }
        if wanted & OpenFlags.directory != 0 { how |= O_DIRECTORY }
        if wanted & OpenFlags.exclusive != 0 { how |= O_EXCL }
        if wanted & OpenFlags.truncate != 0 { how |= O_TRUNC }
        if flags & UInt32(FileFlags.append) != 0 { how |= O_APPEND }
        if flags & UInt32(FileFlags.syncData) != 0 { how |= O_DSYNC }
        if flags & UInt32(FileFlags.sync | FileFlags.syncReads) != 0 { how |= O_SYNC }
        return how
    }

    /// Gives the guest a descriptor for a host descriptor, which is closed on failure.
    private func addDescriptor(
        _ host: Int32,
        flags: UInt16,
        rights: Rights,
        inheriting: Rights
    ) throws(WASIFault) -> UInt32 {
        var status = MoteFileStatus()
        let result = mote_status(host, &status)
        guard result >= 0 else {
            _ = mote_close(host)
            throw .system(result)
        }
        let kind = FileKind(status.kind)
        let isTerminal = kind == .characterDevice && mote_is_terminal(host)
        mote_lock_acquire(&context.pointee.lock)
        defer { mote_lock_release(&context.pointee.lock) }
        let record: DescriptorTable.Record
        do {
            record = try context.pointee.descriptors.makeRecord()
        } catch {
            _ = mote_close(host)
            throw .errno(.noMemory)
        }
        record.pointee.host = host
        record.pointee.isOwned = true
        record.pointee.kind = kind
        record.pointee.isTerminal = isTerminal
        record.pointee.flags = flags
        record.pointee.rights = rights & kind.rights(isTerminal: isTerminal)
        record.pointee.inheriting = kind == .directory ? inheriting : .none
        do {
            if let descriptor = try context.pointee.descriptors.insert(record) { return descriptor }
        } catch {
            _ = mote_close(context.pointee.descriptors.release(record))
            throw .errno(.noMemory)
        }
        _ = mote_close(context.pointee.descriptors.release(record))
        throw .errno(.tooManyOpenFiles)
    }
}
