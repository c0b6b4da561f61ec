internal import ArgumentParser

/// `hearth merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Add profiles up.",
        discussion: """
            The sample types that all profiles have are kept.

              hearth merge window-*.pb.gz -o day.pb.gz
              hearth merge window-*.pb.gz --scale 1/60 -o average.pb.gz
              hearth merge a.folded b.folded -o both.folded

            Of a store, --where selects by the labels of processes (service, version,
            host, …) as well as by those of samples. Its windows stay apart as time blocks
            of the result, of which there are 600 at most: longer ones for a longer time.

              hearth merge --store /srv/hearth --from -1h -o hour.pb.gz
              hearth merge --store /srv/hearth --from 10:00 --to 10:10 \\
                --where version=1.4 -o release.pb.gz
            """)

    @Argument(help: ArgumentHelp("Profiles; - is standard input.", valueName: "profile"))
    var profiles: [String] = []

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @OptionGroup var output: ProfileOutput
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    mutating func validate() throws { try store.check(profiles) }

    mutating func run() throws { try output.write(try store.source(files: profiles, options), options) }
}
