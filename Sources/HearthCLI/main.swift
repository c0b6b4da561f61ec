internal import HearthCommands

#if canImport(Glibc)
internal import CMalloc
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

#if canImport(Glibc)
// Large tables go back to the system when they are freed, whatever was freed before: a large profile takes half the memory.
mallopt(M_MMAP_THRESHOLD, 1 << 20)
#endif

exit(HearthProgram.run(Array(CommandLine.arguments.dropFirst())))
