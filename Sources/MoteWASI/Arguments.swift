// args_* and environ_*.

extension WASICall {
    func argsGet() throws(WASIFault) {
        try context.pointee.arguments.write(to: memory, pointers: word(0), buffer: word(1))
    }

    func argsSizesGet() throws(WASIFault) {
        try context.pointee.arguments.writeSizes(to: memory, count: word(0), size: word(1))
    }

    func environGet() throws(WASIFault) {
        try context.pointee.variables.write(to: memory, pointers: word(0), buffer: word(1))
    }

    func environSizesGet() throws(WASIFault) {
        try context.pointee.variables.writeSizes(to: memory, count: word(0), size: word(1))
    }
}
