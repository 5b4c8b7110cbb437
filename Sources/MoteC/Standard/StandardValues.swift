package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteModule

@c @implementation
package func wasm_val_delete(_ value: UnsafeMutablePointer<wasm_val_t>?) {
    guard let value, UInt32(value.pointee.kind) >= WASM_EXTERNREF.rawValue else { return }
    wasm_ref_delete(value.pointee.of.ref)
    value.pointee.of.ref = nil
}

@c @implementation
package func wasm_val_copy(_ out: UnsafeMutablePointer<wasm_val_t>?, _ value: UnsafePointer<wasm_val_t>?) {
    guard let out, let value else { return }
    out.pointee = value.pointee
    if UInt32(value.pointee.kind) >= WASM_EXTERNREF.rawValue {
        out.pointee.of.ref = wasm_ref_copy(value.pointee.of.ref)
    }
}

extension StandardStore {
    /// A reference as the engine has it, as the host's handle of it; null for null.
    static func reference(_ bits: UInt64, in store: Pointer) -> UnsafeMutablePointer<wasm_ref_t>? {
        guard bits != 0 else { return nil }
        let engine = store.pointee.store
        switch EngineStore.kind(of: bits) {
        case .function:
            guard let function = UnsafeMutablePointer<MoteFunction>(bitPattern: UInt(bits)) else {
                return nil
            }
            return StandardReference.hold(
                .function(function),
                identity: bits,
                owner: function.pointee.instance,
                in: store
            )?.handle
        case .external:
            guard let data = engine.externalData(of: bits) else { return nil }
            let reference = data.assumingMemoryBound(to: StandardReference.self)
            StandardReference.hold(reference)
            return reference.handle
        case .i31, .structure, .array, .exception:
            if let known = store.reference(UInt32(MOTE_REFERENCE_OTHER), bits) {
                StandardReference.hold(known)
                return known.handle
            }
            guard let root = try? engine.retain(bits) else { return nil }
            let reference = StandardReference.make(.other(bits, root: root), identity: bits, in: store)
            if reference == nil { engine.release(root: root) }
            return reference?.handle
        }
    }

    /// A handle as the engine's reference of a type; nil where it is of another store or does not fit.
    static func bits(
        _ handle: UnsafeMutablePointer<wasm_ref_t>?,
        as type: ValueType,
        in store: Pointer
    ) -> UInt64? {
        guard let handle else { return type.isNullable ? 0 : nil }
        guard let reference = StandardReference.behind(UnsafePointer(handle)),
            reference.pointee.store == store
        else { return nil }
        let (bits, top): (UInt64, HeapType)
        switch reference.pointee.payload {
        case .other(let value, _): (bits, top) = (value, .any)
        case .function(let function) where type.heapType != .external:
            (bits, top) = (UInt64(UInt(bitPattern: function)), .function)
        case .function, .foreign, .global, .table, .memory, .instance, .module, .trap:
            // Whatever the host has can be an externref.
            guard type.heapType == .external else { return nil }
            let external = StandardReference.external(reference)
            return external == 0 ? nil : external
        case .empty: return nil
        }
        // The interface has two kinds; externref takes everything that is no function.
        if top == .any, type.heapType == .external { return bits }
        return store.pointee.store.accepts(bits, of: top, as: type) ? bits : nil
    }

    /// Writes a value into the slots of its type; false where it is of another type or store.
    static func write(
        _ value: wasm_val_t,
        as type: ValueType,
        to slots: UnsafeMutablePointer<UInt64>,
        in store: Pointer
    ) -> Bool {
        if type.isReference {
            guard UInt32(value.kind) >= WASM_EXTERNREF.rawValue,
                let bits = bits(value.of.ref, as: type, in: store)
            else { return false }
            slots[0] = bits
            return true
        }
        // Vectors do not fit into the union.
        guard value.kind == kind(of: type), type != .v128 else { return false }
        slots[0] =
            type == .i32 || type == .f32
            ? UInt64(UInt32(bitPattern: value.of.i32)) : UInt64(bitPattern: value.of.i64)
        return true
    }

    /// Reads a value; a vector is cut to its lower half, because the union has no room for more.
    static func read(
        _ type: ValueType,
        from slots: UnsafePointer<UInt64>,
        in store: Pointer
    ) -> wasm_val_t {
        var value = wasm_val_t()
        value.kind = kind(of: type)
        if type.isReference {
            value.of.ref = reference(slots[0], in: store)
        } else {
            value.of.i64 = Int64(bitPattern: slots[0])
        }
        return value
    }
}

@c @implementation
package func wasm_foreign_new(_ handle: OpaquePointer?) -> OpaquePointer? {
    guard let store = StandardStore.behind(handle),
        let reference = StandardReference.make(.foreign, identity: StandardStore.number(in: store), in: store)
    else { return nil }
    guard StandardReference.external(reference) != 0 else {
        StandardReference.release(reference)
        return nil
    }
    return reference.opaque
}
