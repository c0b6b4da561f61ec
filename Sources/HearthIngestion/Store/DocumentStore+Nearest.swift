internal import Foundation
internal import GRDB

/// A document found by its vector.
public struct Neighbour: Hashable, Sendable {
    public let key: String
    /// The scalar product with the query; both are of unit length, so that 1 is the same direction.
    public let score: Float
    public let fields: [String: String]
}

extension DocumentStore {
    /// The documents nearest to a vector, best first, ties in the order in which they were stored. Looks at every vector:
    /// O(documents × dimension).
    public func nearest(to vector: [Float], count: Int) throws(StoreError) -> [Neighbour] {
        guard count > 0 else { return [] }
        return try access { queue in
            try queue.read { database in
                try Self.scan(database, vector: vector, count: count).map { try Self.neighbour($0, in: database) }
            }
        }
    }

    private struct Candidate {
        var document: Int64
        var score: Float
    }

    private static func scan(_ database: Database, vector: [Float], count: Int) throws -> [Candidate] {
        var best: [Candidate] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT document, vector FROM vectors ORDER BY document")
        while let row = try rows.next() {
            let score = try row.withUnsafeData(atIndex: 1) { $0.flatMap { StoredVector.product($0, vector) } }
            guard let score, !score.isNaN else { continue }
            if best.count == count, let worst = best.last, score <= worst.score { continue }
            let place = best.firstIndex { $0.score < score } ?? best.endIndex
            best.insert(Candidate(document: row[0], score: score), at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }

    private static func neighbour(_ candidate: Candidate, in database: Database) throws -> Neighbour {
        let key = try String.fetchOne(
            database, sql: "SELECT key FROM documents WHERE id = ?", arguments: [candidate.document])
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, CAST(value AS TEXT) FROM fields WHERE document = ?",
            arguments: [candidate.document])
        var fields: [String: String] = [:]
        for row in rows { fields[row[0]] = row[1] }
        return Neighbour(key: key ?? "", score: candidate.score, fields: fields)
    }
}
