import HearthProfile
import HearthRandom
import Testing

@testable import HearthFormats

@Suite struct CollapsedTests {
    private func read(_ text: String) throws -> (profile: Profile, notes: ReadNotes) {
        try Profile.read(Array(text.utf8), named: "test.folded", format: .collapsed)
    }

    private func written(_ profile: Profile, column: Int? = nil) throws -> String {
        String(decoding: try profile.encoded(as: .collapsed, column: column), as: UTF8.self)
    }

    @Test func canonicalText() throws {
        let (profile, notes) = try read("b 2\na;c;d 10\na;b c 5\na;c 1\nb 3\n")
        #expect(notes.warnings.isEmpty)
        #expect(
            try written(profile) == """
                # hearth sample-type: samples count
                a;b c 5
                a;c 1
                a;c;d 10
                b 5

                """)
    }

    @Test func countIsWhatFollowsTheLastBlank() throws {
        let (profile, _) = try read("main;worker 3 17\nmain 99999999999\n")
        #expect(profile.valuesByNames(column: 0) == [["main", "worker 3"]: 17, ["main"]: 99_999_999_999])
        #expect(profile.sampleTypes == [.samples])
    }

    @Test func carriageReturnsCommentsBlankLinesAndByteOrderMark() throws {
        let (profile, notes) = try read("\u{FEFF}a;b 1\r\n\r\n# a comment 7\r\n   \r\na;b 2\r\nlast 4")
        #expect(profile.valuesByNames(column: 0) == [["a", "b"]: 3, ["last"]: 4])
        #expect(notes.warnings.isEmpty)
    }

    @Test func malformedLinesAreCountedAndTheFirstIsShown() throws {
        let (profile, notes) = try read(
            "a;b 1\nno count here\n5\na;b x9\n;; 3\nbig 99999999999999999999\nc -2\nc 2\n")
        #expect(profile.valuesByNames(column: 0) == [["a", "b"]: 1, ["c"]: 2])
        #expect(notes.malformedLines == 6)
        #expect(notes.firstMalformedLine == ReadNotes.Line(number: 2, text: "no count here"))
        #expect(notes.warnings == ["6 malformed lines left out, the first is line 2: no count here"])
    }

    @Test(arguments: [
        ("a;b -1", "its count is below 0"), ("a -0.5", "its count is below 0"),
        ("a 9223372036854775808", "its count is too large for 64 bits"),
        ("a 99999999999999999999.5", "its count is too large for 64 bits"), ("a x9", nil), ("a 1.2.3", nil),
        ("a -", nil), ("a .", nil), ("a", nil), (";; 3", nil),
    ])
    func whatIsWrongWithACountIsSaid(line: String, problem: String?) throws {
        let (profile, notes) = try read("good 7\n\(line)\n")
        #expect(profile.valuesByNames(column: 0).keys.first == ["good"] && profile.samples.count == 1)
        #expect(notes.firstMalformedLine == ReadNotes.Line(number: 2, text: line, problem: problem))
        let reason = problem.map { " (\($0))" } ?? ""
        #expect(notes.warnings == ["1 malformed line left out, the first is line 2\(reason): \(line)"])
    }

    @Test func aTooDeepStackIsAMalformedLine() throws {
        var limits = ReadLimits()
        limits.stackDepth = 3
        let (profile, notes) = try Profile.read(Array("a;b;c 1\na;b;c;d 2\n".utf8), named: "x.folded", limits: limits)
        #expect(profile.total(column: 0) == 1)
        #expect(notes.firstMalformedLine?.problem == "its stack has more than 3 frames")
    }

    @Test func aDifferenceIsNoProfile() throws {
        let type = ValueType(type: "odd\ntype", unit: "count")
        let text = DifferentialCollapsed.encode([(["a", "b"], 1, 2)], type: type)
        let expected = "# hearth differential: base, new; odd\\u{A}type count\na;b 1 2\n"
        #expect(String(decoding: text, as: UTF8.self) == expected)
        #expect(throws: ProfileReadError(path: "x", reason: .isDifference)) { try Profile.read(text, named: "x") }
        // Without the header nobody knows: a name may end in a number.
        #expect(try read("a;b 1 2\n").profile.valuesByNames(column: 0) == [["a", "b 1"]: 2])
    }

    @Test func valuesBelowZeroAreNotWritten() throws {
        var profile = Profile(sampleTypes: [.samples])
        for (name, value) in [("grew", Int64(3)), ("shrank", -3), ("same", 0)] {
            profile.add(.init(stack: profile.push(profile.intern(frameNamed: name), on: .empty)), values: [value])
        }
        #expect(try written(profile) == "# hearth sample-type: samples count\ngrew 3\n")
    }

    @Test func bytesThatAreNotUTF8AreReplacedAndCounted() throws {
        let bytes = Array("a;b".utf8) + [0xFF] + Array(" 1\na;b".utf8) + [0xFF] + Array(" 2\n".utf8)
        let (profile, notes) = try Profile.read(bytes, named: "x.folded")
        #expect(profile.valuesByNames(column: 0) == [["a", "b\u{FFFD}"]: 3])
        #expect(notes.invalidUTF8 == 1)
        #expect(notes.warnings == ["1 name holds bytes that are not UTF-8, shown as \u{FFFD}"])
    }

    @Test func fractionsAreScaledAndTheUnitSaysSo() throws {
        let (profile, notes) = try read("a 1.25\nb 2\nc .5\nd 3.000\ne 0.75\n")
        #expect(notes.warnings.isEmpty)
        #expect(profile.sampleTypes == [ValueType(type: "samples", unit: "count/100")])
        #expect(profile.valuesByNames(column: 0) == [["a"]: 125, ["b"]: 200, ["c"]: 50, ["d"]: 300, ["e"]: 75])
        let text = try written(profile)
        #expect(text == "# hearth sample-type: samples count/100\na 1.25\nb 2\nc 0.5\nd 3\ne 0.75\n")
        #expect(try read(text).profile.canonicalRows == profile.canonicalRows)
        #expect(try read(text).profile.sampleTypes == profile.sampleTypes)
    }

    @Test func manyDigitsAreRounded() throws {
        let (profile, _) = try read("a 0.30000000000000004\nb 0.0000005\nc 1\n")
        #expect(profile.sampleTypes[0].unit == "count/1000000")
        #expect(profile.valuesByNames(column: 0) == [["a"]: 300_000, ["b"]: 1, ["c"]: 1_000_000])
    }

    @Test func sampleTypeOfOurHeaderIsHonoured() throws {
        var profile = Profile(sampleTypes: [.samples, .cpu, ValueType(type: "odd type", unit: "")])
        let frame = profile.intern(frameNamed: "main")
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: [frame])), values: [1, 10_000_000, 7])
        #expect(try written(profile, column: 1) == "# hearth sample-type: cpu nanoseconds\nmain 10000000\n")
        for column in 0..<3 {
            let back = try read(try written(profile, column: column)).profile
            #expect(back.sampleTypes == [profile.sampleTypes[column]])
        }
    }

    @Test func namesAreEscapedInOnePiece() throws {
        var profile = Profile(sampleTypes: [.samples])
        let names = ["a;b", "x\ny", "#z", "\\u{41}", "App\\Http", "l\u{85}m\u{2028}n\u{2029}o", "\u{2027}\u{202A}"]
        let frames = names.map { profile.intern(frameNamed: $0) }
        for frame in frames {
            profile.add(Profile.Sample(stack: profile.stack(rootFirst: [frame])), values: [1])
        }
        let lines = try written(profile).split(separator: "\n").dropFirst().map(String.init)
        #expect(
            Set(lines) == [
                "a\\u{3B}b 1", "x\\u{A}y 1", "\\u{23}z 1", "\\u{5C}u{41} 1", "App\\Http 1",
                "l\\u{85}m\\u{2028}n\\u{2029}o 1", "\u{2027}\u{202A} 1",
            ])
        #expect(try read(try written(profile)).profile.canonicalRows == profile.canonicalRows)
    }

    @Test func samplesWithoutFramesKeepTheirWeight() throws {
        var profile = Profile(sampleTypes: [.samples])
        profile.add(Profile.Sample(stack: .empty), values: [3])
        #expect(try written(profile) == "# hearth sample-type: samples count\n[no stack] 3\n")
    }

    @Test func aFileOfNothingButRubbishIsAnError() {
        #expect(throws: ProfileReadError.self) { try read("nothing\nto see\n") }
        do {
            _ = try read("nothing\nto see\n")
        } catch {
            #expect(
                "\(error)"
                    == "cannot read test.folded: no line is of the format collapsed, the first is line 1: nothing")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func roundTripKeepsNamesAndValues(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        for column in profile.sampleTypes.indices {
            let text = try written(profile, column: column)
            let (back, notes) = try read(text)
            #expect(notes.warnings.isEmpty)
            #expect(back.sampleTypes == [profile.sampleTypes[column]])
            #expect(back.valuesByNames(column: 0) == profile.valuesByNames(column: column).filter { $1 > 0 })
            #expect(try written(back) == text, "what was read is written as it was")
        }
    }

    /// Names are told apart by hashes of sixteen bytes at a time: by every byte, the last ones and zeros too.
    @Test func namesThatAreNearlyTheSame() throws {
        var names: Set<String> = []
        for length in [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 1_040] {
            let name = String(repeating: "n", count: length)
            names.formUnion([name, name.dropLast() + "m", "m" + name.dropFirst(), name + "\0", name + "\0\0"])
            // Sixteen bytes that stand in another place.
            names.formUnion([name + String(repeating: "o", count: 16), String(repeating: "o", count: 16) + name])
        }
        let text = names.map { "root;\($0);leaf 1\n" }.joined()
        let bytes = Array((text + text).utf8)
        let profile = try Profile.read(bytes, named: "x.folded", format: .collapsed).profile
        #expect(
            profile.valuesByNames(column: 0)
                == Dictionary(uniqueKeysWithValues: names.map { (["root", $0, "leaf"], 2) }))
    }

    @Test func countsBelowTheLastDigitAreSaid() throws {
        let (profile, notes) = try Profile.read(Array("a 0.0000004\nb 1\nc 0.0\n".utf8), named: "x.folded")
        #expect(notes.malformedLines == 1 && profile.valuesByNames(column: 0)[["a"]] == nil)
        #expect(notes.warnings.contains { $0.contains("nothing is left in the 6 digits after the point") })
    }

    /// What the digits of another count leave no room for is as large as can be, whichever came first.
    @Test func largeCountsAndFineOnesInAnyOrder() throws {
        for text in ["c 0.333333\na 10000000000000\n", "a 10000000000000\nc 0.333333\n"] {
            let profile = try Profile.read(Array(text.utf8), named: "x.folded").profile
            #expect(profile.valuesByNames(column: 0) == [["a"]: .max, ["c"]: 333_333])
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func orderOfRowsHasNoEffect(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        var shuffled = Profile(like: profile)
        var random = SeededGenerator(seed: seed)
        for row in profile.samples.indices.shuffled(using: &random) {
            let names = profile.stacks.framesLeafFirst(profile.samples[row].stack).map { profile.displayName($0) }
            let frames = names.reversed().map { shuffled.intern(frameNamed: $0) }
            shuffled.add(Profile.Sample(stack: shuffled.stack(rootFirst: frames)), values: profile.values(row: row))
        }
        #expect(try written(profile) == written(shuffled))
    }
}
