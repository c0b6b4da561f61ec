import Foundation
import HearthJSON
import Testing

@testable import HearthIngestion

@Suite struct CorpusTests {
    private func stanzas(_ text: String, piece: Int) -> [PackageStanza] {
        var reader = StanzaReader()
        var stanzas: [PackageStanza] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.take(bytes[start..<min(start + piece, bytes.count)]) { stanzas.append($0) }
        }
        reader.finish { stanzas.append($0) }
        return stanzas
    }

    private let list = """
        Package: 0ad
        Version: 0.0.26-3
        Description: Real-time strategy game
         First line.
         .
           Indented.
        Tag: game::strategy, role::program,
         uitoolkit::sdl
        nonsense without a mark
        Empty:

        \t
        Package: b
        Version: 1:2
        Maintainer: Ann Other <ann@example.org>
        """

    @Test(arguments: [1, 7, 4096]) func stanzasWhateverThePieces(_ piece: Int) {
        let found = stanzas(list, piece: piece)
        #expect(found.count == 2)
        #expect(found[0]["package"] == "0ad")
        #expect(found[0]["description"] == "Real-time strategy game\nFirst line.\n\nIndented.")
        #expect(found[0]["tag"] == "game::strategy, role::program,\nuitoolkit::sdl")
        #expect(found[0]["empty"] == nil)
        #expect(found[1]["version"] == "1:2")
    }

    @Test func linesWithoutEndAreCut() {
        let found = stanzas("Package: " + String(repeating: "x", count: 3 << 20), piece: 1 << 16)
        #expect(found.count == 1)
        #expect((found.first?["package"]?.utf8.count ?? .max) <= StanzaReader.maximumLine)
    }

    @Test func relations() {
        let parsed = PackageRelation.parse(
            "libc6 (>= 2.34), python3:any (<<3.12~), a | b (= 1:2-3) | c:i386 [amd64 !arm64] <!nocheck>, , | , d(>1)")
        #expect(parsed.map { $0.map(\.name) } == [["libc6"], ["python3"], ["a", "b", "c"], ["d"]])
        #expect(parsed[0][0].relation == ">=")
        #expect(parsed[0][0].version == "2.34")
        #expect(parsed[1][0].qualifier == "any")
        #expect(parsed[1][0].relation == "<<")
        #expect(parsed[1][0].version == "3.12~")
        #expect(parsed[2][0].version == nil)
        #expect(parsed[2][1].relation == "=")
        #expect(parsed[2][1].version == "1:2-3")
        #expect(parsed[2][2].qualifier == "i386")
        #expect(parsed[2][2].architectures == ["amd64", "!arm64"])
        #expect(parsed[3][0].relation == ">=", "the old spelling")
        #expect(PackageRelation.parse("").isEmpty)
        #expect(PackageRelation(" (>= 1)") == nil)
        #expect(PackageRelation("x (>= )")?.relation == nil)
        #expect(PackageRelation("x (>= 1")?.version == nil)
    }

    private func document(_ text: String) throws -> NSDictionary {
        let stanza = try #require(stanzas(text, piece: 4096).first)
        var json = JSONText()
        try #require(PackageDocument(stanza)).write(to: &json)
        #expect(json.bytes.last == UInt8(ascii: "\n"))
        #expect(json.bytes.dropLast().allSatisfy { $0 != UInt8(ascii: "\n") })
        return try #require(try JSONSerialization.jsonObject(with: Data(json.bytes)) as? NSDictionary)
    }

    @Test func aWholeDocument() throws {
        let found = try document(
            """
            Package: tool
            Version: 1.0-1
            Architecture: amd64
            Source: tools (1.0)
            Section: misc
            Priority: optional
            Maintainer: "Q. \\Quoted" <q@example.org>
            Installed-Size: 12
            Size: 3456
            Depends: a (>= 1) | b, c:any
            Pre-Depends: dpkg
            Suggests: d
            Description: does "things"
             Long.
            Homepage: https://example.org/
            Tag: role::program,
             use::viewing
            """)
        #expect(
            found == [
                "id": "tool_1.0-1_amd64", "name": "tool", "version": "1.0-1", "architecture": "amd64",
                "source": "tools (1.0)", "section": "misc", "priority": "optional",
                "maintainer": ["name": "Q. \\Quoted", "email": "q@example.org"],
                "description": ["short": "does \"things\"", "long": "Long."], "homepage": "https://example.org/",
                "depends": [
                    ["name": "a", "relation": ">=", "version": "1", "alternatives": [["name": "b"]]],
                    ["name": "c", "qualifier": "any"],
                ], "pre_depends": [["name": "dpkg"]], "suggests": [["name": "d"]],
                "size": ["installed_kib": 12, "download_bytes": 3456], "tags": ["role::program", "use::viewing"],
            ] as NSDictionary)
    }

    @Test func whatIsMissingIsAbsent() throws {
        let found = try document(
            "Package: tool\nVersion: 1\nInstalled-Size: many\nMaintainer: nobody@example.org\nTag: ,\nDepends: ,")
        #expect(
            found == [
                "id": "tool_1_all", "name": "tool", "version": "1", "maintainer": ["email": "nobody@example.org"],
            ]
                as NSDictionary)
        #expect(PackageDocument(stanzas("Package: x", piece: 9)[0]) == nil)
        #expect(PackageDocument(stanzas("Version: 1", piece: 9)[0]) == nil)
    }

    /// Control characters and line ends of Unicode must not break a line of JSON.
    @Test func oddTextStaysOneLine() throws {
        let found = try document("Package: x\nVersion: 1\nDescription: a\u{1}\u{7F}\t\u{2028}b\u{85}")
        #expect((found["description"] as? NSDictionary)?["short"] as? String == "a\u{1}\u{7F}\t\u{2028}b\u{85}")
    }
}
