import Foundation
import HearthJSON
import HearthRandom
import HearthRuntime
import Testing

@testable import HearthIngestion

/// What a scan has given, in memory of its own.
private enum Scanned: Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string([UInt8])
    case array
    case object

    init(_ value: JSONScanner.Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let text): unsafe self = .string(Array(UnsafeBufferPointer(start: text.start, count: text.count)))
        case .array: self = .array
        case .object: self = .object
        }
    }

    init(_ value: JSONValue) {
        let kept = KeptTexts()
        self = withExtendedLifetime(kept) { Self(JSONScanner.Value(value, kept)) }
    }
}

extension JSONPaths {
    /// Everything at each path, of a document with `behind` after it.
    fileprivate func scan(
        _ document: [UInt8], strict: Bool = true, behind: UInt8 = 0
    ) throws(JSONScanner.Refusal) -> [[Scanned]] {
        let bytes = document + Array(repeating: behind, count: JSONScanner.padding)
        var found = Array(repeating: [Scanned](), count: numbers.count)
        let scanner = try JSONScanner(self)
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(JSONScanner.Refusal) in
            try unsafe scanner.scan(bytes, 0..<document.count, strict: strict) { found[$0].append(Scanned($1)) }
        }
        return numbers.map { found[$0] }
    }
}

@Suite struct JSONScannerTests {
    private func scan(_ document: String, _ paths: [String], strict: Bool = true) throws -> [[Scanned]] {
        try JSONPaths(paths.map { try FieldPath($0) }).scan(Array(document.utf8), strict: strict)
    }

    @Test func allKindsInOnePass() throws {
        let document = #"""
            {"s":"a\"\u00e9\ud83d\ude00","i":-12,"u":18446744073709551615,"d":1.5,"t":true,"n":null,
             "o":{"x":{"y":"deep"}},"a":["p",1,["q"],{"k":"v"}],"e":"", "s2":"x"}
            """#
        let found = try scan(
            document, ["s", "i", "u", "d", "t", "n", "o", "o.x.y", "a", "a[]", "a[].k", "a[][]", "e", "none", "s.x"])
        #expect(found[0] == [.string(Array("a\"é😀".utf8))])
        #expect(found[1] == [.integer(-12)])
        #expect(found[2] == [.number(18_446_744_073_709_551_616)])
        #expect(found[3] == [.number(1.5)])
        #expect(found[4] == [.bool(true)])
        #expect(found[5] == [.null])
        #expect(found[6] == [.object])
        #expect(found[7] == [.string(Array("deep".utf8))])
        #expect(found[8] == [.array])
        #expect(found[9] == [.string(Array("p".utf8)), .integer(1), .array, .object])
        #expect(found[10] == [.string(Array("v".utf8))])
        #expect(found[11] == [.string(Array("q".utf8))])
        #expect(found[12] == [.string([])])
        #expect(found[13] == [])
        #expect(found[14] == [])
    }

    @Test func strictnessSeesWhatNoPathLeadsTo() throws {
        let document = #"{"id":"a","skipped":[tru, 01],"x":2}"#
        #expect(throws: JSONScanner.Refusal.notJSON) { try scan(document, ["id"]) }
        #expect(try scan(document, ["id"], strict: false) == [[.string(Array("a".utf8))]])
    }

    @Test(arguments: [true, false]) func badDocumentsAreRefused(_ strict: Bool) {
        for text in ["", "{", "{}}", "{} x", "{\"id\":}", "{\"id\":\"a\"", "{\"id\" \"a\"}", "nonsense"] {
            #expect(throws: JSONScanner.Refusal.self, "\(text)") { try scan(text, ["id"], strict: strict) }
        }
        for text in ["[]", "12", "\"x\"", "null"] {
            #expect(throws: JSONScanner.Refusal.notAnObject, "\(text)") { try scan(text, ["id"], strict: strict) }
        }
        #expect(throws: JSONScanner.Refusal.numberOutOfRange) { try scan("{\"id\":1e999}", ["id"], strict: strict) }
    }

    @Test func hostileDepthIsRefused() {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
        #expect(throws: JSONScanner.Refusal.self) { try scan(deep, ["a[][][]"]) }
        #expect(throws: JSONScanner.Refusal.self) { try scan(deep, ["a[][][]"], strict: false) }
    }

    @Test func wantedNamesThatComeTwiceAreNamed() throws {
        for text in [#"{"id":1,"id":2}"#, #"{"a":{"b":1},"\u0061":{}}"#, #"{"a":[{"b":1,"b":1}]}"#] {
            #expect(throws: JSONScanner.Refusal.repeatedName) { try scan(text, ["id", "a.b", "a[].b"]) }
        }
        #expect(try scan(#"{"x":1,"x":2,"a":[{"b":1},{"b":2}]}"#, ["a[].b"]) == [[.integer(1), .integer(2)]])
        // More than fit into one word.
        let names = (0..<100).map { "k\($0)" }
        let document = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(try scan(document + "}", names) == Array(repeating: [.integer(1)], count: 100))
        #expect(throws: JSONScanner.Refusal.repeatedName) { try scan(document + ",\"k99\":1}", names) }
        #expect(throws: JSONScanner.Refusal.repeatedName) { try scan(document + ",\"k63\":1}", names) }
    }

    /// Documents cut off and spoilt at every place: never a crash. What the fast parser takes, the slow one takes; what it refuses
    /// and the slow one takes, is a number too large for it.
    @Test func theFastAndTheSlowParserAgree() throws {
        let seeds = [
            #"{"id":"a","n":[1,2.5e3,-0,{"k":[]}],"t":true,"x":null,"s":"\u00e9\n\ud83d\ude00é"}"#,
            #"{"id":"b" , "a" : { "b" : { "c" : "\\" } } , "f" : false }"#,
        ]
        for seed in seeds {
            let bytes = Array(seed.utf8)
            for place in bytes.indices {
                for spoilt in [
                    Array(bytes[..<place]), bytes.replacing(place, with: 0x22), bytes.replacing(place, with: 0x2C),
                    bytes.replacing(place, with: 0xC3), bytes.replacing(place, with: 0x00),
                    bytes.replacing(place, with: 0x31),
                ] {
                    let isGood = if case .object? = try? JSONValue(parsing: spoilt) { true } else { false }
                    #expect(try isRead(spoilt) == isGood, "\(String(decoding: spoilt, as: UTF8.self))")
                }
            }
        }
    }

    private func isRead(_ document: [UInt8]) throws -> Bool {
        let paths = try JSONPaths([FieldPath("id"), FieldPath("n[].k")])
        do throws(JSONScanner.Refusal) {
            _ = try paths.scan(document, behind: UInt8(ascii: "}"))
            return true
        } catch {
            return error == .repeatedName
        }
    }

    /// The two parsers over random documents: the same verdict and the same values.
    @Test func bothParsersGiveTheSameFields() throws {
        var random = SeededGenerator(seed: 21)
        let paths = try ["a", "b", "a.b", "a[]", "a[].b", "c.a[][]", "b.c.a"].map { try FieldPath($0) }
        var taken = 0
        for _ in 0..<3_000 {
            var document = Array("{".utf8)
            for number in 0..<Int.random(in: 0..<6, using: &random) {
                if number > 0 { document.append(UInt8(ascii: ",")) }
                document += Array("\"\(["a", "b", "c", "d"].randomElement(using: &random) ?? "")\":".utf8)
                document += Array(randomText(4, &random).utf8)
            }
            document.append(UInt8(ascii: "}"))
            let tree = try? JSONValue(parsing: document)
            let wanted = try JSONPaths(paths)
            let found: [[Scanned]]
            do throws(JSONScanner.Refusal) {
                found = try wanted.scan(document)
            } catch {
                let isAllowed =
                    error == .repeatedName
                    || String(decoding: document, as: UTF8.self).contains("00000000000000000000")
                #expect(tree == nil || isAllowed, "\(String(decoding: document, as: UTF8.self))")
                continue
            }
            taken += 1
            let loose = try wanted.scan(document, strict: false)
            #expect(loose == found, "\(String(decoding: document, as: UTF8.self))")
            let whole = try #require(tree, "\(String(decoding: document, as: UTF8.self))")
            for (path, values) in zip(paths, found) {
                #expect(path.values(in: whole).map { Scanned($0) } == values, "\(whole)")
            }
        }
        #expect(taken > 500)
    }

    /// Random documents with white space, escapes and long strings, whole, cut and spoilt: what is checked and taken, the slow parser
    /// takes, and all three give the same values.
    @Test func allWaysToReadGiveTheSame() throws {
        var random = SeededGenerator(seed: 22)
        let paths = try ["a", "b", "a.b", "a[]", "a[].b", "c.a[][]", "b.c.a", "long name of a"].map {
            try FieldPath($0)
        }
        let wanted = try JSONPaths(paths)
        var taken = 0
        for _ in 0..<6_000 {
            var document = Array(spacedText(6, &random).utf8)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: document.removeLast(Int.random(in: 0...document.count, using: &random))
            case 1:
                let bytes = Array(#""\{}[]:,tn0-1. "#.utf8) + [0, 0x0A, 0x1F, 0x7F, 0xC3, 0xA9, 0xFF]
                document[Int.random(in: 0..<document.count, using: &random)] = bytes.randomElement(using: &random) ?? 0
            default: break
            }
            let behind = Array(#"}]"\0 "#.utf8).randomElement(using: &random) ?? 0
            let text = String(decoding: document, as: UTF8.self)
            let tree = try? JSONValue(parsing: document)
            let found: [[Scanned]]
            do throws(JSONScanner.Refusal) {
                found = try wanted.scan(document, behind: behind)
            } catch {
                #expect(tree == nil || error == .repeatedName, "\(text)")
                continue
            }
            taken += 1
            #expect(try wanted.scan(document, strict: false, behind: behind) == found, "\(text)")
            let whole = try #require(tree, "\(text)")
            for (path, values) in zip(paths, found) {
                #expect(path.values(in: whole).map { Scanned($0) } == values, "\(path) of \(text)")
            }
        }
        #expect(taken > 2_000)
    }

    /// Strings stay where they are while the scanner goes on to other documents.
    @Test(arguments: [true, false]) func stringsOutliveTheirScan(_ strict: Bool) throws {
        let texts =
            (0..<2_000).map { String(repeating: "é\"x", count: $0 % 50) + "\($0)" } + [
                String(repeating: "\n", count: 40_000), "",
            ]
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        for (number, text) in texts.enumerated() {
            let written = text.replacing("\n", with: #"\n"#).replacing("\"", with: number % 2 == 0 ? #"\""# : "'")
            let document = Array("{\"id\":\"\(written)\"}".utf8)
            ranges.append(bytes.count..<bytes.count + document.count)
            bytes += document
        }
        bytes += Array(repeating: 0, count: JSONScanner.padding)
        let scanner = try JSONScanner(JSONPaths([FieldPath("id")]))
        let read = try unsafe bytes.withUnsafeBufferPointer { bytes in
            var values: [JSONScanner.Value] = []
            for range in ranges { try unsafe scanner.scan(bytes, range, strict: strict) { values.append($1) } }
            return withExtendedLifetime(scanner) { values.map { Scanned($0) } }
        }
        for (number, text) in texts.enumerated() {
            let expected = number % 2 == 0 ? text : text.replacing("\"", with: "'")
            #expect(read[number] == .string(Array(expected.utf8)))
        }
    }

    /// An object with members of any kind, of one to a few hundred bytes, with and without white space.
    private func spacedText(_ depth: Int, _ random: inout SeededGenerator) -> String {
        func space() -> String {
            random.oneIn(3)
                ? String(
                    repeating: [" ", "\n", "\t", "\r"].randomElement(using: &random) ?? "",
                    count: Int.random(in: 0..<70, using: &random)) : ""
        }
        func name() -> String {
            ["a", "b", "c", "d", "\\u0061", "long name of a", "long name of b"].randomElement(using: &random) ?? ""
        }
        func value(_ depth: Int) -> String {
            let kind = Int.random(in: 0..<(depth == 0 ? 3 : 6), using: &random)
            switch kind {
            case 0:
                return ["1", "-2.5e3", "true", "null", "123456789012345678", "0.1"].randomElement(using: &random) ?? ""
            case 1: return "\"" + String(repeating: "x:{,", count: Int.random(in: 0..<40, using: &random)) + "\""
            case 2:
                return [#""\\""#, #""\"""#, #""\ud83d\ude00""#, #""é\n""#, "\"\""].randomElement(using: &random) ?? ""
            case 3:
                return "["
                    + (0..<Int.random(in: 0..<4, using: &random)).map { _ in space() + value(depth - 1) + space() }
                    .joined(separator: ",") + "]"
            default: return object(depth - 1)
            }
        }
        func object(_ depth: Int) -> String {
            "{"
                + (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    "\(space())\"\(name())\"\(space()):\(space())\(value(depth))\(space())"
                }.joined(separator: ",") + "}"
        }
        return space() + object(depth) + space()
    }

    /// The same document with its tokens at every place of a block of 64 bytes.
    @Test(arguments: [true, false]) func tokensMayLieAnywhere(_ strict: Bool) throws {
        let paths = try JSONPaths(["a", "k.b[]", "end"].map { try FieldPath($0) })
        for shift in 0..<200 {
            for space in ["", " "] {
                let text =
                    #"{"x":"\#(String(repeating: "\\\"", count: shift % 7))\#(String(repeating: "-", count: shift))","#
                    + #""\u0061"\#(space):\#(space)"\\\"é","k":{"b":[1,"two",\#(space)null,[]]},"end":-1.5\#(space)}"#
                let found = try paths.scan(Array(text.utf8), strict: strict)
                #expect(found[0] == [.string(Array("\\\"é".utf8))])
                #expect(found[1] == [.integer(1), .string(Array("two".utf8)), .null, .array])
                #expect(found[2] == [.number(-1.5)])
            }
        }
    }

    /// Nothing is read beyond the padding: documents that end where a page ends that may not be read.
    @Test func thePaddingIsEnough() throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let map = try unsafe #require(
            unsafe mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { unsafe munmap(map, 2 * page) }
        #expect(unsafe mprotect(map + page, page, PROT_NONE) == 0)
        let memory = unsafe UnsafeMutableBufferPointer(start: map.assumingMemoryBound(to: UInt8.self), count: page)
        let scanner = try JSONScanner(JSONPaths([FieldPath("id"), FieldPath("a[]")]))
        for text in [
            #"{"id":"\#(String(repeating: "x", count: 150))","a":["y",1]}"#, #"{"id":"#, #"{"id":"ab\"#, #"{"id":1"#,
        ] {
            for length in 0...text.utf8.count {
                let start = page - JSONScanner.padding - length
                for (index, byte) in text.utf8.prefix(length).enumerated() { unsafe memory[start + index] = byte }
                for behind in [UInt8(ascii: "1"), UInt8(ascii: "\\"), UInt8(ascii: "x")] {
                    unsafe memory[(page - JSONScanner.padding)...].update(repeating: behind)
                    for strict in [true, false] {
                        let isRead =
                            (try? unsafe scanner.scan(
                                UnsafeBufferPointer(memory), start..<start + length, strict: strict
                            ) { _, _ in }) != nil
                        #expect(isRead == (length == text.utf8.count && text.hasSuffix("}")))
                    }
                }
            }
        }
    }

    /// Digits of all lengths and powers: the double that the C library has.
    @Test func numbersAreTheNearestDoubles() throws {
        var random = SeededGenerator(seed: 23)
        let paths = try JSONPaths([FieldPath("n")])
        for _ in 0..<5_000 {
            var text = random.oneIn(2) ? "-" : ""
            text += String(
                UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random))
            if random.oneIn(2) { text += ".\(UInt64.random(in: 0...UInt64.max, using: &random))" }
            if random.oneIn(2) { text += "e\(Int.random(in: -330..<290, using: &random))" }
            let document = Array("{\"n\":\(text)}".utf8)
            let expected = try #require(Double(text))
            // Whole numbers of more than 64 bits are left to the other parser.
            let isLeft = text.allSatisfy { $0 == "-" || $0.isNumber } && Int64(text) == nil && UInt64(text) == nil
            for strict in [true, false] {
                if isLeft {
                    #expect(throws: JSONScanner.Refusal.numberOutOfRange) { try paths.scan(document, strict: strict) }
                    continue
                }
                switch try paths.scan(document, strict: strict)[0].first {
                case .number(let number): #expect(number.bitPattern == expected.bitPattern, "\(text)")
                case .integer(let integer): #expect(Int64(text) == integer)
                default: Issue.record("\(text) is a number")
                }
            }
        }
    }

    /// JSON, mostly.
    private func randomText(_ depth: Int, _ random: inout SeededGenerator) -> String {
        let scalars = [
            "1", "-0", "0.5", "1e3", "-12", "9223372036854775807", "9223372036854775808", "100000000000000000000000",
            "null", "true",
            "false", "\"\"", "\"x\"", "\"\\u00e9é\"", "\"\\n\\\"\"", "1.7976931348623157e308", "4.9e-324", "1e-999",
            "01", "\"\\ud800\"", "1e999",
        ]
        // The bad ones are the last, and seldom.
        let known = random.oneIn(20) ? scalars.count : scalars.count - 3
        func several(_ make: () -> String) -> String {
            (0..<Int.random(in: 0..<4, using: &random)).map { _ in make() }.joined(
                separator: random.oneIn(30) ? " " : " , ")
        }
        switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
        case 2: return "[" + several { randomText(depth - 1, &random) } + "]"
        case 3:
            return "{"
                + several {
                    let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? ""
                    return "\"\(name)\" : " + randomText(depth - 1, &random)
                } + "}"
        default: return scalars[Int.random(in: 0..<known, using: &random)]
        }
    }

    @Test func theSameFieldsAsFoundationOnTheFixture() throws {
        let lines = try Fixture.lines()
        #expect(lines.count == 1000)
        let paths = [
            "id", "name", "version", "maintainer.name", "maintainer.email", "description.short", "homepage", "tags[]",
            "depends[].name", "depends[].alternatives[].name", "size.installed_kib", "size.download_bytes",
        ]
        for line in lines {
            let found = try scan(line, paths)
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            for (path, values) in zip(paths, found) {
                let segments = try FieldPath(path).segments
                #expect(values == expected(object, segments[...]), "\(path) of \(line.prefix(80))")
            }
        }
    }

    private func expected(_ value: Any, _ path: ArraySlice<FieldPath.Segment>) -> [Scanned] {
        guard let first = path.first else {
            if let text = value as? String { return [.string(Array(text.utf8))] }
            if let number = value as? NSNumber { return [.integer(number.int64Value)] }
            return []
        }
        switch first {
        case .member(let name):
            return (value as? [String: Any])?[name].map { expected($0, path.dropFirst()) } ?? []
        case .each:
            return (value as? [Any])?.flatMap { expected($0, path.dropFirst()) } ?? []
        }
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b", "[]", "a[", "a]b", "a[]b"]) func badPathsAreRefused(_ text: String) {
        #expect(throws: FieldPathError.self) { try FieldPath(text) }
    }
}

extension [UInt8] {
    fileprivate func replacing(_ place: Int, with byte: UInt8) -> [UInt8] {
        var copy = self
        copy[place] = byte
        return copy
    }
}
