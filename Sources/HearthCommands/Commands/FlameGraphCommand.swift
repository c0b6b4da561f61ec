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
              hearth flamegraph trace.folded --flamechart -o chart.svg
            """)

    @Argument(help: ArgumentHelp("Profiles; - is standard input.", valueName: "profile"))
    var profiles: [String] = []

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions
    @OptionGroup(title: "Looks") var looks: GraphOptions

    @Flag(
        help: """
            Draw a flame chart: samples in the order of the file or of their time blocks, from left to right, and only \
            neighbours added up. Of one profile, to .svg.
            """)
    var flamechart = false

    @Option(help: "svg or html; default: by the extension of the output.")
    var format: Format?

    mutating func validate() throws {
        try store.check(profiles)
        let format = try Format.choose(format, for: output)
        guard flamechart else { return }
        guard format == .svg else { throw ValidationError("--flamechart draws a picture: name an .svg file") }
        guard profiles.count <= 1 else {
            throw ValidationError("--flamechart takes one profile: several have no order")
        }
    }

    mutating func run() throws {
        let format = try Format.choose(format, for: output)
        let source = try store.source(files: profiles, options)
        let input = try ProfileInput.load(source, options, keepsOrder: flamechart)
        var graphOptions = looks.graphOptions
        graphOptions.isChart = flamechart
        let graph = FlameGraph(input.profile, column: input.column, options: graphOptions)
        try output.write(Array((format == .svg ? graph.svg() : graph.html()).utf8))
        input.announce(options)
    }
}
