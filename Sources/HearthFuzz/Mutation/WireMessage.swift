/// A protocol-buffer message taken apart, so that the lengths around a changed field stay right.
struct WireMessage {
    /// What the content of a length-delimited field is.
    indirect enum Schema {
        case bytes
        /// Numbers without tags of their own.
        case packed
        /// By field number; what is not named is bytes.
        case message([UInt64: Schema])
    }

    struct Field {
        var number: UInt64
        var content: Content
    }

    enum Content {
        case number(UInt64)
        case fixed([UInt8])
        case bytes([UInt8])
        case packed([UInt64])
        case message(WireMessage)
    }

    var fields: [Field] = []

    /// Nil when the bytes are no message.
    init?(_ bytes: ArraySlice<UInt8>, schema: [UInt64: Schema]) {
        var rest = bytes
        while !rest.isEmpty {
            guard let tag = Self.number(&rest) else { return nil }
            let size: UInt64
            switch tag & 7 {
            case 0:
                guard let number = Self.number(&rest) else { return nil }
                fields.append(Field(number: tag >> 3, content: .number(number)))
                continue
            case 1: size = 8
            case 5: size = 4
            case 2:
                guard let length = Self.number(&rest) else { return nil }
                size = length
            default: return nil
            }
            guard size <= UInt64(rest.count) else { return nil }
            let content = rest.prefix(Int(size))
            rest = rest.dropFirst(Int(size))
            let isDelimited = tag & 7 == 2
            fields.append(
                Field(
                    number: tag >> 3,
                    content: isDelimited ? Self.content(content, schema[tag >> 3] ?? .bytes) : .fixed(Array(content))))
        }
    }

    /// What is not of its schema is bytes.
    private static func content(_ bytes: ArraySlice<UInt8>, _ schema: Schema) -> Content {
        switch schema {
        case .bytes: break
        case .message(let inner):
            if let message = WireMessage(bytes, schema: inner) { return .message(message) }
        case .packed:
            var rest = bytes
            var numbers: [UInt64] = []
            while !rest.isEmpty, let number = Self.number(&rest) { numbers.append(number) }
            if rest.isEmpty { return .packed(numbers) }
        }
        return .bytes(Array(bytes))
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, through: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// The message put together. O(bytes × depth).
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            switch field.content {
            case .number(let number):
                Self.append(field.number << 3, to: &bytes)
                Self.append(number, to: &bytes)
            case .fixed(let content):
                Self.append(field.number << 3 | (content.count == 8 ? 1 : 5), to: &bytes)
                bytes += content
            case .bytes(let content): Self.append(field.number, content, to: &bytes)
            case .message(let message): Self.append(field.number, message.encoded, to: &bytes)
            case .packed(let numbers):
                var content: [UInt8] = []
                for number in numbers { Self.append(number, to: &content) }
                Self.append(field.number, content, to: &bytes)
            }
        }
        return bytes
    }

    private static func append(_ field: UInt64, _ content: [UInt8], to bytes: inout [UInt8]) {
        append(field << 3 | 2, to: &bytes)
        append(UInt64(content.count), to: &bytes)
        bytes += content
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
