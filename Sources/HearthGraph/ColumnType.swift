/// What flows along an edge: one column of a batch, a value an item.
public enum ColumnType: Hashable, Sendable, CustomStringConvertible {
    /// Bytes as they came, in no promised encoding.
    case bytes
    /// UTF-8 text.
    case text
    /// A list of texts an item.
    case texts
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
        case .number: "number"
        case .vector(let dimension): "vector(\(dimension))"
        case .record: "record"
        }
    }
}
