import Foundation
import HearthProfile
import HearthSyntheticService
import Testing

@testable import HearthFormats

/// Collapsed stacks that are longer than a piece: read by two threads, a piece at a time.
@Suite struct CollapsedPiecesTests {
    /// What a reader that knows nothing of pieces makes of it: values by the text of the stack.
    private func sums(_ text: [UInt8]) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            guard let blank = line.lastIndex(of: " "), let value = Int64(line[line.index(after: blank)...]) else {
                continue
            }
            sums[String(line[..<blank]), default: 0] += value
        }
        return sums
    }

    private func sums(_ profile: Profile) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for (names, value) in profile.valuesByNames(column: 0) { sums[names.joined(separator: ";")] = value }
        return sums
    }

    private func file(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString).folded")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(bytes).write(to: path)
        try body(path.path)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func manyPiecesAreOneProfile(seed: UInt64) throws {
        var text: [UInt8] = []
        SyntheticStacks(count: 3_000, functions: 400, depth: 20, seed: seed).forEachPiece { text += $0 }
        // Each stack again, in another order: values add up over pieces.
        let lines = text.split(separator: UInt8(ascii: "\n"))
        for line in lines.reversed() { text += Array(line) + [UInt8(ascii: "\n")] }
        #expect(text.count > 4 << 20)
        let expected = sums(text)
        let inMemory = try Profile.read(text, named: "x.folded", format: .collapsed)
        #expect(sums(inMemory.profile) == expected && inMemory.notes.warnings.isEmpty)
        try file(text) { path in
            let read = try Profile.read(path)
            #expect(sums(read.profile) == expected && read.notes.format == .collapsed)
            // The same tables, however the text came.
            #expect(read.profile.frames == inMemory.profile.frames && read.profile.samples == inMemory.profile.samples)
            #expect(read.profile.stacks.parents == inMemory.profile.stacks.parents)
        }
        // A line for each stack: none twice.
        #expect(inMemory.profile.samples.count == expected.count)
    }

    @Test func aLineLongerThanAPieceIsRead() throws {
        let frames = (0..<60_000).map { "frame_\($0)_of_a_stack_that_does_not_end" }
        let long = frames.joined(separator: ";")
        #expect(long.utf8.count > 2 << 20)
        try file(Array("a;b 1\n\(long) 7\na;b 2\n".utf8)) { path in
            let profile = try Profile.read(path, format: .collapsed).profile
            #expect(profile.total(column: 0) == 10 && profile.samples.count == 2)
            #expect(profile.stacks.count == 60_003)
        }
    }

    @Test func numbersOfLinesGoOnOverPieces() throws {
        var text = "head;of;all 1\n"
        var line = 1
        while text.utf8.count < 5 << 19 {
            text += "some;stack;of;many 2\r\n"
            line += 1
        }
        try file(Array((text + "nonsense\nsome;stack 3\n").utf8)) { path in
            let (profile, notes) = try Profile.read(path)
            #expect(notes.malformedLines == 1)
            #expect(notes.firstMalformedLine == ReadNotes.Line(number: line + 1, text: "nonsense"))
            #expect(profile.total(column: 0) == Int64(1 + 2 * (line - 1) + 3))
        }
    }

    /// Digits after the point that come late count for what was read before too, and a header for all.
    @Test func fractionsThatComeLateScaleWhatCameBefore() throws {
        var text = ""
        var lines: Int64 = 0
        while text.utf8.count < 3 << 20 {
            text += "main;first 2\n"
            lines += 1
        }
        text += "main;second 0.125\nmain;first 1.5\n# hearth sample-type: cpu seconds\n"
        try file(Array(text.utf8)) { path in
            let profile = try Profile.read(path).profile
            #expect(profile.sampleTypes == [ValueType(type: "cpu", unit: "seconds/1000")])
            #expect(
                profile.valuesByNames(column: 0) == [
                    ["main", "first"]: lines * 2_000 + 1_500, ["main", "second"]: 125,
                ])
        }
    }

    @Test func aLimitIsMetInTheMiddle() throws {
        var text: [UInt8] = []
        SyntheticStacks(count: 20_000, functions: 400, depth: 20).forEachPiece { text += $0 }
        var limits = ReadLimits()
        limits.stacks = 10_000
        #expect(throws: ProfileReadError(path: "x", reason: .tooManyStacks(limit: 10_000))) {
            try Profile.read(text, named: "x", format: .collapsed, limits: limits)
        }
        limits = ReadLimits()
        limits.memoryBytes = 1 << 20
        #expect(throws: ProfileReadError(path: "x", reason: .tooMuchMemory(limit: 1 << 20))) {
            try Profile.read(text, named: "x", format: .collapsed, limits: limits)
        }
        #expect(throws: ProfileReadError(path: "x", reason: .isDifference)) {
            try Profile.read(
                text + Array("# hearth differential: base, new; samples count\n".utf8), named: "x", format: .collapsed)
        }
    }

    /// A name that ends where eight or sixteen bytes do, and names that are the beginning of others.
    @Test func namesOfEveryLengthAreToldApart() throws {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        var text = ""
        for length in 1...letters.count {
            text += "\(letters.prefix(length));\(letters.suffix(length));x \(length)\n"
            text += "x;\(letters.prefix(length)) \(length)\n"
        }
        let profile = try Profile.read(Array(text.utf8), named: "x", format: .collapsed).profile
        #expect(sums(profile) == sums(Array(text.utf8)))
        // Prefixes, suffixes but the whole, which is both, and x.
        #expect(profile.frames.count == 2 * letters.count)
    }
}
