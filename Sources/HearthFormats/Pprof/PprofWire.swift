internal import SwiftProtobuf

/// pprof's bytes, field by field: a message of a million samples is never decoded as a whole, and what is wrong has its byte.
struct PprofWire {
    fileprivate enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    struct Field {
        var number: UInt64
        /// Where its tag begins.
        var byte: Int
        var content: Range<Int>
        /// Of a varint.
        var value: UInt64 = 0
        fileprivate var wireType: WireType

        var isMessage: Bool { wireType == .lengthDelimited }
        var isNumber: Bool { wireType == .varint }
    }

    private static let highestField = 15
    /// What a nested message takes as a value of Swift, about.
    private static let bytesPerMessage = 64

    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, in: bytes.indices) }

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end.
    mutating func next() throws(ProfileReadError.Reason) -> Field? {
        guard offset < end else { return nil }
        guard let field = Self.field(bytes, at: offset, end: end) else {
            throw .badMessage("the profile", byte: offset)
        }
        offset = field.content.upperBound
        return field
    }

    /// The message that a field holds.
    ///
    /// - Parameters:
    ///   - name: what it is called in errors.
    ///   - limit: bytes of memory that it may take, about.
    static func message<Part: Message>(
        _ type: Part.Type, _ field: Field, of bytes: [UInt8], _ name: String, limit: Int
    ) throws(ProfileReadError.Reason) -> Part {
        guard decodedSize(field, of: bytes) <= limit else { throw .tooMuchMemory(limit: limit) }
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        do {
            return try Part(serializedBytes: Array(bytes[field.content]), options: options)
        } catch {
            throw .badMessage(name, byte: field.byte)
        }
    }

    /// Whether the bytes are fields that a profile can have, one after the other to the end. O(fields).
    static func looksLikeProfile(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let field = field(bytes, at: offset, end: bytes.count), field.number <= highestField,
                field.isNumber || field.isMessage
            else { return false }
            offset = field.content.upperBound
        }
        return !bytes.isEmpty
    }

    /// The memory that the decoded message takes, about; what is malformed counts nothing. O(bytes).
    private static func decodedSize(_ field: Field, of bytes: [UInt8]) -> Int {
        var size = bytesPerMessage
        var inner = field.content.lowerBound
        let end = field.content.upperBound
        while inner < end, let nested = Self.field(bytes, at: inner, end: end) {
            inner = nested.content.upperBound
            // A packed list has a number in each byte at most.
            size += bytesPerMessage + 8 * nested.content.count
        }
        return size
    }

    /// The field that begins at `offset` and ends by `end`; nil when there is none.
    private static func field(_ bytes: [UInt8], at offset: Int, end: Int) -> Field? {
        guard let (tag, start) = varint(bytes, at: offset, end: end), tag >> 3 > 0,
            let type = WireType(rawValue: tag & 7)
        else { return nil }
        var field = Field(number: tag >> 3, byte: offset, content: start..<start, wireType: type)
        switch type {
        case .varint:
            guard let (value, after) = varint(bytes, at: start, end: end) else { return nil }
            field.value = value
            field.content = start..<after
        case .fixed64: field.content = start..<start + 8
        case .fixed32: field.content = start..<start + 4
        case .lengthDelimited:
            guard let (length, after) = varint(bytes, at: start, end: end), length <= UInt64(end - after) else {
                return nil
            }
            field.content = after..<after + Int(length)
        }
        return field.content.upperBound <= end ? field : nil
    }

    /// The number that begins at `offset`, and where it ends; nil when there is none.
    static func varint(_ bytes: [UInt8], at offset: Int, end: Int) -> (value: UInt64, end: Int)? {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard offset + index < end else { return nil }
            let byte = bytes[offset + index]
            value |= UInt64(byte & 0x7F) << UInt64(index * 7)
            if byte < 0x80 { return (value, offset + index + 1) }
        }
        return nil
    }
}
