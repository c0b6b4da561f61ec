import Foundation
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

    /// Documents cut off and spoilt at every place: never a crash, and the slow walk agrees on what is good.
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
                    let isGood = JSONFault(in: spoilt[...]) == nil
                    let tree = try JSONPaths([FieldPath("id"), FieldPath("n[].k")])
                    let padded = ColumnBuffer(spoilt + Array(repeating: 0x7D, count: JSONScanner.padding))
                    var wasRead = true
                    do {
                        try JSONScanner(tree).scan(padded, 0..<spoilt.count) { _, _ in }
                    } catch {
                        wasRead = false
                    }
                    #expect(wasRead == isGood, "\(String(decoding: spoilt, as: UTF8.self))")
                }
            }
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
