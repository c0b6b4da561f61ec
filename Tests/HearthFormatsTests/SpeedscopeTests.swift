import Foundation
import HearthProfile
import Testing

@testable import HearthFormats

@Suite struct SpeedscopeTests {
    private func read(_ text: String) throws -> Profile {
        try Profile.read(Array(text.utf8), named: "x.speedscope.json").profile
    }

    private func reason(_ text: String) -> String? {
        do throws(ProfileReadError) {
            _ = try Profile.read(Array(text.utf8), named: "x.json", format: .speedscope)
            return nil
        } catch {
            return error.reason.description
        }
    }

    private func fault(_ bytes: [UInt8]) -> ProfileReadError.Reason? {
        do throws(ProfileReadError.Reason) {
            try JSONCursor.check(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func canonicalText() throws {
        var profile = Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1)
        let name = profile.intern("main")
        let frames = [
            profile.intern(Frame(name: name, file: profile.intern("/src/a.swift"), line: 7)),
            profile.intern(frameNamed: "leaf"),
        ]
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [2, 20_000_000])
        let text = String(decoding: try profile.encoded(as: .speedscope), as: UTF8.self)
        let expected = ##"""
            {"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hearth \##(hearthVersion)",\##
            "name":"profile","activeProfileIndex":1,"shared":{"frames":[\##
            {"name":"main","file":"/src/a.swift","line":7},{"name":"leaf"}]},"profiles":[
            {"type":"sampled","name":"samples","unit":"none","startValue":0,"endValue":2,"samples":[[0,1]],\##
            "weights":[2],"hearth":{"type":"samples","unit":"count"}},
            {"type":"sampled","name":"cpu","unit":"nanoseconds","startValue":0,"endValue":20000000,\##
            "samples":[[0,1]],"weights":[20000000],"hearth":{"type":"cpu","unit":"nanoseconds"}}
            ]}

            """##
        #expect(text == expected)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func roundTripKeepsNamesAndValues(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        let back = try Profile.read(try profile.encoded(as: .speedscope), named: "x.json").profile
        #expect(back.sampleTypes == profile.sampleTypes)
        #expect(back.defaultSampleType == profile.defaultSampleType)
        #expect(back.samples.allSatisfy { $0.labels == .none })
        for column in profile.sampleTypes.indices {
            #expect(back.valuesByNames(column: column) == profile.positive(column: column).valuesByNames(column: 0))
        }
    }

    /// Split by a label, each part is what the filter of that value leaves.
    @Test(arguments: 0..<10 as Range<UInt64>) func splitByALabelAndReadBack(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        let back = try Profile.read(try profile.encoded(as: .speedscope, splitBy: "node"), named: "x.json").profile
        #expect(back.sampleTypes == profile.sampleTypes)
        #expect(back.defaultSampleType == profile.defaultSampleType)
        #expect(Set(back.labels.sets.flatMap(\.keys)).isSubset(of: ["node"]))
        let parts = Dictionary(uniqueKeysWithValues: back.split(by: ["node"]).map { ($0.values[0], $0.profile) })
        for (values, part) in profile.split(by: ["node"]) {
            for column in profile.sampleTypes.indices {
                let written = parts[values[0]]?.valuesByNames(column: column) ?? [:]
                #expect(written == part.positive(column: column).valuesByNames(column: 0))
            }
        }
    }

    @Test func partsAreNamedAndTheCostliestComesFirst() throws {
        var profile = Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1)
        let rows: [(thread: String?, cpu: Int64)] = [
            ("idle \"1\"", 5), ("worker 2", 70), (nil, 30), ("worker 2", 1),
        ]
        for (thread, cpu) in rows {
            let stack = profile.push(profile.intern(frameNamed: "f\(cpu)"), on: .empty)
            let labels = profile.intern(labels: thread.map { ["thread": .text($0)] } ?? [:])
            profile.add(.init(stack: stack, labels: labels), values: [1, cpu])
        }
        func names(_ profile: Profile) throws -> [String] {
            let json = try JSONSerialization.jsonObject(
                with: Data(try profile.encoded(as: .speedscope, splitBy: "thread")))
            let file = try #require(json as? [String: Any])
            #expect(file["activeProfileIndex"] as? Int == profile.defaultSampleType)
            return try #require(file["profiles"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        }
        #expect(
            try names(profile) == [
                "worker 2 (samples)", "worker 2 (cpu)", "[no thread] (samples)", "[no thread] (cpu)",
                "idle \"1\" (samples)", "idle \"1\" (cpu)",
            ])
        #expect(try names(profile.keeping(columns: [1])) == ["worker 2", "[no thread]", "idle \"1\""])
        #expect(throws: ProfileWriteError.cannotBeSplit(.pprof)) { try profile.encoded(as: .pprof, splitBy: "thread") }
        let empty = try Profile(sampleTypes: [.samples]).encoded(as: .speedscope, splitBy: "thread")
        #expect(try Profile.read(empty, named: "x.json").profile.isEmpty)
    }

    @Test func valuesKeepAll64Bits() throws {
        var profile = Profile(sampleTypes: [.cpu])
        let stack = profile.push(profile.intern(frameNamed: "f"), on: .empty)
        for value in [.max - 1, 1 << 53 + 1, 1] as [Int64] {
            var one = profile
            one.add(.init(stack: stack), values: [value])
            let back = try Profile.read(try one.encoded(as: .speedscope), named: "x.json").profile
            #expect(back.total(column: 0) == value)
        }
    }

    private func fixture(_ name: String) throws -> Profile {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let (profile, notes) = try Profile.read(folder.appendingPathComponent("Fixtures/\(name)").path)
        #expect(notes.format == .speedscope && notes.warnings.isEmpty)
        return profile
    }

    @Test func aFileOfPySpy() throws {
        let profile = try fixture("py-spy.speedscope.json")
        #expect(profile.sampleTypes == [ValueType(type: "time", unit: "nanoseconds")])
        let threads = profile.split(by: ["thread"]).map { ($0.values[0]?.description, $0.profile.total(column: 0)) }
        #expect(threads.count == 2)
        #expect(threads[0] == ("Thread 5795 \"\"", 960_000_000) && threads[1] == ("Thread 5798 \"other\"", 600_000_000))
        let totals = FunctionTotals(profile, column: 0)
        let digest = totals.rows.first { $0.name == "digest" }
        #expect(digest?.selfValue == 1_200_000_000 && digest?.totalValue == 1_200_000_000)
        let main = profile.frames.first { profile.strings[$0.name] == "work" }
        #expect(main.map { profile.strings[$0.file].hasSuffix("/threads.py") } == true)
    }

    @Test func aFileOfPyinstrument() throws {
        let profile = try fixture("pyinstrument.speedscope.json")
        #expect(profile.sampleTypes == [ValueType(type: "time", unit: "nanoseconds")])
        #expect(profile.labels.count == 1, "one profile is no thread")
        // To the nanosecond an event: its numbers are binary fractions of a second.
        #expect(abs(profile.total(column: 0) - 1_283_740_233) <= 18)
        let hash = FunctionTotals(profile, column: 0).sorted(by: .selfValue)[0]
        #expect(hash.name == "openssl_sha256" && abs(hash.selfValue - 1_120_006_097) <= 18)
    }

    @Test func threadsOfAForeignFileAreALabel() throws {
        let profile = try read(
            """
            {"$schema": "https://www.speedscope.app/file-format-schema.json", "shared": {"frames": [{"name": "a"}, {"name": "b"}]},
             "profiles": [
              {"type": "sampled", "name": "T1", "unit": "milliseconds", "startValue": 0, "endValue": 2, "samples": [[0, 1], [0]], "weights": [1.5, 0.25]},
              {"type": "sampled", "name": "T2", "unit": "microseconds", "startValue": 0, "endValue": 2, "samples": [[0]], "weights": [2]}]}
            """)
        #expect(profile.sampleTypes == [ValueType(type: "time", unit: "nanoseconds")])
        #expect(profile.valuesByNames(column: 0) == [["a", "b"]: 1_500_000, ["a"]: 252_000])
        let threads = Set(profile.samples.map { profile.labels[$0.labels]["thread"] })
        #expect(threads == [.text("T1"), .text("T2")])
    }

    @Test func eventsBecomeSamples() throws {
        let profile = try read(
            """
            {"shared": {"frames": [{"name": "a"}, {"name": "b"}]}, "profiles": [
              {"type": "evented", "name": "T", "unit": "nanoseconds", "startValue": 0, "endValue": 10, "events": [
                {"type": "O", "frame": 0, "at": 0}, {"type": "O", "frame": 1, "at": 3},
                {"type": "C", "frame": 1, "at": 7}, {"type": "C", "frame": 0, "at": 10}]}]}
            """)
        #expect(profile.valuesByNames(column: 0) == [["a"]: 6, ["a", "b"]: 4])
    }

    @Test func fractionalWeightsAreScaled() throws {
        let profile = try read(
            """
            {"shared": {"frames": [{"name": "a"}]}, "profiles": [{"type": "sampled", "name": "T", "unit": "none",
             "startValue": 0, "endValue": 1, "samples": [[0], [0]], "weights": [0.25, 1]}]}
            """)
        #expect(profile.sampleTypes == [ValueType(type: "samples", unit: "count/100")])
        #expect(profile.total(column: 0) == 125)
    }

    /// Of bytes and nanoseconds there are no fractions.
    @Test func aWeightThatRoundsToNothingIsNoRow() throws {
        let profile = try read(
            #"{"shared":{"frames":[{"name":"f"},{"name":"g"}]},"profiles":[{"type":"sampled","name":"t","unit":"bytes","#
                + #""startValue":0,"endValue":1,"samples":[[0],[1]],"weights":[0.4,0.6]}]}"#)
        #expect(profile.valuesByNames(column: 0) == [["g"]: 1])
        #expect(profile.samples.count == 1)
    }

    @Test func badFilesAreNamedByPlaceAndByte() {
        func expect(_ text: String, _ what: String) {
            #expect(reason(text) == "taken for speedscope JSON, but " + what)
        }
        expect("{}", #""shared" is missing, byte 0"#)
        expect(#"{"shared": {}, "profiles": []}"#, #""frames" is missing at shared, byte 10"#)
        expect(
            #"{"shared": {"frames": [{}]}, "profiles": [{"type": "sampled"}]}"#,
            #""name" is missing at shared.frames[0], byte 23"#)
        let frames = #"{"shared": {"frames": [{"name": "a"}]}, "profiles": "#
        expect(frames + "[]}", "there is no profile at profiles, byte 0")
        expect(frames, "the file ends too early at byte 52")
        let head = frames + #"[{"type": "sampled", "name": "T", "unit": "none", "startValue": 0, "endValue": 1, "#
        expect(
            head + #""samples": [[0], [4]], "weights": [1, 1]}]}"#,
            "frame 4 is out of range, there are 1 at profiles[0].samples[1], byte 152")
        expect(
            head + #""samples": [[0], [-1]], "weights": [1, 1]}]}"#,
            "frame -1 is out of range, there are 1 at profiles[0].samples[1], byte 152")
        expect(
            head + #""samples": [[0], [0.5]], "weights": [1, 1]}]}"#,
            "frame 0.5 is out of range, there are 1 at profiles[0].samples[1], byte 152")
        expect(
            head + #""samples": [[0]], "weights": [1, 1]}]}"#,
            "as many weights as samples are expected at profiles[0], byte 53")
        expect(head + #""samples": [["x"]], "weights": [1]}]}"#, "a number is expected at byte 147")
        expect(head + #""weights": [1]}]}"#, "samples and weights are expected at profiles[0], byte 53")
        let evented =
            frames + #"[{"type": "evented", "name": "T", "unit": "none", "startValue": 0, "endValue": 1, "events": "#
        expect(
            evented + #"[{"type": "C", "frame": 0, "at": 1}]}]}"#,
            "a frame is left that is not the innermost at profiles[0].events[0], byte 145")
        expect(
            evented + #"[{"type": "O", "frame": 0, "at": -1}]}]}"#,
            "time goes backwards at profiles[0].events[0], byte 145")
        expect(
            evented + #"[{"type": "X", "frame": 0, "at": 1}]}]}"#,
            #"event type "X" is not known at profiles[0].events[0], byte 145"#)
    }

    @Test(arguments: [
        (#"{"a"}"#, "a colon is expected", 4), (#"{"a": tru}"#, "a value is expected", 6),
        (#"{"a": 1 "b": 2}"#, "a comma or } is expected", 8), (#"{"a": [1 2]}"#, "a comma or ] is expected", 9),
        (#"{"a": [}"#, "a value is expected", 7), (#"{"a": "x"#, "the file ends too early", 8),
        (#"{"a": "x\q"}"#, "a string holds an escape that is none", 8),
        (#"{"a": "\u12"}"#, "a string holds an escape that is none", 7),
        ("{\"a\": \"\u{1}\"}", "a string holds a bare control character", 7),
        (#"{"a": 1.2.3}"#, "a number is malformed or too large", 6),
        (#"{"a": 1e999}"#, "a number is malformed or too large", 6), ("{} x", "something follows its end", 3),
        ("{", "the file ends too early", 1), ("{\"é\": x", "a value is expected", 7),
        ("{,}", "a name in quotes is expected", 1),
        (String(repeating: "[", count: 600), "there are more than 512 brackets in each other", 512),
    ])
    func badJSONIsNamedByByte(text: String, what: String, byte: Int) {
        #expect(fault(Array(text.utf8)) == .badJSON(what, byte: byte))
        #expect(reason(text) != nil)
    }

    @Test func whatIsNoJSONIsNamedByByte() {
        #expect(reason(#"{"shared": [}"#) == "taken for speedscope JSON, but an object is expected at byte 11")
        let odd = #"{"shared": {"frames": []}, "profiles": [], "activeProfileIndex": "one"}"#
        #expect(reason(odd) == "taken for speedscope JSON, but a number is expected at byte 65")
    }

    @Test func bytesThatAreNotUTF8AreNamedByByte() {
        let bytes = Array(#"{"a": "x"#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(fault(bytes) == .badJSON("a string that is not UTF-8 begins", byte: 6))
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func goodJSONHasNoFault(seed: UInt64) throws {
        for label in [nil, "node"] {
            let bytes = try Profile.random(seed: seed).encoded(as: .speedscope, splitBy: label)
            #expect(fault(bytes) == nil)
            // Foundation has a mind of its own.
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
        }
        #expect(fault(Array(#" [{}, [], {"a": [null, -1.5e3, "\u00e9\n"]}] "#.utf8)) == nil)
    }

    @Test func columnsByTheThousandAreRefused() {
        let profiles = (0..<1_000).map {
            #"{"type":"sampled","name":"t","unit":"none","startValue":0,"endValue":1,"samples":[[0]],"weights":[1],"#
                + #""hearth":{"type":"t\#($0)","unit":"count"}}"#
        }
        let list = profiles.joined(separator: ",")
        let text = #"{"shared":{"frames":[{"name":"a"}]},"profiles":[\#(list)]}"#
        #expect(
            reason(text) == "taken for speedscope JSON, but there are more than 64 sample types at profiles, byte 9062")
    }

    @Test func deepJSONIsNoCrash() {
        #expect(reason(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(reason(#"{"shared":"# + String(repeating: #"{"a":"#, count: 1_000_000)) != nil)
    }
}
