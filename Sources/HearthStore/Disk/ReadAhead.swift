internal import HearthFiles

/// A segment read in pieces of 256 KiB, whichever records are asked for one after the other; the first piece is small, for
/// often the header is all that is looked at.
struct ReadAhead {
    private static let pieceSize = 1 << 18
    private static let firstPieceSize = 1 << 12

    let file: SegmentFile
    /// Bytes of the file when it was opened; what is appended later is not looked at.
    let size: Int
    private(set) var bytes: [UInt8] = []
    /// The place of `bytes` in the file.
    private(set) var start = 0

    init(_ file: SegmentFile, size: Int) {
        self.file = file
        self.size = size
    }

    /// Makes `bytes` hold this part of the file and returns where in them it begins; nil where the file ends before.
    mutating func load(_ offset: Int, count: Int) throws(SegmentFault) -> Int? {
        guard offset >= 0, count <= size - offset else { return nil }
        if offset < start || offset + count > start + bytes.count {
            // A new array: what was handed out still refers to the old one.
            do throws(FileError) {
                let piece = offset == 0 ? Self.firstPieceSize : Self.pieceSize
                bytes = try file.read(at: offset, count: min(max(count, piece), size - offset))
            } catch {
                throw SegmentFault(path: file.path, byte: offset, reason: .file(error))
            }
            start = offset
            guard bytes.count >= count else { return nil }
        }
        return offset - start
    }
}
