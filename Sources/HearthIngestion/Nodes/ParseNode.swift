internal import HearthGraph
internal import HearthRuntime

/// A value to take from every document.
public struct DocumentField: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A string. Of several, the last.
        case text
        /// A string, or an integer as it is written. Of several, the last.
        case identifier
        /// Every string that stands there.
        case texts
        case number
    }

    public var path: FieldPath
    public var kind: Kind
    /// A document without a value there is set aside. (One with a value of another type is in any case; null is no value.)
    public var isRequired: Bool

    public init(_ path: FieldPath, _ kind: Kind, isRequired: Bool = false) {
        self.path = path
        self.kind = kind
        self.isRequired = isRequired
    }

    var column: ColumnType {
        switch kind {
        case .text, .identifier: .text
        case .texts: .texts
        case .number: .number
        }
    }

    var types: JSONTypes {
        switch kind {
        case .text, .texts: .string
        case .identifier: [.string, .integer]
        case .number: [.integer, .number]
        }
    }
}

/// JSON documents → their wanted fields.
struct ParseNode: NodeBody {
    let inputs: [ColumnType] = [.bytes]
    let output = ColumnType.record
    let traits = NodeTraits.itemwise

    private let parser: DocumentParser

    init(_ fields: [DocumentField], access: FieldAccess = .direct) throws {
        parser = try DocumentParser(fields, access: access)
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let (record, rejections) = try parser.record(
            of: input.bytes(), without: Set(input.rejections.map(\.item)))
        return NodeOutput(.record(record), rejections: rejections)
    }
}
