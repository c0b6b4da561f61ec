internal import SwiftProtobuf

/// Finds where a message that could not be decoded is broken, since the decoder itself does not say. Also how an
/// uncompressed pprof file is told from text.
enum PprofFault {
    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    private struct Field {
        var number: UInt64
        var wireType: WireType
        var content: Range<Int>
    }

    private static let highestField = 15

    /// The innermost known part that is malformed, and the byte at which it begins. O(bytes).
    static func locate(in bytes: [UInt8]) -> ProfileReadError.Reason {
        var offset = 0
        while offset < bytes.count {
            guard let field = field(bytes, at: offset) else { return .badMessage("the profile", byte: offset) }
            if let name = malformedPart(field, bytes) { return .badMessage(name, byte: offset) }
            offset = field.content.upperBound
        }
        return .badMessage("the profile", byte: 0)
    }

    /// Whether the bytes are fields that a profile can have, one after the other to the end. O(fields).
    static func looksLikeProfile(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let field = field(bytes, at: offset), field.number <= highestField, field.wireType != .fixed32,
                field.wireType != .fixed64
            else { return false }
            offset = field.content.upperBound
        }
        return !bytes.isEmpty
    }

    private static func malformedPart(_ field: Field, _ bytes: [UInt8]) -> String? {
        guard field.wireType == .lengthDelimited else { return nil }
        let content = Array(bytes[field.content])
        return switch field.number {
        case 1, 11: isMalformed(Hearth_Pprof_ValueType.self, content) ? "a value type" : nil
        case 2: isMalformed(Hearth_Pprof_Sample.self, content) ? "a sample" : nil
        case 3: isMalformed(Hearth_Pprof_Mapping.self, content) ? "a mapping" : nil
        case 4: isMalformed(Hearth_Pprof_Location.self, content) ? "a location" : nil
        case 5: isMalformed(Hearth_Pprof_Function.self, content) ? "a function" : nil
        default: nil
        }
    }

    private static func isMalformed<Part: Message>(_ type: Part.Type, _ content: [UInt8]) -> Bool {
        (try? Part(serializedBytes: content)) == nil
    }

    private static func field(_ bytes: [UInt8], at offset: Int) -> Field? {
        guard let (tag, start) = varint(bytes, at: offset), tag >> 3 > 0, let type = WireType(rawValue: tag & 7) else {
            return nil
        }
        let end: Int
        switch type {
        case .varint:
            guard let (_, after) = varint(bytes, at: start) else { return nil }
            end = after
        case .fixed64: end = start + 8
        case .fixed32: end = start + 4
        case .lengthDelimited:
            guard let (length, after) = varint(bytes, at: start), length <= UInt64(bytes.count - after) else {
                return nil
            }
            return Field(number: tag >> 3, wireType: type, content: after..<after + Int(length))
        }
        return end <= bytes.count ? Field(number: tag >> 3, wireType: type, content: start..<end) : nil
    }

    private static func varint(_ bytes: [UInt8], at offset: Int) -> (value: UInt64, end: Int)? {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard offset + index < bytes.count else { return nil }
            let byte = bytes[offset + index]
            value |= UInt64(byte & 0x7F) << UInt64(index * 7)
            if byte < 0x80 { return (value, offset + index + 1) }
        }
        return nil
    }
}
