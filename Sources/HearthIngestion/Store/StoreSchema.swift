internal import GRDB

/// The tables of a store.
enum StoreSchema {
    /// `hIng`, in the header of the file: what `file` and other programs know the format by.
    static let applicationID: Int32 = 0x6849_6E67
    static let version = 1
    /// In bytes, of stores made from now on. A vector takes 1,608: of 4,096 a fifth stayed empty.
    static let pageSize = 16_384

    /// - `documents`: one row a document, by its key, with the content hash of what was ingested.
    /// - `vectors`: little-endian 32-bit floats.
    /// - `fields`: what is shown, by document, and what queries are filtered by; texts and numbers.
    /// - `rejected`: what the last run set aside, by line of its input.
    /// - `progress`: how far an unfinished run came; empty after a whole one.
    /// - `settings`: which pipeline made the vectors, the name of its embedder, and its description.
    static let statements = """
        CREATE TABLE settings (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY NOT NULL,
            key TEXT NOT NULL UNIQUE,
            hash BLOB NOT NULL
        );
        CREATE TABLE vectors (
            document INTEGER PRIMARY KEY NOT NULL REFERENCES documents(id),
            vector BLOB NOT NULL
        );
        CREATE TABLE fields (
            document INTEGER NOT NULL REFERENCES documents(id),
            name TEXT NOT NULL,
            value NOT NULL,
            PRIMARY KEY (document, name)
        ) WITHOUT ROWID;
        CREATE TABLE rejected (
            line INTEGER PRIMARY KEY NOT NULL,
            byte INTEGER NOT NULL,
            node TEXT NOT NULL,
            reason TEXT NOT NULL,
            text BLOB NOT NULL
        );
        CREATE TABLE progress (
            input TEXT PRIMARY KEY NOT NULL,
            nextByte INTEGER NOT NULL,
            nextLine INTEGER NOT NULL,
            lastByte INTEGER NOT NULL,
            lastHash BLOB NOT NULL,
            read INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            unchanged INTEGER NOT NULL,
            rejected INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    /// What queries by the value of a field go by. Made at the end of a run and kept from then on: kept from the first document on
    /// it would cost a quarter of the run.
    static let fieldIndex = "fields_by_value"
    static let makeFieldIndex = "CREATE INDEX IF NOT EXISTS \(fieldIndex) ON fields (name, value)"
    static let dropFieldIndex = "DROP INDEX IF EXISTS \(fieldIndex)"

    /// Makes the tables in an empty database; says whether the database is a store.
    static func prepare(_ database: Database) throws -> Bool {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID { return found == version }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == 0, found == 0, tables == 0 else { return false }
        try database.execute(sql: statements)
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
        return true
    }

    static func isStore(_ database: Database) throws -> Bool {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        return try application == applicationID && Int.fetchOne(database, sql: "PRAGMA user_version") == version
    }
}
