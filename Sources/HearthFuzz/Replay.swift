#if !HEARTH_FUZZING
internal import Glibc
internal import HearthFiles

/// In an ordinary build there is no fuzzer: inputs that one has found are read again, each once.
///
///     swift run HearthFuzz pprof FILE…
@main
enum Replay {
    static func main() throws {
        let names = FuzzedReader.allCases.map(\.rawValue).joined(separator: "|")
        guard let reader = CommandLine.arguments.dropFirst().first.flatMap(FuzzedReader.init), CommandLine.argc > 2
        else {
            print("usage: HearthFuzz \(names) FILE…")
            exit(2)
        }
        for path in CommandLine.arguments.dropFirst(2) {
            try reader.check(readFile(path))
            print("\(path): all holds")
        }
    }
}
#endif
