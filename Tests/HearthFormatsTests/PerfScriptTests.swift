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
        #expect(profile.valuesByNames(column: 0) == [first: 1, second: 1, third: 1])
        #expect(profile.valuesByNames(column: 1) == [first: 1_000_000, second: 1_000_000])
        #expect(profile.valuesByNames(column: 2) == [third: 512])
        let threads = profile.samples.map { profile.labels[$0.labels]["thread"] }
        #expect(threads == [.text("app"), .text("worker 3"), .text("app")])
        #expect(Set(profile.images.map(\.name)) == ["app", "libc.so.6", "[kernel.kallsyms]", "app (deleted)"])
    }

    @Test func aRealFile() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/spin.perf")
        let (profile, notes) = try Profile.read(path.path)
        #expect(notes.format == .perfScript)
        #expect(notes.warnings.isEmpty)
        #expect(profile.total(column: 0) == 33)
        #expect(profile.total(column: 1) == 33 * 33_333_333)
        let block = FunctionTotals(profile, column: 0).sorted(by: .selfValue)[0]
        #expect(block.name == "crypto/sha256.block.abi0" && block.image == "spin")
        #expect(profile.samples.allSatisfy { profile.labels[$0.labels] == ["thread": .text("spin")] })
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
