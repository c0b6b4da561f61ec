import Foundation
import HearthFiles
import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct DocumentReaderTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private struct Document: Equatable {
        var text: String
        var line: Int
        var start: Int
        var end: Int
        var isRejected = false
    }

    private func read(
        _ path: String, _ limits: DocumentReader.Limits = .init(), offset: Int = 0, line: Int = 1
    ) throws -> [[Document]] {
        let reader = try DocumentReader(path: path, limits: limits)
        if offset > 0 { try reader.seek(to: offset, line: line) }
        var batches: [[Document]] = []
        while let batch = try reader.next() {
            guard case .bytes(let texts)? = batch.columns["documents"]?.content,
                case .number(let lines)? = batch.columns["line"]?.content,
                case .number(let starts)? = batch.columns["first-byte"]?.content,
                case .number(let ends)? = batch.columns["end-byte"]?.content
            else { preconditionFailure("columns of a reader") }
            let rejected = Set(batch.rejections.map(\.item))
            #expect(texts.bytes.count >= Int(texts.offsets.last ?? 0) + JSONScanner.padding)
            batches.append(
                (0..<batch.count).map { item in
                    Document(
                        text: texts.text(item) ?? "", line: Int(lines.values[item]), start: Int(starts.values[item]),
                        end: Int(ends.values[item]), isRejected: rejected.contains(item))
                })
        }
        return batches
    }

    @Test func gzipIsUnpackedMemberByMember() throws {
        let texts = (0..<5).map { number in (0..<700).map { "{\"id\":\(number * 1000 + $0)}\n" }.joined() }
        let plain = try folder.write(Array(texts.joined().utf8), to: "plain")
        let expected = try read(plain)
        let packed = try texts.flatMap { try Gzip.packed(Array($0.utf8)) }
        for (name, bytes) in [
            ("members", packed), ("zeros", packed + Array(repeating: 0, count: 1000)),
            ("stored", try Gzip.packed(Array(texts.joined().utf8), level: 0)),
            ("empty-first", try Gzip.packed([]) + packed),
        ] {
            let path = try folder.write(bytes, to: name)
            #expect(try read(path) == expected, "\(name)")
            #expect(DocumentReader.lineCount(path: path) == 3500)
            let third = expected.joined().dropFirst(2000).first
            #expect(
                try Array(read(path, offset: third?.start ?? 0, line: 2001).joined())
                    == Array(expected.joined().dropFirst(2000)),
                "\(name)")
        }
        #expect(try read(folder.write(try Gzip.packed([]), to: "nothing")).isEmpty)
        let trailing = try folder.write(packed + Array("text".utf8), to: "trailing")
        #expect(throws: InputError.self) { try read(trailing) }
        #expect(try read(folder.write([0x1F], to: "one")).joined().count == 1)
    }

    /// 64 MiB of one letter in 64 KiB: the line is too long, and memory stays that of the longest document allowed.
    @Test func aLineThatUnpacksWithoutEndIsCut() throws {
        let long = try Gzip.packed(Array(repeating: 0x61, count: 64 << 20))
        let path = try folder.write(long + Gzip.packed(Array("\n{b}\n".utf8)), to: "bomb")
        var limits = DocumentReader.Limits()
        limits.document = 1 << 20
        let documents = try Array(read(path, limits).joined())
        #expect(documents.map(\.isRejected) == [true, false] && documents.last?.text == "{b}")
        #expect(documents.last?.start == 64 << 20 + 1)
    }

    @Test func linesWithTheirPlaces() throws {
        let path = try folder.write(Array("\u{FEFF}{a}\r\n\n  {bb} \n\t\n{ccc}".utf8), to: "in")
        var limits = DocumentReader.Limits()
        limits.batch = 2
        #expect(
            try read(path, limits) == [
                [
                    Document(text: "{a}", line: 1, start: 3, end: 8),
                    Document(text: "{bb}", line: 3, start: 11, end: 17),
                ],
                [Document(text: "{ccc}", line: 5, start: 19, end: 24)],
            ])
        #expect(try read(path, offset: 17, line: 4) == [[Document(text: "{ccc}", line: 5, start: 19, end: 24)]])
        #expect(DocumentReader.lineCount(path: path) == 4)
    }

    @Test func anEmptyInputHasNoBatch() throws {
        #expect(try read(folder.write([], to: "empty")).isEmpty)
        #expect(try read(folder.write(Array("\n\n\n".utf8), to: "blank")).isEmpty)
    }

    @Test func documentsTooLongAreCutAndTheRestGoesOn() throws {
        var limits = DocumentReader.Limits()
        limits.document = 3_000_000
        let long = String(repeating: "x", count: 7_000_001)
        let path = try folder.write(Array("{a}\n\(long)\n{b}\n\(long)".utf8), to: "in")
        let documents = try read(path, limits).flatMap { $0 }
        #expect(documents.map(\.isRejected) == [false, true, false, true])
        #expect(documents.map(\.line) == [1, 2, 3, 4])
        #expect(documents.map(\.text.count) == [3, 65_536, 3, 65_536])
        #expect(documents.map(\.end) == [4, 7_000_006, 7_000_010, 14_000_011])
        limits.document = 7_000_001
        #expect(try read(path, limits).flatMap { $0 }.map(\.isRejected) == [false, false, false, false])
    }

    @Test func batchesAreClosedByTheirBytes() throws {
        var limits = DocumentReader.Limits()
        limits.batchBytes = 250
        let path = try folder.write(
            Array(String(repeating: String(repeating: "y", count: 99) + "\n", count: 10).utf8), to: "in")
        #expect(try read(path, limits).map(\.count) == [3, 3, 3, 1])
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let missing = folder.file("none")
        #expect(throws: FileError(.open, path: missing, code: 2)) { try DocumentReader(path: missing) }
        #expect(throws: FileError(.read, path: folder.path, code: 21)) { try DocumentReader(path: folder.path) }
        #expect(throws: FileError(.open, path: missing, code: 2)) { try InputIdentity(path: missing) }
        #expect(throws: FileError(.read, path: folder.path, code: 21)) { try InputIdentity(path: folder.path) }
        #expect(try InputIdentity(path: "/dev/null").name == nil)
    }

    // MARK: Interruption

    /// A named pipe with a writer that stays, so that reading it waits.
    private func pipe() throws -> (path: String, writer: FileHandle) {
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        return (path, try #require(FileHandle(forUpdatingAtPath: path)))
    }

    /// Writes the text from another thread, and interrupts when all of it has been read.
    private func write(_ text: String, to writer: FileHandle, then interruption: ReadInterruption) {
        Thread.detachNewThread {
            try? writer.write(contentsOf: Data(text.utf8))
            var unread: Int32 = 1
            while unread > 0 {
                guard unsafe ioctl(writer.fileDescriptor, UInt(FIONREAD), &unread) == 0 else { break }
                sched_yield()
            }
            interruption.interrupt()
        }
    }

    @Test func anInterruptionEndsTheWaitingAndKeepsWholeLines() throws {
        let (path, writer) = try pipe()
        let interruption = try ReadInterruption()
        let reader = try DocumentReader(path: path, limits: .init(), interruption: interruption)
        write("{a}\n{b}\n{half", to: writer, then: interruption)
        let batch = try #require(try reader.next())
        guard case .bytes(let texts)? = batch.columns["documents"]?.content else {
            preconditionFailure("columns of a reader")
        }
        #expect(texts.text(0) == "{a}" && texts.text(1) == "{b}")
        #expect(batch.count == 2)
        #expect(try reader.next() == nil)
        #expect(reader.wasInterrupted)
        #expect(reader.offset == 8)
        try writer.close()
    }

    @Test func aLineWithoutEndIsLeftWhenInterrupted() throws {
        let (path, writer) = try pipe()
        let interruption = try ReadInterruption()
        var limits = DocumentReader.Limits()
        limits.document = 1 << 16
        let reader = try DocumentReader(path: path, limits: limits, interruption: interruption)
        write(String(repeating: "x", count: 3 << 20), to: writer, then: interruption)
        #expect(try reader.next() == nil)
        #expect(reader.wasInterrupted)
        try writer.close()
    }

    @Test func aPipeThatNobodyWritesToIsInterrupted() throws {
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let interruption = try ReadInterruption()
        let reader = try DocumentReader(path: path, limits: .init(), interruption: interruption)
        interruption.interrupt()
        #expect(try reader.unsuitability() == nil)
        #expect(try reader.next() == nil)
        #expect(reader.wasInterrupted)
    }

    @Test func anInterruptionAtTheEndOfTheInputIsNone() throws {
        let path = try folder.write(Array("{a}\n".utf8), to: "in")
        let interruption = try ReadInterruption()
        let reader = try DocumentReader(path: path, limits: .init(), interruption: interruption)
        #expect(try reader.next()?.count == 1)
        interruption.interrupt()
        #expect(try reader.next() == nil)
        #expect(!reader.wasInterrupted)
    }
}
