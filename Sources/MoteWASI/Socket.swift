// sock_*: preview 1 cannot make sockets, so a guest has only those that it was given as standard streams; they are
// read and written with fd_read and fd_write.
internal import CPlatform

extension WASICall {
    func sockShutdown() throws(WASIFault) {
        let file = try socket()
        let how: Int32
        switch word(1) {
        case 1: how = Int32(SHUT_RD)
        case 2: how = Int32(SHUT_WR)
        case 3: how = Int32(SHUT_RDWR)
        default: throw .errno(.invalid)
        }
        guard file.rights.covers(.shutdown) else { throw .errno(.notCapable) }
        try check(mote_shutdown(file.host, how))
    }

    /// sock_accept, sock_recv and sock_send: not there, and an honest word about what is not a socket.
    func sockUnsupported() throws(WASIFault) {
        _ = try socket()
        throw .errno(.notSupported)
    }

    private func socket() throws(WASIFault) -> PinnedFile {
        let file = try PinnedFile(context, word(0))
        guard file.kind == .streamSocket || file.kind == .datagramSocket else { throw .errno(.notSocket) }
        return file
    }
}
