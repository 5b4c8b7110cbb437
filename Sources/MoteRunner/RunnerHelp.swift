internal import CMoteAPI
internal import MoteModule
internal import MotePlatform

/// What `iwasm` says of itself.
enum RunnerHelp {
    static func write() {
        var output = Message.output
        output.write(
            """
            Usage: iwasm [-options] wasm_file [args...]
            options:
              -f|--function name       Call this export with the arguments instead of main or _start
              -v=n                     How much to log, 0 to 5 (2)
              --interp                 Interpret; there is nothing else yet
              --stack-size=n           Bytes of the operand stack (65536; 0 stands for 16384)
              --heap-size=n            Bytes of the heap that the host manages in the guest's memory (0)
              --shared-heap-size=n     Attach a shared heap of so many bytes
              --gc-heap-size=n         Most bytes of objects that are collected (131072)
              --repl                   Ask for lines "FUNC ARG...", until "__exit__"
              --disable-bounds-checks  Accepted; accesses stay checked
              --env=<key=value>        A variable that the program sees

            """
        )
        output.write(
            """
              --dir=<dir>              A directory that the program may use, under its own name
              --map-dir=<guest::host>  The same under another name
              --addr-pool=<addr/mask>  Addresses that sockets may use; no guest opens one yet
              --allow-resolve=<domain> Names that may be looked up; no guest does yet
              --native-lib=<lib>       A shared library with functions that guests import
              --module-path=<path>     Where modules are, as NAME.wasm, that others import from
              --max-threads=n          Most threads of a guest; none makes one yet
              --timeout=ms             End the guest after so many milliseconds
              --version                Print the version and what guests may use

            """
        )
        output.write(
            """
            Refused, as what they ask for is not there yet: --fast-jit, --llvm-jit, --multi-tier-jit,
            --jit-codecache-size=, --llvm-jit-size-level=, --llvm-jit-opt-level=, --enable-segue, --enable-linux-perf,
            -g=, --gen-prof-file=

            """
        )
        output.flush()
    }

    static func writeVersion() {
        var output = Message.output
        var (major, minor, patch) = (UInt32(0), UInt32(0), UInt32(0))
        wasm_runtime_get_version(&major, &minor, &patch)
        output.write("iwasm ")
        output.write(number: Int(major))
        output.write(".")
        output.write(number: Int(minor))
        output.write(".")
        output.write(number: Int(patch))
        output.write("\n\nThat is WAMR's, whose command line this is; the runtime is Mote. Proposals:\n")
        var raw: UInt8 = 0
        while let feature = Feature(rawValue: raw) {
            output.write("  ")
            output.write(feature.name)
            output.write(FeatureSet.standard.contains(feature) ? ": on\n" : ": off\n")
            raw &+= 1
        }
        output.flush()
    }
}
