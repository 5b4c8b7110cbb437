internal import MoteCommands

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

exit(MoteCommand.run(Array(CommandLine.arguments.dropFirst())))
