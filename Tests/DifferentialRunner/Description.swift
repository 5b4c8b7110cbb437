import MoteEngine
import MoteMemory
import MoteModule

/// What a module exports, for the script to plan its calls.
///
/// ```
/// function 6164 i32 v128 any? -> i64      the name in hexadecimal, behind a `-`
/// global 67 v128
/// memory 6D
/// ```
/// A reference type is spelled by its heap type, `?` behind it where it may be null; what is behind a type index is
/// `~function`, `~struct` or `~array`.
struct ModuleDescription {
    let module: Module.Pointer

    var lines: [String] {
        (0..<module.pointee.exports.count).compactMap { index in
            guard let export = module.pointee.exports[checked: index] else { return nil }
            let bytes = ModuleQueries.bytes(export.name, of: module)
            let name = "-" + bytes.map { Self.hexadecimal($0) }.joined()
            switch export.kind {
            case .function:
                guard let type = module.pointee.functionType(of: export.index)?.pointee else { return nil }
                let words = ["function", name] + names(type.parameters) + ["->"] + names(type.results)
                return words.joined(separator: " ")
            case .global:
                guard let type = module.pointee.globals[checked: Int(export.index)]?.type else { return nil }
                return "global \(name) \(text(type.valueType))"
            case .memory: return "memory \(name)"
            case .table: return "table \(name)"
            case .tag: return "tag \(name)"
            }
        }
    }

    private func names(_ types: Items<ValueType>) -> [String] {
        (0..<types.count).map { text(types[checked: $0] ?? .i32) }
    }

    private func text(_ type: ValueType) -> String {
        switch type {
        case .i32: return "i32"
        case .i64: return "i64"
        case .f32: return "f32"
        case .f64: return "f64"
        case .v128: return "v128"
        default: return heapText(type.heapType) + (type.isNullable ? "?" : "")
        }
    }

    private func heapText(_ type: HeapType) -> String {
        switch type {
        case .function: return "func"
        case .noFunction: return "nofunc"
        case .external: return "extern"
        case .noExternal: return "noextern"
        case .exception: return "exn"
        case .noException: return "noexn"
        case .any: return "any"
        case .eq: return "eq"
        case .i31: return "i31"
        case .structure: return "struct"
        case .array: return "array"
        case .none: return "none"
        default: break
        }
        for index in 0..<module.pointee.types.count {
            guard let definition = module.pointee.types[checked: index],
                definition.canonicalID == type.rawValue
            else { continue }
            switch definition.kind {
            case .function: return "~function"
            case .structure: return "~struct"
            case .array: return "~array"
            }
        }
        return "~unknown"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
