import Foundation
import HearthFormats
import HearthProfile
import HearthStore
import HearthSyntheticService
import Testing

/// The commands on a store: what they show is what the windows hold that were asked for.
@Suite struct StoreTests {
    private let program: Program
    private let service: SyntheticService

    private static let second: Int64 = 1_000_000_000
    /// 2025-06-15T15:06:40Z.
    private static let start = SyntheticService.firstStart

    init() throws {
        program = try Program()
        var shape = SyntheticService.Shape.small
        shape.freshPerMille = 0
        service = SyntheticService(shape)
    }

    private func path(_ name: String) -> String { program.folder.appendingPathComponent(name).path }

    /// Windows of one process, ten seconds each.
    ///
    /// - Parameter work: of each window; nil where it counts none.
    @discardableResult
    private func write(
        _ numbers: Range<Int>, _ process: StoredProcess, work: (Int) -> Int64? = { _ in nil }, closes: Bool = true
    ) throws -> StoreWriter {
        var limits = StoreLimits()
        limits.synchronizesWindows = false
        let writer = StoreWriter(folder: path("store"), process: process, limits: limits)
        for number in numbers { try writer.append(service.window(number), workUnits: work(number)) }
        if closes { writer.close() }
        return writer
    }

    private static func process(_ version: String, _ labels: [String: String] = [:]) -> StoredProcess {
        StoredProcess(service: "recommender", host: "one", version: version, labels: labels)
    }

    /// Version 1.4 for five minutes, 100 units of work a window, then 1.5, 200 a window.
    private func writeTwoVersions() throws {
        try write(0..<30, Self.process("1.4"), work: { _ in 100 })
        try write(30..<60, Self.process("1.5"), work: { _ in 200 })
    }

    /// The CPU time of windows, added up here.
    private func cpu(_ numbers: some Sequence<Int>, node: String? = nil) -> Int64 {
        numbers.reduce(0) { sum, number in
            let window = service.window(number)
            return sum
                + window.samples.indices.reduce(0) { sum, row in
                    let labels = window.labels[window.samples[row].labels]
                    guard node == nil || labels["node"]?.description == node else { return sum }
                    return sum + window.value(row: row, column: 1)
                }
        }
    }

    private func total(_ arguments: String...) throws -> Int64 {
        let outcome = try program.run(["top", "--store", "store", "--format", "json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        struct Report: Decodable {
            var sampleType: String
            var total: Int64
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.sampleType == "cpu")
        return report.total
    }

    /// Seconds after the first window, as an option.
    private func time(_ seconds: Int) -> String {
        ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(Self.start) / 1e9 + Double(seconds)))
    }

    // MARK: Choosing

    @Test func timesChooseWindowsThatHaveAPartInThem() throws {
        defer { program.remove() }
        try writeTwoVersions()
        #expect(try total() == cpu(0..<60))
        #expect(try total("--from", time(100), "--to", time(200)) == cpu(10..<20))
        #expect(try total("--from", time(105), "--to", time(201)) == cpu(10..<21))
        #expect(try total("--from", time(590)) == cpu([59]))
        #expect(try total("--to", time(5)) == cpu([0]))
    }

    @Test func timesBeforeNow() throws {
        defer { program.remove() }
        let writer = StoreWriter(folder: path("store"), process: Self.process("1.4"))
        let now = Int64(Date().timeIntervalSince1970) * Self.second
        for (number, minutes) in [50, 40, 30, 20, 10, 2].enumerated() {
            try writer.append(service.window(number, start: now - Int64(minutes) * 60 * Self.second))
        }
        #expect(try total("--from", "-25m") == cpu(3..<6), "while the writer goes on")
        writer.close()
        #expect(try total("--from", "-45m", "--to", "-15m") == cpu(1..<4))
        #expect(try total("--from=-3m", "--to", "now") == cpu([5]))
        let diff = try program.run(
            "diff", "--store", "store", "--base", "-55m..-25m", "--new", "-25m..", "-o", "x.folded")
        #expect(diff.code == 0, "\(diff.errors)")
    }

    @Test func labelsOfProcessesAndOfSamplesChoose() throws {
        defer { program.remove() }
        try writeTwoVersions()
        #expect(try total("--where", "version=1.4") == cpu(0..<30))
        #expect(try total("--where", "node=node3") == cpu(0..<60, node: "node3"))
        #expect(try total("--where", "version=1.5", "--where", "node=node3") == cpu(30..<60, node: "node3"))
        #expect(try total("--where", "version=1.5", "--from", time(500)) == cpu(50..<60))
        // The names that filters go by are those of the windows.
        let focus = try program.run("top", "--store", "store", "--focus", "step3\\(", "--where", "version=1.4")
        #expect(focus.code == 0 && focus.output.contains("step3(with:for:)"), "\(focus.errors)")
    }

    @Test func samplesAreGroupedByTheirLabels() throws {
        defer { program.remove() }
        try writeTwoVersions()
        let outcome = try program.run(
            "top", "--store", "store", "--group-by", "node", "-n", "1", "--where", "version=1.4")
        let titles = outcome.output.split(separator: "\n").filter { $0.contains("functions") }
        #expect(titles.count == 8 && titles.allSatisfy { $0.hasPrefix("node=node") }, "\(outcome)")
        let graph = try program.run("flamegraph", "--store", "store", "--group-by", "node", "-o", "x.svg")
        #expect(graph.code == 0, "\(graph.errors)")
        #expect(try program.read("x.svg").contains("<title>node3 ("))
        let wrong = try program.run("flamegraph", "--store", "store", "--group-by", "version", "-o", "y.svg")
        #expect(wrong.code == 2)
        #expect(
            wrong.errors
                == "hearth: 'version' is a label of processes, and samples are grouped by their own; choose one by --where "
                + "version=1.4\n")
    }

    @Test func namesThatWindowsLackAreLookedUp() throws {
        defer { program.remove() }
        var profile = service.window(0)
        let image = profile.intern(
            Image(path: "/nowhere/libabsent.so", buildID: "0123456789abcdef", start: 0x1000, end: 0x2000, bias: 0))
        let frame = profile.intern(Frame(name: .empty, image: image, address: 0x1234))
        profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), row: [1, 10_000_000])
        let writer = StoreWriter(folder: path("store"), process: Self.process("1.4"))
        try writer.append(profile)
        writer.close()
        let outcome = try program.run("top", "--store", "store")
        #expect(outcome.code == 0)
        #expect(
            outcome.errors.contains(
                "hearth: warning: 1 address of libabsent.so not looked up: /nowhere/libabsent.so is not here; name it by "
                    + "--binary\n"))
    }

    // MARK: merge, convert

    @Test func windowsAreTheBlocksOfASum() throws {
        defer { program.remove() }
        try writeTwoVersions()
        // Far more time than there are windows: blocks begin with the first of them.
        let outcome = try program.run(
            "merge", "--store", "store", "--from", "2020-01-01", "--where", "version=1.5", "-o", "sum.pb.gz")
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let sum = try Profile(contentsOf: path("sum.pb.gz"))
        #expect(sum.startTime == Self.start + 300 * Self.second && sum.duration == 300 * Self.second)
        #expect(sum.blockDuration == 10 * Self.second && sum.blockCount == 30)
        let runs = try sum.cut(into: 30)
        #expect(runs.map { $0.total(column: 1) } == (30..<60).map { cpu([$0]) })
        #expect(Set(sum.labels.sets.flatMap(\.keys)) == ["node", "endpoint"])
        // From 10 s after it begins: the window there is the first.
        #expect(try program.run("convert", "--store", "store", "--from", time(305), "-o", "rest.pb.gz").code == 0)
        let rest = try Profile(contentsOf: path("rest.pb.gz"))
        #expect(rest.total(column: 1) == cpu(30..<60))
        let text = try program.run("merge", "--store", "store", "--to", time(100), "--format", "collapsed")
        let folded = try program.run("top", "-", "--format", "json", input: text.output)
        #expect(folded.output.contains("\"total\" : \(cpu(0..<10)),"), "\(text.errors)")
        let split = try program.run(
            "convert", "--store", "store", "--split-by", "node", "--sample-type", "cpu", "--format", "speedscope")
        #expect(split.code == 0 && split.output.contains("\"node7\""))
    }

    // MARK: diff

    private struct Difference: Decodable {
        struct Work: Decodable, Equatable {
            var base: Int64
            var new: Int64
        }
        struct Function: Decodable {
            struct Change: Decodable {
                var base: Int64
                var new: Int64
                var difference: Double
            }
            var function: String
            var total: Change
        }
        struct Evidence: Decodable, Equatable {
            var kind: String
            var base: Int
            var new: Int
        }
        var normalization: String
        var work: Work?
        var evidence: Evidence
        var base: Int64
        var new: Int64
        var functions: [Function]
    }

    private func diff(_ arguments: String...) throws -> (difference: Difference, errors: String) {
        let outcome = try program.run(
            ["diff", "--store", "store", "--sample-type", "cpu", "--format", "json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return (try JSONDecoder().decode(Difference.self, from: Data(outcome.output.utf8)), outcome.errors)
    }

    private func seconds(_ nanoseconds: Int64) -> String {
        let text = String(format: "%.2f", Double(nanoseconds) / 1e9)
        return text.count > 4 ? String(format: "%.1f", Double(nanoseconds) / 1e9) : text
    }

    @Test func versionsAreComparedByTheWorkDone() throws {
        defer { program.remove() }
        try writeTwoVersions()
        let (difference, errors) = try diff("--base", "version=1.4", "--new", "version=1.5")
        let (base, new) = (cpu(0..<30), cpu(30..<60))
        #expect(difference.normalization == "work" && difference.work == .init(base: 3_000, new: 6_000))
        #expect(difference.base == base && difference.new == new)
        let root = try #require(difference.functions.max { $0.total.base < $1.total.base })
        #expect(root.total.base == base && root.total.new == new)
        #expect(abs(root.total.difference - (Double(new) / 6_000 - Double(base) / 3_000)) < 1e-3)
        func each(_ total: Int64, _ units: Double) -> String { String(format: "%.2f ms", Double(total) / units / 1e6) }
        #expect(
            errors
                == "hearth: compared by cost of a unit of work: base 30 windows, 900 samples, \(seconds(base)) s of cpu, 3,000 "
                + "units of work, \(each(base, 3_000)) of cpu each; new 30 windows, 900 samples, \(seconds(new)) s of cpu, 6,000 "
                + "units of work, \(each(new, 6_000)) of cpu each\n")
        let picture = try program.run(
            "diff", "--store", "store", "--base", "version=1.4", "--new", "version=1.5", "-o", "x.svg")
        #expect(picture.code == 0)
        #expect(try program.read("x.svg").contains("a unit of work · 3,000 → 6,000 units"))
        // Thirty windows a side: neighbours go together until there are twenty.
        #expect(difference.evidence == .init(kind: "windows", base: 20, new: 20))
        #expect(try program.read("x.svg").contains("noise from 20 and 20 stretches of windows"))
        let share = try diff("--base", "version=1.4", "--new", "version=1.5", "--normalize", "share")
        #expect(share.difference.normalization == "share" && share.difference.work == nil)
        #expect(share.errors.hasPrefix("hearth: compared by share of the total: base 30 windows, 900 samples, "))
        let absolute = try diff("--base", "version=1.4", "--new", "version=1.5", "--normalize", "absolute")
        #expect(absolute.difference.normalization == "absolute")
        #expect(absolute.errors.hasPrefix("hearth: compared by value as it is: "))
    }

    @Test func timesAreCompared() throws {
        defer { program.remove() }
        try writeTwoVersions()
        // Stretches that meet in the middle of a window share none: it is where it begins.
        let met = try diff("--base", "\(time(0))..\(time(105))", "--new", "\(time(105))..\(time(200))")
        #expect(met.difference.base == cpu(0..<11) && met.difference.new == cpu(11..<20))
        #expect(met.difference.work == .init(base: 1_100, new: 900))
        #expect(met.difference.evidence == .init(kind: "windows", base: 11, new: 9))
        // Several stretches a side, and a label beside them.
        let turns = try diff(
            "--base", "\(time(0))..\(time(20))", "\(time(60))..\(time(80))", "--new", "\(time(20))..\(time(60))",
            "version=1.4")
        #expect(turns.difference.base == cpu([0, 1, 6, 7]) && turns.difference.new == cpu(2..<6))
        // What holds for both sides.
        let both = try diff(
            "--base", "version=1.4", "--new", "version=1.5", "--from", time(200), "--to", time(400), "--where",
            "node=node1")
        #expect(both.difference.base == cpu(20..<30, node: "node1"))
        #expect(both.difference.new == cpu(30..<40, node: "node1"))
    }

    @Test func workIsThatOfAllWindowsOfTheProcess() throws {
        defer { program.remove() }
        try writeTwoVersions()
        // Of another service that never has a node, the work does not count.
        let other = StoreWriter(folder: path("store"), process: StoredProcess(service: "other"))
        var profile = Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1)
        profile.add(
            Profile.Sample(stack: profile.push(profile.intern(frameNamed: "main"), on: .empty)), values: [1, 1])
        (profile.startTime, profile.duration) = (Self.start, 10 * Self.second)
        try other.append(profile, workUnits: 1_000_000)
        other.close()
        // Two nodes of the same windows have no sample in common. Each is missing in some windows, in which there was work.
        let (difference, _) = try diff("--base", "node=node6", "--new", "node=node7", "--where", "version=1.4")
        #expect(difference.base == cpu(0..<30, node: "node6") && difference.new == cpu(0..<30, node: "node7"))
        let without = (0..<30).count { cpu([$0], node: "node7") == 0 }
        #expect(without > 0, "the test has its case")
        #expect(difference.work == .init(base: 3_000, new: 3_000))
        let all = try diff("--base", "node=node6", "--new", "node=node7")
        #expect(all.difference.work == .init(base: 9_000, new: 9_000))
    }

    @Test func withoutWorkSharesAreCompared() throws {
        defer { program.remove() }
        try write(0..<10, Self.process("1.4"), work: { _ in 100 })
        try write(10..<20, Self.process("1.5"))
        try write(20..<30, Self.process("1.6"), work: { $0 < 22 ? nil : 50 })
        try write(30..<40, Self.process("1.7"), work: { $0 < 38 ? nil : 50 })
        try write(40..<50, Self.process("1.8"), work: { _ in 0 })
        let none = try diff("--base", "version=1.4", "--new", "version=1.5")
        #expect(none.difference.normalization == "share")
        #expect(none.errors.hasPrefix("hearth: compared by share of the total (new counts no work): base 10 windows, "))
        #expect(none.errors.contains("1,000 units of work; new 10 windows, 300 samples, "))
        let idle = try diff("--base", "version=1.4", "--new", "version=1.8")
        #expect(idle.errors.hasPrefix("hearth: compared by share of the total (new has done no work): "))
        // Windows in which nothing was counted are left out where they are few.
        let most = try diff("--base", "version=1.4", "--new", "version=1.6")
        #expect(most.difference.normalization == "work" && most.difference.work == .init(base: 1_000, new: 400))
        #expect(most.difference.new == cpu(22..<30))
        #expect(
            most.errors.hasPrefix(
                "hearth: warning: new: 2 of 10 windows count no work and are left out\nhearth: compared"))
        let few = try diff("--base", "version=1.4", "--new", "version=1.7")
        #expect(few.difference.new == cpu(30..<40))
        #expect(few.errors.hasPrefix("hearth: compared by share of the total (most windows count no work): "))
        let asked = try diff("--base", "version=1.4", "--new", "version=1.7", "--normalize", "work")
        #expect(asked.difference.new == cpu(38..<40) && asked.difference.work == .init(base: 1_000, new: 100))
    }

    // MARK: Failures

    private func failure(_ command: String) throws -> (code: Int32, errors: String) {
        let before = program.files
        let outcome = try program.run(command.split(separator: " ").map(String.init))
        #expect(outcome.output.isEmpty && program.files == before, "\(command)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(command): \(outcome.errors)")
        return (outcome.code, outcome.errors)
    }

    private func expect(_ command: String, _ code: Int32, _ errors: String) throws {
        let outcome = try failure(command)
        #expect(outcome.code == code, "\(command)")
        #expect(outcome.errors.hasPrefix("hearth: \(errors)"), "\(command): \(outcome.errors)")
    }

    @Test func whatIsNoStoreIsSaid() throws {
        defer { program.remove() }
        try program.write("main 1\n", to: "x.folded")
        for name in ["empty", "outer/inner", "begun"] {
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        }
        try program.write("", to: "begun/000000000001-9f3c21ab00d1e277.segment.partial")
        try program.write("", to: "outer/inner/000000000001-9f3c21ab00d1e277.segment")
        let hint = "--store takes the folder that HEARTH_STORE names where the service runs"
        try expect("top --store absent", 1, "cannot open absent: No such file or directory; \(hint)\n")
        try expect("flamegraph --store x.folded -o x.svg", 1, "x.folded is no folder; \(hint)\n")
        try expect("top --store empty", 1, "empty is no store: there is no segment in it; \(hint)\n")
        try expect(
            "top --store outer", 1, "outer is no store: there is no segment in it; there is one in outer/inner\n")
        try expect("top --store begun", 1, "begun holds no window yet; the first is written when it closes\n")
        let nothing = try program.run("top", "--store", "outer/inner")
        #expect(nothing.code == 1)
        #expect(
            nothing.errors.hasPrefix("hearth: warning: part of the store is left out: ")
                && nothing.errors.hasSuffix("\nhearth: no window of outer/inner can be read\n"), "\(nothing.errors)")
    }

    @Test func wrongUseIsSaid() throws {
        defer { program.remove() }
        try program.write("main 1\n", to: "x.folded")
        let cases = [
            (
                "top x.folded --store store",
                "--store stands in the place of files: leave out 'x.folded', or --store; see"
            ),
            (
                "convert x.folded --store store -o x.pb.gz",
                "--store stands in the place of files: leave out 'x.folded', or"
            ),
            (
                "convert -o x.pb.gz",
                "Missing expected argument '<profile> ...', or --store <folder>; see hearth convert"
            ),
            (
                "top x.folded --from -1h",
                "--from and --to choose windows of a store: say which by --store; see hearth top"
            ),
            (
                "top --store store --from yesterday",
                "--from takes a time, as 2026-03-01T10:00, 10:00 of today, -15m or now, not 'yesterday'; see hearth top"
            ),
            ("top --store store --from -1h --to -2h", "--from -1h is not before --to -2h; see hearth top --help"),
            ("top --store=", "Missing value for '--store <folder>'; see hearth top --help"),
            (
                "diff --store store -o x.svg",
                "say what of the store to compare: LABEL=VALUE or FROM..TO after --base and --new; see hearth diff --help"
            ),
            ("diff --store store --base a=b -o x.svg", "say what of the store to compare: "),
            (
                "diff x.folded x.folded --store store -o x.svg",
                "--store stands in the place of files: leave out 'x.folded'"
            ),
            (
                "diff --store store --base 1.4 --new version=1.5 -o x.svg",
                "with --store, --base takes LABEL=VALUE or FROM..TO, such as version=1.4, 10:00..10:10 or -2h..-1h, not '1.4'"
            ),
            (
                "diff --store store --base a=b --new 10:10..10:00 -o x.svg",
                "with --store, --new takes LABEL=VALUE or FROM"
            ),
            (
                "diff --store store --base a=b a=c --new a=d -o x.svg",
                "--base asks for a=b and a=c, which nothing has both; see hearth diff --help"
            ),
            (
                "diff --store store --where a=x --base a=b --new c=d -o x.svg",
                "--base asks for a=x and a=b, which nothing"
            ),
            (
                "diff x.folded x.folded --normalize work -o x.svg",
                "--normalize work needs a --store: files do not say how much work was done; see hearth diff --help"
            ),
        ]
        for (command, errors) in cases { try expect(command, 2, errors) }
    }

    @Test func whatIsNotThereIsAnsweredWithWhatThereIs() throws {
        defer { program.remove() }
        try writeTwoVersions()
        let old = try failure("top --store store --to 2020-01-01T00:00Z")
        #expect(old.code == 1)
        #expect(old.errors.hasPrefix("hearth: store has no window to "), "\(old.errors)")
        #expect(old.errors.contains("; it has 60 from "))
        let range = try #require(old.errors.firstRange(of: "it has 60 from "))
        let words = old.errors[range.upperBound...].split(separator: " ")
        // What it says can be given back.
        #expect(
            try total("--from", String(words[0]), "--to", words[2].trimmingCharacters(in: .newlines)) == cpu(0..<60))
        for output in ["x.pb.gz", "x.folded"] {
            try expect(
                "merge --store store --where versio=1.4 -o \(output)", 1,
                "no window of store has versio=1.4; there are: endpoint, host, node, service, version\n")
        }
        try expect(
            "top --store store --where host=one --where version=1.6", 1,
            "no window of store has version=1.6; of version there is: 1.4, 1.5\n")
        try expect(
            "top --store store --where node=node9", 1,
            "no window of store has node=node9; of node there is: node0, node1, node2, node3, node4, node5, node6, node7\n"
        )
        try expect(
            "top --store store --to \(time(100)) --where version=1.5", 1, "no window of store to ")
        try expect(
            "flamegraph --store store --group-by nodee -o x.svg", 2,
            "no sample of store has a label 'nodee'; there are: endpoint, node\n")
        try expect(
            "diff --store store --base version=1.3 --new version=1.5 -o x.svg", 1,
            "--base: no window of store has version=1.3; of version there is: 1.4, 1.5\n")
        try expect(
            "diff --store store --base version=1.4 --new \(time(900)).. -o x.svg", 1, "--new: store has no window from "
        )
        try expect(
            "diff --store store --base version=1.4 --new version=1.5 --group-by nodee -o x.svg", 2,
            "no sample of store has a label 'nodee'; there are: endpoint, node\n")
        try expect("top --store store --focus absent", 1, "nothing is left of store after --focus 'absent'\n")
    }

    @Test func sidesThatOverlapAreNotCompared() throws {
        defer { program.remove() }
        try writeTwoVersions()
        try expect(
            "diff --store store --base \(time(0))..\(time(200)) --new \(time(100))..\(time(300)) -o x.svg", 2,
            "10 windows are on both sides, the first from ")
        try expect(
            "diff --store store --base version=1.4 --new \(time(290)).. -o x.svg", 2,
            "1 window is on both sides, the first")
        try expect("diff --store store --base host=one --new version=1.5 -o x.svg", 2, "30 windows are on both sides, ")
        try expect("diff --store store --base node=node0 --new endpoint=/v1/endpoint1 -o x.svg", 2, "")
        let words = try failure("diff --store store --base node=node0 --new service=recommender -o x.svg")
        #expect(words.errors.hasSuffix("; give --base and --new times or labels that exclude each other\n"))
    }

    @Test func noWorkToDivideBy() throws {
        defer { program.remove() }
        try write(0..<5, Self.process("1.4"), work: { _ in 0 })
        try write(5..<10, Self.process("1.5"))
        let command = "diff --store store --normalize work -o x.svg"
        try expect(
            "\(command) --base version=1.4 --new version=1.5", 1,
            "--normalize work: base has done no work; choose a time in which it had some\n")
        try expect(
            "\(command) --base version=1.5 --new version=1.4", 1,
            "--normalize work: base counts no work; a service counts it by profiler.work.increment()\n")
    }

    @Test func whatIsDamagedIsSaidOnce() throws {
        defer { program.remove() }
        try writeTwoVersions()
        let files = try FileManager.default.contentsOfDirectory(atPath: path("store")).sorted()
        let url = URL(fileURLWithPath: path("store/\(files[0])"))
        var bytes = try Data(contentsOf: url)
        // Records begin with a word of their own; the tenth is some window.
        let records = bytes.ranges(of: Data("HREC".utf8))
        bytes[records[10].lowerBound + 40] ^= 0x10
        try bytes.write(to: url)
        let warning =
            "hearth: warning: part of the store is left out: store/\(files[0]): damaged at byte \(records[10].lowerBound)\n"
        // A part of the segment, so that its windows are read one by one.
        let outcome = try program.run(
            "merge", "--store", "store", "--to", time(250), "-o", "x.pb.gz")
        #expect(outcome.code == 0 && outcome.errors == warning, "\(outcome.errors)")
        let sum = try Profile(contentsOf: path("x.pb.gz"))
        #expect(sum.total(column: 1) == cpu((0..<25).filter { $0 != 9 }))
        let diff = try program.run(
            "diff", "--store", "store", "--base", "..\(time(200))", "--new", "version=1.5", "-o", "x.svg")
        #expect(diff.code == 0)
        #expect(diff.errors.hasPrefix(warning) && diff.errors.ranges(of: warning).count == 1, "\(diff.errors)")
        #expect(
            diff.errors.contains("hearth: warning: work is counted also of windows whose samples could not be read\n"))
    }
}
