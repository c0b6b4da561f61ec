public import HearthGraph

/// One column of a batch: the items of one node's output. A reference to memory that is never written again, so that a hand-over
/// between nodes copies nothing but the reference.
public struct Column: Sendable {
    /// What kinds there are.
    public enum Content: Hashable, Sendable {
        case bytes(BytesColumn)
        case text(BytesColumn)
        case texts(ListColumn)
        case boolean(BooleanColumn)
        case integer32(Integer32Column)
        case integer(IntegerColumn)
        case float(FloatColumn)
        case number(NumberColumn)
        case vector(VectorColumn)
        case record(RecordColumn)
    }

    private final class Box: Sendable {
        let content: Content
        let type: ColumnType
        let count: Int
        let byteCount: Int
        let typeCode: Int

        init(_ content: Content) {
            self.content = content
            type = content.type
            typeCode = content.type.code
            count = content.items.count
            byteCount = content.items.byteCount
        }
    }

    private let box: Box

    public init(_ content: Content) { box = Box(content) }

    public static func bytes(_ column: BytesColumn) -> Column { Column(.bytes(column)) }
    public static func text(_ column: BytesColumn) -> Column { Column(.text(column)) }
    public static func texts(_ column: ListColumn) -> Column { Column(.texts(column)) }
    public static func boolean(_ column: BooleanColumn) -> Column { Column(.boolean(column)) }
    public static func integer32(_ column: Integer32Column) -> Column { Column(.integer32(column)) }
    public static func integer(_ column: IntegerColumn) -> Column { Column(.integer(column)) }
    public static func float(_ column: FloatColumn) -> Column { Column(.float(column)) }
    public static func number(_ column: NumberColumn) -> Column { Column(.number(column)) }
    public static func vector(_ column: VectorColumn) -> Column { Column(.vector(column)) }
    public static func record(_ column: RecordColumn) -> Column { Column(.record(column)) }

    public var content: Content { box.content }
    public var type: ColumnType { box.type }
    var typeCode: Int { box.typeCode }
    /// Items in the column.
    public var count: Int { box.count }
    /// Of its items; what several columns share, each of them counts.
    public var byteCount: Int { box.byteCount }

    /// Whether both are the same memory, not only the same values. O(1).
    public func isIdentical(to other: Column) -> Bool { box === other.box }
}

extension Column: Hashable {
    public static func == (one: Column, other: Column) -> Bool { one.box === other.box || one.content == other.content }
    public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension Column.Content {
    var items: any ItemStorage {
        switch self {
        case .bytes(let column), .text(let column): column
        case .texts(let column): column
        case .boolean(let column): column
        case .integer32(let column): column
        case .integer(let column): column
        case .float(let column): column
        case .number(let column): column
        case .vector(let column): column
        case .record(let column): column
        }
    }

    /// Nil for a record, which has none of its own.
    var validity: Validity? {
        switch self {
        case .bytes(let column), .text(let column): column.validity
        case .texts(let column): column.validity
        case .boolean(let column): column.validity
        case .integer32(let column): column.validity
        case .integer(let column): column.validity
        case .float(let column): column.validity
        case .number(let column): column.validity
        case .vector(let column): column.validity
        case .record: nil
        }
    }

    var type: ColumnType {
        switch self {
        case .bytes: .bytes
        case .text: .text
        case .texts: .texts
        case .boolean: .boolean
        case .integer32: .integer32
        case .integer: .integer
        case .float: .float
        case .number: .number
        case .vector(let column): .vector(dimension: column.dimension)
        case .record: .record
        }
    }
}
