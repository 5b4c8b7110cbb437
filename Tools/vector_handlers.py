"""The regular handlers of vector instructions (spec 5.4.9), for Tools/generate-handlers.

Operands and results are two slots, low half first. Rows name the number behind 0xFD, the text format's name, the type
that operands are read as, and the result as a Swift expression of them.

    result @8, operands @10 @12 @14; shifts have their count @12, a slot or 16 bits; lanes are byte offsets @12
"""
BITS = {"I8x16": 8, "U8x16": 8, "I16x8": 16, "U16x8": 16, "I32x4": 32, "U32x4": 32, "I64x2": 64, "U64x2": 64}
INTEGERS = ((8, 16), (16, 8), (32, 4), (64, 2))
FLOATS = ((32, 4), (64, 2))
SCALARS = {"I8x16": "Int8", "U8x16": "UInt8", "I16x8": "Int16", "U16x8": "UInt16", "U32x4": "UInt32",
           "U64x2": "UInt64"}

UNARY, BINARY, TERNARY, SHIFT, TEST = [], [], [], [], []


def integer_rows():
    compare = {8: 0x23, 16: 0x2D, 32: 0x37}
    conditions = [("Eq", "U", ".=="), ("Ne", "U", ".!="), ("LtS", "I", ".<"), ("LtU", "U", ".<"), ("GtS", "I", ".>"),
                  ("GtU", "U", ".>"), ("LeS", "I", ".<="), ("LeU", "U", ".<="), ("GeS", "I", ".>="),
                  ("GeU", "U", ".>=")]
    for bits, lanes in INTEGERS:
        shape, signed, unsigned = f"i{bits}x{lanes}", f"I{bits}x{lanes}", f"U{bits}x{lanes}"
        first = {8: 0x60, 16: 0x80, 32: 0xA0, 64: 0xC0}[bits]
        if bits < 64:
            for index, (name, sign, symbol) in enumerate(conditions):
                BINARY.append((compare[bits] + index, shape + name, f"{sign}{bits}x{lanes}", f"mask(a {symbol} b)"))
        else:
            for index, name in enumerate(("Eq", "Ne", "LtS", "GtS", "LeS", "GeS")):
                symbol = dict((n, s) for n, _, s in conditions)[name]
                BINARY.append((0xD6 + index, shape + name, signed, f"mask(a {symbol} b)"))
        UNARY.append((first, shape + "Abs", signed, f"(a ^ (a &>> {bits - 1})) &- (a &>> {bits - 1})"))
        UNARY.append((first + 1, shape + "Neg", unsigned, f"{unsigned}() &- a"))
        TEST.append((first + 3, shape + "AllTrue", unsigned, "VectorSemantics.areAllSet(a)"))
        TEST.append((first + 4, shape + "Bitmask", signed, f"mote_bitmask_{shape}(a)"))
        for index, (name, sign, symbol) in enumerate((("Shl", "U", "&<<"), ("ShrS", "I", "&>>"), ("ShrU", "U", "&>>"))):
            SHIFT.append((first + 11 + index, shape + name, f"{sign}{bits}x{lanes}",
                          f"VectorSemantics.{'shiftLeft' if symbol == '&<<' else 'shiftRight'}(a, n)"))
        BINARY.append((first + 14, shape + "Add", unsigned, "a &+ b"))
        BINARY.append((first + 17, shape + "Sub", unsigned, "a &- b"))
        if bits > 8:
            BINARY.append((first + 21, shape + "Mul", unsigned, "a &* b"))
        if bits <= 16:
            for index, (name, sign, operation) in enumerate((
                    ("AddSatS", "I", f"mote_add_sat_{shape}(a, b)"), ("AddSatU", "U", "VectorSemantics.addSaturating(a, b)"))):
                BINARY.append((first + 15 + index, shape + name, f"{sign}{bits}x{lanes}", operation))
            for index, (name, sign, operation) in enumerate((
                    ("SubSatS", "I", f"mote_sub_sat_{shape}(a, b)"), ("SubSatU", "U", "VectorSemantics.subtractSaturating(a, b)"))):
                BINARY.append((first + 18 + index, shape + name, f"{sign}{bits}x{lanes}", operation))
            BINARY.append((0x7B if bits == 8 else 0x9B, shape + "AvgrU", unsigned, "(a | b) &- ((a ^ b) &>> 1)"))
        if bits <= 32:
            for index, (name, sign) in enumerate((("MinS", "I"), ("MinU", "U"), ("MaxS", "I"), ("MaxU", "U"))):
                symbol = ".<" if name.startswith("Min") else ".>"
                BINARY.append((first + 22 + index, shape + name, f"{sign}{bits}x{lanes}",
                               f"a.replacing(with: b, where: b {symbol} a)"))
    UNARY.append((0x62, "i8x16Popcnt", "U8x16", "VectorSemantics.populationCount(a)"))
    BINARY.append((0x82, "i16x8Q15mulrSatS", "I16x8", "mote_rounded_product_i16x8(a, b)"))
    BINARY.append((0xBA, "i32x4DotI16x8S", "I16x8", "VectorSemantics.dot(a, b)"))
    BINARY.append((0x65, "i8x16NarrowI16x8S", "I16x8", "mote_narrow_i16x8_s(a, b)"))
    BINARY.append((0x66, "i8x16NarrowI16x8U", "I16x8", "mote_narrow_i16x8_u(a, b)"))
    BINARY.append((0x85, "i16x8NarrowI32x4S", "I32x4", "mote_narrow_i32x4_s(a, b)"))
    BINARY.append((0x86, "i16x8NarrowI32x4U", "I32x4", "mote_narrow_i32x4_u(a, b)"))
    for index, (name, type_) in enumerate((("i16x8ExtaddPairwiseI8x16S", "I16x8"), ("i16x8ExtaddPairwiseI8x16U", "U16x8"),
                                           ("i32x4ExtaddPairwiseI16x8S", "I32x4"), ("i32x4ExtaddPairwiseI16x8U", "U32x4"))):
        half = BITS[type_] // 2
        # The halves of a wide lane are the two narrow ones.
        UNARY.append((0x7C + index, name, type_, f"((a &<< {half}) &>> {half}) &+ (a &>> {half})"))
    for bits, lanes, first, product in ((16, 8, 0x87, 0x9C), (32, 4, 0xA7, 0xBC), (64, 2, 0xC7, 0xDC)):
        source = f"{bits // 2}x{lanes * 2}"
        for index, (half, sign) in enumerate((("Low", "I"), ("High", "I"), ("Low", "U"), ("High", "U"))):
            suffix = "S" if sign == "I" else "U"
            wide = f"{sign}{bits}x{lanes}(truncatingIfNeeded: {{}}.{half.lower()}Half)"
            if bits == 16:
                wide = f"mote_extend_{half.lower()}_{sign.lower()}8x16({{}})"
            UNARY.append((first + index, f"i{bits}x{lanes}Extend{half}I{source}{suffix}", f"{sign}{source}", wide.format("a")))
            BINARY.append((product + index, f"i{bits}x{lanes}Extmul{half}I{source}{suffix}", f"{sign}{source}",
                           f"{wide.format('a')} &* {wide.format('b')}"))


def float_rows():
    for bits, lanes in FLOATS:
        shape, type_ = f"f{bits}x{lanes}", f"F{bits}x{lanes}"
        for index, (name, symbol) in enumerate((("Eq", ".=="), ("Ne", ".!="), ("Lt", ".<"), ("Gt", ".>"), ("Le", ".<="),
                                                ("Ge", ".>="))):
            BINARY.append(((0x41 if bits == 32 else 0x47) + index, shape + name, type_, f"mask(a {symbol} b)"))
        first = 0xE0 if bits == 32 else 0xEC
        UNARY.append((first, shape + "Abs", f"U{bits}x{lanes}", "VectorSemantics.clearingSign(a)"))
        UNARY.append((first + 1, shape + "Neg", f"U{bits}x{lanes}", "VectorSemantics.changingSign(a)"))
        UNARY.append((first + 3, shape + "Sqrt", type_, f"mote_square_root_{shape}(a)"))
        for index, (name, symbol) in enumerate((("Add", "+"), ("Sub", "-"), ("Mul", "*"), ("Div", "/"))):
            BINARY.append((first + 4 + index, shape + name, type_, f"a {symbol} b"))
        BINARY.append((first + 8, shape + "Min", type_, "VectorSemantics.minimum(a, b)"))
        BINARY.append((first + 9, shape + "Max", type_, "VectorSemantics.maximum(a, b)"))
        BINARY.append((first + 10, shape + "Pmin", type_, "a.replacing(with: b, where: b .< a)"))
        BINARY.append((first + 11, shape + "Pmax", type_, "a.replacing(with: b, where: a .< b)"))
        numbers = (0x67, 0x68, 0x69, 0x6A) if bits == 32 else (0x74, 0x75, 0x7A, 0x94)
        for number, (name, function) in zip(numbers, (("Ceil", "ceiling"), ("Floor", "floor"), ("Trunc", "truncate"),
                                                      ("Nearest", "nearest"))):
            UNARY.append((number, shape + name, type_, f"VectorSemantics.{function}(a)"))
        # Relaxed: a product and a sum, rounded twice; the smaller or larger as the hardware's instruction finds it.
        first = 0x105 if bits == 32 else 0x107
        TERNARY.append((first, shape + "RelaxedMadd", type_, "a * b + c"))
        TERNARY.append((first + 1, shape + "RelaxedNmadd", type_, "c - a * b"))
        first = 0x10D if bits == 32 else 0x10F
        BINARY.append((first, shape + "RelaxedMin", type_, "b.replacing(with: a, where: a .< b)"))
        BINARY.append((first + 1, shape + "RelaxedMax", type_, "b.replacing(with: a, where: b .< a)"))
    UNARY.append((0x5E, "f32x4DemoteF64x2Zero", "F64x2", "VectorSemantics.demote(a)"))
    UNARY.append((0x5F, "f64x2PromoteLowF32x4", "F32x4", "F64x2(a.lowHalf)"))
    UNARY.append((0xF8, "i32x4TruncSatF32x4S", "F32x4", "mote_saturate_f32x4_s(a)"))
    UNARY.append((0xF9, "i32x4TruncSatF32x4U", "F32x4", "mote_saturate_f32x4_u(a)"))
    UNARY.append((0xFC, "i32x4TruncSatF64x2SZero", "F64x2", "mote_saturate_f64x2_s(a)"))
    UNARY.append((0xFD, "i32x4TruncSatF64x2UZero", "F64x2", "mote_saturate_f64x2_u(a)"))
    UNARY.append((0x101, "i32x4RelaxedTruncF32x4S", "F32x4", "mote_truncate_f32x4_s(a)"))
    UNARY.append((0x103, "i32x4RelaxedTruncF64x2SZero", "F64x2", "mote_truncate_f64x2_s(a)"))
    UNARY.append((0xFA, "f32x4ConvertI32x4S", "I32x4", "F32x4(a)"))
    UNARY.append((0xFB, "f32x4ConvertI32x4U", "U32x4", "F32x4(a)"))
    UNARY.append((0xFE, "f64x2ConvertLowI32x4S", "I32x4", "F64x2(a.lowHalf)"))
    UNARY.append((0xFF, "f64x2ConvertLowI32x4U", "U32x4", "F64x2(a.lowHalf)"))


def bit_rows():
    UNARY.append((0x4D, "v128Not", "U64x2", "~a"))
    BINARY.append((0x4E, "v128And", "U64x2", "a & b"))
    BINARY.append((0x4F, "v128Andnot", "U64x2", "a & ~b"))
    BINARY.append((0x50, "v128Or", "U64x2", "a | b"))
    BINARY.append((0x51, "v128Xor", "U64x2", "a ^ b"))
    TERNARY.append((0x52, "v128Bitselect", "U64x2", "((a ^ b) & c) ^ b"))
    TEST.append((0x53, "v128AnyTrue", "U64x2", "UInt32((a[0] | a[1]) != 0 ? 1 : 0)"))
    BINARY.append((0x0E, "i8x16Swizzle", "U8x16", "VectorSemantics.swizzle(UnsafeRawPointer(fp + slotField(pc, 10)), b)"))
    BINARY.append((0x112, "i16x8RelaxedDotI8x16I7x16S", "I16x8", "VectorSemantics.relaxedDot(a, b)"))
    TERNARY.append((0x113, "i32x4RelaxedDotI8x16I7x16AddS", "I16x8", "VectorSemantics.relaxedDotAdd(a, b, c)"))


# What a load makes of the bytes at `place`: number, name, bytes, result.
def extending(source, wide):
    return f"{wide}(truncatingIfNeeded: place.loadUnaligned(as: {source}.self))"


LOADS = [(0x00, "V128", 16, "place.loadUnaligned(as: Vector.self)"),
         (0x01, "8x8S", 8, "mote_extend_i8x8(place.loadUnaligned(as: SIMD8<Int8>.self))"),
         (0x02, "8x8U", 8, "mote_extend_u8x8(place.loadUnaligned(as: SIMD8<UInt8>.self))"),
         (0x03, "16x4S", 8, extending("SIMD4<Int16>", "I32x4")), (0x04, "16x4U", 8, extending("SIMD4<UInt16>", "U32x4")),
         (0x05, "32x2S", 8, extending("SIMD2<Int32>", "I64x2")), (0x06, "32x2U", 8, extending("SIMD2<UInt32>", "U64x2")),
         (0x07, "8Splat", 1, "U8x16(repeating: place.load(as: UInt8.self))"),
         (0x08, "16Splat", 2, "U16x8(repeating: place.loadUnaligned(as: UInt16.self))"),
         (0x09, "32Splat", 4, "U32x4(repeating: place.loadUnaligned(as: UInt32.self))"),
         (0x0A, "64Splat", 8, "U64x2(repeating: place.loadUnaligned(as: UInt64.self))"),
         (0x5C, "32Zero", 4, "U32x4(place.loadUnaligned(as: UInt32.self), 0, 0, 0)"),
         (0x5D, "64Zero", 8, "U64x2(place.loadUnaligned(as: UInt64.self), 0)")]
LANES = [(0x54, 0x58, 8), (0x55, 0x59, 16), (0x56, 0x5A, 32), (0x57, 0x5B, 64)]


class Vectors:
    """Emits all families through the generator's own functions."""

    def __init__(self, emit, base, done, checked, general, addresses):
        self.emit, self.base, self.done, self.addresses = emit, base, done, addresses
        self.outside_checked, self.outside_general = checked, general
        self.count = 0
        self.numbers = {}   # number -> index of its handler from the base `vector`

    def handler(self, family, name, lines, number=None):
        if number is not None:
            self.numbers[number] = self.count
        self.count += 1
        # Functions of C are inlined into Swift functions, but not into their C entries.
        outlined = any("mote_" in line for line in lines)
        self.emit(family, name, lines, "never" if outlined else "__always")

    def lane_operations(self):
        go = self.done("r")
        for number, name, type_, expression in UNARY:
            self.handler("VectorUnary", name, [f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self)",
                                               f"setLanes(fp, slotField(pc, 8), {expression})", go], number)
        for number, name, type_, expression in BINARY:
            self.handler("VectorBinary", name, [
                *([] if "pc" in expression else [f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self)"]),
                f"let b = lanes(fp, slotField(pc, 12), as: {type_}.self)",
                f"setLanes(fp, slotField(pc, 8), {expression})", go], number)
        for number, name, type_, expression in TERNARY:
            third = "I32x4" if name.startswith("i32x4RelaxedDot") else type_
            self.handler("VectorTernary", name, [
                f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self)",
                f"let b = lanes(fp, slotField(pc, 12), as: {type_}.self)",
                f"let c = lanes(fp, slotField(pc, 14), as: {third}.self)",
                f"setLanes(fp, slotField(pc, 8), {expression})", go], number)
        for number, name, type_, expression in SHIFT:
            for form, count in (("", "low(fp[slotField(pc, 12)])"),
                                ("Immediate", "UInt32(pc.load(fromByteOffset: 12, as: UInt16.self))")):
                self.handler("VectorShift", name + form, [
                    f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self), n = {count}",
                    f"setLanes(fp, slotField(pc, 8), {expression})", go], None if form else number)
        for number, name, type_, expression in TEST:
            self.handler("VectorLane", name, [f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self)",
                                              f"let z = UInt64({expression})", "fp[slotField(pc, 8)] = z", self.done()],
                         number)
        for number, name, scalar, convert in (
                (0x15, "i8x16ExtractLaneS", "Int8", "UInt64(UInt32(bitPattern: Int32({})))"),
                (0x16, "i8x16ExtractLaneU", "UInt8", "UInt64({})"),
                (0x18, "i16x8ExtractLaneS", "Int16", "UInt64(UInt32(bitPattern: Int32({})))"),
                (0x19, "i16x8ExtractLaneU", "UInt16", "UInt64({})"),
                (0x1B, "i32x4ExtractLane", "UInt32", "UInt64({})"), (0x1D, "i64x2ExtractLane", "UInt64", "{}"),
                (0x1F, "f32x4ExtractLane", "UInt32", "UInt64({})"), (0x21, "f64x2ExtractLane", "UInt64", "{}")):
            load = f"(UnsafeRawPointer(fp + slotField(pc, 10)) + slotField(pc, 12)).load(as: {scalar}.self)"
            self.handler("VectorLane", name, ["let z = " + convert.format(load), "fp[slotField(pc, 8)] = z",
                                              self.done("r", "f64(z)") if name[0] == "f" else self.done()], number)
        for number, name, scalar in ((0x17, "i8x16ReplaceLane", "UInt8"), (0x1A, "i16x8ReplaceLane", "UInt16"),
                                     (0x1C, "i32x4ReplaceLane", "UInt32"), (0x1E, "i64x2ReplaceLane", "UInt64")):
            # The scalar may lie where the result goes: it is read first.
            self.handler("VectorLane", name, [
                f"let value = {scalar}(truncatingIfNeeded: fp[slotField(pc, 12)]), at = slotField(pc, 8)",
                "setVector(fp, at, vector(fp, slotField(pc, 10)))",
                f"(UnsafeMutableRawPointer(fp + at) + slotField(pc, 14)).storeBytes(of: value, as: {scalar}.self)",
                go], number)
        for number, name, type_ in ((0x0F, "i8x16Splat", "U8x16"), (0x10, "i16x8Splat", "U16x8"),
                                    (0x11, "i32x4Splat", "U32x4"), (0x12, "i64x2Splat", "U64x2")):
            scalar = SCALARS[type_]
            self.handler("VectorLane", name, [
                f"let value = {scalar}(truncatingIfNeeded: fp[slotField(pc, 10)])",
                f"setLanes(fp, slotField(pc, 8), {type_}(repeating: value))", go], number)
        # Float lanes are moved as their bits.
        for float_, integer in ((0x13, 0x11), (0x14, 0x12), (0x20, 0x1C), (0x22, 0x1E)):
            self.numbers[float_] = self.numbers[integer]
        # Relaxed instructions that do what others do.
        for relaxed, plain in ((0x100, 0x0E), (0x102, 0xF9), (0x104, 0xFD), (0x109, 0x52), (0x10A, 0x52),
                               (0x10B, 0x52), (0x10C, 0x52), (0x111, 0x82)):
            self.numbers[relaxed] = self.numbers[plain]

    # What accesses do with the bytes at `place`.
    def load(self, expression, size=16):
        return [f"setLanes(fp, slotField(pc, 8), {expression})", self.done("r", size=size)]

    def load_lane(self, bits, vector, lane, size):
        return [f"let value = place.loadUnaligned(as: UInt{bits}.self), at = slotField(pc, 8)",
                f"setVector(fp, at, vector(fp, slotField(pc, {vector})))",
                f"(UnsafeMutableRawPointer(fp + at) + slotField(pc, {lane})).storeBytes(of: value, as: UInt{bits}.self)",
                self.done("r", size=size)]

    def store(self, size=16):
        return ["place.storeBytes(of: vector(fp, slotField(pc, 10)), as: Vector.self)", self.done("r", size=size)]

    def store_lane(self, bits, lane):
        return [f"let value = (UnsafeRawPointer(fp + slotField(pc, 10)) + slotField(pc, {lane})).load(as: UInt{bits}.self)",
                f"place.storeBytes(of: value, as: UInt{bits}.self)", self.done("r", size=24)]

    # Memory 0 of 32 bits: address @10 (stores @8), offset @12, as other loads and stores have them.
    def plain(self, name, form, checked, address, width, lines):
        stem = f"memoryVector{name}"
        self.handler("VectorMemory", stem + form + ("Checked" if checked else ""), [
            f"let address = {address}", *(self.outside_checked(stem, width, lines) if checked else []),
            "let place = memory + Int(bitPattern: UInt(address))", *lines])

    def plain_accesses(self):
        for checked in (False, True):
            suffix = "Checked" if checked else ""
            self.base("vectorLoad" + suffix)
            for number, name, width, expression in LOADS:
                for form, address in self.addresses.items():
                    if number and form != "S":
                        continue
                    self.plain(f"Load{name}", form, checked, address, width, self.load(expression))
            self.base("vectorLoadLane" + suffix)
            for _, _, bits in LANES:
                # vector @16, lane @18
                self.plain(f"Load{bits}Lane", "", checked, self.addresses["S"], bits // 8,
                           self.load_lane(bits, 16, 18, 24))
            self.base("vectorStore" + suffix)
            stores = {"S": "UInt64(low(fp[slotField(pc, 8)])) &+ UInt64(immediate32(pc))",
                      "C": "UInt64(immediate32(pc))",
                      "X": "UInt64(low(fp[slotField(pc, 8)]) &+ low(fp[slotField(pc, 12)])) "
                           "&+ UInt64(pc.load(fromByteOffset: 14, as: UInt16.self))",
                      "A": "UInt64(low(fp[slotField(pc, 8)]) &+ immediate32(pc))"}
            for form, address in stores.items():
                self.plain("StoreV128", form, checked, address, 16, self.store())
            self.base("vectorStoreLane" + suffix)
            for _, _, bits in LANES:
                # lane @16
                self.plain(f"Store{bits}Lane", "", checked, stores["S"], bits // 8, self.store_lane(bits, 16))

    # Any other memory: memory index @14, offset of 64 bits @16.
    def general(self, name, width, slot, lines):
        self.handler("VectorMemory", name, [*self.outside_general(name, width, slot, 14, lines), *lines])

    def general_accesses(self):
        self.base("vectorLoadGeneral", "MEMORIES")
        for number, name, width, expression in LOADS:
            self.general(f"vectorLoad{name}General", width, 10, self.load(expression, 24))
        self.base("vectorLoadLaneGeneral", "MEMORIES")
        for _, _, bits in LANES:
            # vector @12, lane @24
            self.general(f"vectorLoad{bits}LaneGeneral", bits // 8, 10, self.load_lane(bits, 12, 24, 32))
        self.base("vectorStoreGeneral", "MEMORIES")
        self.general("vectorStoreV128General", 16, 8, self.store(24))
        self.base("vectorStoreLaneGeneral", "MEMORIES")
        for _, _, bits in LANES:
            # lane @12
            self.general(f"vectorStore{bits}LaneGeneral", bits // 8, 8, self.store_lane(bits, 12))

    # Two shifts of one operand, of counts that add up to the width, and their union: operand @10, left count @12,
    # right count @14 (a count computed from the other is a rotation to LLVM, which takes that apart lane by lane).
    def rotations(self):
        self.base("vectorRotate")
        for type_ in ("U32x4", "U64x2"):
            self.handler("VectorShift", f"{type_.lower()}Rotate".replace("u", "i"), [
                f"let a = lanes(fp, slotField(pc, 10), as: {type_}.self), n = UInt32(pc.load(fromByteOffset: 12, as: UInt16.self))",
                "let rest = UInt32(pc.load(fromByteOffset: 14, as: UInt16.self))",
                "setLanes(fp, slotField(pc, 8), VectorSemantics.shiftLeft(a, n) | "
                "VectorSemantics.shiftRight(a, rest))", self.done("r")])

    # Lanes chosen at translation: byte offsets from fp of 32 bits each, from @16 on.
    def shuffles(self):
        self.base("vectorShuffle")
        for bits in (8, 16, 32, 64):
            lanes = 128 // bits
            byte = "shuffled(pc, fp, {}, UInt{})"
            halves = []
            for half in range(2):
                parts = []
                for lane in range(lanes // 2):
                    load = f"shuffled(pc, fp, {16 + 4 * (half * lanes // 2 + lane)}, as: UInt{bits}.self)"
                    parts.append(f"({load} &<< {lane * bits})" if lane else load)
                halves.append(" | ".join(parts))
            self.handler("VectorLane", f"i8x16Shuffle{bits}", [
                f"let low = {halves[0]}", f"let high = {halves[1]}", "setLanes(fp, slotField(pc, 8), U64x2(low, high))",
                self.done("r", size=16 + 4 * lanes)])

    def all(self):
        integer_rows()
        float_rows()
        bit_rows()
        self.base("vector")
        self.lane_operations()
        self.plain_accesses()
        self.general_accesses()
        self.shuffles()
        self.rotations()

    def table(self, header):
        """Swift: which handler a number has."""
        lines = [header, "extension InternalOpcode {\n",
                 "    /// The handler of a vector instruction behind 0xFD without memory access or immediate vector; of a\n",
                 "    /// shift, the one whose count is in a slot.\n    ///\n"
                 "    /// Nil: none of these.\n",
                 "    static func vectorOperation(_ number: UInt32) -> InternalOpcode? {\n        switch number {\n"]
        for number in sorted(self.numbers):
            lines.append(f"        case {number}: return .vector + {self.numbers[number]}\n")
        lines.append("        default: return nil\n        }\n    }\n}\n")
        return "".join(lines)
