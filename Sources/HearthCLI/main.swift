internal import HearthCommands

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

exit(HearthProgram.run(Array(CommandLine.arguments.dropFirst())))
