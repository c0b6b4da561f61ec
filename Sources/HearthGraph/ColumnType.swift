/// What flows along an edge: one column of a batch, a value an item.
public enum ColumnType: Hashable, Sendable, LosslessStringConvertible {
    /// Bytes as they came, in no promised encoding.
    case bytes
    /// UTF-8 text.
    case text
    /// A list of texts an item.
    case texts
    case boolean
    /// 32-bit integer.
    case integer32
    /// 64-bit integer.
    case integer
    /// 32-bit floating point.
    case float
    /// 64-bit floating point.
    case number
    /// A fixed number of 32-bit floats an item.
    case vector(dimension: Int)
    /// Named columns side by side.
    case record

    public var description: String {
        switch self {
        case .bytes: "bytes"
        case .text: "text"
        case .texts: "texts"
        case .boolean: "boolean"
        case .integer32: "integer32"
        case .integer: "integer"
        case .float: "float"
        case .number: "number"
        case .vector(let dimension): "vector(\(dimension))"
        case .record: "record"
        }
    }

    /// The type that describes itself so; nil where none does.
    public init?(_ description: String) {
        let plain: [ColumnType] = [.bytes, .text, .texts, .boolean, .integer32, .integer, .float, .number, .record]
        if let type = plain.first(where: { $0.description == description }) {
            self = type
        } else if description.hasPrefix("vector("), description.hasSuffix(")"),
            let dimension = Int(description.dropFirst("vector(".count).dropLast()),
            dimension >= 0, description == "vector(\(dimension))"
        {
            self = .vector(dimension: dimension)
        } else {
            return nil
        }
    }
}
