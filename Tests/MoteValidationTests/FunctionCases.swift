import MoteBinary
import MoteModule
import MoteValidation
import Testing

private let i32: UInt8 = 0x7F
private let i64: UInt8 = 0x7E
private let f32: UInt8 = 0x7D
private let f64: UInt8 = 0x7C
private let funcref: UInt8 = 0x70
private let externref: UInt8 = 0x6F

/// A function inside ``ModuleBytes/environment(parameters:results:body:)``, and what validation says to it.
struct FunctionCase: Sendable, CustomTestStringConvertible {
    var name: String
    var parameters: [UInt8] = []
    var results: [UInt8] = []
    var locals: [(Int, UInt8)] = []
    var code: [UInt8]
    var expected: Outcome = .valid

    var testDescription: String { name }
    var module: ModuleBytes {
        .environment(
            parameters: parameters,
            results: results,
            body: ModuleBytes.body(locals: locals, code)
        )
    }
}

private func valid(
    _ name: String,
    _ parameters: [UInt8],
    _ results: [UInt8],
    locals: [(Int, UInt8)] = [],
    _ code: [UInt8]
) -> FunctionCase {
    FunctionCase(name: name, parameters: parameters, results: results, locals: locals, code: code)
}

private func valid(_ name: String, locals: [(Int, UInt8)] = [], _ code: [UInt8]) -> FunctionCase {
    FunctionCase(name: name, locals: locals, code: code)
}

private func invalid(
    _ kind: ValidationError.Kind,
    _ name: String,
    _ parameters: [UInt8],
    _ results: [UInt8],
    locals: [(Int, UInt8)] = [],
    _ code: [UInt8]
) -> FunctionCase {
    FunctionCase(
        name: name,
        parameters: parameters,
        results: results,
        locals: locals,
        code: code,
        expected: .invalid(kind)
    )
}

private func invalid(
    _ kind: ValidationError.Kind,
    _ name: String,
    locals: [(Int, UInt8)] = [],
    _ code: [UInt8]
) -> FunctionCase {
    FunctionCase(name: name, locals: locals, code: code, expected: .invalid(kind))
}

private func malformed(_ kind: DecodeError.Kind, _ name: String, _ code: [UInt8]) -> FunctionCase {
    FunctionCase(name: name, code: code, expected: .malformed(kind))
}

private let one: [UInt8] = [0x41, 1]
private let long: [UInt8] = [0x42, 1]
private let drop: [UInt8] = [0x1A]

let controlCases: [FunctionCase] = [
    valid("empty function", []),
    valid("result", [], [i32], one),
    invalid(.typeMismatch, "missing result", [], [i32], []),
    invalid(.typeMismatch, "result of another type", [], [i32], long),
    invalid(.typeMismatch, "a value too many", [], [i32], one + one),
    invalid(.typeMismatch, "a value without result", one),
    valid("nop", [0x01]),
    valid("block", [0x02, 0x40, 0x0B]),
    valid("block with result", [], [i32], [0x02, i32] + one + [0x0B]),
    invalid(.typeMismatch, "block leaves nothing", [], [i32], [0x02, i32, 0x0B]),
    invalid(.typeMismatch, "block cannot see below itself", one + [0x02, i32, 0x0B] + drop + drop),
    valid("block with parameters", [], [i32], one + [0x02, 1, 0x0B]),
    valid("block with two results", [], [i32, i32], [0x02, 4] + one + one + [0x0B]),
    invalid(.typeMismatch, "block parameter missing", [], [i32], [0x02, 1, 0x0B]),
    invalid(.typeMismatch, "block parameter of another type", [], [i32], long + [0x02, 1, 0x0B]),
    invalid(.unknownType, "block of an unknown type", [0x02, 60, 0x0B]),
    valid("loop", [0x03, 0x40, 0x0C, 0, 0x0B]),
    valid("loop label takes the parameters", [], [i32], one + [0x03, 1, 0x0C, 0, 0x0B]),
    invalid(
        .typeMismatch,
        "loop label takes no results",
        [],
        [],
        one + [0x03, 1, 0x1A, 0x0C, 0, 0x0B] + drop
    ),
    valid("if", one + [0x04, 0x40, 0x0B]),
    valid("if else with result", [], [i32], one + [0x04, i32] + one + [0x05] + one + [0x0B]),
    valid("if passes its parameter on", [], [i32], one + one + [0x04, 1, 0x0B]),
    invalid(.typeMismatch, "if without else and with a result", [], [i32], one + [0x04, i32] + one + [0x0B]),
    invalid(.typeMismatch, "if drops its parameter", one + one + [0x04, 5, 0x0B]),
    invalid(.typeMismatch, "if without condition", [0x04, 0x40, 0x0B]),
    invalid(.typeMismatch, "if on i64", long + [0x04, 0x40, 0x0B]),
    invalid(
        .typeMismatch,
        "else of another type",
        [],
        [i32],
        one + [0x04, i32] + one + [0x05] + long + [0x0B]
    ),
    invalid(
        .typeMismatch,
        "then of another type",
        [],
        [i32],
        one + [0x04, i32] + long + [0x05] + one + [0x0B]
    ),
    malformed(.endExpected, "else in a block", [0x02, 0x40, 0x05, 0x0B]),
    malformed(.endExpected, "else twice", one + [0x04, 0x40, 0x05, 0x05, 0x0B]),
    malformed(.endExpected, "block not closed", [0x02, 0x40]),
    malformed(.sectionSizeMismatch, "bytes behind the end", [0x0B, 0x01]),
    valid("br out of the function", [], [i32], one + [0x0C, 0]),
    valid("br out of two blocks", [], [i32], [0x02, 0x40, 0x02, 0x40] + one + [0x0C, 2, 0x0B, 0x0B] + one),
    invalid(.unknownLabel, "br too far", [0x0C, 1]),
    invalid(.typeMismatch, "br without value", [], [i32], [0x0C, 0]),
    invalid(.typeMismatch, "br with another type", [], [i32], long + [0x0C, 0]),
    valid("br with values below", [], [i32], long + one + [0x0C, 0]),
    valid("br_if keeps the value", [], [i32], one + one + [0x0D, 0]),
    invalid(.typeMismatch, "br_if without condition", [], [], [0x0D, 0]),
    invalid(.typeMismatch, "br_if without value", [], [i32], one + [0x0D, 0]),
    invalid(.unknownLabel, "br_if too far", one + [0x0D, 1]),
    valid("br_table", [], [i32], [0x02, i32] + one + one + [0x0E, 2, 0, 1, 0, 0x0B]),
    valid("br_table of the default only", one + [0x0E, 0, 0]),
    invalid(
        .typeMismatch,
        "br_table of two arities",
        [0x02, i32] + one + one + [0x0E, 1, 1, 0, 0x0B] + drop
    ),
    invalid(
        .typeMismatch,
        "br_table of two types",
        [],
        [i64],
        [0x02, i32] + one + one + [0x0E, 1, 1, 0, 0x0B] + [0xAC]
    ),
    invalid(.typeMismatch, "br_table without index", [0x0E, 0, 0]),
    invalid(.unknownLabel, "br_table too far", one + [0x0E, 1, 5, 0]),
    invalid(.unknownLabel, "br_table default too far", one + [0x0E, 1, 0, 5]),
    malformed(.unexpectedEnd, "br_table longer than its function", one + [0x0E, 0xFF, 0xFF, 0x03, 0]),
    valid("return", [], [i32], one + [0x0F]),
    valid("return with values below", [], [i32], long + one + [0x0F]),
    invalid(.typeMismatch, "return without value", [], [i32], [0x0F]),
    valid("call", [], [i32], one + [0x10, 0]),
    valid("call with two results", [], [i32, i64], one + one + [0x10, 1]),
    invalid(.typeMismatch, "call without argument", [], [i32], [0x10, 0]),
    invalid(.typeMismatch, "call with another type", [], [i32], long + [0x10, 0]),
    invalid(.unknownFunction, "call of an unknown function", [0x10, 9]),
    valid("call_indirect", [], [i32], one + one + [0x11, 1, 0]),
    invalid(.typeMismatch, "call_indirect without index", [], [i32], one + [0x11, 1, 0]),
    invalid(.typeMismatch, "call_indirect with an i64 index", [], [i32], one + long + [0x11, 1, 0]),
    invalid(.typeMismatch, "call_indirect in a table of externref", [], [i32], one + one + [0x11, 1, 1]),
    invalid(.unknownTable, "call_indirect in an unknown table", [], [i32], one + one + [0x11, 1, 2]),
    invalid(.unknownType, "call_indirect of an unknown type", [], [i32], one + one + [0x11, 60, 0]),
    valid("return_call", [], [i32], one + [0x12, 0]),
    invalid(.typeMismatch, "return_call with other results", [], [i64], one + [0x12, 0]),
    invalid(.typeMismatch, "return_call without argument", [], [i32], [0x12, 0]),
    valid("return_call_indirect", [], [i32], one + one + [0x13, 1, 0]),
    invalid(.typeMismatch, "return_call_indirect with other results", [], [], one + one + [0x13, 1, 0]),
    malformed(.illegalOpcode, "no such opcode", [0xEF]),
    malformed(.illegalOpcode, "no such opcode behind a prefix", [0xFC, 0x7F]),
]

let parametricCases: [FunctionCase] = [
    valid("drop", one + drop),
    invalid(.typeMismatch, "drop of nothing", drop),
    valid("select", [], [i32], one + one + one + [0x1B]),
    valid("select of f64", [f64], [f64], [0x20, 0, 0x20, 0] + one + [0x1B]),
    invalid(.typeMismatch, "select of two types", [], [i32], one + long + one + [0x1B]),
    invalid(.typeMismatch, "select without condition", [], [i32], one + one + [0x1B]),
    invalid(.typeMismatch, "select on i64", [], [i32], one + one + long + [0x1B]),
    invalid(
        .typeMismatch,
        "select of references",
        [externref],
        [externref],
        [0x20, 0, 0x20, 0] + one + [0x1B]
    ),
    valid("typed select", [externref], [externref], [0x20, 0, 0x20, 0] + one + [0x1C, 1, externref]),
    invalid(.typeMismatch, "typed select of another type", [], [i32], one + long + one + [0x1C, 1, i32]),
    invalid(.invalidResultArity, "typed select of no type", [], [i32], one + one + one + [0x1C, 0]),
    invalid(
        .invalidResultArity,
        "typed select of two types",
        [],
        [i32],
        one + one + one + [0x1C, 2, i32, i32]
    ),
]

let variableCases: [FunctionCase] = [
    valid("local.get of a parameter", [i64], [i64], [0x20, 0]),
    valid("local.get of a local", [i64], [f32], locals: [(2, i32), (1, f32)], [0x20, 3]),
    invalid(.typeMismatch, "local.get of another type", [i64], [i32], [0x20, 0]),
    invalid(.unknownLocal, "local.get behind the last", [i64], [i64], locals: [(1, i64)], [0x20, 2]),
    valid("local of many", [i64], [f32], locals: [(1000, i32), (1000, f32)], [0x20] + ModuleBytes.leb(1001)),
    valid(
        "last local of many",
        [i64],
        [f32],
        locals: [(1000, i32), (0, i64), (1000, f32)],
        [0x20, 0xD0, 0x0F]
    ),
    invalid(
        .unknownLocal,
        "behind the last of many",
        [i64],
        [f32],
        locals: [(1000, i32), (1000, f32)],
        [0x20, 0xD1, 0x0F]
    ),
    invalid(
        .typeMismatch,
        "other type of many",
        [],
        [f32],
        locals: [(1000, i32), (1000, f32)],
        [0x20, 0xE7, 0x07]
    ),
    invalid(.tooManySlots, "more locals than slots", locals: [(32_001, i32)], []),
    malformedLocals,
    valid("local.set", locals: [(1, i32)], one + [0x21, 0]),
    invalid(.typeMismatch, "local.set of nothing", locals: [(1, i32)], [0x21, 0]),
    invalid(.typeMismatch, "local.set of another type", locals: [(1, i32)], long + [0x21, 0]),
    invalid(.unknownLocal, "local.set behind the last", one + [0x21, 0]),
    valid("local.tee", [], [i32], locals: [(1, i32)], one + [0x22, 0]),
    invalid(.typeMismatch, "local.tee of another type", [], [i32], locals: [(1, i64)], one + [0x22, 0]),
    valid("global.get", [], [i64], [0x23, 1]),
    invalid(.unknownGlobal, "global.get behind the last", [], [i64], [0x23, 7]),
    valid("global.set", one + [0x24, 0]),
    invalid(.globalIsImmutable, "global.set of a constant", long + [0x24, 1]),
    invalid(.typeMismatch, "global.set of another type", long + [0x24, 0]),
    invalid(.unknownGlobal, "global.set behind the last", one + [0x24, 7]),
]

private let malformedLocals = FunctionCase(
    name: "more locals than 32 bits",
    locals: [(0xFFFF_FFFF, i32), (1, i32)],
    code: [],
    expected: .malformed(.tooManyLocals)
)

let tableCases: [FunctionCase] = [
    valid("table.get", [], [externref], one + [0x25, 1]),
    invalid(.typeMismatch, "table.get without index", [], [externref], [0x25, 1]),
    invalid(.unknownTable, "table.get of no table", [], [externref], one + [0x25, 2]),
    valid("table.set", [externref], [], one + [0x20, 0, 0x26, 1]),
    invalid(.typeMismatch, "table.set of another reference", [externref], [], one + [0x20, 0, 0x26, 0]),
    valid("table.size", [], [i32], [0xFC, 16, 0]),
    invalid(.unknownTable, "table.size of no table", [], [i32], [0xFC, 16, 2]),
    valid("table.grow", [externref], [i32], [0x20, 0] + one + [0xFC, 15, 1]),
    invalid(
        .typeMismatch,
        "table.grow by another reference",
        [externref],
        [i32],
        [0x20, 0] + one + [0xFC, 15, 0]
    ),
    valid("table.fill", [externref], [], one + [0x20, 0] + one + [0xFC, 17, 1]),
    invalid(
        .typeMismatch,
        "table.fill with another reference",
        [externref],
        [],
        one + [0x20, 0] + one + [0xFC, 17, 0]
    ),
    valid("table.copy", one + one + one + [0xFC, 14, 0, 0]),
    invalid(.typeMismatch, "table.copy between types", one + one + one + [0xFC, 14, 0, 1]),
    invalid(.unknownTable, "table.copy from no table", one + one + one + [0xFC, 14, 0, 2]),
    valid("table.init", one + one + one + [0xFC, 12, 0, 0]),
    invalid(.typeMismatch, "table.init of another type", one + one + one + [0xFC, 12, 0, 1]),
    invalid(.typeMismatch, "table.init without length", one + one + [0xFC, 12, 0, 0]),
    invalid(.unknownElementSegment, "table.init from no segment", one + one + one + [0xFC, 12, 2, 0]),
    valid("elem.drop", [0xFC, 13, 0]),
    invalid(.unknownElementSegment, "elem.drop of no segment", [0xFC, 13, 2]),
]

let memoryCases: [FunctionCase] = [
    valid("i32.load", [], [i32], one + [0x28, 2, 0]),
    valid("load with a long offset", [], [i32], one + [0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
    invalid(.alignmentTooLarge, "i32.load aligned to 8", [], [i32], one + [0x28, 3, 0]),
    invalid(.alignmentTooLarge, "i64.store8 aligned to 2", one + long + [0x3C, 1, 0]),
    invalid(
        .offsetOutOfRange,
        "offset of 33 bits",
        [],
        [i32],
        one + [0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x10]
    ),
    malformed(.malformedMemoryFlags, "flags of two bytes", one + [0x28, 0x80, 1, 0] + drop),
    valid("memory.size", [], [i32], [0x3F, 0]),
    valid("memory.grow", [], [i32], one + [0x40, 0]),
    invalid(.typeMismatch, "memory.grow of nothing", [], [i32], [0x40, 0]),
    invalid(.typeMismatch, "memory.grow by i64", [], [i32], long + [0x40, 0]),
    valid("memory.fill", one + one + one + [0xFC, 11, 0]),
    invalid(.typeMismatch, "memory.fill with i64", one + long + one + [0xFC, 11, 0]),
    valid("memory.copy", one + one + one + [0xFC, 10, 0, 0]),
    invalid(.typeMismatch, "memory.copy without length", one + one + [0xFC, 10, 0, 0]),
    valid("memory.init", one + one + one + [0xFC, 8, 0, 0]),
    invalid(.unknownDataSegment, "memory.init from no segment", one + one + one + [0xFC, 8, 1, 0]),
    invalid(.typeMismatch, "memory.init without length", one + one + [0xFC, 8, 0, 0]),
    valid("data.drop", [0xFC, 9, 0]),
    invalid(.unknownDataSegment, "data.drop of no segment", [0xFC, 9, 1]),
]

let referenceCases: [FunctionCase] = [
    valid("ref.null", [], [externref], [0xD0, externref]),
    invalid(.typeMismatch, "ref.null of another type", [], [funcref], [0xD0, externref]),
    valid("ref.is_null", [], [i32], [0xD0, funcref, 0xD1]),
    invalid(.typeMismatch, "ref.is_null of a number", [], [i32], one + [0xD1]),
    invalid(.typeMismatch, "ref.is_null of nothing", [], [i32], [0xD1]),
    valid("ref.func", [], [funcref], [0xD2, 0]),
    invalid(.typeMismatch, "ref.func is no externref", [], [externref], [0xD2, 0]),
    invalid(.unknownFunction, "ref.func of no function", [], [funcref], [0xD2, 9]),
    invalid(
        .undeclaredFunctionReference,
        "ref.func of a function nowhere declared",
        [],
        [funcref],
        [0xD2, 1]
    ),
]

/// Stack typing behind instructions that never continue (spec appendix "Validation Algorithm").
let unreachableCases: [FunctionCase] = [
    valid("unreachable gives results", [], [i32, i64], [0x00]),
    valid("unreachable gives operands", [], [i32], [0x00, 0x6A]),
    valid("unreachable gives one operand of two", [], [i32], [0x00] + one + [0x6A]),
    invalid(.typeMismatch, "pushed operands keep their type", [], [i32], [0x00] + long + [0x6A]),
    invalid(.typeMismatch, "the operand below has a type too", [], [i32], [0x00] + long + one + [0x6A]),
    invalid(.typeMismatch, "results of instructions keep their type", [], [i64], [0x00, 0x6A]),
    invalid(.typeMismatch, "a value too many", [], [i32], [0x00] + one + one),
    valid("drop of anything", [0x00, 0x1A]),
    valid("select of anything", [0x00, 0x1B, 0x1A]),
    valid("select of one known", [], [i64], [0x00] + long + one + [0x1B]),
    invalid(.typeMismatch, "select of one known, used as another", [], [i32], [0x00] + long + one + [0x1B]),
    valid("select of unknowns is anything", [], [f32], [0x00, 0x1B]),
    valid("ref.is_null of anything", [], [i32], [0x00, 0xD1]),
    invalid(.typeMismatch, "ref.is_null of a number", [], [i32], [0x00] + one + [0xD1]),
    valid("inner block ends it", [], [i32], [0x02, 0x40, 0x00, 0x0B] + one),
    invalid(.typeMismatch, "not behind the block", [], [i32], [0x02, 0x40, 0x00, 0x0B]),
    invalid(.typeMismatch, "a block inside starts afresh", [], [i32], [0x00, 0x02, i32, 0x0B]),
    valid("a block inside may have parameters", [], [i32], [0x00, 0x02, 1, 0x0B]),
    valid("else starts afresh", [], [i32], one + [0x04, i32, 0x00, 0x05] + one + [0x0B]),
    invalid(.typeMismatch, "else is reachable again", [], [i32], one + [0x04, i32, 0x00, 0x05, 0x0B]),
    valid("behind br", [], [i32], one + [0x0C, 0, 0x6A]),
    valid("behind br_table", [], [i32], one + one + [0x0E, 0, 0, 0x6A]),
    valid("behind return", [], [i32], one + [0x0F, 0x6A]),
    valid("behind return_call", [], [i32], one + [0x12, 0, 0x6A]),
    valid("br_if", [], [i32], [0x00, 0x0D, 0]),
    invalid(
        .typeMismatch,
        "br_if with a known value of another type",
        [],
        [i32],
        [0x00] + long + one + [0x0D, 0]
    ),
    invalid(
        .typeMismatch,
        "br_if gives the label's type",
        [],
        [i32],
        [0x02, i64, 0x00, 0x0D, 0, 0x1A] + one + [0x0B] + drop
    ),
    valid("br_table of two types", [], [i64], [0x02, i32, 0x00, 0x0E, 1, 1, 0, 0x0B, 0xAC]),
    invalid(
        .typeMismatch,
        "br_table of two arities",
        [],
        [i64],
        [0x02, 0x40, 0x00, 0x0E, 1, 1, 0, 0x0B] + long
    ),
    invalid(.unknownLabel, "labels are checked", [0x00, 0x0C, 3]),
    invalid(.unknownLocal, "locals are checked", [0x00, 0x20, 3]),
    invalid(.alignmentTooLarge, "alignment is checked", [0x00, 0x28, 9, 0, 0x1A]),
    valid("call", [], [i32], [0x00, 0x10, 0]),
    invalid(
        .typeMismatch,
        "call with a known argument of another type",
        [],
        [i32],
        [0x00] + long + [0x10, 0]
    ),
]
