internal import CPlatform
internal import MoteMemory

/// An open file for the length of one call: the facts as they were when it began, and a reference that keeps the
/// host descriptor open even if another thread closes the guest's.
struct PinnedFile: ~Copyable {
    let context: WASIContext.Pointer
    let record: DescriptorTable.Record
    let host: Int32
    let kind: FileKind
    let isOwned: Bool
    let flags: UInt16
    let rights: Rights
    let inheriting: Rights

    /// The file behind a guest descriptor: `badDescriptor` when there is none, `notCapable` when it lacks a right.
    init(_ context: WASIContext.Pointer, _ descriptor: UInt32, rights needed: Rights = .none)
        throws(WASIFault)
    {
        mote_lock_acquire(&context.pointee.lock)
        defer { mote_lock_release(&context.pointee.lock) }
        guard let record = context.pointee.descriptors.file(descriptor) else { throw .errno(.badDescriptor) }
        guard record.pointee.host >= 0 else { throw .errno(.badDescriptor) }
        guard record.pointee.rights.covers(needed) else {
            throw .errno(Self.refusal(of: needed, kind: record.pointee.kind))
        }
        record.pointee.referenceCount &+= 1
        self.context = context
        self.record = record
        host = record.pointee.host
        kind = record.pointee.kind
        isOwned = record.pointee.isOwned
        flags = record.pointee.flags
        rights = record.pointee.rights
        inheriting = record.pointee.inheriting
    }

    deinit {
        mote_lock_acquire(&context.pointee.lock)
        let closing = context.pointee.descriptors.release(record)
        mote_lock_release(&context.pointee.lock)
        if closing >= 0 { _ = mote_close(closing) }
    }

    /// POSIX's word where a right is missing because of what the file is; programs look for these.
    private static func refusal(of needed: Rights, kind: FileKind) -> WASIErrno {
        let isDirectory = kind == .directory
        if isDirectory, needed.meets(.read | .write) { return .isDirectory }
        if !isDirectory, needed.meets(.directory.without(.file)) { return .notDirectory }
        let isStream = kind == .pipe || kind == .streamSocket
        if isStream, needed.meets(.seek | .tell) { return .illegalSeek }
        return .notCapable
    }
}
