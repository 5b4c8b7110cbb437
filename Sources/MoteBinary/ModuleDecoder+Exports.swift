internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    /// Decodes the exports; indices outside their space are left to validation.
    mutating func decodeExports() {
        guard enter(.export) else { return }
        let count = entryCount(leastSize: 3, atMost: DecodeLimits.exports, .exports)
        module.pointee.exports = allocate(ExportDeclaration.self, count: count, site: .moduleExports)
        for index in 0..<count {
            guard let slot = module.pointee.exports.pointer(at: index), !hasFailed else { return }
            let start = offset
            let name = readName()
            let byte = readByte()
            guard let kind = ExternalKind(rawValue: byte) else {
                return fail(.malformedExportKind, at: offset &- 1, detail: UInt32(byte))
            }
            let target = readU32()
            slot.initialize(to: ExportDeclaration(name: name, kind: kind, index: target))
            if kind == .function {
                markReferenced(target)
            } else if kind == .global,
                module.pointee.globals.pointer(at: Int(target))?.pointee.type.isMutable == true
            {
                use(.mutableGlobals, at: start)
            }
        }
        finish()
        orderExports(count)
    }

    /// Sorts the exports' indices by name, for lookup, and finds names given twice.
    private mutating func orderExports(_ count: Int) {
        let order = allocate(UInt32.self, count: count, site: .moduleExportOrder)
        module.pointee.exportOrder = order
        guard let base = order.base, let exports = module.pointee.exports.base else { return }
        for index in 0..<count { base[index] = UInt32(truncatingIfNeeded: index) }
        let bytes = module.pointee.bytes
        func isBefore(_ left: UInt32, _ right: UInt32) -> Bool {
            // Safe: `order` holds the indices of `exports`.
            ModuleQueries.compare(exports[Int(left)].name, exports[Int(right)].name, bytes) < 0
        }
        // Heapsort: in place, no recursion, never quadratic.
        var heapCount = count
        var root = count / 2
        while heapCount > 1 {
            if root > 0 {
                root &-= 1
            } else {
                heapCount &-= 1
                (base[0], base[heapCount]) = (base[heapCount], base[0])
            }
            var parent = root
            while parent &* 2 &+ 1 < heapCount {
                var child = parent &* 2 &+ 1
                if child &+ 1 < heapCount, isBefore(base[child], base[child &+ 1]) { child &+= 1 }
                guard isBefore(base[parent], base[child]) else { break }
                (base[parent], base[child]) = (base[child], base[parent])
                parent = child
            }
        }
        for index in 1..<max(count, 1) {
            let name = exports[Int(base[index])].name
            if ModuleQueries.compare(exports[Int(base[index &- 1])].name, name, bytes) == 0 {
                return fail(.duplicateExportName, at: Int(name.offset), detail: base[index])
            }
        }
    }
}
