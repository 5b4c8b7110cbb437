/// Rights of a descriptor: what may be done with it, `rights` of WASI preview 1.
///
/// No `OptionSet`: its array literals allocate.
struct Rights {
    let rawValue: UInt64

    static var none: Rights { Rights(rawValue: 0) }

    static var syncData: Rights { Rights(rawValue: 1 << 0) }
    static var read: Rights { Rights(rawValue: 1 << 1) }
    static var seek: Rights { Rights(rawValue: 1 << 2) }
    static var setFlags: Rights { Rights(rawValue: 1 << 3) }
    static var sync: Rights { Rights(rawValue: 1 << 4) }
    static var tell: Rights { Rights(rawValue: 1 << 5) }
    static var write: Rights { Rights(rawValue: 1 << 6) }
    static var advise: Rights { Rights(rawValue: 1 << 7) }
    static var allocate: Rights { Rights(rawValue: 1 << 8) }
    static var createDirectory: Rights { Rights(rawValue: 1 << 9) }
    static var createFile: Rights { Rights(rawValue: 1 << 10) }
    static var linkSource: Rights { Rights(rawValue: 1 << 11) }
    static var linkTarget: Rights { Rights(rawValue: 1 << 12) }
    static var open: Rights { Rights(rawValue: 1 << 13) }
    static var readDirectory: Rights { Rights(rawValue: 1 << 14) }
    static var readLink: Rights { Rights(rawValue: 1 << 15) }
    static var renameSource: Rights { Rights(rawValue: 1 << 16) }
    static var renameTarget: Rights { Rights(rawValue: 1 << 17) }
    static var pathStatus: Rights { Rights(rawValue: 1 << 18) }
    static var pathSetSize: Rights { Rights(rawValue: 1 << 19) }
    static var pathSetTimes: Rights { Rights(rawValue: 1 << 20) }
    static var status: Rights { Rights(rawValue: 1 << 21) }
    static var setSize: Rights { Rights(rawValue: 1 << 22) }
    static var setTimes: Rights { Rights(rawValue: 1 << 23) }
    static var createLink: Rights { Rights(rawValue: 1 << 24) }
    static var removeDirectory: Rights { Rights(rawValue: 1 << 25) }
    static var unlinkFile: Rights { Rights(rawValue: 1 << 26) }
    static var poll: Rights { Rights(rawValue: 1 << 27) }
    static var shutdown: Rights { Rights(rawValue: 1 << 28) }
    static var accept: Rights { Rights(rawValue: 1 << 29) }

    /// All rights that there are.
    static var all: Rights { Rights(rawValue: (1 << 30) - 1) }

    /// Rights that mean something on a regular file.
    static var file: Rights {
        stream | seek | tell | advise | allocate | setSize
    }

    /// Rights that mean something on a directory.
    ///
    /// It has no offset, no bytes and no size of its own.
    static var directory: Rights {
        setFlags | sync | syncData | status | setTimes | poll | readDirectory | createDirectory | createFile
            | linkSource | linkTarget | open | readLink | renameSource | renameTarget | pathStatus
            | pathSetSize
            | pathSetTimes | createLink | removeDirectory | unlinkFile
    }

    /// Rights that mean something on a pipe or a terminal: a guest takes a character device with neither seek nor
    /// tell for a terminal.
    static var stream: Rights { syncData | sync | read | write | setFlags | status | setTimes | poll }

    /// Rights that mean something on a socket.
    static var socket: Rights { stream | shutdown | accept }

    @inline(__always)
    static func | (left: Rights, right: Rights) -> Rights { Rights(rawValue: left.rawValue | right.rawValue) }
    @inline(__always)
    static func & (left: Rights, right: Rights) -> Rights { Rights(rawValue: left.rawValue & right.rawValue) }
    /// These rights without some others.
    @inline(__always)
    func without(_ others: Rights) -> Rights { Rights(rawValue: rawValue & ~others.rawValue) }
    /// Whether all of some rights are among these.
    @inline(__always)
    func covers(_ others: Rights) -> Bool { others.rawValue & ~rawValue == 0 }
    /// Whether any of some rights is among these.
    @inline(__always)
    func meets(_ others: Rights) -> Bool { others.rawValue & rawValue != 0 }
}
