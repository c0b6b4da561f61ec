internal import Foundation
internal import GRDB

extension DocumentStore {
    /// The first difference from another store in what is stored of documents, by key: which are there, their fields, and their vectors
    /// within `tolerance` a number. Nil where there is none. O(documents).
    public func firstDifference(from other: DocumentStore, tolerance: Float) throws(StoreError) -> String? {
        let own = try contents()
        let others = try other.contents()
        if let key = Set(own.keys).symmetricDifference(others.keys).min() {
            return "only one of them has the document \(key)"
        }
        for (key, document) in own.sorted(by: { $0.key < $1.key }) {
            guard let twin = others[key] else { continue }
            if document.fields != twin.fields { return "the fields of \(key) differ" }
            guard document.vector.count == twin.vector.count else { return "the vectors of \(key) differ in length" }
            let furthest = zip(document.vector, twin.vector).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            if !(furthest <= tolerance) { return "the vectors of \(key) differ by \(furthest)" }
        }
        return nil
    }

    private struct Contents {
        var fields: [String: String]
        var vector: [Float]
    }

    private func contents() throws(StoreError) -> [String: Contents] {
        try access { queue in
            try queue.read { database in
                var contents: [String: Contents] = [:]
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT d.key, v.vector FROM documents d JOIN vectors v ON v.document = d.id")
                while let row = try rows.next() {
                    contents[row[0]] = Contents(fields: [:], vector: StoredVector.values(row[1]))
                }
                let fields = try Row.fetchCursor(
                    database,
                    sql:
                        "SELECT d.key, f.name, CAST(f.value AS TEXT) FROM fields f JOIN documents d ON d.id = f.document"
                )
                while let row = try fields.next() { contents[row[0]]?.fields[row[1]] = row[2] }
                return contents
            }
        }
    }
}
