internal import HearthGraph
internal import HearthRuntime

extension PipelineDescription.FieldType {
    /// What a field's node gives.
    var column: ColumnType {
        switch self {
        case .text, .category, .date: .text
        case .texts: .texts
        case .number: .number
        }
    }
}

extension PipelineDescription {
    /// A node a field: those of one path first.
    var fieldNodes: [Pipeline.Node] {
        fields.filter { $0.paths.count == 1 }.map { field in
            .init(field.name, reads: ["parse"], FieldNode(DocumentField(field.paths[0], field.type.kind)))
        }
            + fields.filter { $0.paths.count > 1 }.map { field in
                .init(
                    field.name, reads: ["parse"],
                    JoinedFieldsNode(field.paths.map { DocumentField($0, .text) }, separator: field.separator))
            }
    }

    /// Whether these become one text before they are embedded.
    static func joins(_ fields: [Field]) -> Bool { fields.count > 1 || fields.contains { $0.type == .texts } }

    /// Makes one text of the fields of a part, where it takes that.
    func joinNode(_ part: Part) -> Pipeline.Node? {
        let fields = part.fields.compactMap(field)
        guard part.encoder == .text, Self.joins(fields) else { return nil }
        if fields.allSatisfy({ $0.type == .texts }) {
            return .init(part.name, reads: part.fields, JoinedListsNode(lists: fields.count))
        }
        return .init(part.name, reads: part.fields, JoinedColumnsNode(fields.map(\.type.column)))
    }

    /// The node that the encoder of a part reads.
    func source(of part: Part) -> String {
        part.encoder == .text && Self.joins(part.fields.compactMap(field)) ? part.name : part.fields[0]
    }
}
