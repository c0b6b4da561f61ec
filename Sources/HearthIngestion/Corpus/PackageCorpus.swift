internal import HearthFiles
internal import HearthJSON

/// Real documents out of the package lists that every Debian machine has: `apt-cache dumpavail` as JSON Lines, one nested
/// object a package.
///
/// Packages come in the order in which apt gives them, which is the same for the same lists. Their `id` is
/// `name_version_architecture`; a package that two lists have counts once.
public struct PackageCorpus: Sendable {
    /// Packages to stop after; nil for all.
    public var limit: Int?

    public init(limit: Int? = nil) { self.limit = limit }

    /// Writes the corpus, whole or not at all: not when the task is cancelled. Memory is bounded by the number of ids.
    ///
    /// - Parameter progressed: called now and then with the packages written.
    /// - Returns: the packages written.
    /// - Throws: ``CorpusError``, `FileError`, `CancellationError`.
    public func write(to path: String, progressed: (Int) -> Void = { _ in }) async throws -> Int {
        let interruption = try ReadInterruption()
        return try await withTaskCancellationHandler {
            try write(to: path, interruption, progressed: progressed)
        } onCancel: {
            interruption.interrupt()
        }
    }

    private func write(to path: String, _ interruption: ReadInterruption, progressed: (Int) -> Void) throws -> Int {
        let file = try AtomicFile(path: path)
        let process = try PackageLists()
        defer { process.stop() }
        var reader = StanzaReader()
        var writer = CorpusWriter(limit: limit ?? .max)
        while !writer.isFull, let piece = try process.read(interruption) {
            try reader.take(piece) { try writer.add($0, to: file) }
            progressed(writer.count)
        }
        // Before the status of the tool, which the same Ctrl-C may have ended.
        if interruption.isInterrupted { throw CancellationError() }
        if !writer.isFull {
            try reader.finish { try writer.add($0, to: file) }
            try process.finish()
        }
        guard writer.count > 0 else { throw CorpusError.noPackages }
        try file.commit()
        return writer.count
    }
}

/// Why no corpus could be made.
public enum CorpusError: Error, Hashable, Sendable, CustomStringConvertible {
    case noTool
    case noPackages
    case toolFailed(status: Int32)

    private static let sample =
        "a sample of 1,000 documents is in Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"

    public var description: String {
        switch self {
        case .noTool: "no apt-cache here: a corpus is made on Debian or Ubuntu; \(Self.sample)"
        case .noPackages: "the package lists are empty: run apt-get update; \(Self.sample)"
        case .toolFailed(let status):
            "apt-cache dumpavail failed with status \(status): run it to see why; \(Self.sample)"
        }
    }
}

private struct CorpusWriter {
    private(set) var count = 0
    private let limit: Int
    private var seen: Set<String> = []
    private var json = JSONText()

    init(limit: Int) { self.limit = limit }

    var isFull: Bool { count >= limit }

    mutating func add(_ stanza: PackageStanza, to file: AtomicFile) throws {
        guard !isFull, let document = PackageDocument(stanza), seen.insert(document.id).inserted else { return }
        json.removeAll()
        document.write(to: &json)
        try file.write(json.bytes)
        count += 1
    }
}
