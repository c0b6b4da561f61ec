internal import HearthJSON

extension PipelineDescription {
    /// The description as a file for a person: a field or a part of the vector a line. Equal descriptions give the same bytes.
    public var json: [UInt8] {
        var text = "{\n  \"id\": \(quoted(id.jsonPath)),\n  \"fields\": {"
        text += fields.map { "\n    \(quoted($0.name)): \(json($0))" }.joined(separator: ",")
        text += "\n  },\n  \"vector\": ["
        text += vector.map { "\n    \(json($0))" }.joined(separator: ",")
        return Array((text + "\n  ]\n}\n").utf8)
    }

    private func json(_ field: Field) -> String {
        let paths = field.paths.map { quoted($0.jsonPath) }
        var members =
            paths.count == 1
            ? ["\"path\": \(paths[0])"]
            : ["\"paths\": [\(paths.joined(separator: ", "))]", "\"separator\": \(quoted(field.separator))"]
        members.append("\"type\": \(quoted(field.type.rawValue))")
        if field.isRequired { members.append("\"required\": true") }
        if field.isStored { members.append("\"stored\": true") }
        return "{ \(members.joined(separator: ", ")) }"
    }

    private func json(_ part: Part) -> String {
        var members = ["\"name\": \(quoted(part.name))"]
        members.append("\"fields\": [\(part.fields.map(quoted).joined(separator: ", "))]")
        switch part.encoder {
        case .text: members.append("\"encoder\": \"text\"")
        case .category(let dimension): members.append("\"encoder\": \"category\", \"dimension\": \(dimension)")
        case .number(let largest): members.append("\"encoder\": \"number\", \"largest\": \(number(largest))")
        case .recency(let days, let day):
            members.append(
                "\"encoder\": \"recency\", \"half_life_days\": \(number(days)), \"as_of\": \(quoted(day.description))")
        }
        // As short as it reads back the same: a weight has 32 bits.
        members.append("\"weight\": \(number(Double("\(part.weight)") ?? Double(part.weight)))")
        if part.takesQuery { members.append("\"query\": true") }
        return "{ \(members.joined(separator: ", ")) }"
    }

    private func quoted(_ text: String) -> String { JSONValue.string(text).description }

    private func number(_ value: Double) -> String {
        Int64(exactly: value).map { JSONValue.integer($0) }?.description ?? JSONValue.number(value).description
    }
}
