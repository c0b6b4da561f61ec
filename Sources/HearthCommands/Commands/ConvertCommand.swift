internal import ArgumentParser

/// `hearth convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a profile in another format.",
        discussion: """
            Collapsed stacks hold one sample type and no labels, speedscope all sample
            types and one label, by which it is split; pprof holds everything.

              hearth convert profile.pb.gz -o profile.folded
              hearth convert profile.pb.gz --sample-type cpu -o profile.speedscope.json
              hearth convert profile.pb.gz --split-by thread -o threads.speedscope.json
              hearth convert --store /srv/hearth --from 10:00 --to 10:10 -o profile.pb.gz
              perf script | hearth convert - -o profile.pb.gz

            Addresses without a name are looked up in the object files they came from:
            at their path, in the debug files of this machine, or where --binary says.

              hearth convert addresses.pb.gz --binary ./build/release -o named.pb.gz
            """)

    @Argument(help: ArgumentHelp("Profile; - is standard input.", valueName: "profile"))
    var profile: String?

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @OptionGroup var output: ProfileOutput
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    private var files: [String] { [profile].compactMap(\.self) }

    mutating func validate() throws { try store.check(files) }

    mutating func run() throws { try output.write(try store.source(files: files, options), options) }
}
