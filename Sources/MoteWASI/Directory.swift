// fd_readdir. A cookie is the host's own position in the directory, so it stays good while entries come and go.
internal import CPlatform

/// Writes entries to the guest until its buffer is full.
private struct EntryWriter {
    let buffer: UnsafeMutableRawPointer
    let capacity: Int
    var used = 0
    var isFull: Bool { used == capacity }

    /// Layout of `dirent`: next cookie u64 at 0, inode u64 at 8, length of the name u32 at 16, type u8
    /// at 20; the name follows at 24.
    ///
    /// The last entry is cut off where the buffer ends, which tells the guest that there is more.
    mutating func write(_ entry: MoteDirectoryEntry, kind: FileKind) {
        var head: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &head) { bytes in
            guard let base = bytes.baseAddress else { return }
            base.put(entry.next)
            base.put(entry.inode, at: 8)
            base.put(entry.nameCount, at: 16)
            base.put(kind.fileType, at: 20)
            append(base, count: 24)
        }
        append(entry.name, count: Int(entry.nameCount))
    }

    private mutating func append(_ bytes: UnsafeRawPointer, count: Int) {
        let taken = min(count, capacity &- used)
        memcpy(buffer + used, bytes, taken)
        used &+= taken
    }
}

extension WASICall {
    func fdReaddir() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .readDirectory)
        let capacity = word(2)
        let buffer = try memory.bytes(at: word(1), count: UInt64(capacity))
        let place = try memory.place(of: UInt32.self, at: word(4))
        guard file.kind == .directory else { throw .errno(.notDirectory) }
        let cookie = try fileOffset(doubleWord(3))
        // The position belongs to the host's descriptor: seeking and reading are one step for other threads.
        mote_lock_acquire(&context.pointee.directoryLock)
        defer { mote_lock_release(&context.pointee.directoryLock) }
        try check(mote_seek(file.host, cookie, SEEK_SET))
        var writer = EntryWriter(buffer: buffer, capacity: Int(capacity))
        var chunk = InlineArray<256, UInt64>(repeating: 0)
        while !writer.isFull {
            let size = try withUnsafeMutableBytes(of: &chunk) { bytes throws(WASIFault) in
                try check(mote_directory_entries(file.host, bytes.baseAddress, bytes.count))
            }
            guard size > 0 else { break }
            withUnsafeBytes(of: &chunk) { bytes in
                copyEntries(bytes.baseAddress, count: Int(size), of: file.host, to: &writer)
            }
            try checkInterrupt()
        }
        place.put(UInt32(truncatingIfNeeded: writer.used))
    }

    private func copyEntries(
        _ bytes: UnsafeRawPointer?,
        count: Int,
        of directory: Int32,
        to writer: inout EntryWriter
    ) {
        guard let bytes = bytes?.assumingMemoryBound(to: CChar.self) else { return }
        var offset = 0
        var entry = MoteDirectoryEntry()
        while !writer.isFull, mote_directory_entry(bytes + offset, count &- offset, &entry) {
            var kind = FileKind(entry.kind)
            if kind == .unknown {
                // Some file systems do not tell; the name ends in NUL, because the kernel wrote it so.
                var status = MoteFileStatus()
                if mote_status_at(directory, entry.name, &status) == 0 { kind = FileKind(status.kind) }
            }
            writer.write(entry, kind: kind)
            offset &+= Int(entry.recordSizeInBytes)
        }
    }
}
