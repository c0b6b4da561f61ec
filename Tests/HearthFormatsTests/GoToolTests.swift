import Foundation
import HearthFormats
import HearthProfile
import HearthRandom
import Testing

/// What `go tool pprof`, which this project did not write, makes of our files.
@Suite struct GoToolTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-go-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// Runs `go tool pprof` and returns its standard output.
    private func pprof(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["go", "tool", "pprof"] + arguments
        var environment = ProcessInfo.processInfo.environment
        for name in ["HOME", "GOCACHE", "PPROF_TMPDIR"] { environment[name] = folder.path }
        process.environment = environment
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(
            process.terminationStatus != 127, "go is missing: install Debian's golang-go, as Tools/test does")
        try #require(process.terminationStatus == 0, "go tool pprof \(arguments): \(complaints)")
        #expect(!complaints.contains("warning") && !complaints.contains("rror"), "\(complaints)")
        return text
    }

    private func text(_ arguments: [String]) throws -> String { String(decoding: try pprof(arguments), as: UTF8.self) }

    /// main → work → {inner inlined into outer, idle}, two nodes, two blocks, one frame without a name.
    private func sample() -> Profile {
        var profile = Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, period: 10_000_000,
            startTime: 1_700_000_000_000_000_000, duration: 2_000_000_000, blockDuration: 1_000_000_000,
            attributes: ["unwinder": "hybrid"])
        let image = profile.intern(
            Image(
                path: "/nowhere/app", buildID: "abcdef01", start: 0x5000, end: 0x9000, bias: 0x3000, fileOffset: 0x1000)
        )
        let file = profile.intern("/src/app.swift")
        func frame(_ name: String, _ address: UInt64, _ line: UInt32, _ kind: Frame.Kind = .function) -> FrameID {
            let full = profile.intern("whole \(name)")
            let name = profile.intern(name)
            return profile.intern(
                Frame(name: name, fullName: full, file: file, line: line, image: image, address: address, kind: kind))
        }
        let main = frame("main", 0x2100, 10)
        let work = frame("work(on:)", 0x2200, 20)
        let outer = frame("outer", 0x2300, 30)
        let inner = frame("inner", 0x2300, 31, .inlined)
        let bare = profile.intern(Frame(name: .empty, image: image, address: 0x2400))
        let rows: [([FrameID], String, UInt32, Int64)] = [
            ([main, work, outer, inner], "embed", 0, 30), ([main, work, outer], "embed", 1, 20),
            ([main, work, bare], "store", 1, 10), ([main], "store", 0, 5),
        ]
        for (frames, node, block, count) in rows {
            let labels = profile.intern(labels: ["node": .text(node), "bytes": .number(512, unit: "bytes")])
            profile.add(
                Profile.Sample(stack: profile.stack(rootFirst: frames), labels: labels, block: block),
                values: [count, count * 10_000_000])
        }
        return profile
    }

    private func write(_ profile: Profile, as name: String = "x.pb.gz") throws -> String {
        let path = folder.appendingPathComponent(name).path
        try profile.write(to: path)
        return path
    }

    /// The columns of the line of `-top` that ends in `name`.
    private func row(_ table: String, _ name: String) -> [String]? {
        table.split(separator: "\n").first { $0.hasSuffix(" " + name) || $0.hasSuffix(" \(name) (inline)") }
            .map { $0.split(separator: " ").map(String.init) }
    }

    @Test func top() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let table = try text(["-top", "-nodecount=0", path])
        #expect(table.contains("Type: cpu"))
        #expect(table.contains("Duration: 2s, Total samples = 650ms"))
        #expect(row(table, "inner")?.prefix(2) == ["300ms", "46.15%"])
        #expect(row(table, "outer")?.prefix(5) == ["200ms", "30.77%", "76.92%", "500ms", "76.92%"])
        #expect(row(table, "main").map { $0[3] } == "650ms")
        #expect(row(table, "work(on:)").map { $0[3] } == "600ms")
        let samples = try text(["-top", "-sample_index=samples", path])
        #expect(row(samples, "inner")?.first == "30")
    }

    /// Many functions, in recursion and with labels, under names that a table of words can hold.
    private func large(seed: UInt64) -> Profile {
        var random = SeededGenerator(seed: seed)
        var profile = Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, period: 1_000_000, duration: 9_000_000_000,
            blockDuration: 1_000_000_000)
        let frames = (0..<40).map { profile.intern(frameNamed: "Module.f\($0)(_:)") }
        for _ in 0..<300 {
            let stack = profile.stack(rootFirst: (0...random.below(12)).map { _ in frames[random.below(40)] })
            let labels = profile.intern(labels: [
                "node": .text("n\(random.below(4))"), "bytes": .number(Int64(1 + random.below(3)) << 10, unit: "bytes"),
            ])
            let sample = Profile.Sample(stack: stack, labels: labels, block: UInt32(random.below(9)))
            profile.add(sample, values: [Int64(1 + random.below(9)), Int64(random.below(90_000_000))])
        }
        return profile
    }

    /// Flat and cumulated value of every function, as pprof's table has them.
    private func table(_ arguments: [String], unit: String) throws -> [String: [Int64]] {
        let text = try text(["-top", "-nodecount=0", "-nodefraction=0", "-unit=\(unit)"] + arguments)
        let lines = text.split(separator: "\n").drop { !$0.contains("flat%") }.dropFirst()
        return Dictionary(
            uniqueKeysWithValues: try lines.map { line in
                let words = line.split(separator: " ", maxSplits: 5)
                let numbers = try [0, 3].map { index in
                    try #require(Int64(words[index].hasSuffix(unit) ? words[index].dropLast(unit.count) : words[index]))
                }
                return (String(words[5].drop { $0 == " " }), numbers)
            })
    }

    @Test(arguments: 0..<3 as Range<UInt64>) func everyFunctionHasTheSameValues(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = large(seed: seed)
        let path = try write(profile)
        for (column, unit) in [(0, "count"), (1, "ns")] {
            let theirs = try table(["-sample_index=\(column)", path], unit: unit)
            let ours = FunctionTotals(profile, column: column).rows.map { ($0.name, [$0.selfValue, $0.totalValue]) }
            #expect(theirs == Dictionary(uniqueKeysWithValues: ours))
        }
    }

    /// A difference of Go's is ours, too: function by function, and read back row by row.
    @Test(arguments: 0..<2 as Range<UInt64>) func differencesAreTheSame(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (base, new) = (large(seed: seed), large(seed: seed + 10))
        let paths = [try write(base, as: "base.pb.gz"), try write(new, as: "new.pb.gz")]
        let both = [base, new].map { profile in
            Dictionary(
                uniqueKeysWithValues: FunctionTotals(profile, column: 1).rows.map {
                    ($0.name, [$0.selfValue, $0.totalValue])
                })
        }
        let expected = both[1].merging(both[0].mapValues { $0.map(-) }) { [$0[0] + $1[0], $0[1] + $1[1]] }
        #expect(try table(["-diff_base", paths[0], paths[1]], unit: "ns") == expected.filter { $1 != [0, 0] })

        let bytes = Array(try pprof(["-proto", "-diff_base", paths[0], paths[1]]))
        let back = try Profile.read(bytes, named: "diff.pb.gz").profile
        let values = new.valuesByNames(column: 1).merging(base.valuesByNames(column: 1).mapValues(-)) { $0 + $1 }
        #expect(back.valuesByNames(column: 1) == values.filter { $1 != 0 })
    }

    /// The values of a label, counted in samples, as `-tags` lists them: ` bytes: Total 500.0` and below it `  56.0 (4.5%): 1kB`.
    private func tags(_ path: String, _ key: String) throws -> [String: Int64] {
        let text = try text(["-tags", "-sample_index=samples", path])
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        let body = lines.drop { !$0.hasPrefix("\(key): Total") }.dropFirst().prefix { !$0.contains(": Total") }
        return Dictionary(
            uniqueKeysWithValues: try body.filter { $0.contains("): ") }.map { line in
                let amount = try #require(Double(line.prefix { $0 != " " }))
                let colon = try #require(line.firstRange(of: "): "))
                return (String(line[colon.upperBound...]), Int64(amount))
            })
    }

    /// What Go says of a label's value.
    private func goText(_ value: LabelValue?) -> String {
        switch value {
        case .number(let number, unit: "bytes"): "\(number / 1024)kB"
        case .some(let value): value.description
        case nil: ""
        }
    }

    @Test func labelsHaveTheSameValuesAndTheirUnits() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = large(seed: 5)
        let path = try write(profile)
        for key in ["node", "bytes"] {
            let ours = profile.split(by: [key]).map { (goText($0.values[0]), $0.profile.total(column: 0)) }
            #expect(try tags(path, key) == Dictionary(uniqueKeysWithValues: ours))
        }
        let blocks = try profile.cut(into: 9).enumerated().map { ("\($0)", $1.total(column: 0)) }
        #expect(try tags(path, "hearth_block") == Dictionary(uniqueKeysWithValues: blocks))
    }

    /// Every sample, with its labels, its value and its frames from leaf to root.
    @Test func tracesAreOurs() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = large(seed: 6)
        var ours: [[String]: Int64] = [:]
        for (row, sample) in profile.samples.enumerated() {
            let labels = profile.labels[sample.labels].map { "\($0):\(goText($1))" }
            let block = "hearth_block:\(sample.block ?? 0)"
            let names = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }
            ours[(labels + [block]).sorted() + names, default: 0] += profile.value(row: row, column: 0)
        }
        var theirs: [[String]: Int64] = [:]
        let text = try text(["-traces", "-sample_index=samples", write(profile)])
        for trace in text.components(separatedBy: "-----------+").dropFirst() {
            let lines = trace.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
            guard let first = lines.firstIndex(where: { Int64($0[0]) != nil }) else { continue }
            let labels = lines[..<first].map { $0.joined() }.sorted()
            theirs[labels + lines[first...].compactMap(\.last), default: 0] += try #require(Int64(lines[first][0]))
        }
        #expect(theirs == ours)
    }

    @Test func inlinedFunctionsAreInTheirTraces() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let traces = try text(["-traces", write(sample())])
        let words = traces.split(whereSeparator: \.isWhitespace).map(String.init)
        let inner = try #require(words.firstIndex(of: "inner"))
        #expect(
            words[inner...].filter { ["outer", "work(on:)", "main"].contains($0) }.prefix(3) == [
                "outer", "work(on:)", "main",
            ])
    }

    private func expectSame(_ back: Profile, _ profile: Profile) {
        let (written, read) = (Set(profile.canonicalRows), Set(back.canonicalRows))
        #expect(written.subtracting(read).sorted() == [], "lost")
        #expect(read.subtracting(written).sorted() == [], "come from nowhere")
        #expect(back.canonicalRows.count == profile.canonicalRows.count)
        #expect(back.blockDuration == profile.blockDuration)
        #expect(back.attributes == profile.attributes)
        #expect(back.sampleTypes == profile.sampleTypes && back.defaultSampleType == profile.defaultSampleType)
        #expect(back.periodType == profile.periodType && back.period == profile.period)
        #expect(back.startTime == profile.startTime && back.duration == profile.duration)
        #expect(Set(back.images) == Set(profile.images))
    }

    @Test func whatGoWritesIsReadBack() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = sample()
        let path = try write(profile)
        expectSame(try Profile.read(Array(try pprof(["-proto", path])), named: "go.pb.gz").profile, profile)
    }

    @Test func goSubtractsAndAdds() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let none = try text(["-top", "-diff_base", path, path])
        #expect(none.contains("Total samples = 650ms") && none.contains("accounting for 0, 0% of 650ms total"))
        let twice = try Profile.read(Array(try pprof(["-proto", path, path])), named: "go.pb.gz").profile
        #expect(twice.total(column: 1) == 1_300_000_000)
    }

    /// Whatever stands in names, labels and addresses.
    @Test(arguments: 0..<8 as Range<UInt64>) func goTakesEveryProfileOfOurs(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = Profile.random(seed: seed)
        let path = try write(profile)
        let back = try Profile.read(Array(try pprof(["-proto", path])), named: "go.pb.gz").profile
        // A label that says nothing, an empty text or a 0 without unit, is none to Go.
        expectSame(
            back,
            profile.mapSamples { sample, result in
                var sample = sample
                let silent: [LabelValue] = [.text(""), .number(0, unit: "")]
                let labels = result.labels[sample.labels].filter { !silent.contains($0.value) }
                sample.labels = result.intern(labels: labels)
                return sample
            })
    }

    /// It takes brackets for C++'s and shortens names that have some.
    @Test func goLeavesSwiftNamesWhole() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var profile = Profile(sampleTypes: [.samples])
        let names = ["Array<Int>.append(_:)", "[Int].map<A>(_:)", "App::Http<T>::run(int)", "f(x:)"]
        for name in names {
            profile.add(.init(stack: profile.push(profile.intern(frameNamed: name), on: .empty)), values: [1])
        }
        let table = try table([write(profile)], unit: "count")
        #expect(Set(table.keys) == Set(names))
    }
}
