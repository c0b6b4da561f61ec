internal import Foundation
internal import GRDB

/// A document found by its vector.
public struct Neighbour: Hashable, Sendable {
    public let key: String
    /// The scalar product with the query; both are of unit length, so that 1 is the same direction.
    public let score: Float
    public let fields: [String: String]
}

/// A field that documents must have with this value: `section=web`.
public struct FieldFilter: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// `section=web`; nil where there is no `=`, or nothing before it.
    public init?(_ text: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty else { return nil }
        self.init(name: String(sides[0]), value: String(sides[1]))
    }
}

extension DocumentStore {
    /// The documents nearest to a vector, best first, ties in the order in which they were stored. Looks at every vector, or at those
    /// of the documents that pass the filters: O(documents × dimension).
    ///
    /// - Parameter filters: what a document must have, all of it; a value that reads as a number means the number too.
    public func nearest(
        to vector: [Float], count: Int, filters: [FieldFilter] = []
    ) throws(StoreError) -> [Neighbour] {
        guard count > 0 else { return [] }
        return try access { queue in
            try queue.read { database in
                try Self.scan(database, vector: vector, count: count, filters: filters).map {
                    try Self.neighbour($0, in: database)
                }
            }
        }
    }

    /// How SQLite goes about a search with these filters, a step a line.
    func searchPlan(filters: [FieldFilter]) throws(StoreError) -> [String] {
        try access { queue in
            try queue.read { database in
                let (sql, arguments) = Self.candidates(filters)
                return try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments).map {
                    $0["detail"]
                }
            }
        }
    }

    /// The query of the vectors to look at.
    private static func candidates(_ filters: [FieldFilter]) -> (sql: String, arguments: StatementArguments) {
        var sql = "SELECT document, vector FROM vectors"
        var arguments = StatementArguments()
        for (place, filter) in filters.enumerated() {
            sql += place == 0 ? " WHERE" : " AND"
            sql += " document IN (SELECT document FROM fields WHERE name = ? AND value IN (?, ?))"
            arguments += [filter.name, filter.value, Double(filter.value)]
        }
        return ("\(sql) ORDER BY document", arguments)
    }

    private struct Candidate {
        var document: Int64
        var score: Float
    }

    private static func scan(
        _ database: Database, vector: [Float], count: Int, filters: [FieldFilter]
    ) throws -> [Candidate] {
        var best: [Candidate] = []
        let (sql, arguments) = candidates(filters)
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
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
