internal import Foundation
internal import HearthGraph

/// The items of a column in Foundation's coders' terms.
///
/// Rows are written one by one, as a service does that hands over rows. A record is an object of its columns, each with its type,
/// since a reader could not know it.
struct JSONItems: Codable {
    static let typeKey = CodingUserInfoKey(rawValue: "column type") ?? { preconditionFailure("a key has a name") }()

    private enum RecordKey: String, CodingKey { case count, columns }
    private enum ColumnKey: String, CodingKey { case type, items }
    private struct NameKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let column: Column

    init(_ column: Column) { self.column = column }

    // MARK: Writing

    func encode(to encoder: any Encoder) throws {
        switch column.content {
        case .text(let texts): try write(texts.count, to: encoder) { texts.text($0) }
        case .bytes(let bytes): try write(bytes.count, to: encoder) { bytes[$0].map { Data($0) } }
        case .texts(let lists): try write(lists.count, to: encoder) { lists[$0] }
        case .boolean(let values): try write(values.count, to: encoder) { values[$0] }
        case .integer32(let values): try write(values.count, to: encoder) { values[$0] }
        case .integer(let values): try write(values.count, to: encoder) { values[$0] }
        case .float(let values): try write(values.count, to: encoder) { values[$0] }
        case .number(let values): try write(values.count, to: encoder) { values[$0] }
        case .vector(let vectors):
            try write(vectors.count, to: encoder) { vectors.isNull($0) ? nil : Array(vectors[$0]) }
        case .record(let record):
            var object = encoder.container(keyedBy: RecordKey.self)
            try object.encode(record.count, forKey: .count)
            var columns = object.nestedContainer(keyedBy: NameKey.self, forKey: .columns)
            for (name, column) in record.columns {
                var pair = columns.nestedContainer(keyedBy: ColumnKey.self, forKey: NameKey(stringValue: name))
                try pair.encode(column.type.description, forKey: .type)
                try pair.encode(JSONItems(column), forKey: .items)
            }
        }
    }

    private func write<Value: Encodable>(_ count: Int, to encoder: any Encoder, _ value: (Int) -> Value?) throws {
        var items = encoder.unkeyedContainer()
        for item in 0..<count {
            if let value = value(item) { try items.encode(value) } else { try items.encodeNil() }
        }
    }

    // MARK: Reading

    init(from decoder: any Decoder) throws {
        guard let type = decoder.userInfo[Self.typeKey] as? ColumnType else {
            preconditionFailure("a reader says of which type the column is")
        }
        try self.init(from: decoder, as: type)
    }

    private init(from decoder: any Decoder, as type: ColumnType) throws {
        switch type {
        case .text: column = .text(BytesColumn(try Self.items(of: decoder, as: String.self)))
        case .bytes:
            var bytes = BytesColumn()
            for item in try Self.items(of: decoder, as: Data.self) {
                if let item { bytes.append(item) } else { bytes.appendNull() }
            }
            column = .bytes(bytes)
        case .texts: column = .texts(ListColumn(try Self.items(of: decoder, as: [String].self)))
        case .boolean: column = .boolean(BooleanColumn(try Self.items(of: decoder, as: Bool.self)))
        case .integer32: column = .integer32(Integer32Column(try Self.items(of: decoder, as: Int32.self)))
        case .integer: column = .integer(IntegerColumn(try Self.items(of: decoder, as: Int64.self)))
        case .float: column = .float(FloatColumn(try Self.items(of: decoder, as: Float.self)))
        case .number: column = .number(NumberColumn(try Self.items(of: decoder, as: Double.self)))
        case .vector(let dimension):
            var vectors = VectorColumn(dimension: dimension)
            for item in try Self.items(of: decoder, as: [Float].self) {
                if let item { vectors.append(item) } else { vectors.appendNull() }
            }
            column = .vector(vectors)
        case .record: column = .record(try Self.record(of: decoder))
        }
    }

    private static func record(of decoder: any Decoder) throws -> RecordColumn {
        let object = try decoder.container(keyedBy: RecordKey.self)
        let columns = try object.nestedContainer(keyedBy: NameKey.self, forKey: .columns)
        var record: [String: Column] = [:]
        for name in columns.allKeys {
            let pair = try columns.nestedContainer(keyedBy: ColumnKey.self, forKey: name)
            let text = try pair.decode(String.self, forKey: .type)
            guard let type = ColumnType(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .type, in: pair, debugDescription: "'\(text)' is no type of a column")
            }
            record[name.stringValue] = try JSONItems(from: try pair.superDecoder(forKey: .items), as: type).column
        }
        return RecordColumn(count: try object.decode(Int.self, forKey: .count), columns: record)
    }

    private static func items<Value: Decodable>(of decoder: any Decoder, as type: Value.Type) throws -> [Value?] {
        var container = try decoder.unkeyedContainer()
        var items: [Value?] = []
        items.reserveCapacity(container.count ?? 0)
        while !container.isAtEnd {
            items.append(try container.decodeNil() ? nil : container.decode(Value.self))
        }
        return items
    }
}
