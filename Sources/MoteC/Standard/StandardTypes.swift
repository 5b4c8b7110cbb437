package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

// Types of the engine as types of the interface, and back. What the interface cannot say, such as references to a type
// of a module's own, becomes the nearest kind.

/// The engine's type of a value kind; nil for a number that is none.
func valueType(of kind: wasm_valkind_t) -> ValueType? {
    switch UInt32(kind) {
    case WASM_I32.rawValue: .i32
    case WASM_I64.rawValue: .i64
    case WASM_F32.rawValue: .f32
    case WASM_F64.rawValue: .f64
    case WASM_V128.rawValue: .v128
    case WASM_EXTERNREF.rawValue: .externref
    case WASM_FUNCREF.rawValue: .funcref
    default: nil
    }
}

extension wasm_valtype_vec_t {
    /// A vector of kinds; its size is wrong where there was no memory.
    init(_ types: Items<ValueType>) {
        self.init()
        wasm_valtype_vec_new_uninitialized(&self, types.count)
        for index in 0..<size { data[index] = wasm_valtype_new(kind(of: types[checked: index])) }
    }
}

extension wasm_limits_t {
    init(_ limits: Limits) {
        self.init(
            min: UInt32(clamping: limits.minimum),
            max: limits.maximum.map { UInt32(clamping: $0) } ?? .max
        )
    }

    /// The engine's limits; the largest number stands for none.
    var limits: Limits { Limits(minimum: UInt64(min), maximum: max == .max ? nil : UInt64(max)) }
}

/// An extern type as the host gets it: its own.
typealias OwnType = UnsafeMutablePointer<wasm_externtype_t>

enum StandardType {
    static func function(_ type: DefinedType) -> UnsafeMutablePointer<wasm_functype_t>? {
        var parameters = wasm_valtype_vec_t(type.parameters)
        var results = wasm_valtype_vec_t(type.results)
        guard parameters.size == type.parameters.count, results.size == type.results.count else {
            wasm_valtype_vec_delete(&parameters)
            wasm_valtype_vec_delete(&results)
            return nil
        }
        return wasm_functype_new(&parameters, &results)
    }

    static func global(_ type: GlobalType) -> UnsafeMutablePointer<wasm_globaltype_t>? {
        wasm_globaltype_new(
            wasm_valtype_new(kind(of: type.valueType)),
            wasm_mutability_t(type.isMutable ? WASM_VAR.rawValue : WASM_CONST.rawValue)
        )
    }

    static func table(_ elementType: ValueType, _ limits: Limits) -> UnsafeMutablePointer<wasm_tabletype_t>? {
        var limits = wasm_limits_t(limits)
        return wasm_tabletype_new(wasm_valtype_new(kind(of: elementType)), &limits)
    }

    static func memory(_ limits: Limits) -> UnsafeMutablePointer<wasm_memorytype_t>? {
        var limits = wasm_limits_t(limits)
        return wasm_memorytype_new(&limits)
    }

    /// The type of what a module imports or exports; nil for a tag, which the interface has no kind for.
    static func external(_ external: ExternalKind, _ index: UInt32, of module: Module.Pointer) -> OwnType? {
        switch external {
        case .function:
            guard let type = module.functionType(of: index) else { return nil }
            return wasm_functype_as_externtype(function(type.pointee))
        case .global:
            guard let declaration = module.pointee.globals[checked: Int(index)] else { return nil }
            return wasm_globaltype_as_externtype(global(declaration.type))
        case .table:
            guard let type = module.pointee.tables[checked: Int(index)] else { return nil }
            return wasm_tabletype_as_externtype(table(type.elementType, type.limits))
        case .memory:
            guard let type = module.pointee.memories[checked: Int(index)] else { return nil }
            return wasm_memorytype_as_externtype(memory(type.limits))
        case .tag: return nil
        }
    }
}

@c @implementation
package func wasm_extern_type(_ handle: OpaquePointer?) -> UnsafeMutablePointer<wasm_externtype_t>? {
    guard let reference = StandardReference.behind(handle) else { return nil }
    switch reference.pointee.payload {
    case .function: return wasm_functype_as_externtype(wasm_func_type(handle))
    case .global: return wasm_globaltype_as_externtype(wasm_global_type(handle))
    case .table: return wasm_tabletype_as_externtype(wasm_table_type(handle))
    case .memory: return wasm_memorytype_as_externtype(wasm_memory_type(handle))
    case .instance, .module, .foreign, .trap, .other, .empty: return nil
    }
}
