"""Random modules in text form that compute much and trap little, for scripts/fuzz-differential.

Expressions are full of what a translator fuses: constants on either side, locals read in place and changed in between,
comparisons before branches, sums as addresses, values that wait on the stack across blocks and calls. No module runs
without end: calls go to functions with a higher index, and loops count. Bits of a NaN are never looked at.
"""
import random

TYPES = ["i32", "i64", "f32", "f64"]
# In locals, parameters and results; computed with on the side.
REFERENCES = ["funcref", "externref"]
ALL = TYPES * 3 + REFERENCES
INTEGER_BINARY = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "add", "sub", "add"]
DIVISIONS = ["div_s", "div_u", "rem_s", "rem_u"]
INTEGER_UNARY = ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"]
INTEGER_COMPARE = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"]
FLOAT_BINARY = ["add", "sub", "mul", "div", "min", "max", "add", "mul", "sub"]
FLOAT_UNARY = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"]
FLOAT_COMPARE = ["eq", "ne", "lt", "gt", "le", "ge"]
LOADS = {
    "i32": ["i32.load", "i32.load8_s", "i32.load8_u", "i32.load16_s", "i32.load16_u"],
    "i64": ["i64.load", "i64.load8_s", "i64.load8_u", "i64.load16_s", "i64.load16_u", "i64.load32_s", "i64.load32_u"],
    "f32": ["f32.load"], "f64": ["f64.load"],
}
STORES = {"i32": ["i32.store", "i32.store8", "i32.store16"],
          "i64": ["i64.store", "i64.store8", "i64.store16", "i64.store32"], "f32": ["f32.store"], "f64": ["f64.store"]}
CONVERSIONS = {
    "i32": [("i32.wrap_i64", "i64"), ("i32.trunc_sat_f32_s", "f32"), ("i32.trunc_sat_f64_u", "f64"),
            ("i32.trunc_sat_f64_s", "f64"), ("i32.trunc_sat_f32_u", "f32")],
    "i64": [("i64.extend_i32_s", "i32"), ("i64.extend_i32_u", "i32"), ("i64.trunc_sat_f64_s", "f64"),
            ("i64.trunc_sat_f32_u", "f32"), ("i64.trunc_sat_f64_u", "f64"), ("i64.trunc_sat_f32_s", "f32")],
    "f32": [("f32.convert_i32_s", "i32"), ("f32.convert_i32_u", "i32"), ("f32.convert_i64_s", "i64"),
            ("f32.convert_i64_u", "i64"), ("f32.demote_f64", "f64"), ("f32.reinterpret_i32", "i32")],
    "f64": [("f64.convert_i32_s", "i32"), ("f64.convert_i32_u", "i32"), ("f64.convert_i64_s", "i64"),
            ("f64.convert_i64_u", "i64"), ("f64.promote_f32", "f32"), ("f64.reinterpret_i64", "i64")],
}
INTEGERS = [0, 1, 2, 3, 4, 7, 8, 15, 31, 32, 33, 63, 64, 255, 256, 32767, 32768, 65535, 65536, 2147483647, 2147483648,
            4294967295, 4294967296]
FLOATS = ["0", "-0", "1", "-1", "0.5", "2", "3.25", "1e10", "-1e-10", "inf", "-inf", "nan", "4294967296", "1e38"]


class Function:
    """One function while it is written."""

    def __init__(self, module, index):
        self.module, self.chance = module, module.chance
        self.index = index
        self.parameters, self.results = module.types[index]
        count = self.chance.choice([1, 3, 6, 6, 20])
        self.locals = self.parameters + [self.chance.choice(ALL) for _ in range(count)]
        self.counters = 0
        # Result types of the blocks around, innermost last; None for a loop.
        self.labels = [self.results]
        self.budget = self.chance.choice([40, 150, 400, 2000])

    def text(self):
        body = []
        for _ in range(self.chance.choice([0, 2, 6, 20])):
            body.append(self.statement(3))
        if self.chance.random() < 0.2:
            callee = self.callee(lambda type: type[1] == self.results)
            if callee is not None:
                body.append(f"(return_call ${callee} {self.arguments(callee, 2)})")
        body += [self.expression(kind, 5) for kind in self.results]
        locals = "".join(f" (local {kind})" for kind in self.locals[len(self.parameters):])
        locals += " (local i32)" * self.counters
        signature = "".join(f" (param {kind})" for kind in self.parameters)
        signature += "".join(f" (result {kind})" for kind in self.results)
        return f'(func ${self.index} (export "{self.index}"){signature}{locals}\n' + "\n".join(body) + ")"

    # Locals are numbered at once, counters of loops behind them.
    def local(self, kind):
        found = [index for index, each in enumerate(self.locals) if each == kind]
        return self.chance.choice(found) if found else None

    def callee(self, fits):
        found = [index for index in range(self.index + 1, len(self.module.types)) if fits(self.module.types[index])]
        return self.chance.choice(found) if found else None

    def arguments(self, callee, depth):
        return " ".join(self.expression(kind, depth - 1) for kind in self.module.types[callee][0])

    def reference(self, kind, depth):
        """A reference, mostly null or of a function."""
        self.budget -= 1
        chance, deeper = self.chance, depth - 1
        turn = chance.random()
        index = self.local(kind)
        if depth > 0 and self.budget > 0:
            if turn < 0.1:
                return (f"(select (result {kind}) {self.reference(kind, deeper)} {self.reference(kind, deeper)} "
                        f"{self.condition(deeper)})")
            if turn < 0.2:
                return f"(table.get ${kind} (i32.and {self.expression('i32', deeper)} (i32.const 7)))"
            if turn < 0.3:
                return self.choose(kind, depth)
            if turn < 0.35:
                return self.block(kind, depth)
            if turn < 0.4 and index is not None:
                return f"(local.tee {index} {self.reference(kind, deeper)})"
            if turn < 0.5:
                callee = self.callee(lambda type: type[1] == [kind])
                if callee is not None:
                    return self.call(callee, depth)
        if index is not None and turn < 0.8:
            return f"(local.get {index})"
        if kind == "funcref" and turn < 0.95:
            return f"(ref.func ${chance.randrange(len(self.module.types))})"
        return f"(ref.null {kind[:-3]})"

    def constant(self, kind):
        if kind[0] == "f":
            return f"({kind}.const {self.chance.choice(FLOATS)})"
        value = self.chance.choice(INTEGERS) if self.chance.random() < 0.8 else self.chance.getrandbits(int(kind[1:]))
        value &= (1 << int(kind[1:])) - 1
        return f"({kind}.const {-value if self.chance.random() < 0.3 and value < 1 << 31 else value})"

    def leaf(self, kind):
        index = self.local(kind)
        if index is not None and self.chance.random() < 0.6:
            return f"(local.get {index})"
        if self.chance.random() < 0.15:
            return f"(global.get ${kind})"
        return self.constant(kind)

    def known(self, kind, depth):
        """A float whose NaN has known bits."""
        return f"(call $known_{kind} {self.expression(kind, depth)})"

    def address(self, depth):
        if self.chance.random() < 0.4:
            return f"(i32.and {self.expression('i32', depth)} (i32.const 1023))"
        base = f"(i32.and {self.expression('i32', depth)} (i32.const 511))"
        return f"(i32.add {base} (i32.const {self.chance.choice([0, 1, 8, 64, 500])}))"

    def expression(self, kind, depth):
        if kind in REFERENCES:
            return self.reference(kind, depth)
        self.budget -= 1
        if depth <= 0 or self.budget < 0:
            return self.leaf(kind)
        chance, deeper = self.chance, depth - 1
        turn = chance.random()
        if turn < 0.15:
            return self.leaf(kind)
        if turn < 0.45:
            operations = INTEGER_BINARY if kind[0] == "i" else FLOAT_BINARY
            if kind[0] == "i" and chance.random() < 0.04:
                operations = DIVISIONS
            if kind[0] == "f" and chance.random() < 0.05:
                return f"({kind}.copysign {self.expression(kind, deeper)} {self.known(kind, deeper)})"
            return f"({kind}.{chance.choice(operations)} {self.expression(kind, deeper)} {self.expression(kind, deeper)})"
        if turn < 0.52:
            operations = INTEGER_UNARY if kind[0] == "i" else FLOAT_UNARY
            return f"({kind}.{chance.choice(operations)} {self.expression(kind, deeper)})"
        if turn < 0.62 and kind == "i32":
            if chance.random() < 0.1:
                return f"(ref.is_null {self.reference(chance.choice(REFERENCES), deeper)})"
            if chance.random() < 0.05:
                return chance.choice(["(memory.size)", "(table.size $funcref)", "(memory.grow (i32.const 0))"])
            return self.condition(depth)
        if turn < 0.68:
            operation, source = chance.choice(CONVERSIONS[kind])
            return f"({operation} {self.expression(source, deeper)})"
        if turn < 0.70 and kind[0] == "i":
            source = "f" + kind[1:]
            return f"({kind}.reinterpret_{source} {self.known(source, deeper)})"
        if turn < 0.76:
            index = self.local(kind)
            if index is not None:
                return f"(local.tee {index} {self.expression(kind, deeper)})"
        if turn < 0.80:
            return f"({chance.choice(LOADS[kind])} offset={chance.choice([0, 1, 4, 100])} {self.address(deeper)})"
        if turn < 0.84:
            return (f"(select {self.expression(kind, deeper)} {self.expression(kind, deeper)} "
                    f"{self.condition(deeper)})")
        if turn < 0.88:
            callee = self.callee(lambda type: type[1] == [kind])
            if callee is not None:
                return self.call(callee, depth)
        if turn < 0.94:
            return self.choose(kind, depth)
        return self.block(kind, depth)

    def call(self, callee, depth):
        if self.chance.random() < 0.3:
            return (f"(call_indirect $calls (type ${callee}) {self.arguments(callee, depth)} "
                    f"(i32.const {callee}))")
        return f"(call ${callee} {self.arguments(callee, depth)})"

    def condition(self, depth):
        deeper = depth - 1
        if self.chance.random() < 0.15:
            kind = self.chance.choice(["i32", "i64"])
            return f"({kind}.eqz {self.expression(kind, deeper)})"
        if self.chance.random() < 0.1:
            return f"(i32.eqz {self.condition(deeper)})" if depth > 0 else self.leaf("i32")
        kind = self.chance.choice(TYPES)
        operations = INTEGER_COMPARE if kind[0] == "i" else FLOAT_COMPARE
        operation = self.chance.choice(operations)
        return f"({kind}.{operation} {self.expression(kind, deeper)} {self.expression(kind, deeper)})"

    def choose(self, kind, depth):
        condition = self.condition(depth - 1)
        self.labels.append([kind])
        first, second = self.body(kind, depth), self.body(kind, depth)
        self.labels.pop()
        return f"(if (result {kind}) {condition} (then {first}) (else {second}))"

    def block(self, kind, depth):
        self.labels.append([kind])
        body = self.body(kind, depth)
        self.labels.pop()
        return f"(block (result {kind}) {body})"

    def body(self, kind, depth):
        """Statements, a way out of the block with its value, and the value."""
        parts = [self.statement(depth - 2) for _ in range(self.chance.randint(0, 2))] if depth > 2 else []
        if self.chance.random() < 0.4:
            parts.append(f"(drop (br_if 0 {self.expression(kind, depth - 2)} {self.condition(depth - 2)}))")
        return " ".join(parts + [self.expression(kind, depth - 1)])

    def statement(self, depth):
        chance = self.chance
        self.budget -= 1
        kind = chance.choice(TYPES)
        turn = chance.random()
        if depth > 0 and chance.random() < 0.25:
            return self.rare(depth)
        if turn < 0.4 or depth <= 0:
            index = self.local(kind)
            if index is not None:
                return f"(local.set {index} {self.expression(kind, depth)})"
            return f"(global.set ${kind} {self.expression(kind, depth)})"
        if turn < 0.5:
            return f"(global.set ${kind} {self.expression(kind, depth)})"
        if turn < 0.65:
            value = self.expression(kind, depth) if kind[0] == "i" else self.known(kind, depth)
            return f"({chance.choice(STORES[kind])} offset={chance.choice([0, 1, 8, 200])} {self.address(depth)} {value})"
        if turn < 0.75:
            return self.loop(depth)
        if turn < 0.85:
            self.labels.append([])
            inside = " ".join(self.statement(depth - 1) for _ in range(chance.randint(1, 3)))
            other = " ".join(self.statement(depth - 1) for _ in range(chance.randint(0, 2)))
            self.labels.pop()
            return f"(if {self.condition(depth)} (then {inside}) (else {other}))"
        if turn < 0.93:
            return self.jump(depth)
        self.labels.append([])
        inside = " ".join(self.statement(depth - 1) for _ in range(chance.randint(1, 3)))
        self.labels.pop()
        return f"(block {inside})"

    def rare(self, depth):
        """References, bulk operations, several values at once."""
        chance, deeper = self.chance, depth - 1
        turn = chance.random()
        if turn < 0.35:
            callee = self.callee(lambda type: True)
            if callee is None:
                return f"(call $log {self.expression('i32', deeper)} {self.expression('f64', deeper)})"
            return self.call(callee, depth) + self.take(self.module.types[callee][1])
        if turn < 0.55:
            return self.several(depth)
        kind = chance.choice(REFERENCES)
        small = f"(i32.and {self.expression('i32', deeper)} (i32.const 7))"
        if turn < 0.65:
            index = self.local(kind)
            if index is not None:
                return f"(local.set {index} {self.reference(kind, deeper)})"
        if turn < 0.75:
            return f"(table.set ${kind} {small} {self.reference(kind, deeper)})"
        if turn < 0.8:
            return f"(drop (table.grow ${kind} {self.reference(kind, deeper)} (i32.const {chance.choice([0, 1, 1000])})))"
        if turn < 0.85:
            operation = chance.choice(["memory.copy", "memory.fill"])
            return f"({operation} {self.address(deeper)} {self.address(deeper)} {small})"
        if turn < 0.9:
            return f"(drop (memory.grow (i32.and {self.expression('i32', deeper)} (i32.const 1))))"
        return f"(call $log {self.expression('i32', deeper)} {self.expression('f64', deeper)})"

    def take(self, types):
        """Puts the values on top of the stack into locals, or drops them."""
        parts = []
        for kind in reversed(types):
            index = self.local(kind)
            parts.append(f" (local.set {index})" if index is not None and self.chance.random() < 0.8 else " (drop)")
        return "".join(parts)

    def several(self, depth):
        """A block that takes and gives several values, some of them through a branch."""
        deeper = depth - 1
        taken = [self.chance.choice(ALL) for _ in range(self.chance.randint(0, 3))]
        given = [self.chance.choice(ALL) for _ in range(self.chance.randint(0, 3))]
        values = " ".join(self.expression(kind, deeper) for kind in taken)
        signature = "".join(f" (param {kind})" for kind in taken) + "".join(f" (result {kind})" for kind in given)
        kind = self.chance.choice(["block", "if", "loop"])
        condition = self.condition(deeper) if kind == "if" else ""
        self.labels.append(None if kind == "loop" else given)
        first = self.inside_several(taken, given, kind, deeper)
        second = self.inside_several(taken, given, kind, deeper) if kind == "if" else ""
        self.labels.pop()
        body = f"(then {first}) (else {second})" if kind == "if" else first
        return f"{values} ({kind}{signature} {condition} {body})" + self.take(given)

    def inside_several(self, taken, given, kind, depth):
        parts = []
        if taken == given and self.chance.random() < 0.5:
            return self.statement(depth)
        parts.append(self.take(taken))
        parts += [self.statement(depth - 1) for _ in range(self.chance.randint(0, 2))]
        parts += [self.expression(each, depth) for each in given]
        if kind != "loop" and self.chance.random() < 0.5:
            parts.append(f"(br_if 0 {self.condition(depth)})")
        return " ".join(parts)

    def loop(self, depth):
        counter = len(self.locals) + self.counters
        self.counters += 1
        self.labels += [[], None]
        inside = " ".join(self.statement(depth - 1) for _ in range(self.chance.randint(1, 3)))
        self.labels = self.labels[:-2]
        count = self.chance.randint(1, 5)
        step = f"(local.set {counter} (i32.add (local.get {counter}) (i32.const 1)))"
        again = f"(br_if 0 (i32.lt_{self.chance.choice('su')} (local.get {counter}) (i32.const {count})))"
        return f"(local.set {counter} (i32.const 0)) (block (loop {inside} {step} {again}))"

    def jump(self, depth):
        """Sometimes out of a block around, with its values; never back into a loop."""
        open = [(at, types) for at, types in enumerate(reversed(self.labels)) if types is not None]
        at, types = self.chance.choice(open)
        values = " ".join(self.expression(kind, depth - 1) for kind in types)
        if self.chance.random() < 0.3:
            alike = [each for each, found in open if found == types]
            targets = " ".join(str(self.chance.choice(alike)) for _ in range(self.chance.randint(1, 4)))
            index = self.expression("i32", depth - 1)
            return f"(if {self.condition(depth)} (then {self.shifted(types, targets, values, index)}))"
        drops = " (drop)" * len(types)
        return f"(br_if {at} {values} {self.condition(depth)}){drops}"

    def shifted(self, types, targets, values, index):
        # One label further out than seen from outside of the `if`.
        targets = " ".join(str(int(target) + 1) for target in targets.split())
        return f"(br_table {targets} {values} {index})"


class RandomModule:
    """A module of a few functions, one memory and four globals."""

    def __init__(self, seed):
        self.chance = random.Random(f"module {seed}")
        count = self.chance.randint(2, 6)
        self.types = [self.type() for _ in range(count)]

    def type(self):
        parameters = [self.chance.choice(ALL) for _ in range(self.chance.choice([0, 1, 2, 3, 4, 9]))]
        results = [self.chance.choice(ALL) for _ in range(self.chance.choice([0, 1, 1, 1, 1, 2, 3]))]
        return parameters, results

    def text(self):
        lines = ["(module"]
        for index, (parameters, results) in enumerate(self.types):
            signature = "".join(f" (param {kind})" for kind in parameters)
            signature += "".join(f" (result {kind})" for kind in results)
            lines.append(f"(type ${index} (func{signature}))")
        lines.append('(import "host" "log" (func $log (param i32 f64)))')
        lines.append('(memory (export "memory") 1 2)')
        lines += [f'(table ${kind} (export "table {kind}") 8 {limit} {kind})' for kind, limit in
                  [("funcref", 50), ("externref", 2000)]]
        lines.append(f'(table $calls {len(self.types)} funcref) (elem (table $calls) (i32.const 0) func '
                     + " ".join(f"${index}" for index in range(len(self.types))) + ")")
        for kind in TYPES:
            lines.append(f'(global ${kind} (export "global {kind}") (mut {kind}) ({kind}.const 0))')
        for kind in ["f32", "f64"]:
            lines.append(f"(func $known_{kind} (param {kind}) (result {kind}) (select (local.get 0) ({kind}.const nan) "
                         f"({kind}.eq (local.get 0) (local.get 0))))")
        lines += [Function(self, index).text() for index in range(len(self.types))]
        return "\n".join(lines) + ")\n"
