internal import ArgumentParser
internal import HearthFiles
internal import HearthFormats
internal import HearthTerminal

/// `-o`, which every command has.
struct OutputOption: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "File to write, whole or not at all; gzipped if it ends in .gz. Default: -, standard output.",
            valueName: "file"))
    var output: String?

    var path: String { output ?? "-" }

    /// Whether nobody said where to, and a person would get it on the screen.
    var isUnaskedTerminal: Bool { output == nil && StandardStream.output.isTerminal }

    /// Writes a whole file.
    func write(_ bytes: [UInt8]) throws {
        guard path.lowercased().hasSuffix(".gz") else { return try AtomicFile.write(bytes, to: path) }
        guard let compressed = Deflate.gzip(bytes) else {
            throw CommandFailure("cannot write \(path): there is no memory left to compress it")
        }
        try AtomicFile.write(compressed, to: path)
    }
}

/// The formats that a command writes, each with its extension.
protocol OutputFormat: RawRepresentable<String>, CaseIterable, ExpressibleByArgument, Sendable {
    /// What is written, such as `a flame graph`.
    static var subject: String { get }
    /// What standard output gets; nil where the format must be said.
    static var standard: Self? { get }
    /// Whether a person can read it on a terminal.
    var isReadable: Bool { get }
}

extension OutputFormat {
    /// The format for the output: the one asked for, else by extension.
    ///
    /// - Throws: `ValidationError`, a usage error, where the extension stands for none, and where the terminal would be
    ///   flooded.
    static func choose(_ asked: Self?, for output: OutputOption, onTerminal: Bool? = nil) throws -> Self {
        let names = allCases.map { "." + $0.rawValue }.joined(separator: ", ")
        let format = try asked ?? named(output, names)
        if !format.isReadable, onTerminal ?? output.isUnaskedTerminal {
            throw ValidationError("\(subject) is not for the terminal: give -o FILE (\(names)), or -o - all the same")
        }
        return format
    }

    private static func named(_ output: OutputOption, _ names: String) throws -> Self {
        let path = output.path
        let name = path.lowercased().hasSuffix(".gz") ? path.lowercased().dropLast(3) : path.lowercased()[...]
        if let known = allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) { return known }
        if path == "-" || path.hasPrefix("/dev/"), let standard { return standard }
        if path == "-" {
            throw ValidationError("where to and as what? give -o FILE (\(names)), or --format for standard output")
        }
        throw ValidationError("cannot write \(subject) as '\(path)': use \(names), or --format")
    }
}
