internal import ArgumentParser
internal import HearthFlameGraph

/// How a flame graph looks, under the names that users of flamegraph.pl and inferno know.
struct GraphOptions: ParsableArguments {
    @Option(help: "Title above the graph.")
    var title: String?

    @Option(help: "Width in pixels, 320 to 100000.")
    var width = FlameGraphOptions().width

    @Option(
        name: [.customLong("min-width"), .customLong("minwidth")],
        help: "Frames narrower than this are summed up; pixels, or percent as in 0.5%.")
    var minWidth = FlameGraphOptions().minWidth

    @Option(help: "What a colour says.")
    var colors = FlameGraphOptions().colors

    @Flag(name: [.customLong("icicle"), .customLong("inverted")], help: "Callers above, callees below.")
    var icicle = false

    @Flag(help: "Leaves at the root: who calls the costly functions.")
    var reverse = false

    mutating func validate() throws {
        guard (320...100_000).contains(width) else {
            throw ValidationError("--width takes 320 to 100000, not \(width)")
        }
    }

    var graphOptions: FlameGraphOptions {
        FlameGraphOptions(
            title: title, width: width, minWidth: minWidth, colors: colors, orientation: icicle ? .icicle : .flame,
            reverse: reverse)
    }
}
