import Foundation
import HearthProfile
import HearthRandom
import HearthSyntheticService
import Testing

@testable import HearthStore

/// Segments that somebody has changed: nothing crashes, nothing that is wrong is taken for right, and what is left out is
/// said.
@Suite struct CorruptionTests {
    /// Windows that share their stacks, so that the closed segment has a digest.
    private static let profiles: [Profile] = {
        let service = SyntheticService(.small)
        return (0..<6).map { number in
            let start = SyntheticService.firstStart + Int64(number) * SyntheticService.windowDuration
            return service.window(number % 2, start: start)
        }
    }()

    private static func segment(isClosed: Bool) throws -> (test: TestStore, name: String, bytes: [UInt8]) {
        let test = try TestStore()
        let writer = test.writer()
        for profile in profiles { try writer.append(profile) }
        if isClosed { writer.close() } else { Unclosed.keep(writer) }
        let name = test.segments()[0]
        return (test, name, try test.bytes(name))
    }

    @Test func aSegmentHasADigestWhereThatSavesTime() throws {
        let (test, name, _) = try Self.segment(isClosed: true)
        #expect(try SegmentReader(SegmentFile.open(test.path(name))).trailer?.digestOffset ?? 0 > 0)
    }

    /// Each byte on its own: a window is as it was, or it is not there and that is said.
    @Test(arguments: [true, false]) func noChangedByteIsTakenForRight(isClosed: Bool) throws {
        let (test, name, bytes) = try Self.segment(isClosed: isClosed)
        let expected = Self.profiles.map(said)
        let sum = try Profile.merge(Self.profiles).withoutBlocks.canonicalRows
        var random = SeededGenerator(seed: 1)
        for index in bytes.indices where index < 400 || index % 7 == 0 || index > bytes.count - 100 {
            var changed = bytes
            changed[index] ^= UInt8(1 << (random.next() % 8))
            try test.write(changed, to: name)
            var read: [[String]] = []
            let notes = try test.store.forEachWindow { _, profile in read.append(said(by: profile)) }
            #expect(read.allSatisfy { expected.contains($0) }, "byte \(index)")
            if read.count < expected.count { #expect(isTail(index, bytes) || notes.faultCount > 0, "byte \(index)") }
            let (profile, sumNotes) = try test.store.profile()
            if sumNotes.faultCount == 0, !isTail(index, bytes) {
                #expect(profile?.canonicalRows == sum, "byte \(index)")
            }
        }
    }

    /// Whether the byte is in the last record of a segment: that cannot be told from a tail that was torn.
    private func isTail(_ index: Int, _ bytes: [UInt8]) -> Bool {
        var offset = StoreFormat.fileHeaderSize
        while let header = RecordFrame.header(bytes, at: offset), offset + header.size < bytes.count {
            offset += header.size
        }
        return index >= offset
    }

    @Test func whatIsWrongIsSaidWithItsByte() throws {
        let (test, name, bytes) = try Self.segment(isClosed: true)
        let path = test.path(name)
        let reader = try SegmentReader(SegmentFile.open(path))
        // In a closed segment the windows behind it stay.
        let third = try offsets(of: .window, bytes)[2]
        var changed = bytes
        changed[third + 40] ^= 1
        try test.write(changed, to: name)
        var count = 0
        var notes = try test.store.forEachWindow { _, _ in count += 1 }
        #expect(count == 5)
        #expect(notes.faults == [SegmentFault(path: path, byte: third, reason: .damaged)])
        #expect(notes.warnings == ["part of the store is left out: \(path): damaged at byte \(third)"])
        // A version that is newer.
        changed = bytes
        changed[StoreFormat.magic.count] = 2
        try test.write(changed, to: name)
        notes = try test.store.windows().notes
        #expect(notes.faults == [SegmentFault(path: path, byte: 7, reason: .unsupportedVersion(2))])
        try test.write(Array("no segment at all".utf8), to: name)
        notes = try test.store.windows().notes
        #expect(notes.faults == [SegmentFault(path: path, byte: 0, reason: .notASegment)])
        _ = reader
    }

    @Test func damageInTheMiddleOfAnOpenSegmentLosesWhatFollows() throws {
        let (test, name, bytes) = try Self.segment(isClosed: false)
        let third = try offsets(of: .window, bytes)[2]
        var changed = bytes
        changed[third + 40] ^= 1
        // As a dead writer's.
        let copy = try TestStore()
        try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
        try copy.write(changed, to: name)
        let path = copy.path(name)
        let (windows, notes) = try copy.store.windows()
        #expect(windows.count == 2)
        #expect(notes.faults == [SegmentFault(path: path, byte: third, reason: .damaged)])
        // Whoever closes it cuts nothing off: there is more behind the damage than a torn tail.
        let writer = copy.writer()
        try writer.append(Self.profiles[0])
        #expect(writer.statistics.recoveredSegments == 1)
        #expect(try copy.bytes(name).starts(with: changed))
        let (after, again) = try copy.store.windows()
        #expect(after.count == 3 && again.faults == notes.faults)
        #expect(try copy.store.profile().notes.faults == notes.faults)
        _ = test
    }

    /// Records that are changed and get the right checksum: only the content's own checks stand between them and a crash.
    @Test(arguments: 0..<40) func contentThatLiesIsNoCrash(seed: UInt64) throws {
        let (test, name, bytes) = try Self.segment(isClosed: seed % 2 == 0)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var changed = bytes
            for _ in 0...Int(random.next() % 3) { Self.spoil(&changed, &random) }
            try test.write(changed, to: name)
            // What comes of it is anything; that it comes, and within bounds, is what is tested.
            var rows = 0
            try test.store.forEachWindow { _, profile in rows += profile.samples.count }
            #expect(rows < 10_000)
            _ = try test.store.windows(StoreQuery(labels: [("node", "node1")]))
            _ = try test.store.profile(StoreQuery(range: SyntheticService.firstStart..<Int64.max))
            let merged = try test.store.profile()
            for (row, sample) in (merged.profile?.samples ?? []).enumerated() {
                let profile = try #require(merged.profile)
                _ = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }
                _ = profile.values(row: row)
            }
        }
    }

    /// A dead writer's segment that lies is closed, or left, without a crash.
    @Test(arguments: 0..<20) func closingWhatLiesIsNoCrash(seed: UInt64) throws {
        let (_, name, bytes) = try Self.segment(isClosed: false)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let copy = try TestStore()
            try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
            var changed = bytes
            if random.next() % 2 == 0 { changed.removeLast(Int(random.next() % UInt64(bytes.count / 2))) }
            Self.spoil(&changed, &random)
            try copy.write(changed, to: name)
            let writer = copy.writer()
            try writer.append(Self.profiles[0])
            #expect(try copy.store.windows().windows.contains { $0.run != 0 && $0.sequence == 0 })
            _ = try copy.store.profile()
        }
    }

    /// Changes a byte of a record's payload, or several, and puts its checksum right.
    private static func spoil(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        var offsets: [Int] = []
        var offset = StoreFormat.fileHeaderSize
        while let header = RecordFrame.header(bytes, at: offset), offset + header.size <= bytes.count {
            offsets.append(offset)
            offset += header.size
        }
        guard let chosen = offsets.randomElement(using: &random), let header = RecordFrame.header(bytes, at: chosen),
            header.payloadSize > 0, let kind = StoreFormat.RecordKind(rawValue: header.kind)
        else { return }
        var payload = Array(bytes[chosen + RecordFrame.headerSize..<chosen + header.size])
        for _ in 0...Int(random.next() % 4) {
            let place = Int(random.next() % UInt64(payload.count))
            payload[place] = [0, 0xFF, 0x80, 0x7F, UInt8(truncatingIfNeeded: random.next())][Int(random.next() % 5)]
        }
        bytes.replaceSubrange(chosen..<chosen + header.size, with: RecordFrame.framed(kind, payload))
    }

    private func offsets(of kind: StoreFormat.RecordKind, _ bytes: [UInt8]) throws -> [Int] {
        var offsets: [Int] = []
        var offset = StoreFormat.fileHeaderSize
        while let header = RecordFrame.header(bytes, at: offset) {
            if header.kind == kind.rawValue { offsets.append(offset) }
            offset += header.size
        }
        return offsets
    }

    // MARK: Tables

    @Test func tablesComeBackInPieces() throws {
        var interner = StoreInterner()
        var marks = [StoreTables.Mark()]
        var pieces: [[UInt8]] = []
        for seed in 0..<5 as Range<UInt64> {
            let profile = Profile.random(seed: seed)
            var mapping = ProfileMapping(profile)
            for sample in profile.samples { _ = mapping.series(of: sample, in: &interner) }
            pieces.append(interner.tables.encoded(from: marks[marks.count - 1]))
            marks.append(interner.tables.mark)
        }
        var tables = StoreTables()
        for (piece, mark) in zip(pieces, marks.dropFirst()) {
            var cursor = ByteCursor(piece)
            try tables.decode(&cursor)
            #expect(tables.mark == mark)
        }
        #expect(tables.encoded(from: StoreTables.Mark()) == interner.tables.encoded(from: StoreTables.Mark()))
        // A piece that is missing is seen.
        var other = StoreTables()
        var cursor = ByteCursor(pieces[1])
        #expect(throws: Malformed.self) { try other.decode(&cursor) }
    }
}
