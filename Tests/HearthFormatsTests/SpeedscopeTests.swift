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

    @Test func canonicalText() throws {
        var profile = Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1)
        let name = profile.intern("main")
        let frames = [
            profile.intern(Frame(name: name, file: profile.intern("/src/a.swift"), line: 7)),
            profile.intern(frameNamed: "leaf"),
        ]
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [2, 20_000_000])
        let text = String(decoding: try profile.encoded(as: .speedscope), as: UTF8.self)
        let expected =
            #"{"$schema":"https://www.speedscope.app/file-format-schema.json","activeProfileIndex":1,"#
            + #""exporter":"hearth \#(hearthVersion)","name":"profile","profiles":["#
            + #"{"endValue":2,"name":"samples","samples":[[0,1]],"startValue":0,"type":"sampled","unit":"none","weights":[2]},"#
            + #"{"endValue":20000000,"name":"cpu","samples":[[0,1]],"startValue":0,"type":"sampled","unit":"nanoseconds","weights":[20000000]}],"#
            + #""shared":{"frames":[{"file":"/src/a.swift","line":7,"name":"main"},{"name":"leaf"}]}}"# + "\n"
        #expect(text == expected)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func roundTripKeepsNamesAndValues(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        let back = try Profile.read(try profile.encoded(as: .speedscope), named: "x.json").profile
        #expect(back.sampleTypes.map(\.type) == profile.sampleTypes.map(\.type))
        #expect(back.sampleTypes.map(\.unit) == profile.sampleTypes.map(\.unit))
        #expect(back.defaultSampleType == profile.defaultSampleType)
        for column in profile.sampleTypes.indices {
            let names = profile.valuesByNames(column: column).map { ($0 == ["[no stack]"] ? ["[no stack]"] : $0, $1) }
            #expect(back.valuesByNames(column: column) == Dictionary(uniqueKeysWithValues: names))
        }
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

    @Test func badFilesAreNamedByPlace() {
        #expect(reason("{}") == "taken for speedscope JSON, but \"shared\" is missing")
        let frames = #"{"shared": {"frames": [{"name": "a"}]}, "profiles": "#
        #expect(reason(frames + "[]}") == "taken for speedscope JSON, but there is no profile at profiles")
        let head = frames + #"[{"type": "sampled", "name": "T", "unit": "none", "startValue": 0, "endValue": 1, "#
        #expect(
            reason(head + #""samples": [[0], [4]], "weights": [1, 1]}]}"#)
                == "taken for speedscope JSON, but frame 4 is out of range, there are 1 at profiles[0].samples[1]")
        #expect(
            reason(head + #""samples": [[0], [-1]], "weights": [1, 1]}]}"#)
                == "taken for speedscope JSON, but frame -1 is out of range, there are 1 at profiles[0].samples[1]")
        #expect(
            reason(head + #""samples": [[0]], "weights": [1, 1]}]}"#)
                == "taken for speedscope JSON, but as many weights as samples are expected at profiles[0]")
        #expect(
            reason(head + #""samples": [["x"]], "weights": [1]}]}"#)
                == "taken for speedscope JSON, but Int expected at profiles[0].samples[0][0]")
        #expect(reason(frames)?.hasPrefix("taken for speedscope JSON, but the file ends too early at byte ") == true)
        let evented =
            frames + #"[{"type": "evented", "name": "T", "unit": "none", "startValue": 0, "endValue": 1, "events": "#
        #expect(
            reason(evented + #"[{"type": "C", "frame": 0, "at": 1}]}]}"#)
                == "taken for speedscope JSON, but a frame is left that is not the innermost at profiles[0].events[0]")
        #expect(
            reason(evented + #"[{"type": "O", "frame": 0, "at": -1}]}]}"#)
                == "taken for speedscope JSON, but time goes backwards at profiles[0].events[0]")
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
        #expect(JSONFault.find(in: Array(text.utf8)) == JSONFault(what: what, byte: byte))
        // Of what it does not want, Foundation's decoder takes some that is no JSON.
        #expect(reason(text) != nil)
    }

    @Test func whatIsNoJSONIsNamedByByte() {
        #expect(reason(#"{"shared": [}"#) == "taken for speedscope JSON, but a value is expected at byte 12")
        let odd = #"{"shared": {"frames": []}, "profiles": [], "activeProfileIndex": 99999999999999999999}"#
        #expect(
            reason(odd) == "taken for speedscope JSON, but a number is malformed or out of range")
    }

    @Test func bytesThatAreNotUTF8AreNamedByByte() {
        let bytes = Array(#"{"a": "x"#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(JSONFault.find(in: bytes) == JSONFault(what: "a string that is not UTF-8 begins", byte: 6))
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func goodJSONHasNoFault(seed: UInt64) throws {
        #expect(JSONFault.find(in: try Profile.random(seed: seed).encoded(as: .speedscope)) == nil)
        #expect(JSONFault.find(in: Array(#" [{}, [], {"a": [null, -1.5e3, "\u00e9\n"]}] "#.utf8)) == nil)
    }

    @Test func columnsByTheThousandAreRefused() {
        let profiles = (0..<1_000).map {
            #"{"type":"sampled","name":"t\#($0)","unit":"none","startValue":0,"endValue":1,"samples":[[0]],"weights":[1]}"#
        }
        let list = profiles.joined(separator: ",")
        let text = #"{"exporter":"hearth 1","shared":{"frames":[{"name":"a"}]},"profiles":[\#(list)]}"#
        #expect(reason(text) == "taken for speedscope JSON, but there are more than 64 sample types at profiles")
    }

    @Test func deepJSONIsNoCrash() {
        #expect(reason(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(reason(#"{"shared":"# + String(repeating: #"{"a":"#, count: 1_000_000)) != nil)
    }
}
