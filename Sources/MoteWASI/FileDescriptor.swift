// fd_*: what concerns the descriptor itself, its facts, flags and rights.
internal import CPlatform

extension WASICall {
    func fdClose() throws(WASIFault) {
        mote_lock_acquire(&context.pointee.lock)
        guard let record = context.pointee.descriptors.remove(word(0)) else {
            mote_lock_release(&context.pointee.lock)
            throw .errno(.badDescriptor)
        }
        let host = context.pointee.descriptors.release(record)
        mote_lock_release(&context.pointee.lock)
        if host >= 0 { try check(mote_close(host)) }
    }

    func fdRenumber() throws(WASIFault) {
        mote_lock_acquire(&context.pointee.lock)
        let from = word(0)
        let to = word(1)
        guard context.pointee.descriptors.file(from) != nil, context.pointee.descriptors.file(to) != nil
        else {
            mote_lock_release(&context.pointee.lock)
            throw .errno(.badDescriptor)
        }
        var host: Int32 = -1
        if from != to, let record = context.pointee.descriptors.remove(from),
            let old = context.pointee.descriptors.replace(to, with: record)
        {
            host = context.pointee.descriptors.release(old)
        }
        mote_lock_release(&context.pointee.lock)
        if host >= 0 { _ = mote_close(host) }
    }

    /// Layout of `fdstat`: filetype u8 at 0, flags u16 at 2, rights u64 at 8, inheriting rights u64 at 16.
    func fdFdstatGet() throws(WASIFault) {
        let file = try PinnedFile(context, word(0))
        let place = try memory.bytes(at: word(1), count: 24)
        memset(place, 0, 24)
        place.put(file.kind.fileType)
        place.put(file.flags, at: 2)
        place.put(file.rights.rawValue, at: 8)
        place.put(file.inheriting.rawValue, at: 16)
    }

    /// Non-blocking is ours alone (every wait is a poll first); append belongs to the host's file, and is set only
    /// on files that the guest opened; how writes are synchronised is fixed when a file is opened.
    func fdFdstatSetFlags() throws(WASIFault) {
        let file = try PinnedFile(context, word(0), rights: .setFlags)
        let raw = word(1)
        guard raw <= UInt32(FileFlags.all) else { throw .errno(.invalid) }
        let flags = UInt16(truncatingIfNeeded: raw)
        let changed = flags ^ file.flags
        let syncing = FileFlags.syncData | FileFlags.syncReads | FileFlags.sync
        guard changed & syncing == 0 else { throw .errno(.notSupported) }
        if changed & FileFlags.append != 0 {
            guard file.isOwned else { throw .errno(.notSupported) }
            let old = try check(mote_get_flags(file.host))
            let new = flags & FileFlags.append != 0 ? old | O_APPEND : old & ~O_APPEND
            try check(mote_set_flags(file.host, new))
        }
        mote_lock_acquire(&context.pointee.lock)
        file.record.pointee.flags = flags
        mote_lock_release(&context.pointee.lock)
    }

    /// Rights can only be given up.
    func fdFdstatSetRights() throws(WASIFault) {
        let rights = Rights(rawValue: doubleWord(1))
        let inheriting = Rights(rawValue: doubleWord(2))
        let file = try PinnedFile(context, word(0))
        mote_lock_acquire(&context.pointee.lock)
        defer { mote_lock_release(&context.pointee.lock) }
        guard file.record.pointee.rights.covers(rights),
            file.record.pointee.inheriting.covers(inheriting)
        else { throw .errno(.notCapable) }
        file.record.pointee.rights = rights
        file.record.pointee.inheriting = inheriting
    }

    /// Layout of `prestat`: tag u8 at 0 (0: directory), length of the name u32 at 4.
    func fdPrestatGet() throws(WASIFault) {
        let file = try PinnedFile(context, word(0))
        let place = try memory.bytes(at: word(1), count: 8)
        guard file.record.pointee.preopenName != nil else { throw .errno(.badDescriptor) }
        place.put(UInt32(0))
        place.put(file.record.pointee.preopenNameCount, at: 4)
    }

    func fdPrestatDirName() throws(WASIFault) {
        let file = try PinnedFile(context, word(0))
        guard let name = file.record.pointee.preopenName else { throw .errno(.badDescriptor) }
        let count = file.record.pointee.preopenNameCount
        guard word(2) >= count else { throw .errno(.nameTooLong) }
        let place = try memory.bytes(at: word(1), count: UInt64(count))
        memcpy(place, name, Int(count))
    }
}
