internal import Foundation
internal import GRDB
package import HearthRuntime

/// A document ready to be stored.
package struct StoredDocument {
    package var key: String
    package var hash: [UInt8]
    package var vector: ColumnBuffer<Float>
    package var fields: [(name: String, value: FieldValue)]

    package enum FieldValue: Hashable, Sendable {
        case text(String)
        case number(Double)
    }

    package init(
        key: String, hash: [UInt8], vector: ColumnBuffer<Float>, fields: [(name: String, value: FieldValue)]
    ) {
        self.key = key
        self.hash = hash
        self.vector = vector
        self.fields = fields
    }
}

/// An input line that was set aside.
public struct RejectedDocument: Hashable, Sendable {
    /// From 1.
    public var line: Int
    /// Of the fault, from the start of the input.
    public var byte: Int
    public var node: String
    public var reason: String
    /// As it came; cut off at ``maximumText``.
    public var text: [UInt8]

    /// How much is kept of a document that was set aside.
    public static let maximumText = 65_536
}

/// What became of documents.
public struct IngestCounts: Hashable, Sendable {
    /// Documents that came in.
    public var read = 0
    /// New ones, and new versions of known ones.
    public var stored = 0
    /// Already there as they are.
    public var unchanged = 0
    public var rejected = 0

    public init() {}
}

/// How far a run came, as it stands in the store.
package struct IngestProgress {
    /// Which input, by content.
    var input: String
    var nextByte: Int
    var nextLine: Int
    /// Where the last document starts, and its hash: what proves that the input is still the same there.
    var lastByte: Int
    var lastHash: [UInt8]
    var counts: IngestCounts
}

extension DocumentStore {
    package enum Outcome { case stored, unchanged }

    /// Starts a run: says which pipeline it is and where its model is found, and forgets what the last run set aside and how far it came, unless it is to
    /// be resumed.
    func begin(_ pipeline: DocumentPipeline, keepingProgress: Bool) throws(StoreError) {
        let description = String(decoding: pipeline.description.json, as: UTF8.self)
        try access { queue in
            try queue.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO settings (name, value) VALUES ('pipeline', ?), ('embedder', ?), ('description', ?)
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value
                        """, arguments: [pipeline.fingerprint, pipeline.embedder.name.description, description])
                if !keepingProgress {
                    try database.execute(sql: "DELETE FROM rejected")
                    try database.execute(sql: "DELETE FROM progress")
                }
            }
        }
    }

    func progress(of input: String) throws(StoreError) -> IngestProgress? {
        try access { queue in
            try queue.read { database in
                guard
                    let row = try Row.fetchOne(
                        database, sql: "SELECT * FROM progress WHERE input = ?", arguments: [input])
                else { return nil }
                var counts = IngestCounts()
                counts.read = row["read"]
                counts.stored = row["stored"]
                counts.unchanged = row["unchanged"]
                counts.rejected = row["rejected"]
                return IngestProgress(
                    input: input, nextByte: row["nextByte"], nextLine: row["nextLine"], lastByte: row["lastByte"],
                    lastHash: Array(row["lastHash"] as Data), counts: counts)
            }
        }
    }

    /// Writes a batch in one transaction: documents, what was set aside, how far the run has come. All of it or nothing.
    package func write(
        _ documents: [StoredDocument], rejected: [RejectedDocument], progress: (IngestCounts) -> IngestProgress?
    ) throws(StoreError) -> [Outcome] {
        try access { queue in
            try queue.write { database in
                let writer = try DocumentWriter(database)
                let outcomes = try documents.map(writer.write)
                let rejections = try database.cachedStatement(
                    sql: "INSERT OR REPLACE INTO rejected (line, byte, node, reason, text) VALUES (?, ?, ?, ?, ?)")
                for document in rejected {
                    try rejections.execute(arguments: [
                        document.line, document.byte, document.node, document.reason, Data(document.text),
                    ])
                }
                var counts = IngestCounts()
                counts.read = documents.count + rejected.count
                counts.unchanged = outcomes.count { $0 == .unchanged }
                counts.stored = outcomes.count - counts.unchanged
                counts.rejected = rejected.count
                if let progress = progress(counts) { try Self.add(progress, to: database) }
                return outcomes
            }
        }
    }

    private static func add(_ progress: IngestProgress, to database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO progress
                    (input, nextByte, nextLine, lastByte, lastHash, read, stored, unchanged, rejected)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (input) DO UPDATE SET
                    nextByte = excluded.nextByte, nextLine = excluded.nextLine, lastByte = excluded.lastByte,
                    lastHash = excluded.lastHash, read = read + excluded.read, stored = stored + excluded.stored,
                    unchanged = unchanged + excluded.unchanged, rejected = rejected + excluded.rejected
                """)
        try statement.execute(arguments: [
            progress.input, progress.nextByte, progress.nextLine, progress.lastByte, Data(progress.lastHash),
            progress.counts.read, progress.counts.stored, progress.counts.unchanged, progress.counts.rejected,
        ])
    }

    /// Ends a whole run: there is nothing to resume.
    ///
    /// - Parameter indexes: whether the store is to have the indexes that queries go by.
    package func finish(indexes: Bool) throws(StoreError) {
        try access { queue in
            try queue.write { database in
                try database.execute(sql: "DELETE FROM progress")
                try database.execute(sql: indexes ? StoreSchema.makeFieldIndex : StoreSchema.dropFieldIndex)
            }
        }
    }

    /// Makes the indexes that queries by fields go by; kept from then on. O(documents) where there were none.
    func makeIndexes() throws(StoreError) {
        try access { queue in try queue.write { try $0.execute(sql: StoreSchema.makeFieldIndex) } }
    }

    /// What the last run set aside, by line. Throws ``StoreError``, and what `body` throws.
    public func forEachRejected(_ body: (RejectedDocument) throws -> Void) throws {
        var failure: (any Error)?
        try access { queue in
            try queue.read { database in
                let rows = try Row.fetchCursor(database, sql: "SELECT * FROM rejected ORDER BY line")
                while failure == nil, let row = try rows.next() {
                    let document = RejectedDocument(
                        line: row["line"], byte: row["byte"], node: row["node"], reason: row["reason"],
                        text: Array(row["text"] as Data))
                    do { try body(document) } catch { failure = error }
                }
            }
        }
        if let failure { throw failure }
    }
}

/// The statements of one transaction.
private struct DocumentWriter {
    private let database: Database
    private let find: Statement
    private let insert: Statement
    private let update: Statement
    private let forget: Statement
    private let vector: Statement
    private let field: Statement

    init(_ database: Database) throws {
        self.database = database
        find = try database.cachedStatement(sql: "SELECT id, hash FROM documents WHERE key = ?")
        insert = try database.cachedStatement(sql: "INSERT INTO documents (key, hash) VALUES (?, ?)")
        update = try database.cachedStatement(sql: "UPDATE documents SET hash = ? WHERE id = ?")
        forget = try database.cachedStatement(sql: "DELETE FROM fields WHERE document = ?")
        vector = try database.cachedStatement(sql: "INSERT OR REPLACE INTO vectors (document, vector) VALUES (?, ?)")
        field = try database.cachedStatement(sql: "INSERT INTO fields (document, name, value) VALUES (?, ?, ?)")
    }

    func write(_ document: StoredDocument) throws -> DocumentStore.Outcome {
        let hash = Data(document.hash)
        let id: Int64
        if let known = try Row.fetchOne(find, arguments: [document.key]) {
            if known["hash"] as Data == hash { return .unchanged }
            id = known["id"]
            try update.execute(arguments: [hash, id])
            try forget.execute(arguments: [id])
        } else {
            try insert.execute(arguments: [document.key, hash])
            id = database.lastInsertedRowID
        }
        try vector.execute(arguments: [id, StoredVector.data(document.vector)])
        for (name, value) in document.fields {
            switch value {
            case .text(let text): try field.execute(arguments: [id, name, text])
            case .number(let number): try field.execute(arguments: [id, name, number])
            }
        }
        return .stored
    }
}
