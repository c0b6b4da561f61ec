internal import HearthJSON
package import HearthRuntime

/// Takes the wanted fields of batches of documents. What is not JSON, lacks a required field, or has a value of another type on the
/// way to a field is set aside. Read from many tasks at once.
package struct DocumentParser: Sendable {
    private let wanted: DocumentFields
    private let paths: JSONPaths
    /// Numbers of the places that the scanner finds, in its order, and of those that take a query.
    private let scanned: [Int]
    private let queried: [Int]
    private let access: FieldAccess
    private let isStrict: Bool

    /// - Parameter isStrict: checks documents whole. Otherwise `.direct` passes over what no path leads to.
    package init(_ fields: [DocumentField], access: FieldAccess = .direct, isStrict: Bool = true) throws {
        wanted = DocumentFields(fields)
        // Each path comes once, so that the scanner's numbers are the order of the places.
        let places = wanted.places
        scanned = places.indices.filter { places[$0].path.general == nil }
        queried = places.indices.filter { places[$0].path.general != nil }
        paths = try JSONPaths(scanned.map { places[$0].path })
        self.access = access
        self.isStrict = isStrict
    }

    /// The fields as columns of a record, or with `.jsonpath` the documents themselves, which are only checked then.
    ///
    /// - Parameter rejected: documents to leave out.
    package func record(
        of documents: BytesColumn, without rejected: Set<Int> = []
    ) throws -> (record: RecordColumn, rejections: [ItemError]) {
        var documents = documents
        // What comes from our reader has its padding; the last document of others must not be read beyond its end.
        if documents.count > 0,
            documents.bytes.count < documents.range(documents.count - 1).upperBound + JSONScanner.padding
        {
            documents.pad(to: JSONScanner.padding)
        }
        let scanner = try JSONScanner(paths)
        var fields = FieldColumns(wanted)
        var rejections: [ItemError] = []
        // The texts of the columns are copied out of the documents at the end.
        return try unsafe documents.bytes.withUnsafeBufferPointer { bytes in
            for item in 0..<documents.count {
                if !rejected.isEmpty, rejected.contains(item) {
                    fields.finishWithout()
                } else if let error = try unsafe read(item, documents.range(item), of: bytes, scanner, &fields) {
                    rejections.append(error)
                }
            }
            // Some strings lie with the scanner.
            let columns = withExtendedLifetime(scanner) {
                access == .jsonpath ? [wholeDocuments: .bytes(documents)] : fields.columns
            }
            return (RecordColumn(count: documents.count, columns: columns), rejections)
        }
    }

    private func read(
        _ item: Int, _ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, _ scanner: JSONScanner,
        _ fields: inout FieldColumns
    ) throws -> ItemError? {
        do {
            if access == .jsonpath {
                let tree = try unsafe Self.tree(Array(bytes[range]))
                for (number, place) in wanted.places.enumerated() {
                    for value in try place.path.query(tree) { fields.take(value, at: number) }
                }
            } else {
                var remaining = queried
                do throws(JSONScanner.Refusal) {
                    try unsafe scanner.scan(bytes, range, strict: isStrict) {
                        fields.take($1, at: scanned[$0])
                    }
                } catch {
                    if error == .noMemory { throw JSONFault(reason: "no memory to read the document", byte: 0) }
                    // The fast parser refuses some good documents, and does not say what is wrong with a bad one.
                    remaining = Array(wanted.places.indices)
                }
                if !remaining.isEmpty {
                    let tree = try unsafe Self.tree(Array(bytes[range]))
                    for number in remaining {
                        for value in wanted.places[number].path.values(in: tree) { fields.take(value, at: number) }
                    }
                }
            }
        } catch let fault as JSONFault {
            return fields.finishWithout(ItemError(item: item, reason: fault.reason, byte: fault.byte))
        }
        return fields.finish(item)
    }

    private static func tree(_ document: [UInt8]) throws(JSONFault) -> JSONValue {
        let tree = try JSONValue(parsing: document)
        if case .object = tree { return tree }
        let start = document.firstIndex { !" \t\n\r".utf8.contains($0) }
        throw JSONFault(reason: "not an object", byte: start ?? 0)
    }
}
