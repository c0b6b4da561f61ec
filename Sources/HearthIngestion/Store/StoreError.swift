internal import GRDB

/// What is wrong with a store, in words that say what to do.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case notADatabase
        /// A database, but of something else or of another version.
        case notAStore
        case missing
        case cannotOpen
        case cannotRead
        /// Documents stand in a log that can be read only where the folder can be written to.
        case openLog
        /// The path is empty.
        case unnamed
        /// SQLite's name for a database that is gone with the process.
        case inMemory
        /// A folder, a device, a pipe.
        case notAFile
        case readOnly
        case full
        case busy
        case damaged
        /// Made by another pipeline than the one that asks.
        case otherPipeline
        /// The model that made the vectors is not where it was.
        case noModel(String, why: String)
        /// Made with one model, and asked with another.
        case otherModel(String, given: String)
        case other(String)
    }

    public let path: String
    public let reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    init(_ error: any Error, path: String) {
        self.path = path
        guard let error = error as? DatabaseError else {
            reason = .other(String(describing: error))
            return
        }
        reason =
            switch error.resultCode {
            case .SQLITE_NOTADB: .notADatabase
            case .SQLITE_CANTOPEN: .cannotOpen
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
            case .SQLITE_FULL: .full
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_CORRUPT: .damaged
            default: .other(error.message ?? error.resultCode.description)
            }
    }

    public var description: String {
        switch reason {
        case .notADatabase: "\(path) is no SQLite database: name another file for the store"
        case .notAStore: "\(path) is a database, but not a store of this version: name another file for the store"
        case .missing: "there is no store at \(path): make one with hearth-ingest run"
        case .cannotOpen: "cannot open \(path): see that its folder exists and can be written to"
        case .cannotRead: "cannot read \(path): see to its permissions"
        case .openLog:
            "a part of \(path) is still in \(path)-wal, which takes a folder that can be written to: query it once as its owner"
        case .unnamed: "the store has no name: name a file with --store"
        case .inMemory: "a store in memory would be gone with the run: name a file with --store"
        case .notAFile: "\(path) is no regular file: name another one for the store"
        case .readOnly: "\(path) cannot be written to: see to its permissions, or name another file for the store"
        case .full: "no space left for \(path): free some, then go on with --resume"
        case .busy: "\(path) is in use by another process: wait until that has ended"
        case .damaged: "\(path) is damaged: delete it and run again"
        case .otherPipeline: "\(path) was made by another pipeline: run again to bring it up to date"
        case .noModel(let name, let why):
            "\(path) was made with \(name), which cannot be used: \(why); say where it is with --embedder"
        case .otherModel(let name, let given):
            "\(path) was made with \(name) as it was then, and \(given) is not that: name it with --embedder, or run again"
        case .other(let message): "\(path): \(message)"
        }
    }
}
