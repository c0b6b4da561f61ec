/// Which fields are taken from documents, and how a vector is made of them.
public struct PipelineDescription: Hashable, Sendable {
    public enum FieldType: String, CaseIterable, Hashable, Sendable {
        /// A string.
        case text
        /// All strings that stand there.
        case texts
        case number
        /// A string, or an integer as it is written.
        case category
        /// A string that begins as in `2026-11-27`.
        case date
    }

    public struct Field: Hashable, Sendable {
        public var name: String
        /// Several only of a text: those that are there, with the separator between.
        public var paths: [FieldPath]
        public var type: FieldType
        public var separator = " "
        /// A document without it is set aside.
        public var isRequired = false
        /// Whether queries show it and filter by it.
        public var isStored = false
    }

    public enum Encoder: Hashable, Sendable {
        /// By the model that was chosen.
        case text
        /// Equal categories equal, others nearly at right angles.
        case category(dimension: Int)
        /// Sizes of one magnitude near each other; all from `largest` on are equal.
        case number(largest: Double)
        /// What is new near each other: half of its freshness is gone after so many days before `asOf`.
        case recency(halfLifeDays: Double, asOf: CalendarDay)
    }

    /// A part of the vector.
    public struct Part: Hashable, Sendable {
        public var name: String
        public var fields: [String]
        public var encoder: Encoder
        /// Its share in the vector is the square of this over the sum of squares.
        public var weight: Float
        /// Whether a query's text stands in this part.
        public var takesQuery = false
    }

    /// What a document is known by.
    public var id: FieldPath
    public var fields: [Field]
    public var vector: [Part]

    /// The documents that `hearth-ingest corpus` makes.
    public static let packages = PipelineDescription(
        id: path("id"),
        fields: [
            Field(name: "name", paths: [path("name")], type: .text, isRequired: true, isStored: true),
            Field(name: "version", paths: [path("version")], type: .text, isRequired: true, isStored: true),
            Field(name: "section", paths: [path("section")], type: .text, isStored: true),
            Field(
                name: "maintainer", paths: [path("maintainer.name"), path("maintainer.email")], type: .text,
                isStored: true),
            Field(
                name: "summary", paths: [path("description.short")], type: .text, isRequired: true, isStored: true),
            Field(
                name: "description", paths: [path("description.short"), path("description.long")], type: .text,
                separator: "\n"),
            Field(name: "depends", paths: [path("depends[].name")], type: .texts),
            Field(name: "tags", paths: [path("tags[]")], type: .texts),
            Field(name: "size", paths: [path("size.installed_kib")], type: .number, isStored: true),
        ],
        vector: [
            Part(name: "description", fields: ["description"], encoder: .text, weight: 1, takesQuery: true),
            Part(name: "name", fields: ["name"], encoder: .text, weight: 0.6, takesQuery: true),
            Part(name: "relations", fields: ["depends", "tags"], encoder: .text, weight: 0.3),
            Part(name: "section", fields: ["section"], encoder: .category(dimension: 16), weight: 0.2),
            // In KiB: 16 GiB, above which all are equally large.
            Part(name: "size", fields: ["size"], encoder: .number(largest: 16.0 * 1024 * 1024), weight: 0.1),
        ])

    private static func path(_ text: String) -> FieldPath {
        // Written by us, and read by every test that builds a pipeline.
        do { return try FieldPath(text) } catch { preconditionFailure("\(error)") }
    }

    /// The fields that are taken from a document, each path once.
    var documentFields: [DocumentField] {
        var taken = [DocumentField(id, .identifier, isRequired: true)]
        for field in fields {
            for path in field.paths {
                if let known = taken.firstIndex(where: { $0.path == path }) {
                    taken[known].isRequired = taken[known].isRequired || field.isRequired
                } else {
                    taken.append(DocumentField(path, field.type.kind, isRequired: field.isRequired))
                }
            }
        }
        return taken
    }

    func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}

extension PipelineDescription.FieldType {
    var kind: DocumentField.Kind {
        switch self {
        case .text, .date: .text
        case .texts: .texts
        case .number: .number
        case .category: .identifier
        }
    }
}

extension PipelineDescription.Part {
    /// The node that makes it.
    var node: String { encoder == .text ? "embed-\(name)" : "encode-\(name)" }
}
