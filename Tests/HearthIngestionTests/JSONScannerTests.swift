import Foundation
import HearthJSON
import HearthRandom
import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct JSONScannerTests {
    private func scan(_ document: String, _ paths: [String], strict: Bool = true) throws -> [[JSONScanner.Value]] {
        let tree = try JSONPaths(paths.map { try FieldPath($0) })
        let bytes = ColumnBuffer(Array(document.utf8) + Array(repeating: 0, count: JSONScanner.padding))
        var found: [Int: [JSONScanner.Value]] = [:]
        try JSONScanner(tree).scan(bytes, 0..<document.utf8.count, strict: strict) { found[$0, default: []].append($1) }
        return tree.numbers.map { found[$0] ?? [] }
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
        let tree = try JSONPaths([FieldPath("id"), FieldPath("n[].k")])
        let padded = ColumnBuffer(document + Array(repeating: 0x7D, count: JSONScanner.padding))
        do {
            try JSONScanner(tree).scan(padded, 0..<document.count) { _, _ in }
            return true
        } catch JSONScanner.Refusal.repeatedName {
            return true
        } catch {
            return false
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
            let padded = ColumnBuffer(document + Array(repeating: 0, count: JSONScanner.padding))
            var found = Array(repeating: [JSONScanner.Value](), count: paths.count)
            do {
                try JSONScanner(wanted).scan(padded, 0..<document.count) { found[$0].append($1) }
            } catch {
                let isAllowed =
                    error == .repeatedName
                    || String(decoding: document, as: UTF8.self).contains("00000000000000000000")
                #expect(tree == nil || isAllowed, "\(String(decoding: document, as: UTF8.self))")
                continue
            }
            taken += 1
            var loose = Array(repeating: [JSONScanner.Value](), count: paths.count)
            try JSONScanner(wanted).scan(padded, 0..<document.count, strict: false) { loose[$0].append($1) }
            #expect(loose == found, "\(String(decoding: document, as: UTF8.self))")
            let whole = try #require(tree, "\(String(decoding: document, as: UTF8.self))")
            for (path, values) in zip(paths, found) {
                #expect(path.values(in: whole).map(JSONScanner.Value.init) == values, "\(whole)")
            }
        }
        #expect(taken > 500)
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

    private func expected(_ value: Any, _ path: ArraySlice<FieldPath.Segment>) -> [JSONScanner.Value] {
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
