import Foundation
import HearthProfile
import Testing

@testable import HearthFormats

@Suite struct PerfScriptTests {
    /// The shapes that `perf script` prints; the text is made up.
    static let text = """
        # captured on: a day 12
        app 4242 [001]  100.000100:    1000000 cpu-clock:uhH:
        \t          401136 leaf(int)+0x16 (/usr/bin/app)
        \t          401200 main+0x20 (/usr/bin/app)
        \t    7f00deadbeef [unknown] (/usr/lib/libc.so.6)

        worker 3 4242/4243  100.000200:    1000000 cpu-clock:uhH:
        \t          401136 leaf(int)+0x1a (/usr/bin/app (deleted))
        \t          401150 helper (inlined)
        \t          401200 std::vector<(anonymous namespace)::T>::push_back(T const&)+0x20 (/usr/bin/app)
        \t               0 [unknown] ([unknown])

        app 4242 [001]  100.000300:        512 page-faults:
        \tffffffff81000000 asm_exc_page_fault+0x22 ([kernel.kallsyms])

        """

    private func read(_ text: String) throws -> (profile: Profile, notes: ReadNotes) {
        try Profile.read(Array(text.utf8), named: "perf.txt")
    }

    @Test func stacksRootFirstWithPeriodsAndThreads() throws {
        let (profile, notes) = try read(Self.text)
        #expect(notes.format == .perfScript)
        #expect(notes.warnings.isEmpty)
        #expect(profile.sampleTypes == [.samples, .cpu, ValueType(type: "page-faults", unit: "count")])
        let first = ["[libc.so.6]", "main", "leaf(int)"]
        let second = [
            "[unknown]", "std::vector<(anonymous namespace)::T>::push_back(T const&)", "helper", "leaf(int)",
        ]
        let third = ["asm_exc_page_fault"]
        #expect(profile.defaultSampleType == 1, "samples of two events have no sum")
        #expect(profile.valuesByNames(column: 0) == [first: 1, second: 1])
        #expect(profile.valuesByNames(column: 1) == [first: 1_000_000, second: 1_000_000])
        #expect(profile.valuesByNames(column: 2) == [third: 512])
        let threads = profile.samples.map { profile.labels[$0.labels]["thread"] }
        #expect(threads == [.text("app"), .text("worker 3"), .text("app")])
        #expect(Set(profile.images.map(\.name)) == ["app", "libc.so.6", "[kernel.kallsyms]", "app (deleted)"])
    }

    /// Printed without its object, an inlined function is in that of its caller; so pprof can hold it as one.
    @Test func inlinedFramesAreOfTheirCallersObject() throws {
        let (profile, _) = try read(
            "app 1 1.5: 10 cycles:\n\t 401150 inner (inlined)\n\t 401150 outer+0x10 (/usr/bin/app)\n"
                + "\t 401100 other (inlined)\n")
        func kinds(_ profile: Profile) -> [String: [String]] {
            Dictionary(
                uniqueKeysWithValues: profile.frames.enumerated().map { index, frame in
                    let name = profile.displayName(FrameID(rawValue: UInt32(index)))
                    return (name, ["\(frame.kind)", frame.image.map { profile.image($0).name } ?? "-"])
                })
        }
        let expected = ["outer": ["function", "app"], "inner": ["inlined", "app"], "other": ["inlined", "-"]]
        #expect(kinds(profile) == expected)
        let back = try Profile.read(try profile.encoded(as: .pprof), named: "x.pb.gz").profile
        #expect(kinds(back).filter { $0.key != "other" } == expected.filter { $0.key != "other" })
    }

    @Test func aRealFile() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/spin.perf")
        let (profile, notes) = try Profile.read(path.path)
        #expect(notes.format == .perfScript)
        #expect(notes.warnings.isEmpty)
        #expect(profile.defaultSampleType == 0 && profile.sampleTypes.count == 2)
        #expect(profile.total(column: 0) == 33)
        #expect(profile.total(column: 1) == 33 * 33_333_333)
        let block = FunctionTotals(profile, column: 0).sorted(by: .selfValue)[0]
        #expect(block.name == "crypto/sha256.block.abi0" && block.image == "spin")
        #expect(profile.samples.allSatisfy { profile.labels[$0.labels] == ["thread": .text("spin")] })
    }

    /// Blocks of a second from the first sample on, wherever perf's clock began, also where processors are printed in turn.
    @Test func timesBecomeBlocks() throws {
        let times = ["3228.999999", "3228.500000", "3229.499999", "3229.500000", "3231.6"]
        let (profile, notes) = try read(times.map { "app 1 \($0): 7 cycles:\n\t401136 f (/a)\n\n" }.joined())
        #expect(notes.warnings.isEmpty)
        #expect(profile.blockDuration == 1_000_000_000 && profile.duration == 3_100_000_000)
        #expect(profile.startTime == 0, "perf's clock does not say when it began")
        #expect(profile.samples.map(\.block) == [0, 1, 3])
        #expect(profile.samples.indices.map { profile.value(row: $0, column: 0) } == [3, 1, 1])
        #expect(try profile.cut(into: 2).map { $0.total(column: 0) } == [4, 1])
        let some = try read("app 1 5.0: 7 cycles:\n\t401136 f (/a)\n\napp 1 7 cycles:\n\t401136 f (/a)\n").profile
        #expect(some.samples.map(\.block) == [0, nil])
        let none = try read("app 12 cycles: \n\t 401136 f (/a)\n").profile
        #expect(none.samples.map(\.block) == [nil] && none.blockDuration == 0)
        let odd = ["0.0", "99999999999999999999.5", "9223372036.854775807"].map {
            "app 1 \($0): 7 cycles:\n\t401136 f (/a)\n\n"
        }
        #expect(try read(odd.joined()).profile.samples.map(\.block) == [0, nil, .max])
    }

    @Test func aTooDeepStackIsNamedByItsLine() {
        let text = Self.text + "app 1 5.0: 7 cycles:\n" + String(repeating: "\t401136 f (/a)\n", count: 9)
        var limits = ReadLimits()
        limits.stackDepth = 8
        #expect(throws: ProfileReadError(path: "x", reason: .stackTooDeep(limit: 8, place: .line(15)))) {
            try Profile.read(Array(text.utf8), named: "x", limits: limits)
        }
        #expect(
            ProfileReadError(path: "x", reason: .stackTooDeep(limit: 8, place: .line(15))).description
                == "cannot read x: the stack at line 15 has more than 8 frames")
    }

    @Test func threadAndSymbolsAlone() throws {
        let (profile, notes) = try read(
            "spin 17255 \n\t           ade4a crypto/sha256.block\n\te9b5dba5b5c0fbcf [unknown]\n\n")
        #expect(notes.format == .perfScript && notes.warnings.isEmpty)
        #expect(profile.valuesByNames(column: 0) == [["[unknown]", "crypto/sha256.block"]: 1])
    }

    @Test func fewerFieldsAreEnough() throws {
        let (profile, _) = try read("app 12 cycles: \n\t 401136 f (/a)\n\napp 12 cycles: \n\t 401137 f (/a)\n")
        #expect(profile.sampleTypes == [.samples])
        #expect(profile.total(column: 0) == 2)
    }

    private func sample(_ event: String, _ period: Int?, _ function: String) -> String {
        "app 1 1.5: \(period.map { "\($0) " } ?? "")\(event):\n\t401136 \(function)+0x1 (/a)\n\n"
    }

    @Test func eventsAreKeptApart() throws {
        let text =
            sample("page-faults", 3, "f") + sample("cycles:u", 100, "f") + sample("cycles:k", 50, "g")
            + sample("task-clock:uhH", 9, "h") + sample("sched:sched_switch", 1, "g")
            + sample("sched:sched_wakeup:k", 1, "g")
        let (profile, notes) = try read(text)
        #expect(notes.warnings.isEmpty)
        #expect(
            profile.sampleTypes.map(\.type) == [
                "samples", "page-faults", "cycles:u", "cycles:k", "cpu", "sched:sched_switch", "sched:sched_wakeup",
            ])
        #expect(profile.sampleTypes[4] == .cpu && profile.defaultSampleType == 4 && profile.periodType == .cpu)
        #expect(profile.sampleTypes.indices.map(profile.total) == [1, 3, 100, 50, 9, 1, 1])
    }

    @Test func theDefaultIsAClockElseCyclesElseTheFirst() throws {
        for (events, expected) in [
            (["page-faults", "cpu-clock"], "cpu"), (["page-faults", "cpu_core/cycles/P"], "cpu_core/cycles/P"),
            (["page-faults", "instructions"], "page-faults"), (["cpu-clock:u", "task-clock:u"], "cpu-clock:u"),
        ] {
            let profile = try read(events.map { sample($0, 7, "f") }.joined()).profile
            #expect(profile.sampleTypes.count == 3)
            #expect(profile.sampleTypes[profile.defaultSampleType].type == expected)
            #expect(profile.total(column: profile.defaultSampleType) == 7)
        }
    }

    /// A comment or a frame is no header, though it reads like one.
    @Test func onlyHeadersHaveEvents() throws {
        let text = "# captured on: a day 12\n" + sample("cycles", 7, "f").dropLast() + "  worker 3 4 9 odd:\n\n"
        let (profile, notes) = try read(text)
        #expect(profile.sampleTypes.map(\.type) == ["samples", "cycles"])
        #expect(notes.malformedLines == 1)
    }

    @Test func eventsWithoutPeriodsAreCounted() throws {
        let text = sample("cycles", nil, "f") + sample("cycles", nil, "f") + sample("page-faults", nil, "g")
        let profile = try read(text).profile
        #expect(profile.sampleTypes.map(\.type) == ["samples", "cycles", "page-faults"])
        #expect(profile.sampleTypes.indices.map(profile.total) == [2, 2, 1])
    }

    @Test func eventsByTheThousandAreLeftOut() throws {
        let (profile, notes) = try read((0..<1_000).map { sample("e\($0)", 1, "f") }.joined())
        #expect(profile.sampleTypes.count == 65)
        #expect(notes.malformedLines == 936)
        #expect(notes.firstMalformedLine?.problem == "there are more than 64 events")
        let all = profile.sampleTypes.indices.dropFirst().reduce(0) { $0 + profile.total(column: $1) }
        #expect(all == 64)
    }

    @Test(arguments: [
        "\t          401136 main+0x16\n\t          401200 _start+0x20\n\n",
        "app \n\t  401136 main+0x16 (/usr/bin/app)\n\t  7f0000001200 [unknown] (/lib/libc.so.6)\n\napp \n\t  401136 main\n",
    ])
    func framesWithoutHeadersAreKnownForWhatTheyAre(text: String) {
        do throws(ProfileReadError) {
            _ = try Profile.read(Array(text.utf8), named: "x")
            Issue.record("there is nothing to read")
        } catch {
            guard case .noUsableLine(.perfScript, _) = error.reason else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(throws: ProfileReadError(path: "x", reason: .unknownFormat)) {
            try Profile.read(Array("Shopping:\n  added bread\n  facade paint\n".utf8), named: "x")
        }
    }

    @Test func withoutCallChainsASampleIsALine() throws {
        let (profile, notes) = try read(
            """
                         app  4242 100.1:     250000 cycles:u:      401136 f+0x16 (/usr/bin/app)
                         app  4242 100.2:     250000 cycles:u:      401190 g+0x6 (/usr/bin/app)

            """)
        #expect(notes.warnings.isEmpty)
        #expect(profile.sampleTypes == [.samples, ValueType(type: "cycles", unit: "count")])
        #expect(profile.valuesByNames(column: 1) == [["f"]: 250_000, ["g"]: 250_000])
    }

    @Test func linesThatFitNowhereAreCounted() throws {
        let (profile, notes) = try read("rubbish\n" + Self.text + "\n\tno address here\n")
        #expect(profile.samples.count == 3)
        #expect(notes.malformedLines == 2)
        #expect(notes.firstMalformedLine == ReadNotes.Line(number: 1, text: "rubbish"))
    }

    @Test func aLastSampleWithoutBlankLineCounts() throws {
        let (profile, _) = try read("app 1 1.5: 10 cycles:\n\t401136 f+0x1 (/a)")
        #expect(profile.valuesByNames(column: 1) == [["f"]: 10])
    }
}
