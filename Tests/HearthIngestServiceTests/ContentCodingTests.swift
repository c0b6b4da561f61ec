import HearthIngestService
import HearthRandom
import Testing

extension IngestServiceTests {
    @Suite struct ContentCodingTests {
        private func unpacked(_ bytes: [UInt8], _ coding: ContentCoding, limit: Int = 1 << 24) throws -> [UInt8] {
            try coding.unpacked(bytes, limit: limit) { (_) throws(PackedBodyError) in }
        }

        /// Compressible or not, of lengths around the size of a piece.
        private func text(_ length: Int, random: inout SeededGenerator) -> [UInt8] {
            let kinds = UInt8.random(in: 1...255, using: &random)
            return (0..<length).map { _ in UInt8.random(in: 0...kinds, using: &random) }
        }

        @Test(arguments: ContentCoding.allCases) func whatIsPackedComesBack(coding: ContentCoding) throws {
            var random = SeededGenerator(seed: 7)
            for length in [0, 1, 100, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_000] {
                let text = text(length, random: &random)
                let packed = try #require(coding.packed(text))
                #expect(try unpacked(packed, coding) == text, "\(length) bytes")
                guard coding != .identity else { continue }
                // Several members or frames are one text.
                #expect(try unpacked(packed + packed, coding) == text + text, "\(length) bytes twice")
            }
        }

        @Test(arguments: [ContentCoding.gzip, .zstd]) func aCutBodyIsRefusedWhereverItIsCut(coding: ContentCoding)
            throws
        {
            var random = SeededGenerator(seed: 8)
            let packed = try #require(coding.packed(text(3_000, random: &random)))
            for length in 0..<packed.count {
                #expect(throws: PackedBodyError.cut(coding)) { try unpacked(Array(packed[..<length]), coding) }
            }
            #expect(throws: PackedBodyError.self) { try unpacked(packed + [1, 2, 3], coding) }
        }

        @Test(arguments: [ContentCoding.gzip, .zstd]) func aBombEndsAtTheLimit(coding: ContentCoding) throws {
            let zeros = [UInt8](repeating: 0, count: 1 << 23)
            let packed = try #require(coding.packed(zeros))
            #expect(packed.count < 20_000)
            var reserved = 0
            #expect(throws: PackedBodyError.tooLong(limit: 1 << 20)) {
                try coding.unpacked(packed, limit: 1 << 20) { (bytes) throws(PackedBodyError) in reserved += bytes }
            }
            #expect(reserved <= 1 << 20)
            #expect(throws: PackedBodyError.full) {
                try coding.unpacked(packed, limit: 1 << 24) { (_) throws(PackedBodyError) in throw .full }
            }
            #expect(try unpacked(packed, coding) == zeros)
        }

        @Test func headersAreRead() {
            for (field, coding) in [
                (nil, ContentCoding.identity), ("", .identity), (" GZIP", .gzip), ("x-gzip", .gzip), ("zstd ", .zstd),
                ("identity", .identity), ("br", nil), ("gzip, zstd", nil),
            ] as [(String?, ContentCoding?)] {
                #expect(ContentCoding(field: field) == coding, "\(field ?? "none")")
            }
            for (field, coding) in [
                (nil, .identity), ("gzip, deflate, br, zstd", .zstd), ("gzip;q=0.5", .gzip), ("zstd;q=0, gzip", .gzip),
                ("gzip; q=0", .identity), ("br", .identity),
            ] as [(String?, ContentCoding)] {
                #expect(ContentCoding(accepted: field) == coding, "\(field ?? "none")")
            }
        }
    }
}
