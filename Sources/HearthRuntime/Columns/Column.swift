public import HearthGraph

/// One column of a batch. Its storage is shared by whoever holds it: a hand-over between nodes copies nothing.
public enum Column: Hashable, Sendable {
    case bytes(BytesColumn)
    case text(BytesColumn)
    case texts(ListColumn)
    case number(NumberColumn)
    case vector(VectorColumn)
    case record(RecordColumn)

    /// Items in the column.
    public var count: Int {
        switch self {
        case .bytes(let column), .text(let column): column.count
        case .texts(let column): column.count
        case .number(let column): column.count
        case .vector(let column): column.count
        case .record(let column): column.count
        }
    }

    public var type: ColumnType {
        switch self {
        case .bytes: .bytes
        case .text: .text
        case .texts: .texts
        case .number: .number
        case .vector(let column): .vector(dimension: column.dimension)
        case .record: .record
        }
    }
}

/// Named columns of equal length, side by side.
public struct RecordColumn: Hashable, Sendable {
    public let count: Int
    public private(set) var columns: [String: Column]

    public init(count: Int, columns: [String: Column]) {
        self.count = count
        self.columns = columns
    }

    public subscript(_ name: String) -> Column? { columns[name] }
}
