internal import SwiftProtobuf

/// pprof's bytes looked at without decoding them: what swift-protobuf does not say of a message that it refuses, or of
/// one that it would take all memory to accept.
enum PprofWire {
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
    /// Fields of the profile whose messages hold messages or many numbers: samples and locations.
    private static let nesting: Set<UInt64> = [2, 4]
    /// What a message takes as a value of Swift, about.
    private static let bytesPerMessage = 64

    /// The innermost known part that is malformed, and the byte at which it begins. O(bytes).
    static func fault(in bytes: [UInt8]) -> ProfileReadError.Reason {
        var offset = 0
        while offset < bytes.count {
            guard let field = field(bytes, at: offset, end: bytes.count) else {
                return .badMessage("the profile", byte: offset)
            }
            if let name = malformedPart(field, bytes) { return .badMessage(name, byte: offset) }
            offset = field.content.upperBound
        }
        return .badMessage("the profile", byte: 0)
    }

    /// Whether the bytes are fields that a profile can have, one after the other to the end. O(fields).
    static func looksLikeProfile(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let field = field(bytes, at: offset, end: bytes.count), field.number <= highestField,
                field.wireType == .varint || field.wireType == .lengthDelimited
            else { return false }
            offset = field.content.upperBound
        }
        return !bytes.isEmpty
    }

    /// The memory that the decoded message takes, about; what is malformed counts nothing. O(bytes).
    static func decodedSize(_ bytes: [UInt8]) -> Int {
        var size = 0
        var offset = 0
        while offset < bytes.count, let part = field(bytes, at: offset, end: bytes.count) {
            offset = part.content.upperBound
            size += bytesPerMessage + (nesting.contains(part.number) ? 0 : part.content.count)
            guard nesting.contains(part.number), part.wireType == .lengthDelimited else { continue }
            var inner = part.content.lowerBound
            while inner < offset, let nested = field(bytes, at: inner, end: offset) {
                inner = nested.content.upperBound
                // A packed list has a number in each byte at most.
                size += bytesPerMessage + 8 * nested.content.count
            }
        }
        return size
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

    /// The field that begins at `offset` and ends by `end`; nil when there is none.
    private static func field(_ bytes: [UInt8], at offset: Int, end: Int) -> Field? {
        guard let (tag, start) = varint(bytes, at: offset, end: end), tag >> 3 > 0,
            let type = WireType(rawValue: tag & 7)
        else { return nil }
        var content = start..<start
        switch type {
        case .varint:
            guard let (_, after) = varint(bytes, at: start, end: end) else { return nil }
            content = start..<after
        case .fixed64: content = start..<start + 8
        case .fixed32: content = start..<start + 4
        case .lengthDelimited:
            guard let (length, after) = varint(bytes, at: start, end: end), length <= UInt64(end - after) else {
                return nil
            }
            content = after..<after + Int(length)
        }
        return content.upperBound <= end ? Field(number: tag >> 3, wireType: type, content: content) : nil
    }

    private static func varint(_ bytes: [UInt8], at offset: Int, end: Int) -> (value: UInt64, end: Int)? {
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
