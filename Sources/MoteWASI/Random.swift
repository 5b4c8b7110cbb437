internal import CPlatform

extension WASICall {
    func randomGet() throws(WASIFault) {
        let total = Int(word(1))
        let buffer = try memory.bytes(at: word(0), count: UInt64(total))
        var done = 0
        // In pieces, so that a guest that asks for gigabytes can be stopped.
        while done < total {
            try checkInterrupt()
            let count = min(total &- done, 64 * 1024)
            if let function = context.pointee.random {
                guard function(context.pointee.userData, buffer + done, count) else { throw .errno(.io) }
                done = done &+ count
            } else {
                done = done &+ Int(try check(mote_random(buffer + done, count)))
            }
        }
    }
}
