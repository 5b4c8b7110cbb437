internal import CPlatform

/// Error numbers of WASI preview 1, `errno` in its interface description.
package enum WASIErrno: UInt16, Error, Sendable {
    case success = 0
    case tooBig = 1
    case access = 2
    case addressInUse = 3
    case addressNotAvailable = 4
    case addressFamily = 5
    case again = 6
    case already = 7
    case badDescriptor = 8
    case badMessage = 9
    case busy = 10
    case cancelled = 11
    case noChild = 12
    case connectionAborted = 13
    case connectionRefused = 14
    case connectionReset = 15
    case deadlock = 16
    case destinationRequired = 17
    case domain = 18
    case quota = 19
    case exists = 20
    case fault = 21
    case fileTooBig = 22
    case hostUnreachable = 23
    case identifierRemoved = 24
    case illegalSequence = 25
    case inProgress = 26
    case interrupted = 27
    case invalid = 28
    case io = 29
    case isConnected = 30
    case isDirectory = 31
    case loop = 32
    case tooManyOpenFiles = 33
    case tooManyLinks = 34
    case messageSize = 35
    case nameTooLong = 37
    case networkDown = 38
    case networkUnreachable = 40
    case tooManyOpenFilesInSystem = 41
    case noBuffers = 42
    case noDevice = 43
    case noEntry = 44
    case noExecutable = 45
    case noLock = 46
    case noMemory = 48
    case noSpace = 51
    case notImplemented = 52
    case notConnected = 53
    case notDirectory = 54
    case notEmpty = 55
    case notSocket = 57
    case notSupported = 58
    case notTerminal = 59
    case noDeviceOrAddress = 60
    case overflow = 61
    case notPermitted = 63
    case pipe = 64
    case range = 68
    case readOnly = 69
    case illegalSeek = 70
    case noProcess = 71
    case stale = 72
    case timedOut = 73
    case textBusy = 74
    case crossDevice = 75
    case notCapable = 76

    /// What an error number of the operating system is called in WASI; what has no name there is ``io``.
    @inline(never)
    package init(system number: Int32) {
        self =
            switch number {
            case E2BIG: .tooBig
            case EACCES: .access
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressNotAvailable
            case EAFNOSUPPORT: .addressFamily
            case EAGAIN: .again
            case EALREADY: .already
            case EBADF: .badDescriptor
            case EBADMSG: .badMessage
            case EBUSY: .busy
            case ECANCELED: .cancelled
            case ECHILD: .noChild
            case ECONNABORTED: .connectionAborted
            case ECONNREFUSED: .connectionRefused
            case ECONNRESET: .connectionReset
            case EDEADLK: .deadlock
            case EDESTADDRREQ: .destinationRequired
            case EDOM: .domain
            case EDQUOT: .quota
            case EEXIST: .exists
            case EFAULT: .fault
            case EFBIG: .fileTooBig
            case EHOSTUNREACH: .hostUnreachable
            case EIDRM: .identifierRemoved
            case EILSEQ: .illegalSequence
            case EINPROGRESS: .inProgress
            case EINTR: .interrupted
            case EINVAL: .invalid
            case EISCONN: .isConnected
            case EISDIR: .isDirectory
            case ELOOP: .loop
            case EMFILE: .tooManyOpenFiles
            case EMLINK: .tooManyLinks
            case EMSGSIZE: .messageSize
            case ENAMETOOLONG: .nameTooLong
            case ENETDOWN: .networkDown
            case ENETUNREACH: .networkUnreachable
            case ENFILE: .tooManyOpenFilesInSystem
            case ENOBUFS: .noBuffers
            case ENODEV: .noDevice
            case ENOENT: .noEntry
            case ENOEXEC: .noExecutable
            case ENOLCK: .noLock
            case ENOMEM: .noMemory
            case ENOSPC: .noSpace
            case ENOSYS: .notImplemented
            case ENOTCONN: .notConnected
            case ENOTDIR: .notDirectory
            case ENOTEMPTY: .notEmpty
            case ENOTSOCK: .notSocket
            case ENOTSUP: .notSupported
            case ENOTTY: .notTerminal
            case ENXIO: .noDeviceOrAddress
            case EOVERFLOW: .overflow
            case EPERM: .notPermitted
            case EPIPE: .pipe
            case ERANGE: .range
            case EROFS: .readOnly
            case ESPIPE: .illegalSeek
            case ESRCH: .noProcess
            case ESTALE: .stale
            case ETIMEDOUT: .timedOut
            case ETXTBSY: .textBusy
            case EXDEV: .crossDevice
            default: .io
            }
    }
}
