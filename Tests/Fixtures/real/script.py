# A bit of everything that makes an interpreter of an interpreter sweat. Prints the same on every correct engine.
import collections
import dataclasses
import decimal
import functools
import hashlib
import itertools
import json
import math
import re
import struct
import sys
import zlib


def section(title):
    print(f"== {title}")


section("json")
document = {"name": "mote", "sizes": [1, 2.5, 1e300, -0.0], "nested": {"deep": [None, True, {"é": "\u2603"}]}}
text = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1)
print(text)
print(json.loads(text) == document)
try:
    json.loads('{"broken": [1, 2,,]}')
except json.JSONDecodeError as error:
    print(error.lineno, error.colno, error.msg)

section("re")
log = "\n".join(f"2026-11-{day:02} level={'warn' if day % 3 else 'error'} took {day * 17 % 101}ms" for day in range(1, 15))
pattern = re.compile(r"^(?P<date>\d{4}-\d\d-\d\d) level=(?P<level>error) took (?P<time>\d+)ms$", re.MULTILINE)
print([(m["date"], int(m["time"])) for m in pattern.finditer(log)])
print(re.sub(r"(\w+)@(\w+)", lambda m: f"{m[2]} at {m[1]}", "one@two three@four"))
print(re.split(r"[,;]\s*", "a, b;c;  d"), bool(re.fullmatch(r"(a+)+b", "a" * 18 + "b")))

section("sha256")
print(hashlib.sha256(b"abc").hexdigest())
digest = hashlib.sha256()
for block in range(200):
    digest.update(struct.pack("<I", block) * 64)
print(digest.hexdigest(), zlib.crc32(text.encode()), hashlib.md5(b"mote").hexdigest())

section("generators")


def primes():
    found = {}
    for candidate in itertools.count(2):
        factor = found.pop(candidate, None)
        if factor is None:
            found[candidate * candidate] = candidate
            yield candidate
        else:
            following = candidate + factor
            while following in found:
                following += factor
            found[following] = factor


def delegating(values):
    received = yield from values
    yield received


def averaging():
    total, count, value = 0.0, 0, None
    while True:
        value = yield total / count if count else None
        total += value
        count += 1


print(list(itertools.islice(primes(), 1500, 1510)))
print(list(delegating(x * x for x in range(5))))
average = averaging()
next(average)
print([average.send(value) for value in (10, 20, 60)])

section("exceptions")


class Custom(Exception):
    pass


def raising(depth):
    try:
        if depth:
            raising(depth - 1)
        else:
            {}["missing"]
    except KeyError as error:
        raise Custom(f"at {depth}") from error
    finally:
        unwound.append(depth)


unwound = []
try:
    raising(6)
except Custom as error:
    print(error, "from", repr(error.__cause__), unwound)


def endless(depth):
    return endless(depth + 1)


sys.setrecursionlimit(400)
try:
    endless(0)
except RecursionError as error:
    print(type(error).__name__)
try:
    raise ExceptionGroup("group", [ValueError(1), TypeError(2)])
except* TypeError as group:
    print("caught", group.exceptions)
except* ValueError as group:
    print("caught", group.exceptions)
for wrong in ("1 / 0", "int('x')", "[].pop()", "'a' + 1", "2.0 ** 100000"):
    try:
        eval(wrong)
    except Exception as error:
        print(type(error).__name__, error)

section("numbers")
print(math.factorial(60), pow(3, 1000, 10**9 + 7), 2**200 % 997)
print([round(math.sin(x), 12) for x in range(4)], 0.1 + 0.2, 1e16 + 1, float("inf") - float("inf"))
print(decimal.Decimal(1) / decimal.Decimal(7), sum(decimal.Decimal("0.1") for _ in range(10)))
print(f"{math.pi:.20f} {1e22!r} {5e-324!r} {-7 // 2} {-7 % 3} {round(2.5)}")

section("data")


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0


@functools.lru_cache(maxsize=None)
def ways(steps):
    return 1 if steps < 2 else ways(steps - 1) + ways(steps - 2)


print(sorted([Point(2), Point(1, 5), Point(1)]), ways(20))
print(collections.Counter("abracadabra").most_common(3))
match [1, {"kind": "circle", "r": 3}]:
    case [int(first), {"kind": "circle", "r": radius}]:
        print("circle", first, radius)
packed = zlib.compress(b"mote " * 2000, 9)
print(len(packed), zlib.decompress(packed)[:10])
total = 0
for i in range(200_000):
    total = (total * 31 + i) & 0xFFFFFFFF
print(total)
