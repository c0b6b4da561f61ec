internal import Foundation
internal import GRDB

/// Documents with their vectors and fields in one SQLite file.
///
/// Safe to use from several tasks; writes go one after the other. Every method throws ``StoreError``.
public final class DocumentStore: Sendable {
    public let path: String
    private let queue: DatabaseQueue

    /// Opens the store for writing, and makes it where there is none.
    public convenience init(path: String) throws(StoreError) {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        // Keys come in no order: with SQLite's 2 MB their index is read from the file again and again.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -65536") }
        try self.init(path: path, configuration)
        let isStore = try access { queue in try queue.write { try StoreSchema.prepare($0) } }
        guard isStore else { throw StoreError(path: path, reason: .notAStore) }
    }

    /// Opens a store that exists, for queries only.
    public convenience init(readingPath path: String) throws(StoreError) {
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError(path: path, reason: .missing) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        try self.init(path: path, configuration)
        let isStore = try access { queue in try queue.read { try StoreSchema.isStore($0) } }
        guard isStore else { throw StoreError(path: path, reason: .notAStore) }
    }

    private init(path: String, _ configuration: Configuration) throws(StoreError) {
        self.path = path
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Folds the log into the file and closes it.
    public func close() throws(StoreError) {
        try access { try $0.close() }
    }

    func access<Result>(_ body: (DatabaseQueue) throws -> Result) throws(StoreError) -> Result {
        do {
            return try body(queue)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Documents in the store.
    public func count() throws(StoreError) -> Int {
        try access { queue in try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM documents") ?? 0 } }
    }

    /// The fingerprint of the pipeline that made the vectors; nil before the first run.
    public func pipeline() throws(StoreError) -> String? {
        try access { queue in
            try queue.read { try String.fetchOne($0, sql: "SELECT value FROM settings WHERE name = 'pipeline'") }
        }
    }
}
