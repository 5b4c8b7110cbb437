extension WASICall {
    func pathCreateDirectory() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathFilestatGet() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathFilestatSetTimes() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathLink() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathOpen() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathReadlink() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathRemoveDirectory() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathRename() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathSymlink() throws(WASIFault) { throw .errno(.notImplemented) }
    func pathUnlinkFile() throws(WASIFault) { throw .errno(.notImplemented) }
    func pollOneoff() throws(WASIFault) { throw .errno(.notImplemented) }
}
