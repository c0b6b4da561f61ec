internal import Foundation
internal import GRDB
internal import HearthRuntime

/// Two documents that are near each other.
public struct SimilarPair: Hashable, Sendable {
    public let key: String
    public let otherKey: String
    /// The scalar product of their vectors; 1 where they are the same.
    public let similarity: Float
}

extension DocumentStore {
    private static let neighbourTable = """
        CREATE TABLE IF NOT EXISTS neighbours (
            document INTEGER NOT NULL REFERENCES documents(id),
            neighbour INTEGER NOT NULL REFERENCES documents(id),
            similarity REAL NOT NULL,
            PRIMARY KEY (document, neighbour)
        ) WITHOUT ROWID
        """

    /// Vectors of the documents after one, in the order in which they were stored.
    ///
    /// A vector of another length than the first, as only a foreign program writes them, is passed over.
    func vectors(after document: Int64, count: Int) throws(StoreError) -> (documents: [Int64], vectors: VectorColumn) {
        try access { queue in
            try queue.read { database in
                var documents: [Int64] = []
                var vectors = VectorColumn(dimension: 0)
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT document, vector FROM vectors WHERE document > ? ORDER BY document LIMIT ?",
                    arguments: [document, count])
                while let row = try rows.next() {
                    let vector = StoredVector.values(row["vector"])
                    if documents.isEmpty { vectors = VectorColumn(dimension: vector.count) }
                    guard vector.count == vectors.dimension else { continue }
                    documents.append(row["document"])
                    vectors.append(vector)
                }
                return (documents, vectors)
            }
        }
    }

    /// Puts the neighbours of all documents in the place of those that are there, with how similar they are. All of it or nothing.
    func replaceNeighbours(documents: [Int64], neighbours: [[Int64]]) throws(StoreError) {
        try access { queue in
            try queue.write { database in
                try database.execute(sql: Self.neighbourTable)
                try database.execute(sql: "DELETE FROM neighbours")
                let vector = try database.cachedStatement(sql: "SELECT vector FROM vectors WHERE document = ?")
                let insert = try database.cachedStatement(
                    sql: "INSERT OR REPLACE INTO neighbours (document, neighbour, similarity) VALUES (?, ?, ?)")
                for (document, near) in zip(documents, neighbours) {
                    // Gone since it was read, by another program.
                    guard let own = try Data.fetchOne(vector, arguments: [document]) else { continue }
                    let values = StoredVector.values(own)
                    for other in near {
                        let found = try Data.fetchOne(vector, arguments: [other])
                        guard let similarity = found.flatMap({ StoredVector.product($0, values) }), !similarity.isNaN
                        else { continue }
                        try insert.execute(arguments: [document, other, similarity])
                    }
                }
            }
        }
    }

    /// Pairs of documents at least so similar, the most similar first, each pair once; none where no neighbours were searched for.
    public func similarPairs(atLeast similarity: Float, limit: Int) throws(StoreError) -> [SimilarPair] {
        try access { queue in
            try queue.read { database in
                guard try database.tableExists("neighbours") else { return [] }
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT min(d.key, o.key) AS key, max(d.key, o.key) AS other, max(n.similarity) AS similarity
                        FROM neighbours n JOIN documents d ON d.id = n.document JOIN documents o ON o.id = n.neighbour
                        WHERE n.similarity >= ?
                        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?
                        """, arguments: [similarity, limit])
                return rows.map { SimilarPair(key: $0["key"], otherKey: $0["other"], similarity: $0["similarity"]) }
            }
        }
    }
}
