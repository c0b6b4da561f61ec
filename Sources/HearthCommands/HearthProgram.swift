internal import ArgumentParser
internal import HearthFiles
internal import HearthFormats
internal import HearthProfile
internal import HearthStore
internal import HearthTerminal

/// The program `hearth`.
public enum HearthProgram {
    private static let name = "hearth"

    /// Runs the program, prints what is to be said, and returns the exit code: 0 done, 1 failure, 2 usage; of a gate also 3
    /// regression, 4 not enough data.
    ///
    /// - Parameter arguments: without the program's name.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try HearthCommand.parseAsRoot(TimeReading.shielding(arguments))
            try command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(error, arguments)
        }
    }

    /// One line on standard error for what went wrong; help and version, which argument-parser throws too, on output.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        if let failure = failure(error, arguments) {
            StandardStream.error.write("\(name): \(failure)\n")
            return failure.exitCode
        }
        return StandardStream.output.write(HearthCommand.fullMessage(for: error) + "\n") ? 0 : 1
    }

    private static func failure(_ error: any Error, _ arguments: [String]) -> CommandFailure? {
        switch error {
        case let failure as CommandFailure:
            return failure
        case let error as ProfileReadError:
            return CommandFailure(error.description, hint: hint(error.reason))
        case let error as ProfileWriteError:
            return CommandFailure(error.description)
        case StoreError.tooManyRows(let limit):
            return CommandFailure(
                "the windows have more than \(grouped(limit)) distinct samples",
                hint: "ask for less by --from, --to or --where; .folded files keep no labels, and need fewer")
        case let error as StoreError:
            return CommandFailure(error.description)
        case let error as FileError:
            return CommandFailure(error.description)
        default:
            let code = HearthCommand.exitCode(for: error)
            if code.isSuccess { return nil }
            let help = ([name] + arguments.prefix(1).filter(HearthCommand.isSubcommand)).joined(separator: " ")
            let lines = HearthCommand.message(for: error).split(whereSeparator: \.isNewline)
            return CommandFailure(
                lines.joined(separator: " "), exitCode: code == .validationFailure ? 2 : 1, hint: "see \(help) --help")
        }
    }

    /// What to do about a profile that cannot be read, where there is something.
    private static func hint(_ reason: ProfileReadError.Reason) -> String? {
        switch reason {
        case .unknownFormat: "say which it is with --input-format if it is one of these all the same"
        case .isEmpty: "was the profile written to the end?"
        case .gzipEndsEarly, .gzipIsCorrupt: "copy or record it again"
        case .badMessage, .noSampleTypes, .stringIndexOutOfRange, .unknownID, .wrongValueCount:
            "copy or record it again, or say with --input-format what else it is"
        case .badJSON: "was it written to the end?"
        case .badSpeedscope: "of JSON, hearth reads the files of speedscope alone"
        case .isDifference: "hearth diff reads the two profiles that it was made from"
        case .noUsableLine(.perfScript, _): "print it without -F, or with -F comm,tid,time,event,period,ip,sym,dso"
        case .noUsableLine: "if it is another format, say which with --input-format"
        case .file(let error) where error.operation == .open: "check the path and its permissions"
        case .file(let error) where error.isDirectory: "name a file in it"
        default: nil
        }
    }
}

/// The root of the commands.
struct HearthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth", abstract: "Flame graphs, tables and differences of profiles.",
        discussion: """
            Every command reads collapsed stacks, pprof, speedscope JSON and what
            `perf script` prints, gzipped or not, and tells them apart by their content.
            `-` is standard input, or standard output after -o.

              hearth flamegraph profile.pb.gz -o flamegraph.svg
              hearth top profile.pb.gz --sort total -n 10
              hearth diff before.pb.gz after.pb.gz -o diff.svg
              hearth gate --base base-*.pb.gz --new new-*.pb.gz
              hearth record recommender --duration 30s -o flamegraph.svg
              perf script | hearth flamegraph - -o flamegraph.svg

            A service that keeps its windows (HEARTH_STORE) has profiles of any time:

              hearth top --store /srv/hearth --from -15m
              hearth diff --store /srv/hearth --base version=1.4 --new version=1.5 -o x.svg

            Exit codes: 0 done, 1 failure, 2 wrong usage; of gate also 3 and 4.
            """,
        version: hearthVersion,
        subcommands: [
            FlameGraphCommand.self, TopCommand.self, DiffCommand.self, GateCommand.self, ScalingCommand.self,
            MergeCommand.self, ConvertCommand.self, RecordCommand.self, ListCommand.self,
        ])

    static func isSubcommand(_ name: String) -> Bool {
        configuration.subcommands.contains { $0.configuration.commandName == name }
    }
}
