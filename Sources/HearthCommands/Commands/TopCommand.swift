internal import ArgumentParser
internal import HearthProfile
internal import HearthTerminal

/// `hearth top`.
struct TopCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Print the costliest functions.",
        discussion: """
            Self is what a function spends itself (pprof: flat), total what it spends with
            all it calls (pprof: cum). With --group-by there is a table for every value of
            the label, the costliest first.

              hearth top profile.pb.gz
              hearth top profile.pb.gz --sort total -n 10
              hearth top profile.pb.gz --group-by node -n 5
              hearth top profile.pb.gz --where node=embed --format json
              hearth top --store /srv/hearth --from -1h --where version=1.4
            """)

    @Argument(help: ArgumentHelp("Profiles; - is standard input. Several are added up.", valueName: "profile"))
    var profiles: [String] = []

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @Option(help: "Order of the rows.")
    var sort = FunctionTotals.Order.selfValue

    @Option(name: [.customShort("n"), .customLong("limit")], help: "Rows to print.")
    var limit = 30

    @Option(help: "What to print.")
    var format = Format.text

    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    mutating func validate() throws {
        try store.check(profiles)
        guard limit > 0 else { throw ValidationError("-n takes a number from 1 up, not \(limit)") }
    }

    mutating func run() throws {
        let input = try ProfileInput.load(try store.source(files: profiles, options), options)
        let report = TopReport(input, groupBy: options.groupBy, order: sort, limit: limit)
        switch format {
        case .json: try output.write(report.json())
        case .text:
            let isScreen = output.path == "-" && StandardStream.output.isTerminal
            let styled = isScreen && TerminalStyle.isEnabled(on: .output)
            let text = report.text(styled: styled, maxWidth: isScreen ? StandardStream.output.columns : nil)
            try output.write(Array(text.utf8))
        }
        input.announce(options)
    }
}
