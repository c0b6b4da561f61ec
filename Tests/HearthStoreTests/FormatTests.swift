import HearthRandom
import HearthSyntheticService
import Testing

@testable import HearthStore

@Suite struct FormatTests {
    @Test func numbersComeBack() throws {
        let numbers: [Int64] = [0, 1, -1, 63, 64, -64, -65, 127, 128, .max, .min, .max - 1]
        var bytes: [UInt8] = []
        for number in numbers {
            bytes.append(signed: number)
            bytes.append(varint: UInt64(bitPattern: number))
            bytes.append(fixed: number)
        }
        bytes.append(text: "e\u{301}🔥")
        var cursor = ByteCursor(bytes)
        for number in numbers {
            #expect(try cursor.signed() == number)
            #expect(try cursor.varint() == UInt64(bitPattern: number))
            #expect(try cursor.fixed(Int64.self) == number)
        }
        #expect(try cursor.text() == "e\u{301}🔥")
        try cursor.requireEnd()
    }

    @Test func smallNumbersAreSmall() {
        for (number, size) in [(0, 1), (-64, 1), (63, 1), (64, 2), (-65, 2)] {
            var bytes: [UInt8] = []
            bytes.append(signed: Int64(number))
            #expect(bytes.count == size, "\(number)")
        }
    }

    @Test func aNumberThatIsTooLongOrCutIsRefused() {
        for bytes in [[UInt8](repeating: 0x80, count: 11), [0x80], []] {
            var cursor = ByteCursor(bytes)
            #expect(throws: Malformed.self) { try cursor.varint() }
        }
    }

    /// Every width, with and without exceptions, at every length around a chunk.
    @Test(arguments: 0...64) func columnsComeBack(width: Int) throws {
        var random = SeededGenerator(seed: UInt64(width))
        for count in [0, 1, 2, 7, 127, 128, 129, 300] {
            let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
            let values = (0..<count).map { _ -> Int64 in
                let isException = random.next() % 20 == 0
                return Int64(bitPattern: isException ? random.next() : random.next() & mask) &- Int64(width)
            }
            #expect(try roundTrip(values) == values)
        }
    }

    @Test func columnsOfTheEndsOfTheRangeComeBack() throws {
        let values: [Int64] = [.max, .min, 0, -1, 1, .max, .min]
        #expect(try roundTrip(values) == values)
        #expect(try roundTrip(Array(repeating: .min, count: 200)) == Array(repeating: .min, count: 200))
    }

    @Test func whatIsAlikeTakesNoRoom() {
        var bytes: [UInt8] = []
        PackedColumn.append(Array(repeating: 10_000_000, count: 128), to: &bytes)
        #expect(bytes.count == 7)
        var outliers = [Int64](repeating: 10_000_000, count: 128)
        outliers[5] = 3
        outliers[77] = 1 << 40
        bytes = []
        PackedColumn.append(outliers, to: &bytes)
        #expect(bytes.count < 25)
    }

    @Test func valuesFollowASlope() throws {
        let samples: [Int64] = (0..<300).map { 1 + $0 % 3 }
        let cpu = samples.map { $0 * 10_000_000 }
        var bytes: [UInt8] = []
        ValueColumns.append([samples, cpu], slope: 10_000_000, to: &bytes)
        #expect(bytes.count < 110)
        var cursor = ByteCursor(bytes)
        var reader = try ValueColumnsReader(&cursor, columns: 2, count: 300)
        var seen: [Int64] = []
        var values = ValueColumnsReader.room(columns: 2)
        while case let count = try reader.next(into: &values), count > 0 {
            seen += values[PackedColumn.chunkSize..<PackedColumn.chunkSize + count]
        }
        #expect(seen == cpu)
    }

    private func roundTrip(_ values: [Int64]) throws -> [Int64] {
        var bytes: [UInt8] = []
        PackedColumn.append(values, to: &bytes)
        // What follows must not be looked at, and must not be needed.
        for tail in [0, 3, 9] {
            var cursor = ByteCursor(bytes + Array(repeating: 0xFF, count: tail))
            let read = try PackedColumnReader.all(&cursor, count: values.count)
            if read != values || cursor.remaining != tail { return [] }
        }
        var cursor = ByteCursor(bytes)
        return try PackedColumnReader.all(&cursor, count: values.count)
    }

    @Test func partsComeBackAndBombsAreRefused() throws {
        for part in [[], [1, 2, 3], [UInt8](repeating: 7, count: 100_000)] {
            var bytes: [UInt8] = []
            Packing.append(part, to: &bytes)
            var cursor = ByteCursor(bytes)
            let read = try Packing.part(&cursor)
            #expect(Array(read.bytes[read.position..<read.end]) == part)
        }
        var bomb: [UInt8] = []
        bomb.append(varint: 10)
        bomb.append(varint: 30 << 20)
        bomb += Array(repeating: 0, count: 10)
        var cursor = ByteCursor(bomb)
        #expect(throws: Malformed.self) { try Packing.part(&cursor) }
    }

    @Test func aRecordKnowsWhenItIsWhole() throws {
        let bytes = RecordFrame.framed(.window, Array(0..<200))
        let header = try #require(RecordFrame.header(bytes, at: 0))
        #expect(header.size == bytes.count && header.kind == StoreFormat.RecordKind.window.rawValue)
        #expect(RecordFrame.isWhole(header, bytes, at: 0))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            let isTaken = RecordFrame.header(changed, at: 0).map { RecordFrame.isWhole($0, changed, at: 0) } ?? false
            #expect(!isTaken, "a change of byte \(index) is not seen")
            #expect(!RecordFrame.isWhole(header, Array(bytes[..<index]), at: 0))
        }
        // The checksum of nothing is that of its header.
        let empty = RecordFrame.framed(.index, [])
        #expect(RecordFrame.header(empty, at: 0).map { RecordFrame.isWhole($0, empty, at: 0) } == true)
    }

    @Test func namesOfSegmentsComeBack() {
        for (number, run) in [(1, 0), (42, UInt64.max), (999_999_999_999, 0x9F3C), (1_000_000_000_000, 1)] {
            let name = SegmentName(number: UInt64(number), run: run)
            #expect(SegmentName(name.file) == name)
        }
        #expect(SegmentName(number: 42, run: 0x9F3C).file == "000000000042-0000000000009f3c.segment")
        for other in [
            "", ".segment", "1-2.segment", "000000000042-0000000000009F3C.segment", "000000000042-0000000000009f3c",
            "000000000042-0000000000009f3c.segment.partial", "99999999999999999999-0000000000009f3c.segment",
            "+00000000042-0000000000009f3c.segment",
        ] {
            #expect(SegmentName(other) == nil, "\(other)")
        }
    }
}
