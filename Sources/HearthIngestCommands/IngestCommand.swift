internal import ArgumentParser
internal import HearthProfile
internal import HearthTerminal

/// The program `hearth-ingest`.
public enum IngestCommand {
    /// Runs the program with its arguments (without its own name) and gives the exit code: 0 done, 1 failure, 2 usage,
    /// 130 interrupted.
    public static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    /// Says on standard error what went wrong, in one line where it is no matter of usage.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let exit as ExitCode:
            return exit.rawValue
        case let failure as CommandFailure:
            StandardStream.error.write("hearth-ingest: \(failure)\n")
            return failure.exitCode
        default:
            break
        }
        let code = RootCommand.exitCode(for: error)
        if code == .success {
            StandardStream.output.write(RootCommand.fullMessage(for: error) + "\n")
            return 0
        }
        if code == .validationFailure {
            StandardStream.error.write(RootCommand.fullMessage(for: error) + "\n")
            return 2
        }
        StandardStream.error.write("hearth-ingest: \(TerminalStyle.visible("\(error)"))\n")
        return 1
    }
}

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-ingest",
        abstract: "Ingests JSON documents into a store that finds them by meaning, profiled by Hearth.",
        discussion: """
            Examples:
              hearth-ingest corpus -o corpus.jsonl
              hearth-ingest run --input corpus.jsonl --store out.db --profile profile
              hearth-ingest query --store out.db "plot a graph of measured data"

            Exit codes: 0 done, 1 failure, 2 usage, 130 interrupted.
            """,
        version: "hearth-ingest \(hearthVersion)",
        subcommands: [CorpusCommand.self, RunCommand.self, QueryCommand.self])
}
