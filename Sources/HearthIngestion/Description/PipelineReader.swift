internal import HearthJSON

extension PipelineDescription {
    /// Reads a description as ``json`` writes it.
    ///
    /// - Parameters:
    ///   - bytes: of the file.
    ///   - path: for errors.
    public init(json bytes: [UInt8], path: String) throws(PipelineFileError) {
        self = try PipelineReader(bytes, path: path).description()
    }
}

/// A pipeline's file on its way to a description.
private struct PipelineReader {
    typealias Steps = [JSONPath.Location.Step]

    private let path: String
    private let places: JSONPlaces
    private let root: JSONValue

    init(_ bytes: [UInt8], path: String) throws(PipelineFileError) {
        self.path = path
        places = JSONPlaces(bytes)
        do throws(JSONFault) {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw PipelineFileError(
                path: path, line: places.line(at: error.byte), key: "", problem: "no JSON: \(error)")
        }
    }

    private func fault(_ steps: Steps, _ problem: String) -> PipelineFileError {
        var key = ""
        for step in steps {
            switch step {
            case .member(let name): key += key.isEmpty ? name : ".\(name)"
            case .element(let number): key += "[\(number)]"
            }
        }
        return PipelineFileError(path: path, line: places.line(of: steps), key: key, problem: problem)
    }

    // MARK: Values

    private func object(
        _ value: JSONValue, _ steps: Steps, keys: [String]?
    ) throws(PipelineFileError) -> JSONObject {
        guard case .object(let object) = value else { throw fault(steps, "must be an object") }
        guard let keys else { return object }
        for name in object.names where !keys.contains(name) {
            throw fault(steps + [.member(name)], "is not known here; there are \(keys.joined(separator: ", "))")
        }
        return object
    }

    private func text(_ value: JSONValue, _ steps: Steps) throws(PipelineFileError) -> String {
        guard case .string(let text) = value else { throw fault(steps, "must be a string") }
        return text
    }

    private func flag(_ value: JSONValue?, _ steps: Steps) throws(PipelineFileError) -> Bool {
        guard let value else { return false }
        guard case .bool(let flag) = value else { throw fault(steps, "must be true or false") }
        return flag
    }

    private func positive(_ value: JSONValue?, _ steps: Steps, _ example: String) throws(PipelineFileError) -> Double {
        let number: Double
        switch value {
        case .integer(let value)?: number = Double(value)
        case .number(let value)?: number = value
        default: throw fault(steps, "must be a number, such as \(example)")
        }
        guard number > 0 else { throw fault(steps, "must be above 0, such as \(example)") }
        return number
    }

    private func fieldPath(_ value: JSONValue, _ steps: Steps) throws(PipelineFileError) -> FieldPath {
        let text = try text(value, steps)
        do throws(JSONPathError) {
            let path = try FieldPath(query: JSONPath(text))
            guard text != "$" else { throw JSONPathError(path: text, byte: 1, expected: "a member, as in $.name") }
            return path
        } catch {
            throw fault(steps, "no JSONPath: \(error); write it as in $.name or $.tags[*]")
        }
    }

    // MARK: The description

    func description() throws(PipelineFileError) -> PipelineDescription {
        let object = try object(root, [], keys: ["id", "fields", "vector"])
        guard let id = object["id"] else {
            throw fault([], "lacks \"id\": the JSONPath of what a document is known by")
        }
        guard let fields = object["fields"] else { throw fault([], "lacks \"fields\"") }
        guard let vector = object["vector"] else { throw fault([], "lacks \"vector\": what documents are found by") }
        var description = PipelineDescription(id: try fieldPath(id, [.member("id")]), fields: [], vector: [])
        for (name, value) in try self.object(fields, [.member("fields")], keys: nil) {
            let field = try field(name, value)
            try check(field, in: description)
            description.fields.append(field)
        }
        guard case .array(let parts) = vector, !parts.isEmpty else {
            throw fault([.member("vector")], "must be an array with a part at least")
        }
        for (number, value) in parts.enumerated() {
            description.vector.append(try part(value, [.member("vector"), .element(number)], of: description))
        }
        guard description.vector.contains(where: \.takesQuery) else {
            throw fault(
                [.member("vector")], "no part takes a query's text: give one of encoder text \"query\": true")
        }
        return description
    }

    private func field(_ name: String, _ value: JSONValue) throws(PipelineFileError) -> PipelineDescription.Field {
        let steps: Steps = [.member("fields"), .member(name)]
        try checkName(name, steps)
        let object = try object(
            value, steps, keys: ["path", "paths", "separator", "type", "required", "stored"])
        var paths: [FieldPath] = []
        switch (object["path"], object["paths"]) {
        case (let path?, nil): paths = [try fieldPath(path, steps + [.member("path")])]
        case (nil, .array(let several)?) where !several.isEmpty:
            for (number, path) in several.enumerated() {
                paths.append(try fieldPath(path, steps + [.member("paths"), .element(number)]))
            }
        case (nil, _?): throw fault(steps + [.member("paths")], "must be an array of JSONPaths")
        case (_?, _?): throw fault(steps + [.member("paths")], "stands beside \"path\": give one of them")
        case (nil, nil): throw fault(steps, "lacks \"path\", such as \"$.\(name)\"")
        }
        let typeSteps = steps + [.member("type")]
        let names = PipelineDescription.FieldType.allCases.map(\.rawValue).joined(separator: ", ")
        guard let given = object["type"] else { throw fault(steps, "lacks \"type\": one of \(names)") }
        let typeName = try text(given, typeSteps)
        guard let type = PipelineDescription.FieldType(rawValue: typeName) else {
            throw fault(typeSteps, "'\(typeName)' is no type; write one of \(names)")
        }
        var field = PipelineDescription.Field(name: name, paths: paths, type: type)
        field.isRequired = try flag(object["required"], steps + [.member("required")])
        field.isStored = try flag(object["stored"], steps + [.member("stored")])
        if let separator = object["separator"] {
            field.separator = try text(separator, steps + [.member("separator")])
        }
        if paths.count > 1, type != .text {
            throw fault(typeSteps, "several paths make a text: write \"type\": \"text\", or one path")
        }
        if paths.count > 1, field.isRequired {
            throw fault(
                steps + [.member("required")], "cannot be said of several paths: make a field of its own of one")
        }
        if type == .texts, field.isStored {
            throw fault(steps + [.member("stored")], "texts cannot be stored; take the first with a text of $.….[0]")
        }
        return field
    }

    /// The names of nodes that there are whatever the description.
    private static let takenNames: Set<String> = [
        "parse", "hash", "id", "combine", "store", DocumentReader.documents, DocumentReader.lines,
        DocumentReader.starts, DocumentReader.ends,
    ]

    private func checkName(_ name: String, _ steps: Steps) throws(PipelineFileError) {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
        }
        guard !name.isEmpty, name.utf8.count <= 64, isPlain else {
            throw fault(steps, "names are of letters, digits, - _ and ., 64 at most")
        }
        guard !Self.takenNames.contains(name), !name.hasPrefix("embed-"), !name.hasPrefix("encode-") else {
            throw fault(steps, "the name is a node's of every pipeline: choose another")
        }
    }

    private func check(
        _ field: PipelineDescription.Field, in description: PipelineDescription
    ) throws(PipelineFileError) {
        // A path has one column, whoever reads it.
        for taken in description.documentFields where field.paths.contains(taken.path) {
            guard taken.kind == field.type.kind else {
                throw fault(
                    [.member("fields"), .member(field.name), .member("type")],
                    "\(taken.path.jsonPath) is taken as another type before (id is a category): give both the same")
            }
        }
    }

    // MARK: Parts

    private func part(
        _ value: JSONValue, _ steps: Steps, of description: PipelineDescription
    ) throws(PipelineFileError) -> PipelineDescription.Part {
        let object = try object(
            value, steps,
            keys: ["name", "fields", "encoder", "weight", "query", "dimension", "largest", "half_life_days", "as_of"])
        let fields = try partFields(object, steps, of: description)
        let encoder = try encoder(object, steps)
        let types: [PipelineDescription.FieldType] =
            switch encoder {
            case .text: [.text, .texts, .category, .date]
            case .category: [.text, .category]
            case .number: [.number]
            case .recency: [.date]
            }
        for field in fields where !types.contains(field.type) {
            let taken = types.map(\.rawValue).joined(separator: ", ")
            throw fault(
                steps + [.member("encoder")],
                "does not take '\(field.name)', of type \(field.type.rawValue), but \(taken)")
        }
        if encoder != .text, fields.count > 1 {
            throw fault(steps + [.member("fields")], "only the encoder text takes several fields: make a part of each")
        }
        let weightSteps = steps + [.member("weight")]
        let weight = Float(try positive(object["weight"], weightSteps, "1 or 0.25"))
        guard weight.isFinite, weight > 0 else { throw fault(weightSteps, "is out of the range of a 32-bit number") }
        var name = fields.map(\.name).joined(separator: "-")
        if let given = object["name"] {
            name = try text(given, steps + [.member("name")])
            try checkName(name, steps + [.member("name")])
        }
        var part = PipelineDescription.Part(name: name, fields: fields.map(\.name), encoder: encoder, weight: weight)
        part.takesQuery = try flag(object["query"], steps + [.member("query")])
        if part.takesQuery, encoder != .text {
            throw fault(steps + [.member("query")], "only the encoder text takes a query's text")
        }
        let joins = PipelineDescription.joins(fields)
        guard !description.vector.contains(where: { $0.name == name }), !joins || description.field(name) == nil else {
            throw fault(steps, "the name '\(name)' is taken: give the part another \"name\"")
        }
        return part
    }

    private func partFields(
        _ object: JSONObject, _ steps: Steps, of description: PipelineDescription
    ) throws(PipelineFileError) -> [PipelineDescription.Field] {
        guard case .array(let names)? = object["fields"], !names.isEmpty else {
            throw fault(steps + [.member("fields")], "must be an array of names of fields")
        }
        var fields: [PipelineDescription.Field] = []
        for (number, value) in names.enumerated() {
            let place = steps + [.member("fields"), .element(number)]
            let name = try text(value, place)
            guard let field = description.field(name) else {
                let known = description.fields.map(\.name).joined(separator: ", ")
                throw fault(place, "there is no field '\(name)'; there are \(known)")
            }
            guard !fields.contains(field) else { throw fault(place, "stands there twice") }
            fields.append(field)
        }
        return fields
    }

    private func encoder(
        _ object: JSONObject, _ steps: Steps
    ) throws(PipelineFileError) -> PipelineDescription.Encoder {
        let place = steps + [.member("encoder")]
        guard let given = object["encoder"] else {
            throw fault(steps, "lacks \"encoder\": text, category, number or recency")
        }
        let name = try text(given, place)
        let own: [String: [String]] = [
            "text": [], "category": ["dimension"], "number": ["largest"], "recency": ["half_life_days", "as_of"],
        ]
        guard let keys = own[name] else {
            throw fault(place, "'\(name)' is no encoder; write text, category, number or recency")
        }
        for key in own.values.joined() where object[key] != nil && !keys.contains(key) {
            throw fault(steps + [.member(key)], "is nothing of the encoder \(name)")
        }
        switch name {
        case "category":
            guard let value = object["dimension"] else { return .category(dimension: 16) }
            guard case .integer(let dimension) = value, (1...4096).contains(dimension) else {
                throw fault(steps + [.member("dimension")], "must be a whole number from 1 to 4096")
            }
            return .category(dimension: Int(dimension))
        case "number":
            return .number(largest: try positive(object["largest"], steps + [.member("largest")], "1000000"))
        case "recency":
            let days = try positive(object["half_life_days"], steps + [.member("half_life_days")], "365")
            let place = steps + [.member("as_of")]
            guard case .string(let text)? = object["as_of"], let day = CalendarDay(text.utf8) else {
                throw fault(place, "must be the day up to which ages are counted, such as \"2026-01-01\"")
            }
            return .recency(halfLifeDays: days, asOf: day)
        default: return .text
        }
    }
}
