internal import HearthFiles

/// An open segment and the records in it, each checked against its checksum. Copies share the open file.
struct SegmentReader {
    struct Record {
        var kind: UInt8
        var offset: Int
        /// Header and payload.
        var size: Int
        var payload: ByteCursor
    }

    let header: ProcessRecord
    /// Nil while the segment is written, and after its writer died.
    let trailer: SegmentTrailer?
    /// Where the first record behind the header begins.
    let firstRecord: Int
    private var input: ReadAhead

    var file: SegmentFile { input.file }
    var size: Int { input.size }
    var columns: Int { header.sampleTypes.count }

    init(_ file: SegmentFile) throws(SegmentFault) {
        let path = file.path
        let size: Int
        do throws(FileError) {
            size = try file.status().size
        } catch {
            throw SegmentFault(path: path, byte: 0, reason: .file(error))
        }
        guard size <= StoreFormat.segmentLimit else {
            throw SegmentFault(path: path, byte: 0, reason: .tooLarge(limit: StoreFormat.segmentLimit))
        }
        input = ReadAhead(file, size: size)
        try Self.checkMagic(&input)
        let first = StoreFormat.fileHeaderSize
        let record = try Self.record(&input, at: first)
        guard record.kind == StoreFormat.RecordKind.process.rawValue else {
            throw SegmentFault(path: path, byte: first, reason: .malformed("no process record at the beginning"))
        }
        var payload = record.payload
        do throws(Malformed) {
            header = try ProcessRecord(&payload)
        } catch {
            throw SegmentFault(path: path, byte: first, reason: .malformed(error.what))
        }
        firstRecord = first + record.size
        trailer = Self.trailer(input)
    }

    /// The record at this byte. O(size of it).
    mutating func record(at offset: Int) throws(SegmentFault) -> Record { try Self.record(&input, at: offset) }

    /// The record at this byte, which is of this kind.
    mutating func record(_ kind: StoreFormat.RecordKind, at offset: Int) throws(SegmentFault) -> Record {
        let record = try record(at: offset)
        guard record.kind == kind.rawValue else {
            throw fault(offset, Malformed("a record of kind \(record.kind) in place of \(kind.rawValue)"))
        }
        return record
    }

    func fault(_ offset: Int, _ error: Malformed) -> SegmentFault {
        SegmentFault(path: file.path, byte: offset, reason: .malformed(error.what))
    }

    /// Whether a whole record stands anywhere behind `offset`: then what is wrong there is no torn tail. O(bytes behind).
    mutating func hasRecord(after offset: Int) -> Bool {
        var tries = 0
        var position = offset + 1
        while position < size {
            let count = min(1 << 16, size - position)
            guard let start = try? input.load(position, count: count) else { return false }
            let mark = UInt8(truncatingIfNeeded: RecordFrame.sync)
            guard let next = input.bytes[start..<start + count].firstIndex(of: mark) else {
                position += count
                continue
            }
            position += next - start
            if (try? record(at: position)) != nil { return true }
            // Checksums of what only looks like records would take for ever.
            if let start = try? input.load(position, count: min(RecordFrame.headerSize, size - position)),
                RecordFrame.header(input.bytes, at: start) != nil
            {
                tries += 1
                if tries > 64 { return true }
            }
            position += 1
        }
        return false
    }

    private static func checkMagic(_ input: inout ReadAhead) throws(SegmentFault) {
        let magic = StoreFormat.magic
        guard let start = try input.load(0, count: StoreFormat.fileHeaderSize),
            input.bytes[start..<start + magic.count].elementsEqual(magic)
        else { throw SegmentFault(path: input.file.path, byte: 0, reason: .notASegment) }
        let version = input.bytes[start + magic.count]
        guard version == StoreFormat.version else {
            throw SegmentFault(path: input.file.path, byte: magic.count, reason: .unsupportedVersion(version))
        }
    }

    private static func record(_ input: inout ReadAhead, at offset: Int) throws(SegmentFault) -> Record {
        guard let start = try input.load(offset, count: RecordFrame.headerSize),
            let header = RecordFrame.header(input.bytes, at: start),
            let start = try input.load(offset, count: header.size),
            RecordFrame.isWhole(header, input.bytes, at: start)
        else { throw SegmentFault(path: input.file.path, byte: offset, reason: .damaged) }
        let payload = start + RecordFrame.headerSize..<start + header.size
        return Record(kind: header.kind, offset: offset, size: header.size, payload: ByteCursor(input.bytes, payload))
    }

    /// Nil where the segment does not end with one.
    private static func trailer(_ input: ReadAhead) -> SegmentTrailer? {
        var tail = ReadAhead(input.file, size: input.size)
        let offset = input.size - SegmentTrailer.size
        guard offset > StoreFormat.fileHeaderSize, let record = try? record(&tail, at: offset),
            record.kind == StoreFormat.RecordKind.trailer.rawValue
        else { return nil }
        var payload = record.payload
        return try? SegmentTrailer(&payload, fileSize: input.size)
    }
}
