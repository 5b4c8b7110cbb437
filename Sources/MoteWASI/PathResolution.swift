// How a path stays beneath its directory. The kernel is given one component at a time, relative to a descriptor of the
// directory that the walk stands in, and never follows a link itself; links are read and walked here. `..` goes back
// to the descriptor that the walk came through, so the kernel never sees it either. Whatever another thread renames
// or swaps meanwhile, every step is taken from a directory that was reached beneath the start.
internal import CPlatform

/// What to do when the last component is a symbolic link.
enum LastLink {
    case follow
    /// Followed only where the path ends in a slash, which asks for what the link points to.
    case keep
    /// Never followed: names that are made, removed or renamed.
    case never

    /// By the guest's `lookupflags`.
    init(flags: UInt32) { self = flags & 1 != 0 ? .follow : .keep }
}

/// The end of a walk: a directory and a name in it, which may not exist, and is "." for the directory itself.
struct ResolvedPath: ~Copyable {
    let directory: Int32
    /// Closed with this value; false for the directory that the walk started in.
    let isOwned: Bool
    /// The name with a terminator.
    private var name: InlineArray<256, CChar>
    /// The path ended in a slash: what it names has to be a directory.
    let needsDirectory: Bool

    init(directory: Int32, isOwned: Bool, name: InlineArray<256, CChar>, needsDirectory: Bool) {
        self.directory = directory
        self.isOwned = isOwned
        self.name = name
        self.needsDirectory = needsDirectory
    }

    deinit {
        if isOwned { _ = mote_close(directory) }
    }

    /// Runs a call of the operating system on directory and name.
    func with<Result: BinaryInteger>(
        _ body: (_ directory: Int32, _ name: UnsafePointer<CChar>) -> Result
    ) -> Result {
        withUnsafeBytes(of: name) { bytes in
            guard let base = bytes.baseAddress else { return Result(truncatingIfNeeded: 0 &- EFAULT) }
            return body(directory, base.assumingMemoryBound(to: CChar.self))
        }
    }

    /// Facts about what the name stands for, a link itself included.
    func status() throws(WASIFault) -> MoteFileStatus {
        var status = MoteFileStatus()
        try check(with { mote_status_at($0, $1, &status) })
        return status
    }

    /// `notDirectory` when the path ended in a slash and names something else.
    func checkSlash() throws(WASIFault) {
        guard needsDirectory else { return }
        guard FileKind(try status().kind) == .directory else { throw .errno(.notDirectory) }
    }

    /// The error for a name with a slash behind it that is to become something else than a directory.
    func refuseSlash() throws(WASIFault) {
        guard needsDirectory else { return }
        throw .errno(FileKind(try status().kind) == .directory ? .exists : .notDirectory)
    }
}

/// A walk along a path.
struct PathWalk: ~Copyable {
    static var linkLimit: Int { 40 }
    static var depthLimit: Int { 128 }

    private let root: Int32
    private var steps = InlineArray<128, Int32>(repeating: -1)
    private var depth = 0
    private var text: PathText
    private var linkCount = 0
    private var name = InlineArray<256, CChar>(repeating: 0)
    private var nameCount = 0

    private init(root: Int32, text: PathText) {
        self.root = root
        self.text = text
    }

    deinit {
        var index = 0
        while index < depth {
            _ = mote_close(steps[index])
            index &+= 1
        }
    }

    /// Walks a guest's path from an open directory.
    static func resolve(
        _ memory: GuestMemory,
        at address: UInt32,
        count: UInt32,
        from directory: borrowing PinnedFile,
        last: LastLink
    ) throws(WASIFault) -> ResolvedPath {
        let text = try PathText(memory, at: address, count: count)
        guard directory.kind == .directory else { throw .errno(.notDirectory) }
        guard !text.isAbsolute else { throw .errno(.notPermitted) }
        var walk = PathWalk(root: directory.host, text: text)
        return try walk.run(last)
    }

    private var current: Int32 { depth == 0 ? root : steps[depth &- 1] }

    private mutating func run(_ last: LastLink) throws(WASIFault) -> ResolvedPath {
        while true {
            try takeComponent()
            let hasSlash = text.byte(at: 0) == UInt8(ascii: "/")
            while text.byte(at: 0) == UInt8(ascii: "/") { text.drop(1) }
            let isLast = text.isEmpty
            if isDot(1) || nameCount == 0 {
                if isLast { return finish(needsDirectory: false, isDot: true) }
                continue
            }
            if isDot(2) {
                try leave()
                if isLast { return finish(needsDirectory: false, isDot: true) }
                continue
            }
            if isLast {
                let follows =
                    switch last {
                    case .follow: true
                    case .keep: hasSlash
                    case .never: false
                    }
                if follows, try expandLink(slashBehind: hasSlash) { continue }
                return finish(needsDirectory: hasSlash, isDot: false)
            }
            try enter()
        }
    }

    /// Moves the next component from the text to the name.
    private mutating func takeComponent() throws(WASIFault) {
        var count = 0
        while text.byte(at: count) != 0, text.byte(at: count) != UInt8(ascii: "/") { count &+= 1 }
        guard count < 256 else { throw .errno(.nameTooLong) }
        withUnsafeMutableBytes(of: &name) { bytes in
            guard let base = bytes.baseAddress else { return }
            text.copy(count, to: base)
        }
        nameCount = count
        text.drop(count)
    }

    /// Whether the name is that many dots and nothing else.
    private func isDot(_ count: Int) -> Bool {
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        return nameCount == count && name[0] == dot && (count == 1 || name[1] == dot)
    }

    /// Goes into the directory of that name, or puts the target of the link of that name in front of the text.
    private mutating func enter() throws(WASIFault) {
        let step = withName { mote_open_step($0, $1) }
        if step == 0 &- ENOTDIR || step == 0 &- ELOOP {
            guard try expandLink(slashBehind: true) else { throw .errno(.notDirectory) }
            return
        }
        try check(step)
        guard depth < Self.depthLimit else {
            _ = mote_close(step)
            throw .errno(.nameTooLong)
        }
        steps[depth] = step
        depth &+= 1
    }

    /// Goes back to where the walk came from; the start has no parent.
    private mutating func leave() throws(WASIFault) {
        guard depth > 0 else { throw .errno(.notPermitted) }
        depth &-= 1
        _ = mote_close(steps[depth])
    }

    /// Puts the target of the link of that name in front of the text; false when the name is no link.
    private mutating func expandLink(slashBehind: Bool) throws(WASIFault) -> Bool {
        var target = InlineArray<4096, UInt8>(repeating: 0)
        let count = withUnsafeMutableBytes(of: &target) { bytes in
            withName {
                mote_read_link($0, $1, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        guard count >= 0 else { return false }
        linkCount &+= 1
        guard linkCount <= Self.linkLimit else { throw .errno(.loop) }
        guard count > 0 else { throw .errno(.noEntry) }
        guard target[0] != UInt8(ascii: "/") else { throw .errno(.notPermitted) }
        var fits = count < 4096
        if slashBehind, fits {
            var slash = UInt8(ascii: "/")
            fits = text.prepend(&slash, count: 1)
        }
        if fits {
            fits = withUnsafeBytes(of: &target) { bytes in
                guard let base = bytes.baseAddress else { return false }
                return text.prepend(base, count: Int(count))
            }
        }
        guard fits else { throw .errno(.nameTooLong) }
        return true
    }

    private mutating func finish(needsDirectory: Bool, isDot: Bool) -> ResolvedPath {
        if isDot {
            name[0] = CChar(bitPattern: UInt8(ascii: "."))
            name[1] = 0
        }
        let directory = current
        let isOwned = depth > 0
        // The last step's descriptor passes to the result; `deinit` closes the others.
        if isOwned { depth &-= 1 }
        return ResolvedPath(
            directory: directory,
            isOwned: isOwned,
            name: name,
            needsDirectory: needsDirectory
        )
    }

    private func withName<Result: BinaryInteger>(
        _ body: (_ directory: Int32, _ name: UnsafePointer<CChar>) -> Result
    ) -> Result {
        let directory = current
        return withUnsafeBytes(of: name) { bytes in
            guard let base = bytes.baseAddress else { return Result(truncatingIfNeeded: 0 &- EFAULT) }
            return body(directory, base.assumingMemoryBound(to: CChar.self))
        }
    }
}
