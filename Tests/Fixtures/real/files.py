# Files, clocks and the exit code, through WASI; argument 1 is a writable directory. Ends with exit code 3.
import os
import sys
import tempfile
import time

root = sys.argv[1]
os.environ["PROBE"] = "set"
print(sys.argv[2:], os.environ.get("GREETING"), sys.platform)

path = os.path.join(root, "tree")
os.makedirs(os.path.join(path, "a", "b"))
for number in range(20):
    with open(os.path.join(path, "a", f"{number}.txt"), "w") as file:
        file.write("line\n" * number)
print(sorted(os.listdir(os.path.join(path, "a")))[:3], os.path.getsize(os.path.join(path, "a", "7.txt")))
print(sorted((len(folders), len(files)) for _, folders, files in os.walk(path)))
os.rename(os.path.join(path, "a", "3.txt"), os.path.join(path, "moved"))
os.symlink("moved", os.path.join(path, "link"))
print(os.readlink(os.path.join(path, "link")), open(os.path.join(path, "link")).read().count("line"))
with open(os.path.join(path, "moved"), "r+b") as file:
    file.seek(5)
    file.write(b"LINE")
    file.truncate(12)
    file.seek(0)
    print(file.read())
try:
    open(os.path.join(root, "absent"))
except FileNotFoundError as error:
    print(error.errno, error.strerror)
try:
    open("/etc/passwd")
    print("escaped")
except OSError:
    print("outside is out of reach")
with tempfile.TemporaryFile(dir=root) as file:
    file.write(b"x" * 100_000)
    print(file.tell())
for folder, folders, files in os.walk(path, topdown=False):
    for name in files:
        os.unlink(os.path.join(folder, name))
    for name in folders:
        os.rmdir(os.path.join(folder, name))
os.rmdir(path)
print(os.listdir(root))

before = time.monotonic()
time.sleep(0.05)
print(time.monotonic() - before >= 0.05, time.time() > 1.5e9, len(os.urandom(32)), time.process_time() > 0)
print("bytes on standard input:", len(sys.stdin.buffer.read()))
sys.stderr.write("to standard error\n")
sys.exit(3)
