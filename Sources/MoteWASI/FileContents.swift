// fd_*: size, position, times and the storage behind a file.
internal import CPlatform

extension WASICall {
    func fdSeek() throws(WASIFault) {
        let offset = Int64(bitPattern: doubleWord(1))
        let whence = word(2)
        let isTell = offset == 0 && whence == 1
        let file = try PinnedFile(context, word(0), rights: isTell ? .tell : .seek)
        let place = try memory.place(of: UInt64.self, at: word(3))
        let how: Int32
        switch whence {
        case 0: how = SEEK_SET
        case 1: how = SEEK_CUR
        case 2: how = SEEK_END
        default: throw .errno(.invalid)
        }
        place.put(UInt64(bitPattern: try check(mote_seek(file.host, offset, how))))
    }

    func fdTell() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .tell)
        let place = try memory.place(of: UInt64.self, at: word(1))
        place.put(UInt64(bitPattern: try check(mote_seek(file.host, 0, SEEK_CUR))))
    }

    func fdSync() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .sync)
        try check(mote_sync(file.host))
    }

    func fdDatasync() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .syncData)
        try check(mote_sync_data(file.host))
    }

    func fdAdvise() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .advise)
        let advice: Int32
        switch word(3) {
        case 0: advice = POSIX_FADV_NORMAL
        case 1: advice = POSIX_FADV_SEQUENTIAL
        case 2: advice = POSIX_FADV_RANDOM
        case 3: advice = POSIX_FADV_WILLNEED
        case 4: advice = POSIX_FADV_DONTNEED
        case 5: advice = POSIX_FADV_NOREUSE
        default: throw .errno(.invalid)
        }
        let offset = try fileOffset(doubleWord(1))
        try check(mote_advise(file.host, offset, try fileOffset(doubleWord(2)), advice))
    }

    func fdAllocate() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .allocate)
        let offset = try fileOffset(doubleWord(1))
        try check(mote_allocate(file.host, offset, try fileOffset(doubleWord(2))))
    }

    func fdFilestatGet() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .status)
        let place = try memory.bytes(at: word(1), count: 64)
        writeStatus(try status(of: file.host), to: place)
    }

    func fdFilestatSetSize() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .setSize)
        try check(mote_truncate(file.host, try fileOffset(doubleWord(1))))
    }

    func fdFilestatSetTimes() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .setTimes)
        let how = try timeSettings(word(3))
        try check(mote_set_times(file.host, doubleWord(1), how.accessed, doubleWord(2), how.modified))
    }

    /// `fstflags` as the wrappers take them; value and now at the same time is `invalid`.
    func timeSettings(_ flags: UInt32) throws(WASIFault) -> (accessed: Int32, modified: Int32) {
        guard flags <= 15, flags & 3 != 3, flags & 12 != 12 else { throw .errno(.invalid) }
        func setting(_ bits: UInt32) -> Int32 {
            Int32(bits == 1 ? MOTE_SET_TIME : bits == 2 ? MOTE_SET_NOW : MOTE_SET_KEEP)
        }
        return (setting(flags & 3), setting((flags >> 2) & 3))
    }

    /// Writes the 64 bytes of `filestat`.
    func writeStatus(_ status: MoteFileStatus, to place: UnsafeMutableRawPointer) {
        place.put(status.device)
        place.put(status.inode, at: 8)
        place.put(UInt64(FileKind(status.kind).fileType), at: 16)
        place.put(status.linkCount, at: 24)
        place.put(status.sizeInBytes, at: 32)
        place.put(status.accessed, at: 40)
        place.put(status.modified, at: 48)
        place.put(status.changed, at: 56)
    }
}
