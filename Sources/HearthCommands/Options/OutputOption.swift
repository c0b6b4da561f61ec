internal import ArgumentParser
internal import HearthFormats

/// `-o`, which every command has.
struct OutputOption: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "File to write, whole or not at all; - is standard output.")
    var output = "-"
}

/// The formats that a command writes, each with its extension.
protocol OutputFormat: RawRepresentable<String>, CaseIterable, ExpressibleByArgument, Sendable {
    /// What is written, such as `a flame graph`.
    static var subject: String { get }
    /// What standard output gets; nil where the format must be said.
    static var standard: Self? { get }
}

extension OutputFormat {
    /// The format for a path: the one asked for, else by extension.
    ///
    /// - Throws: `ValidationError`, a usage error, where the extension stands for none.
    static func choose(_ asked: Self?, for path: String) throws -> Self {
        if let asked { return asked }
        if let known = allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) { return known }
        let names = allCases.map { "." + $0.rawValue }.joined(separator: ", ")
        if path == "-" || path.hasPrefix("/dev/"), let standard { return standard }
        throw ValidationError("cannot write \(subject) as '\(path)': use \(names), or --format")
    }
}
