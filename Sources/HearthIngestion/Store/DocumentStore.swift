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
        try Self.check(path)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        configuration.prepareDatabase { database in
            // Without effect on a store that is there already.
            try database.execute(sql: "PRAGMA page_size = \(StoreSchema.pageSize)")
            // Keys come in no order: with SQLite's 2 MB their index is read from the file again and again.
            try database.execute(sql: "PRAGMA cache_size = -32768")
        }
        try self.init(path: path, location: nil, configuration)
        let isStore = try access { queue in try queue.write { try StoreSchema.prepare($0) } }
        guard isStore else { throw StoreError(path: path, reason: .notAStore) }
    }

    /// Opens a store that exists, for queries only. Its file and folder need not be writable.
    public convenience init(readingPath path: String) throws(StoreError) {
        try Self.check(path)
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError(path: path, reason: .missing) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.label = "store"
        do throws(StoreError) {
            try self.init(path: path, readOnly: configuration)
        } catch {
            // A log is to be read or made beside the file, and cannot be.
            guard error.reason == .cannotOpen || error.reason == .readOnly else { throw error }
            if Self.hasLog(path) { throw StoreError(path: path, reason: .openLog) }
            guard FileManager.default.isReadableFile(atPath: path), let location = Self.immutableLocation(path) else {
                throw StoreError(path: path, reason: .cannotRead)
            }
            try self.init(path: path, location: location, readOnly: configuration)
        }
    }

    private convenience init(path: String, location: String? = nil, readOnly configuration: Configuration)
        throws(StoreError)
    {
        try self.init(path: path, location: location, configuration)
        let isStore = try access { queue in try queue.read { try StoreSchema.isStore($0) } }
        guard isStore else { throw StoreError(path: path, reason: .notAStore) }
    }

    /// - Parameter location: the file in SQLite's way of writing; the path where it is nil.
    private init(path: String, location: String?, _ configuration: Configuration) throws(StoreError) {
        self.path = path
        do {
            // SQLite would read more into `file:` than a name.
            let location = location ?? (path.hasPrefix("file:") ? "./\(path)" : path)
            queue = try DatabaseQueue(path: location, configuration: configuration)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    // MARK: The file

    /// Refuses what is no name of a file that can be a store, whatever SQLite would make of it.
    private static func check(_ path: String) throws(StoreError) {
        if path.isEmpty { throw StoreError(path: path, reason: .unnamed) }
        if path == ":memory:" { throw StoreError(path: path, reason: .inMemory) }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
            let type = attributes[.type] as? FileAttributeType, type != .typeRegular
        else { return }
        throw StoreError(path: path, reason: .notAFile)
    }

    /// Whether something stands in the log that is not in the file yet.
    private static func hasLog(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)-wal")
        return (attributes?[.size] as? Int ?? 0) > 0
    }

    /// The file as one that nobody changes. SQLite needs no log beside it then, which it could not make in a folder that is
    /// not writable.
    private static func immutableLocation(_ path: String) -> String? {
        let absolute = URL(fileURLWithPath: path).path
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        return absolute.addingPercentEncoding(withAllowedCharacters: allowed).map { "file:\($0)?immutable=1" }
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
    public func pipeline() throws(StoreError) -> String? { try setting("pipeline") }

    /// What the model of that pipeline was asked for by; nil before the first run.
    public func embedder() throws(StoreError) -> String? { try setting("embedder") }

    /// What is taken from documents, and what becomes of it, as a pipeline's file; nil before the first run.
    func description() throws(StoreError) -> String? { try setting("description") }

    private func setting(_ name: String) throws(StoreError) -> String? {
        try access { queue in
            try queue.read {
                try String.fetchOne($0, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
            }
        }
    }
}
