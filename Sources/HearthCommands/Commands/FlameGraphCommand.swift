internal import ArgumentParser
internal import HearthFlameGraph

/// `hearth flamegraph`.
struct FlameGraphCommand: ParsableCommand {
    enum Format: String, OutputFormat {
        case svg, html

        static let subject = "a flame graph"
        static let standard: Format? = .svg

        var isReadable: Bool { false }
    }

    static let configuration = CommandConfiguration(
        commandName: "flamegraph", abstract: "Draw a flame graph.",
        discussion: """
            Several profiles are added up. The picture needs no network: zoom, search and
            tooltips are inside. An .html page holds profiles of any size, with a table of
            functions, reversed and sandwich views, all sample types, and filters by
            function and label.

              hearth flamegraph profile.pb.gz -o flamegraph.svg
              hearth flamegraph profile.pb.gz -o flamegraph.html
              hearth flamegraph day-*.pb.gz --sample-type cpu -o day.svg
              hearth flamegraph profile.pb.gz --group-by node -o nodes.svg
              hearth flamegraph profile.pb.gz --where endpoint=/search -o search.svg
              hearth flamegraph --store /srv/hearth --from -1h -o hour.svg
              perf script | hearth flamegraph - --icicle -o flamegraph.svg
            """)

    @Argument(help: ArgumentHelp("Profiles; - is standard input.", valueName: "profile"))
    var profiles: [String] = []

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions
    @OptionGroup(title: "Looks") var looks: GraphOptions

    @Option(help: "svg or html; default: by the extension of the output.")
    var format: Format?

    mutating func validate() throws {
        try store.check(profiles)
        _ = try Format.choose(format, for: output)
    }

    mutating func run() throws {
        let format = try Format.choose(format, for: output)
        let input = try ProfileInput.load(try store.source(files: profiles, options), options)
        let graph = FlameGraph(input.profile, column: input.column, options: looks.graphOptions)
        try output.write(Array((format == .svg ? graph.svg() : graph.html()).utf8))
        input.announce(options)
    }
}
