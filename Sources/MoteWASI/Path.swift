// path_*, but for path_open.
internal import CPlatform

extension WASICall {
    /// The path whose address and length are two consecutive parameters.
    func path(
        _ index: Int,
        from directory: borrowing PinnedFile,
        last: LastLink
    ) throws(WASIFault) -> ResolvedPath {
        try PathWalk.resolve(memory, at: word(index), count: word(index &+ 1), from: directory, last: last)
    }

    func pathCreateDirectory() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .createDirectory)
        let path = try path(1, from: directory, last: .never)
        try check(path.with { mote_make_directory($0, $1) })
    }

    func pathFilestatGet() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .pathStatus)
        let place = try memory.bytes(at: word(4), count: 64)
        let path = try path(2, from: directory, last: LastLink(flags: word(1)))
        let status = try path.status()
        guard !path.needsDirectory || FileKind(status.kind) == .directory else { throw .errno(.notDirectory) }
        writeStatus(status, to: place)
    }

    func pathFilestatSetTimes() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .pathSetTimes)
        let how = try timeSettings(word(6))
        let path = try path(2, from: directory, last: LastLink(flags: word(1)))
        try path.checkSlash()
        let accessed = doubleWord(4)
        let modified = doubleWord(5)
        try check(path.with { mote_set_times_at($0, $1, accessed, how.accessed, modified, how.modified) })
    }

    func pathLink() throws(WASIFault) {
        let fromDirectory = try PinnedFile(context, word(0), rights: .linkSource)
        let toDirectory = try PinnedFile(context, word(4), rights: .linkTarget)
        let from = try path(2, from: fromDirectory, last: LastLink(flags: word(1)))
        let to = try path(5, from: toDirectory, last: .never)
        try from.checkSlash()
        try to.refuseSlash()
        try check(from.with { directory, name in to.with { mote_link(directory, name, $0, $1) } })
    }

    func pathReadlink() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .readLink)
        let buffer = try memory.bytes(at: word(3), count: UInt64(word(4)))
        let place = try memory.place(of: UInt32.self, at: word(5))
        let path = try path(1, from: directory, last: .keep)
        let capacity = Int(word(4))
        let characters = buffer.assumingMemoryBound(to: CChar.self)
        let count = try check(path.with { mote_read_link($0, $1, characters, capacity) })
        place.put(UInt32(truncatingIfNeeded: count))
    }

    func pathRemoveDirectory() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .removeDirectory)
        let path = try path(1, from: directory, last: .never)
        try check(path.with { mote_remove_directory($0, $1) })
    }

    func pathRename() throws(WASIFault) {
        let fromDirectory = try PinnedFile(context, word(0), rights: .renameSource)
        let toDirectory = try PinnedFile(context, word(3), rights: .renameTarget)
        let from = try path(1, from: fromDirectory, last: .never)
        let to = try path(4, from: toDirectory, last: .never)
        if from.needsDirectory || to.needsDirectory {
            guard FileKind(try from.status().kind) == .directory else { throw .errno(.notDirectory) }
        }
        try check(from.with { directory, name in to.with { mote_rename(directory, name, $0, $1) } })
    }

    /// Absolute targets are refused: they mean another place on the host than in the guest.
    func pathSymlink() throws(WASIFault) {
        let directory = try PinnedFile(context, word(2), rights: .createLink)
        let target = try PathText(memory, at: word(0), count: word(1))
        guard !target.isAbsolute else { throw .errno(.notPermitted) }
        let path = try path(3, from: directory, last: .never)
        try path.refuseSlash()
        var text = InlineArray<4096, UInt8>(repeating: 0)
        let result = withUnsafeMutableBytes(of: &text) { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return 0 &- EFAULT }
            target.copy(target.count, to: base)
            let characters = UnsafePointer(base.assumingMemoryBound(to: CChar.self))
            return path.with { mote_make_link(characters, $0, $1) }
        }
        try check(result)
    }

    func pathUnlinkFile() throws(WASIFault) {
        let directory = try PinnedFile(context, word(0), rights: .unlinkFile)
        let path = try path(1, from: directory, last: .never)
        if path.needsDirectory {
            throw .errno(FileKind(try path.status().kind) == .directory ? .isDirectory : .notDirectory)
        }
        try check(path.with { mote_remove_file($0, $1) })
    }
}
