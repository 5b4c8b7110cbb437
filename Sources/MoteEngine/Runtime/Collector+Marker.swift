internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Marks what references reach.
///
/// An object whose references are still to be looked at lies on a stack of fixed size; when that is full it becomes
/// grey, and the heap finds it later.
struct Marker {
    let heap: GCHeap.Pointer?
    let externals: ExternalReferences
    let types: TypeRegistry.Pointer
    let stack: UnsafeMutableBufferPointer<UInt64>
    var count = 0
    /// Slots that were looked at as roots.
    var rootCount = 0

    init(store: UnsafeMutablePointer<StoreState>, stack: UnsafeMutableBufferPointer<UInt64>) {
        heap = store.pointee.collector.heap
        externals = store.pointee.externals
        types = store.pointee.runtime.pointee.types
        self.stack = stack
    }

    /// Marks from a root and everything behind it.
    @inline(never)
    mutating func visitRoot(_ reference: UInt64) {
        rootCount &+= 1
        guard reference != 0 else { return }
        visit(reference)
        drain()
    }

    /// Marks what a reference refers to.
    ///
    /// ```
    /// ...1 small integer    ...10 handle    ...000 object or function: their first words differ in bit 0
    /// ```
    @inline(__always)
    private mutating func visit(_ reference: UInt64) {
        guard reference & 1 == 0, reference != 0 else { return }
        if reference & 2 != 0 {
            externals.mark(reference)
            return
        }
        guard Build.hasObjects,
            let object = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return }
        let header = GCObject.header(object)
        guard header & 1 != 0, GCObject.isWhite(header) else { return }
        reach(object, header)
    }

    @inline(never)
    private mutating func reach(_ object: UnsafeMutableRawPointer, _ header: UInt64) {
        if count < stack.count {
            GCObject.setMark(object, header, GCObject.black)
            guard holdsReferences(header) else { return }
            stack[count] = UInt64(UInt(bitPattern: object))
            count &+= 1
        } else if let heap {
            GCHeap.makeGrey(heap, object, header)
        }
    }

    private func holdsReferences(_ header: UInt64) -> Bool {
        guard GCObject.kind(header) != .exception else { return true }
        return TypeRegistry.type(types, GCObject.typeID(header))?.pointee.referenceMask ?? 0 != 0
    }

    @inline(never)
    private mutating func drain() {
        while Build.hasObjects, count > 0 {
            count &-= 1
            guard let object = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: stack[count]))
            else {
                continue
            }
            scan(object, GCObject.header(object))
        }
    }

    /// Looks at the objects that found no room on the stack.
    mutating func finish() {
        drain()
        guard Build.hasObjects, let heap else { return }
        GCHeap.scanGrey(heap) { object, header in
            scan(object, header)
            drain()
        }
    }

    @inline(never)
    private mutating func scan(_ object: UnsafeMutableRawPointer, _ header: UInt64) {
        let fields = (object + GCObject.headerSizeInBytes).assumingMemoryBound(to: UInt64.self)
        guard let type = TypeRegistry.type(types, GCObject.typeID(header)) else { return }
        switch GCObject.kind(header) {
        case .array:
            guard type.pointee.referenceMask != 0 else { return }
            for index in 0..<Int(GCObject.count(header)) { visit(fields[index]) }
        case .structure:
            var mask = type.pointee.referenceMask & ~(1 &<< 63)
            while mask != 0 {
                visit(fields[mask.trailingZeroBitCount])
                mask &= mask &- 1
            }
            if type.pointee.referenceMask &>> 63 != 0 { scanLater(fields, type) }
        case .exception:
            var slot = 1
            let parameters = type.pointee.parameters
            for index in 0..<parameters.count {
                guard let parameter = parameters[checked: index] else { return }
                if parameter.isReference { visit(fields[slot]) }
                slot &+= parameter.slotCount
            }
        case .free: return
        }
    }

    /// The references of a struct that lie beyond its mask.
    private mutating func scanLater(
        _ fields: UnsafeMutablePointer<UInt64>,
        _ type: UnsafeMutablePointer<DefinedType>
    ) {
        var layout = FieldLayout()
        for index in 0..<type.pointee.values.count {
            guard let field = type.pointee.values[checked: index] else { return }
            let offset = layout.next(field)
            if field.isReference, offset >= 63 * 8 { visit(fields[offset / 8]) }
        }
    }
}
