internal import HearthJSON

extension FuzzedReader {
    func checkJSON(_ input: [UInt8]) throws(BrokenLaw) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: input)
        } catch {
            try hold(0...input.count ~= error.byte, "a fault is within the document: \(error)")
            return
        }
        try checkWritten(value)
        let lenient = try? JSONValue(parsing: input, loneSurrogates: .replaced)
        try hold(lenient == value, "what has no lone surrogates is the same with them replaced")
    }

    private func checkWritten(_ value: JSONValue) throws(BrokenLaw) {
        let bytes = value.bytes
        let again: JSONValue
        do throws(JSONFault) {
            again = try JSONValue(parsing: bytes)
        } catch {
            throw BrokenLaw("what is written is read: \(error)")
        }
        try hold(again == value, "what is written is read back the same")
        try hold(again.bytes == bytes, "writing settles")
    }

    /// The first line is a query, what follows a document.
    func checkJSONPath(_ input: [UInt8]) throws(BrokenLaw) {
        let query = String(decoding: input.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let path: JSONPath
        do throws(JSONPathError) {
            path = try JSONPath(query)
        } catch {
            try hold(0...query.utf8.count ~= error.byte, "an error is within the query: \(error)")
            return
        }
        let again: JSONPath
        do throws(JSONPathError) {
            again = try JSONPath(path.description)
        } catch {
            throw BrokenLaw("the canonical form is a query: \(error)")
        }
        try hold(again == path, "the canonical form settles: \(path)")
        let rest = Array(input.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
        guard rest.count <= 1024, let document = try? JSONValue(parsing: rest), isCheap(query, over: rest) else {
            return
        }
        try checkNodes(of: path, again, in: document)
    }

    private func checkNodes(of path: JSONPath, _ again: JSONPath, in document: JSONValue) throws(BrokenLaw) {
        let nodes = path.nodes(in: document)
        let values = nodes.map(\.value)
        try hold(path.values(in: document) == values, "values are those of the nodes: \(path)")
        try hold(again.values(in: document) == values, "the canonical form selects the same: \(path)")
        try hold(nodes.count <= 1 || !path.isSingular, "a singular query selects one node at most: \(path)")
        for node in nodes.prefix(10) {
            let found = (try? JSONPath(node.location.description))?.values(in: document)
            try hold(found == [node.value], "a place leads to its node: \(node.location)")
        }
    }

    /// What multiplies in a query, to the power of how often: such a query may rightly take for ever.
    private func isCheap(_ query: String, over document: [UInt8]) -> Bool {
        let values =
            1 + document.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        var cost = 1
        for character in query.utf8 where "*?,:.(".utf8.contains(character) {
            cost *= character == UInt8(ascii: ".") ? min(values, 30) : values
            if cost > 1_000_000 { return false }
        }
        return true
    }
}
