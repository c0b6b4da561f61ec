internal import ArgumentParser
internal import HearthDiscovery
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthProfile
internal import HearthTerminal

/// `hearth record`.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record a service that runs.",
        discussion: """
            The service links HearthServer and listens (HEARTH_LISTEN=unix), or serves Go's
            /debug/pprof. hearth list shows those of this machine.

              hearth record recommender --duration 30s -o flamegraph.svg
              hearth record 4711 --duration 10s -o profile.pb.gz
              hearth record http://db-7:4041 --token-file token -o profile.pb.gz
              hearth record unix:/run/hearth/recommender.17.sock -o flamegraph.html
            """)

    @Argument(help: ArgumentHelp("Name, PID, URL, or socket of a service.", valueName: "service"))
    var service: String?

    @Option(
        name: [.customShort("d"), .customLong("duration")],
        help: ArgumentHelp("How long, as 30s or 2m; at most 1h.", valueName: "time"))
    var duration = RecordDuration(seconds: 30)

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp("File with the service's token. Default: HEARTH_TOKEN_FILE.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions
    @OptionGroup(title: "Looks") var looks: GraphOptions

    @Option(help: "svg, html, or a format of profiles; default: by the extension of the output.")
    var format: String?

    /// What would be a program to start.
    @Argument(parsing: .postTerminator, help: .hidden) var program: [String] = []

    private enum Written {
        case graph(FlameGraphCommand.Format)
        case profile(ProfileFormat)
    }

    mutating func validate() throws {
        guard program.isEmpty else {
            throw ValidationError(
                "a program is not profiled from outside: link HearthServer into it, start it with HEARTH_LISTEN=unix, "
                    + "then record it by name")
        }
        guard service != nil else { throw ValidationError("name a service: hearth list shows those that listen") }
        _ = try written()
    }

    mutating func run() throws {
        let written = try written()
        let services = ServiceFolder.all().flatMap { $0.services() }
        let client = try ServiceClient(try ServiceTarget(service ?? "", among: services), tokenFile: tokenFile)
        let seconds = duration.seconds
        let bar = ProgressBar("Recording \(client.name)", total: seconds, unit: "seconds")
        let ticks = Task.detached {
            for tenth in 1...seconds * 10 {
                try await Task.sleep(for: .milliseconds(100))
                bar.update(tenth / 10)
            }
        }
        defer { ticks.cancel() }
        let profile: Profile
        do {
            profile = options.named(try waiting { try await client.profile(seconds: seconds) })
            bar.finish()
        } catch {
            bar.clear()
            throw error
        }
        switch written {
        case .profile(let format):
            try ProfileOutput.write(profile, named: client.name, options, to: output, as: format)
        case .graph(let format):
            let input = try ProfileInput.load(profile, named: client.name, options)
            let graph = FlameGraph(input.profile, column: input.column, options: looks.graphOptions)
            try output.write(Array((format == .svg ? graph.svg() : graph.html()).utf8))
            input.announce(options)
        }
    }

    private func written() throws -> Written {
        let name = output.path.lowercased()
        let graphName = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        if let graph = FlameGraphCommand.Format.allCases.first(where: {
            format.map { $0.lowercased() } == $0.rawValue || format == nil && graphName.hasSuffix("." + $0.rawValue)
        }) {
            return .graph(try FlameGraphCommand.Format.choose(graph, for: output))
        }
        let profile = format.map { ProfileFormat(rawValue: $0.lowercased()) } ?? ProfileFormat(path: output.path)
        guard let profile, profile.canBeWritten else {
            throw ValidationError("where to and as what? give -o FILE (.svg, .html, .pb.gz, .folded, .speedscope.json)")
        }
        if profile == .pprof, output.isUnaskedTerminal {
            throw ValidationError("pprof is not for the terminal: give -o FILE, or -o - all the same")
        }
        return .profile(profile)
    }
}

/// `30s`, `2m`, `1h`, or seconds without a unit.
struct RecordDuration: ExpressibleByArgument {
    var seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        let units: [(Character, Int)] = [("s", 1), ("m", 60), ("h", 3_600)]
        let unit = units.first { argument.last == $0.0 }
        guard let count = Int(unit == nil ? argument : String(argument.dropLast())), count > 0, count <= 3_600 else {
            return nil
        }
        seconds = count * (unit?.1 ?? 1)
        guard seconds <= 3_600 else { return nil }
    }

    var defaultValueDescription: String { "\(seconds)s" }
}
