/// The pieces that words are cut into, by their bytes: what `vocab.txt` holds, a line a piece, its number that of the line.
public struct WordPieceVocabulary: Sendable {
    /// The pieces end to end, and where each starts; one start more than there are pieces.
    private let bytes: [UInt8]
    private let starts: [Int]
    /// Open addressing by the hash of a piece; -1 is a free place.
    private let slots: [Int32]

    let unknown: Int32
    let start: Int32
    let end: Int32
    public var count: Int { starts.count - 1 }

    /// - Parameters:
    ///   - text: of `vocab.txt`.
    ///   - path: for messages.
    ///   - limit: how many pieces the model has vectors for.
    public init(_ text: [UInt8], path: String, limit: Int) throws(TransformerError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var starts = [0]
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            guard starts.count <= limit else {
                throw TransformerError(
                    path, .vocabulary("there are more pieces than vocab_size \(limit)", line: starts.count))
            }
            bytes += line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            starts.append(bytes.count)
        }
        var places = 16
        while places < starts.count * 2 { places *= 2 }
        var slots = Array(repeating: Int32(-1), count: places)
        for piece in 0..<starts.count - 1 {
            let text = bytes[starts[piece]..<starts[piece + 1]]
            var place = Self.hash(text) & (places - 1)
            // Of two equal lines the later one counts, as where this format comes from.
            while slots[place] >= 0 {
                let other = Int(slots[place])
                if bytes[starts[other]..<starts[other + 1]].elementsEqual(text) { break }
                place = (place + 1) & (places - 1)
            }
            slots[place] = Int32(piece)
        }
        self.bytes = bytes
        self.starts = starts
        self.slots = slots
        func number(_ token: String) throws(TransformerError) -> Int32 {
            guard let number = Self.find(Array(token.utf8)[...], bytes, starts, slots) else {
                throw TransformerError(path, .noToken(token))
            }
            return number
        }
        unknown = try number("[UNK]")
        start = try number("[CLS]")
        end = try number("[SEP]")
    }

    /// The number of a piece, `##` in front of one that goes on a word.
    func number(_ piece: ArraySlice<UInt8>) -> Int32? { Self.find(piece, bytes, starts, slots) }

    /// The text of a piece.
    public subscript(number: Int32) -> String {
        String(decoding: bytes[starts[Int(number)]..<starts[Int(number) + 1]], as: UTF8.self)
    }

    private static func find(
        _ piece: ArraySlice<UInt8>, _ bytes: [UInt8], _ starts: [Int], _ slots: [Int32]
    ) -> Int32? {
        var place = hash(piece) & (slots.count - 1)
        while slots[place] >= 0 {
            let number = Int(slots[place])
            if starts[number + 1] - starts[number] == piece.count,
                bytes[starts[number]..<starts[number + 1]].elementsEqual(piece)
            {
                return slots[place]
            }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a: short, and pieces are.
    private static func hash(_ piece: ArraySlice<UInt8>) -> Int {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in piece { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (state ^ state >> 32) & 0x7FFF_FFFF)
    }
}
