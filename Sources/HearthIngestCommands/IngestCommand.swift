internal import ArgumentParser
internal import HearthProfile
internal import HearthTerminal

/// The program `hearth-ingest`.
public enum IngestCommand {
    private static let name = "hearth-ingest"

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
            return report(error, arguments)
        }
    }

    /// One line on standard error for what went wrong; help and version, which argument-parser throws too, on output.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        do throws(CommandFailure) {
            guard let failure = failure(error, arguments) else {
                try Output.write(RootCommand.fullMessage(for: error) + "\n")
                return 0
            }
            throw failure
        } catch {
            say(error)
            return error.exitCode
        }
    }

    /// A line of the program's own on standard error.
    static func say(_ failure: CommandFailure) { StandardStream.error.write("\(name): \(failure)\n") }

    private static func failure(_ error: any Error, _ arguments: [String]) -> CommandFailure? {
        switch error {
        case let failure as CommandFailure:
            return failure
        default:
            let code = RootCommand.exitCode(for: error)
            if code.isSuccess { return nil }
            guard code == .validationFailure else { return CommandFailure("\(error)") }
            let help = ([name] + arguments.prefix(1).filter(RootCommand.isSubcommand)).joined(separator: " ")
            let lines = RootCommand.message(for: error).split(whereSeparator: \.isNewline)
            return CommandFailure(lines.joined(separator: " "), exitCode: 2, hint: "see \(help) --help")
        }
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
              hearth-ingest plan -o plan.svg
              hearth-ingest model -o model --seed 1

            Exit codes: 0 done, 1 failure, 2 usage, 130 interrupted.
            """,
        version: hearthVersion,
        subcommands: [
            CorpusCommand.self, RunCommand.self, ServeCommand.self, QueryCommand.self, SimilarCommand.self,
            PlanCommand.self, ModelCommand.self, ReplayCommand.self, ScalingCommand.self, ReplayStepCommand.self,
        ])

    static func isSubcommand(_ name: String) -> Bool {
        configuration.subcommands.contains { $0.configuration.commandName == name }
    }
}
