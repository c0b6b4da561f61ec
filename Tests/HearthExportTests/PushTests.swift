import Foundation
import HearthFormats
import HearthHTTP
import HearthProfile
import HearthTestRuns
import Testing

@testable import HearthExport

@Suite struct PushTests {
    @Test func aWindowArrivesAsItWas() async throws {
        let setup = try Setup()
        let receiver = try await Receiver(prefix: "/tenant/a")
        let url = try HTTPURL("http://user:geheim@\(receiver.server.address)/tenant/a/")
        let exporter = setup.exporter(url) {
            $0.tenant = "team-1"
            $0.labels = ["region": "north", "host": "other"]
        }
        exporter.export(makeWindow(1, process: ["service": "shop", "host": "h1", "git.commit": "abc", "empty": ""]))
        try await eventually { exporter.statistics.sent == 1 }
        let push = try #require(receiver.taken.first)
        #expect(push.fields["X-Scope-OrgID"] == "team-1")
        #expect(push.fields["Authorization"] == "Basic dXNlcjpnZWhlaW0=")
        #expect(push.labelNames.prefix(2) == ["__name__", "service_name"])
        #expect(
            push.labels == [
                "__name__": "process_cpu", "service_name": "shop", "host": "other", "git_commit": "abc",
                "region": "north",
            ])
        #expect(push.id.wholeMatch(of: /[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/) != nil)
        let sent = makeWindow(1).profile
        #expect(push.profile.sampleTypes == sent.sampleTypes)
        #expect(push.profile.startTime == sent.startTime)
        #expect(push.profile.duration == sent.duration)
        #expect(push.profile.period == sent.period && push.profile.periodType == .cpu)
        #expect(try push.profile.encoded(as: .collapsed) == sent.encoded(as: .collapsed))
        #expect(push.profile.total(column: 0) == 4)
        #expect(exporter.statistics.bytes > 0 && exporter.statistics.spooled == 0 && exporter.statistics.waiting == 0)
        #expect(exporter.counts["sent"] == 1)
        #expect(setup.lines.all == [])
        await exporter.end()
        await receiver.stop()
    }

    /// Read by the published numbers, without the messages that wrote it.
    @Test func theFieldsHaveTheNumbersOfTheInterface() throws {
        let body = try #require(try PushRequests(makeWindow(1), labels: [:]).bodies.first)
        let series = try wireFields(body)
        #expect(series.map(\.number) == [1])
        let inSeries = try wireFields(series[0].bytes)
        #expect(inSeries.map(\.number) == [1, 1, 1, 2])
        let name = try wireFields(inSeries[0].bytes)
        #expect(name.map(\.number) == [1, 2])
        #expect(name.map { String(decoding: $0.bytes, as: UTF8.self) } == ["__name__", "process_cpu"])
        let sample = try wireFields(inSeries[3].bytes)
        #expect(sample.map(\.number) == [1, 2])
        #expect(sample[0].bytes.starts(with: [0x1f, 0x8b]))
        #expect(sample[1].bytes.count == 36)
    }

    /// Fields of a message whose fields are all of the kind with a length.
    private func wireFields(_ bytes: [UInt8]) throws -> [(number: Int, bytes: [UInt8])] {
        var fields: [(Int, [UInt8])] = []
        var rest = bytes[...]
        while let tag = rest.popFirst() {
            #expect(tag & 7 == 2)
            var length = 0
            var shift = 0
            while let byte = rest.popFirst() {
                length |= Int(byte & 0x7f) << shift
                shift += 7
                if byte & 0x80 == 0 { break }
            }
            try #require(length <= rest.count)
            fields.append((Int(tag >> 3), Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return fields
    }

    @Test func aTokenIsReadFromItsFileEachTime() async throws {
        let setup = try Setup()
        let receiver = try await setup.receiver()
        let token = setup.folder.path("token")
        let exporter = setup.exporter { $0.tokenFile = token }
        exporter.export(makeWindow(1))
        try await eventually { exporter.statistics.spoolFiles == 1 }
        #expect(receiver.all.isEmpty)
        try "geheim-1\n".write(toFile: token, atomically: true, encoding: .utf8)
        try await setup.clock.advance { exporter.statistics.sent == 1 }
        try "geheim-2\n".write(toFile: token, atomically: true, encoding: .utf8)
        exporter.export(makeWindow(2))
        try await setup.clock.advance { exporter.statistics.sent == 2 }
        #expect(receiver.taken.map { $0.fields["Authorization"] } == ["Bearer geheim-1", "Bearer geheim-2"])
        await exporter.end()
        await receiver.stop()
    }

    @Test func secretsAreNotShown() async throws {
        let setup = try Setup()
        let url = try HTTPURL("http://user:geheim@127.0.0.1:1/x")
        let exporter = setup.exporter(url)
        exporter.export(makeWindow(1))
        try await eventually { !setup.lines.all.isEmpty }
        #expect(exporter.destination == "Pyroscope at http://***@127.0.0.1:1/x")
        var settings = PyroscopeSettings(url: url)
        settings.tenant = "t"
        var shown = setup.lines.all + ["\(settings)", exporter.destination]
        var dumped = ""
        dump(settings, to: &dumped)
        shown.append(dumped)
        for text in shown { #expect(!text.contains("geheim") && !text.contains("Z2VoZWlt")) }
        await exporter.end()
    }

    @Test func whatRanAndWhatWaitedAreTwoSeries() throws {
        var profile = Profile(sampleTypes: [.samples, .cpu, .wall], defaultSampleType: 1, periodType: .cpu, period: 7)
        profile.blockDuration = 1_000
        let stack = profile.stack(rootFirst: [profile.intern(frameNamed: "main")])
        for block in 0..<3 {
            profile.add(Profile.Sample(stack: stack, block: UInt32(block)), values: [2, 20, 0])
            profile.add(
                Profile.Sample(
                    stack: stack, labels: profile.intern(labels: ["state": .text("waiting")]), block: UInt32(block)),
                values: [1, 0, 10])
        }
        let kinds = profile.byKind()
        #expect(kinds.map(\.kind) == ["process_cpu", "wall"])
        #expect(kinds[0].profile.sampleTypes == [.samples, .cpu])
        #expect(kinds[0].profile.values == [6, 60])
        #expect(kinds[1].profile.sampleTypes == [.wall])
        #expect(kinds[1].profile.values == [30])
        #expect(kinds[1].profile.periodType == .wall)
        #expect(Profile(sampleTypes: [.samples, .cpu]).byKind().isEmpty)
        var allocations = Profile(sampleTypes: [
            ValueType(type: "alloc_objects", unit: "count"), ValueType(type: "alloc_space", unit: "bytes"),
        ])
        allocations.add(Profile.Sample(stack: .empty), values: [1, 2])
        #expect(allocations.byKind().map(\.kind) == ["memory"])
    }

    @Test func aWindowWithoutSamplesIsNotSent() throws {
        var window = makeWindow(1)
        window.profile = Profile(like: window.profile)
        #expect(try PushRequests(window, labels: [:]).bodies.isEmpty)
    }

    @Test(arguments: [
        ("a.b-c", "a_b_c"), ("1st", "_1st"), ("", "_"), ("ü", "_"), ("__name__", "_name__"), ("__", "_"),
        ("OK_9", "OK_9"),
    ])
    func namesOfLabelsAreMadeLegal(name: String, legal: String) {
        #expect(legalLabelName(name) == legal)
    }

    @Test func aSeriesHasThirtyLabelsWithThoseOfItsSamples() throws {
        let process = Dictionary(uniqueKeysWithValues: (0..<20).map { ("p\($0 + 10)", "v") })
        let keys = Set((0..<20).map { "s\($0 + 10)" } + ["span_id", "trace_id", "p.10", "p_10"])
        let series = SeriesLabels(kind: "process_cpu", process: process, sampleKeys: keys)
        #expect(series.labels.count == 22)
        #expect(series.labels[1].value == "unknown")
        #expect(series.sampleLabels["span_id"] == "span_id" && series.sampleLabels["trace_id"] == "trace_id")
        #expect(series.sampleLabels.count == 8 + 2)
        #expect(series.sampleLabels["p.10"] == nil || series.sampleLabels["p_10"] == nil)
        #expect(series.leftOut == 24 - 2 - 8)
        let long = SeriesLabels(
            kind: "x", process: ["service": String(repeating: "ü", count: 3_000)], sampleKeys: [])
        #expect(long.labels[1].value.utf8.count == 2_048)
        let many = SeriesLabels(
            kind: "x", process: Dictionary(uniqueKeysWithValues: (0..<50).map { ("p\($0)", "v") }), sampleKeys: ["a"])
        #expect(many.labels.count == 30 && many.sampleLabels.isEmpty && many.leftOut == 23)
    }

    @Test func labelsOfSamplesGetTheirNewNames() throws {
        var profile = Profile(sampleTypes: [.cpu])
        for number in 0..<3 {
            let labels = profile.intern(labels: [
                "a.b": .text("x"), "gone": .text("\(number)"), "bytes": .number(5, unit: "bytes"),
            ])
            profile.add(Profile.Sample(stack: .empty, labels: labels), values: [1])
        }
        #expect(profile.textLabelKeys == ["a.b", "gone"])
        let renamed = profile.renamingTextLabels(["a.b": "a_b"])
        #expect(renamed.samples.count == 1)
        #expect(renamed.values == [3])
        #expect(renamed.labels[renamed.samples[0].labels] == ["a_b": .text("x"), "bytes": .number(5, unit: "bytes")])
    }

    @Test func aLargeWindowBecomesSeveralPushes() async throws {
        let setup = try Setup()
        let receiver = try await setup.receiver()
        let exporter = setup.exporter()
        var window = makeWindow(1)
        let root = window.profile.intern(frameNamed: "root")
        for number in 0..<40_000 {
            let name = String(repeating: "long", count: 40) + "\(number)"
            let stack = window.profile.stack(rootFirst: [root, window.profile.intern(frameNamed: name)])
            window.profile.add(Profile.Sample(stack: stack), values: [1, 10])
        }
        exporter.export(window)
        let expected = exporter.statistics.waiting + exporter.statistics.sent
        #expect(expected > 3)
        try await setup.clock.advance { exporter.statistics.sent == expected }
        #expect(receiver.taken.allSatisfy { $0.pprofSize <= 2_000_000 })
        #expect(receiver.taken.reduce(0) { $0 + $1.profile.samples.count } == 40_002)
        #expect(receiver.taken.reduce(0) { $0 + $1.profile.total(column: 1) } == 440_000_000 - 400_000_000 + 400_000)
        #expect(Set(receiver.taken.map(\.id)).count == expected)
        #expect(Set(receiver.taken.map(\.profile.startTime)).count == expected)
        await exporter.end()
        await receiver.stop()
    }

    @Test func deepStacksLoseTheirMiddle() throws {
        var profile = Profile(sampleTypes: [.cpu])
        let frames = (0..<5_000).map { profile.intern(frameNamed: "f\($0)") }
        let deep = profile.stack(rootFirst: frames)
        let shallow = profile.stack(rootFirst: frames.prefix(1_000))
        profile.add(Profile.Sample(stack: deep), values: [5])
        profile.add(Profile.Sample(stack: shallow), values: [7])
        let cut = profile.cutting(depth: 1_000)
        #expect(cut.values == [5, 7])
        let names = cut.stacks.framesLeafFirst(cut.samples[0].stack).map { cut.displayName($0) }
        #expect(names.count == 1_000)
        #expect(names.first == "f4999" && names.last == "f0")
        #expect(names.count { $0 == "[frames left out]" } == 1)
        #expect(cut.samples[1].stack == shallow)
    }
}
