internal import Foundation
internal import HearthGraph

/// A column as JSON and back, by Foundation's coders: what services do that hand rows to each other.
///
/// A column is a JSON array with a value an item: a string, an array, a number, an object for a record; null for an item without
/// a value, bytes in base64.
enum JSONTransfer {
    /// The JSON as a column of one item.
    static func encode(_ column: Column) throws -> Column {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let data = try encoder.encode(JSONItems(column))
        var text = BytesColumn()
        text.append(data)
        return .bytes(text)
    }

    static func decode(_ json: Column, as type: ColumnType) throws -> Column {
        guard case .bytes(let text) = json.content, let bytes = text[0] else {
            throw RuntimeError.unreadableTransfer("no JSON")
        }
        let decoder = JSONDecoder()
        decoder.userInfo[JSONItems.typeKey] = type
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(JSONItems.self, from: Data(bytes)).column
        } catch let error as DecodingError {
            throw RuntimeError.unreadableTransfer(String(describing: error))
        }
    }
}
