internal import HearthGraph

/// Named columns of equal length, side by side. Arrow's struct.
public struct RecordColumn: Hashable, Sendable {
    public let count: Int
    public private(set) var columns: [String: Column]

    /// - Precondition: every column has `count` items.
    public init(count: Int, columns: [String: Column]) {
        precondition(columns.values.allSatisfy { $0.count == count }, "columns of a record are of one length")
        self.count = count
        self.columns = columns
    }

    public subscript(_ name: String) -> Column? { columns[name] }

    /// In the order of their letters.
    public var names: [String] { columns.keys.sorted() }
}

extension RecordColumn: ItemStorage {
    var byteCount: Int { columns.values.reduce(0) { $0 + $1.byteCount } }
    var emptied: RecordColumn { RecordColumn(count: 0, columns: columns.mapValues(\.emptied)) }

    func isNull(_ item: Int) -> Bool { false }

    /// Some of the items, sharing the memory. O(columns).
    public func slice(_ range: Range<Int>) -> RecordColumn {
        RecordColumn(count: range.count, columns: columns.mapValues { $0.slice(range) })
    }

    /// A record has no validity of its own: a null of it is one of every column.
    package func withValidity(_ validity: Validity) -> RecordColumn {
        RecordColumn(count: count, columns: columns.mapValues { $0.nulled(where: validity) })
    }

    /// A record has no validity of its own: every column of it gets a null.
    mutating func appendNull() {
        self = RecordColumn(count: count + 1, columns: columns.mapValues { $0.followedByNull() })
    }

    mutating func append(_ item: Int, of other: RecordColumn) { append(contentsOf: other.slice(item..<item + 1)) }

    mutating func append(contentsOf other: RecordColumn) {
        let records = [Column.record(self), .record(other)]
        self = RecordColumn(count: count + other.count, joining: records) { columns, _ in Column.concatenation(columns)
        }
    }

    /// A record of what `join` makes of the columns of one name of several records.
    ///
    /// Names of a record may differ by batch in theory; what one of them lacks, or has of another type, is left out.
    init(count: Int, joining records: [Column], _ join: ([Column], ColumnType) -> Column) {
        let records = records.map { column in
            guard case .record(let record) = column.content else {
                preconditionFailure("columns of several types cannot be put together")
            }
            return record
        }
        var joined: [String: Column] = [:]
        for (name, column) in records.first?.columns ?? [:] {
            let columns = records.compactMap { $0[name] }.filter { $0.type == column.type }
            if columns.count == records.count { joined[name] = join(columns, column.type) }
        }
        self.init(count: count, columns: joined)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) {
        for name in names { columns[name]?.hash(item, into: &hasher) }
    }

    func isSame(_ item: Int, as otherItem: Int, of other: RecordColumn) -> Bool {
        columns.count == other.columns.count
            && columns.allSatisfy { name, column in
                other[name].map { column.isSame(item, as: otherItem, of: $0) } ?? false
            }
    }
}
