import Foundation
import HearthIngestion
import HearthRandom
import HearthRuntime

/// What keeping documents costs, and how fast they are found: the pipeline's store, with vectors as long as those of packages and the
/// same kinds of fields.
struct DocumentsBench {
    private static let batch = 512
    private static let sizes = [("10k", 10_000), ("60k", 60_000)]
    private static let rounds = 3
    private static let queries = 15
    private static let found = 10
    /// Sections; one document in so many is in each.
    private static let sections = 50

    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("hearth-bench-\(UUID().uuidString)").path
    private let dimension = DocumentPipeline().dimension

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        print("# documents of \(dimension) numbers and six fields, in batches of \(Self.batch); wall time, medians")
        for (name, count) in Self.sizes {
            try writing(name, count)
            try searching(name, count)
        }
    }

    // MARK: Documents

    /// Keys come in no order, as those of most inputs.
    ///
    /// - Parameter version: another one has another hash and another vector.
    private func document(_ number: Int, version: Int) -> StoredDocument {
        var naming = SeededGenerator(seed: UInt64(number))
        var random = SeededGenerator(seed: UInt64(number * 2 + version))
        let name = String(naming.next(), radix: 36)
        return StoredDocument(
            key: "\(name)_1.0-\(number % 7)_amd64", hash: (0..<16).map { _ in UInt8(random.below(256)) },
            vector: ColumnBuffer(vector(&random)),
            fields: [
                ("name", .text(name)), ("version", .text("1.0-\(number % 7)")),
                ("section", .text(Self.section(number))),
                ("maintainer", .text("Group \(number % 400) <group-\(number % 400)@lists.example.org>")),
                ("summary", .text("what \(name) does, in some forty characters")),
                ("size", .number(Double(random.below(100_000)))),
            ])
    }

    private static func section(_ number: Int) -> String { "section-\(number % sections)" }

    /// Of length 1.
    private func vector(_ random: inout SeededGenerator) -> [Float] {
        let values = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / length }
    }

    // MARK: Writing

    /// New documents, the same again, and other versions of all; into a store without the index of fields, and into one that gets it at
    /// the end of the first passage, as a run makes it, and keeps it from then on.
    private func writing(_ size: String, _ count: Int) throws {
        var rates: [String: [Double]] = [:]
        for round in 0..<Self.rounds {
            for indexes in round % 2 == 0 ? [false, true] : [true, false] {
                let store = try emptyStore()
                func measure(_ name: String, version: Int, expecting outcome: DocumentStore.Outcome) throws {
                    let seconds = try write(count, version: version, to: store, indexes, expecting: outcome)
                    let key = "documents.\(name)\(indexes ? ".indexes" : "").\(size)"
                    rates[key, default: []].append(Double(count) / seconds)
                }
                try measure("new", version: 0, expecting: .stored)
                try measure("unchanged", version: 0, expecting: .unchanged)
                try measure("changed", version: 1, expecting: .stored)
                try store.close()
            }
        }
        for (key, values) in rates.sorted(by: { $0.key < $1.key }) {
            printFigure(key, values.quantile(0.5), "documents/s")
        }
    }

    /// Seconds of the store alone, without those in which documents are made.
    private func write(
        _ count: Int, version: Int, to store: DocumentStore, _ indexes: Bool, expecting outcome: DocumentStore.Outcome
    ) throws -> Double {
        var seconds = 0.0
        for first in stride(from: 0, to: count, by: Self.batch) {
            let documents = (first..<min(first + Self.batch, count)).map { document($0, version: version) }
            let start = ContinuousClock.now
            let outcomes = try store.write(documents, rejected: []) { _ in nil }
            seconds += (ContinuousClock.now - start).seconds
            precondition(outcomes.allSatisfy { $0 == outcome }, "a document was not \(outcome)")
        }
        let start = ContinuousClock.now
        try store.finish(indexes: indexes)
        return seconds + (ContinuousClock.now - start).seconds
    }

    private var path: String { "\(folder)/store.db" }

    private func emptyStore() throws -> DocumentStore {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        return try DocumentStore(path: path)
    }

    // MARK: Searching

    private func searching(_ size: String, _ count: Int) throws {
        for indexes in [false, true] {
            let store = indexes ? try DocumentStore(path: path) : try emptyStore()
            if indexes {
                try store.finish(indexes: true)
            } else {
                _ = try write(count, version: 0, to: store, false, expecting: .stored)
            }
            try store.close()
            let suffix = "\(indexes ? ".indexes" : "").\(size)"
            let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            printFigure("documents.bytes\(suffix)", Double(bytes) / Double(count), "bytes")
            let reader = try DocumentStore(readingPath: path)
            // Without a filter no index is looked at.
            if !indexes {
                let all = try search(reader, filters: [])
                printFigure("documents.query.\(size)", all * 1e3, "ms", digits: 2)
                printFigure("documents.query.rate.\(size)", Double(count) / all, "vectors/s")
            }
            let filtered = try search(reader, filters: [FieldFilter(name: "section", value: Self.section(3))])
            printFigure("documents.query.filter\(suffix)", filtered * 1e3, "ms", digits: 2)
            try reader.close()
        }
    }

    /// The median of the seconds that a query takes, each another one; the first is left out, which brings the file into the cache.
    private func search(_ store: DocumentStore, filters: [FieldFilter]) throws -> Double {
        var random = SeededGenerator(seed: 5)
        var seconds: [Double] = []
        for query in 0...Self.queries {
            let vector = vector(&random)
            let start = ContinuousClock.now
            let found = try store.nearest(to: vector, count: Self.found, filters: filters)
            if query > 0 { seconds.append((ContinuousClock.now - start).seconds) }
            precondition(found.count == Self.found, "\(found.count) documents found")
        }
        return seconds.quantile(0.5)
    }
}
