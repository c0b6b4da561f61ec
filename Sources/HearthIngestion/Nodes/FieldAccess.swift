internal import HearthGraph
internal import HearthJSON
internal import HearthRuntime

/// How nodes come by the fields of a document. Either way they get the same.
public enum FieldAccess: String, CaseIterable, Hashable, Sendable {
    /// Documents go from node to node; at each access one is parsed to a tree, and a JSONPath compiled and evaluated over it.
    case jsonpath
    /// Paths are compiled once, and what stands at all of them is taken in one pass over the document.
    case direct
}

/// A record that holds whole documents in place of their fields has them under this name, which no field path can have.
let wholeDocuments = "."

extension RecordColumn {
    /// The column of a field, as it is or out of the documents.
    ///
    /// - Parameter rejected: items that get no value.
    func field(_ field: DocumentField, without rejected: @autoclosure () -> Set<Int>) throws -> Column {
        let name = field.path.description
        guard let column = self[name] else {
            guard case .bytes(let documents)? = self[wholeDocuments]?.content else {
                throw RuntimeError.wrongColumn(name: name, detail: "is missing in the record")
            }
            return try Self.column(of: field, in: documents, without: rejected())
        }
        guard column.type == field.column else {
            throw RuntimeError.wrongColumn(name: name, detail: "is \(column.type) and was read as \(field.column)")
        }
        return column
    }

    private static func column(
        of field: DocumentField, in documents: BytesColumn, without rejected: Set<Int>
    ) throws -> Column {
        var builder = FieldBuilder(field.kind)
        let kept = KeptTexts()
        for item in 0..<documents.count {
            if !rejected.contains(item), let document = documents[item] {
                let tree = try JSONValue(parsing: Array(document))
                for value in try field.path.query(tree) { builder.take(JSONScanner.Value(value, kept), kept) }
            }
            builder.finish()
        }
        return withExtendedLifetime(kept) { builder.column }
    }
}

extension FieldPath {
    /// What stands there, by a JSONPath that is compiled for it.
    func query(_ document: JSONValue) throws(JSONPathError) -> [JSONValue] {
        try JSONPath(jsonPath).values(in: document)
    }

    /// What stands there.
    func values(in document: JSONValue) -> [JSONValue] {
        if let general { return general.values(in: document) }
        var values = [document]
        for segment in segments {
            values = values.flatMap { value -> [JSONValue] in
                switch (segment, value) {
                case (.member(let name), .object(let object)): object[name].map { [$0] } ?? []
                case (.each, .array(let elements)): elements
                default: []
                }
            }
        }
        return values
    }
}
