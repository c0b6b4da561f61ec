package import HearthRuntime

/// An item of a column as a plain value of Swift's, against which columns are held.
package enum PlainValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case bytes([UInt8])
    case texts([String])
    case vector([Float])
    case record([String: PlainValue])

    /// Every item of a column, by the column's own reading.
    package static func items(of column: Column) -> [PlainValue] {
        (0..<column.count).map { PlainValue(column, $0) }
    }

    private init(_ column: Column, _ item: Int) {
        self =
            switch column.content {
            case .bytes(let bytes): bytes[item].map { .bytes(Array($0)) } ?? .null
            case .text(let texts): texts.text(item).map { .text($0) } ?? .null
            case .texts(let lists): lists[item].map { .texts($0) } ?? .null
            case .boolean(let values): values[item].map { .boolean($0) } ?? .null
            case .integer32(let values): values[item].map { .integer(Int64($0)) } ?? .null
            case .integer(let values): values[item].map { .integer($0) } ?? .null
            case .float(let values): values[item].map { .number(Double($0)) } ?? .null
            case .number(let values): values[item].map { .number($0) } ?? .null
            case .vector(let vectors): vectors.isNull(item) ? .null : .vector(Array(vectors[item]))
            case .record(let record): .record(record.columns.mapValues { PlainValue($0, item) })
            }
    }
}

extension PlainValue: Encodable {
    /// Bytes as hexadecimal digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .bytes(let value):
            try container.encode(value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        case .texts(let value): try container.encode(value)
        case .vector(let value): try container.encode(value.map(Double.init))
        case .record(let value): try container.encode(value)
        }
    }
}

extension Column {
    /// The column with one more item, appended by its own type.
    package func appending(_ value: PlainValue) -> Column {
        switch (content, value) {
        case (.bytes(var column), _):
            if case .bytes(let bytes) = value { column.append(bytes) } else { column.appendNull() }
            return .bytes(column)
        case (.text(var column), _):
            if case .text(let text) = value { column.append(text) } else { column.appendNull() }
            return .text(column)
        case (.texts(var column), _):
            if case .texts(let texts) = value {
                for text in texts { column.appendValue(text.utf8) }
                column.finishList()
            } else {
                column.appendNull()
            }
            return .texts(column)
        case (.boolean(var column), _):
            if case .boolean(let value) = value { column.append(value) } else { column.appendNull() }
            return .boolean(column)
        case (.integer32(var column), _):
            if case .integer(let value) = value { column.append(Int32(value)) } else { column.appendNull() }
            return .integer32(column)
        case (.integer(var column), _):
            if case .integer(let value) = value { column.append(value) } else { column.appendNull() }
            return .integer(column)
        case (.float(var column), _):
            if case .number(let value) = value { column.append(Float(value)) } else { column.appendNull() }
            return .float(column)
        case (.number(var column), _):
            if case .number(let value) = value { column.append(value) } else { column.appendNull() }
            return .number(column)
        case (.vector(var column), _):
            if case .vector(let value) = value { column.append(value) } else { column.appendNull() }
            return .vector(column)
        case (.record(let record), .record(let values)):
            return .record(
                RecordColumn(
                    count: record.count + 1,
                    columns: Dictionary(
                        uniqueKeysWithValues: record.columns.map { ($0, $1.appending(values[$0] ?? .null)) })))
        case (.record(let record), _):
            return .record(
                RecordColumn(count: record.count + 1, columns: record.columns.mapValues { $0.appending(.null) }))
        }
    }
}
