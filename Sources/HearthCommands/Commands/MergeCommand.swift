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
            """)

    @Argument(help: ArgumentHelp("Profiles; - is standard input.", valueName: "profile"))
    var profiles: [String]

    @OptionGroup var output: ProfileOutput
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    mutating func run() throws { try output.write(profiles, options) }
}
