internal import MoteMemory
internal import MoteModule

/// Exports (spec 3.5 "Exports"): that no name stands twice, the decoder saw when it sorted them.
extension Validator {
    mutating func validateExports() {
        let exports = module.pointee.exports
        var index = 0
        while let item = exports.pointer(at: index) {
            requireEntity(item.pointee.kind, item.pointee.index)
            if item.pointee.kind == .global,
                globals[checked: Int(item.pointee.index)]?.type.isMutable == true
            {
                require(.mutableGlobals)
            }
            index &+= 1
        }
    }
}
