internal import CPlatform

/// What a file is; raw values are the MOTE_FILE constants, which up to ``link`` are also `filetype` of WASI.
enum FileKind: UInt32 {
    case unknown = 0
    case blockDevice = 1
    case characterDevice = 2
    case directory = 3
    case regular = 4
    case datagramSocket = 5
    case streamSocket = 6
    case link = 7
    case pipe = 8

    init(_ raw: UInt32) { self = FileKind(rawValue: raw) ?? .unknown }

    /// `filetype` of WASI preview 1, which has no pipes.
    var fileType: UInt8 { self == .pipe ? 0 : UInt8(truncatingIfNeeded: rawValue) }

    /// Whether reading or writing may wait for somebody else, so that it must be interruptible.
    var canBlock: Bool {
        switch self {
        case .regular, .directory, .blockDevice, .link: false
        case .unknown, .characterDevice, .datagramSocket, .streamSocket, .pipe: true
        }
    }

    /// Whether a writer gets a signal when the other side went away.
    var hasPeer: Bool { self == .pipe || self == .streamSocket || self == .datagramSocket }

    /// Rights that mean something on such a file.
    func rights(isTerminal: Bool) -> Rights {
        switch self {
        case .directory: .directory
        case .regular, .blockDevice, .link: .file
        case .characterDevice: isTerminal ? .stream : .file
        case .pipe, .unknown: .stream
        case .streamSocket, .datagramSocket: .socket
        }
    }
}

/// Facts about an open host descriptor.
func status(of host: Int32) throws(WASIFault) -> MoteFileStatus {
    var status = MoteFileStatus()
    try check(mote_status(host, &status))
    return status
}
