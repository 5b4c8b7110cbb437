internal import CPlatform

extension WASICall {
    func procExit() throws(WASIFault) {
        mote_store_release_u32(&context.pointee.exitCode, word(0))
        throw .trap(WASITrap.exit)
    }

    /// Signals to the host's own process are not the guest's to send.
    func procRaise() throws(WASIFault) {
        throw .errno(word(0) > 31 ? .invalid : .notSupported)
    }

    func schedYield() throws(WASIFault) {
        try checkInterrupt()
        mote_yield()
    }
}
