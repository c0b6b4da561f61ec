/// How a body is packed on its way.
package enum ContentCoding: String, CaseIterable, Sendable {
    case identity, gzip, zstd

    /// The value of `Content-Encoding`; nil for one that is not known here, and for several on top of each other.
    package init?(field: String?) {
        let name = (field ?? "").trimmingBlanks.lowercased()
        switch name {
        case "": self = .identity
        case "x-gzip": self = .gzip
        default: self.init(rawValue: name)
        }
    }

    /// The best of what `Accept-Encoding` names and does not forbid.
    package init(accepted field: String?) {
        var allowed: Set<String> = []
        for part in (field ?? "").lowercased().split(separator: ",") {
            let words = part.split(separator: ";").map { String($0).trimmingBlanks }
            let quality = words.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if let name = words.first, quality > 0 { allowed.insert(name) }
        }
        self = allowed.contains("zstd") ? .zstd : allowed.contains("gzip") ? .gzip : .identity
    }

    /// The bytes packed, in one piece. O(bytes).
    package func packed(_ bytes: [UInt8]) -> [UInt8]? {
        switch self {
        case .identity: bytes
        case .gzip: GzipPacking.packed(bytes)
        case .zstd: ZstdPacking.packed(bytes)
        }
    }

    /// What is packed in the bytes.
    ///
    /// - Parameters:
    ///   - limit: bytes that it may have.
    ///   - reserve: asked before memory is taken, with how many bytes more; may throw.
    package func unpacked(
        _ bytes: [UInt8], limit: Int, reserve: (Int) throws(PackedBodyError) -> Void
    ) throws(PackedBodyError) -> [UInt8] {
        switch self {
        case .identity: return bytes
        case .gzip: return try unpacked(bytes, by: try GzipUnpacking(), limit: limit, reserve: reserve)
        case .zstd: return try unpacked(bytes, by: try ZstdUnpacking(), limit: limit, reserve: reserve)
        }
    }

    private static let pieceSize = 1 << 18

    private func unpacked(
        _ bytes: [UInt8], by stream: some UnpackingStream, limit: Int, reserve: (Int) throws(PackedBodyError) -> Void
    ) throws(PackedBodyError) -> [UInt8] {
        var whole: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        var consumed = 0
        while true {
            let result = try stream.step(bytes, consumed, into: &piece)
            consumed += result.consumed
            if result.produced > 0 {
                guard whole.count + result.produced <= limit else { throw .tooLong(limit: limit) }
                try reserve(result.produced)
                whole.append(contentsOf: piece[..<result.produced])
            }
            if result.isAtEnd && consumed == bytes.count { return whole }
            if result.consumed == 0 && result.produced == 0 {
                throw consumed == bytes.count ? .cut(self) : .damaged(self, byte: consumed)
            }
        }
    }
}

protocol UnpackingStream {
    /// Unpacks from `place` on, as much as there is room.
    func step(_ bytes: [UInt8], _ place: Int, into piece: inout [UInt8]) throws(PackedBodyError) -> UnpackingStep
}

/// What one call of a library has done.
struct UnpackingStep {
    var consumed: Int
    var produced: Int
    /// Whether what was begun has ended: another member or frame may follow.
    var isAtEnd: Bool
}

/// A packed body that cannot be unpacked.
package enum PackedBodyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At that byte of the packed body, or shortly before it.
    case damaged(ContentCoding, byte: Int)
    case cut(ContentCoding)
    case tooLong(limit: Int)
    /// No room is left for it now.
    case full
    case noMemory

    package var description: String {
        switch self {
        case .damaged(let coding, let byte): "the body is no \(coding), or is damaged at byte \(byte) of it"
        case .cut(let coding): "the \(coding) of the body ends too soon"
        case .tooLong(let limit): "the body is longer than \(limit) bytes when it is unpacked; send it in parts"
        case .full: "too much waits already; send it again later"
        case .noMemory: "no memory to unpack the body"
        }
    }
}

extension String {
    /// Without blanks and tabs at its ends.
    var trimmingBlanks: String {
        var text = self[...]
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        return String(text)
    }
}
