import ArgumentParser
import Foundation
import HearthFormats
import HearthProfile
import Testing

@testable import HearthCommands

@Suite struct CommandTests {
    private let program: Program

    init() throws {
        program = try Program()
        try program.write("main;work;hash 10\nmain;work 3\nmain;idle 7\n", to: "base.folded")
        try program.write("main;work;hash 20\nmain;work 3\nmain;new 7\n", to: "new.folded")
        try labelled().write(to: path("labelled.pb.gz"))
    }

    private func path(_ name: String) -> String { program.folder.appendingPathComponent(name).path }

    /// Two nodes, three sample types, cpu the default.
    private func labelled() -> Profile {
        var profile = Profile(sampleTypes: [.samples, .cpu, .wall], defaultSampleType: 1, period: 10_000_000)
        let image = profile.intern(Image(path: "/usr/bin/app"))
        let rows: [([String], String, Int64)] = [
            (["main", "embed(text:)", "hash"], "embed", 140), (["main", "embed(text:)"], "embed", 30),
            (["main", "insert(_:)"], "store", 60), (["main"], "", 4),
        ]
        for (names, node, count) in rows {
            var stack = StackID.empty
            for name in names {
                let id = profile.intern(name)
                stack = profile.push(profile.intern(Frame(name: id, image: image)), on: stack)
            }
            let labels = profile.intern(labels: node.isEmpty ? [:] : ["node": .text(node)])
            profile.add(
                Profile.Sample(stack: stack, labels: labels), values: [count, count * 10_000_000, count * 20_000_000])
        }
        return profile
    }

    // MARK: top

    @Test func topAsText() throws {
        defer { program.remove() }
        let outcome = try program.run("top", "labelled.pb.gz")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "hearth: sample type: cpu (nanoseconds); also there: samples, wall\n")
        #expect(
            outcome.output == """
                cpu: 2.34 s, 4 functions
                   self  self %   total  total %  function      image
                 1.40 s  59.83%  1.40 s   59.83%  hash          app
                 600 ms  25.64%  600 ms   25.64%  insert(_:)    app
                 300 ms  12.82%  1.70 s   72.65%  embed(text:)  app
                40.0 ms   1.71%  2.34 s     100%  main          app

                """)
    }

    @Test func topBySampleTypeOrderAndLimit() throws {
        defer { program.remove() }
        let outcome = try program.run(
            "top", "labelled.pb.gz", "--sample-type", "samples", "--sort", "total", "-n", "2")
        #expect(outcome.errors.isEmpty)
        #expect(
            outcome.output == """
                samples: 234, 2 of 4 functions
                self  self %  total  total %  function      image
                   4   1.71%    234     100%  main          app
                  30  12.82%    170   72.65%  embed(text:)  app

                """)
    }

    @Test func topFitsTheTerminalByItsNames() throws {
        defer { program.remove() }
        var profile = Profile(sampleTypes: [.cpu])
        let image = profile.intern(Image(path: "/usr/bin/application"))
        let name = profile.intern("Pipeline.run(_:with:until:reporting:) and a long tail of words")
        let frame = profile.intern(Frame(name: name, image: image))
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: [frame])), values: [1_234_567_890])
        let table = TopTable(profile, column: 0, order: .selfValue, limit: 10)
        let rows = table.text(title: "cpu", styled: false, maxWidth: 80).split(separator: "\n").dropFirst()
        #expect(rows.allSatisfy { $0.count <= 80 })
        #expect(rows.last == "1.23 s    100%  1.23 s     100%  Pipeline.run(_:with:until:reporti…  application")
        let whole = table.text(title: "cpu", styled: false, maxWidth: nil)
        #expect(whole.contains("and a long tail of words  application\n"))
    }

    @Test func topAsJSON() throws {
        defer { program.remove() }
        let outcome = try program.run("top", "labelled.pb.gz", "--format", "json", "-n", "1", "-o", "top.json")
        #expect(outcome.code == 0 && outcome.output.isEmpty)
        struct Report: Decodable {
            struct Row: Decodable, Equatable {
                var function: String
                var image: String
                var `self`: Int64
                var total: Int64
            }
            var sampleType: String
            var total: Int64
            var functions: Int
            var rows: [Row]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(try program.read("top.json").utf8))
        #expect(report.sampleType == "cpu" && report.total == 2_340_000_000 && report.functions == 4)
        #expect(report.rows == [Report.Row(function: "hash", image: "app", self: 1_400_000_000, total: 1_400_000_000)])
    }

    @Test func topByLabel() throws {
        defer { program.remove() }
        let only = try program.run("top", "labelled.pb.gz", "--where", "node=store", "--sample-type", "samples")
        #expect(only.output.hasPrefix("samples: 60, 2 functions\n"))
        let groups = try program.run(
            "top", "labelled.pb.gz", "--group-by", "node", "--sample-type", "samples", "-n", "1")
        let titles = groups.output.split(separator: "\n").filter { $0.contains("functions") }
        #expect(
            titles == [
                "node=embed, 72.65% of samples: 170, 1 of 3 functions",
                "node=store, 25.64% of samples: 60, 1 of 2 functions",
                "node=(none), 1.71% of samples: 4, 1 functions",
            ])
    }

    @Test func topByName() throws {
        defer { program.remove() }
        let focus = try program.run("top", "labelled.pb.gz", "--focus", "^hash$", "--sample-type", "samples")
        #expect(focus.output.hasPrefix("samples: 140, 3 functions\n"))
        let ignore = try program.run("top", "labelled.pb.gz", "--ignore", "^hash$", "--sample-type", "samples")
        #expect(ignore.output.hasPrefix("samples: 94, 3 functions\n"))
        let hide = try program.run("top", "labelled.pb.gz", "--hide", "^hash$", "--sample-type", "samples")
        #expect(hide.output.contains(" 170  72.65%    170   72.65%  embed(text:)  app"))
    }

    @Test func oneAbsurdNameDoesNotPushAllElseOutOfSight() throws {
        defer { program.remove() }
        let name = String(repeating: "long", count: 1_000)
        try program.write("main;\(name) 3\n", to: "long.folded")
        let lines = try program.run("top", "long.folded").output.split(separator: "\n")
        #expect(lines.count == 4 && lines.allSatisfy { $0.count < 250 })
        #expect(lines[2].contains("longlong") && lines[2].hasSuffix("…"))
        #expect(try program.run("top", "long.folded", "--format", "json").output.contains("\"\(name)\""))
    }

    @Test func fractionalCounts() throws {
        defer { program.remove() }
        let outcome = try program.run("top", "-", input: "main;a 1.5\nmain;b 1234\n")
        #expect(
            outcome.output == """
                samples: 1,235.5, 3 functions
                 self  self %    total  total %  function  image
                1,234  99.88%    1,234   99.88%  b
                  1.5   0.12%      1.5    0.12%  a
                    0   0.00%  1,235.5     100%  main

                """)
    }

    // MARK: flamegraph

    @Test func aChartKeepsTheOrderOfTheFile() throws {
        defer { program.remove() }
        try program.write("main;b 1\nmain;a 2\nmain;a 1.5\nmain;b 4\n", to: "trace.folded")
        #expect(try program.run("flamegraph", "trace.folded", "--flamechart", "-o", "x.svg").code == 0)
        let titles = try program.read("x.svg").split(separator: "<title>").dropFirst(3).map { $0.prefix { $0 != "," } }
        #expect(
            titles.prefix(4) == ["main (8.5 samples", "b (1 samples", "a (3.5 samples", "b (4 samples"], "\(titles)")
        #expect(
            try program.run("flamegraph", "trace.folded", "base.folded", "--flamechart", "-o", "x.svg").errors
                .hasPrefix(
                    "hearth: --flamechart takes one profile: several have no order"))
        #expect(
            try program.run("flamegraph", "trace.folded", "--flamechart", "-o", "x.html").errors.hasPrefix(
                "hearth: --flamechart draws a picture: name an .svg file"))
    }

    @Test func severalProfilesAreAddedUp() throws {
        defer { program.remove() }
        let outcome = try program.run(
            "flamegraph", "base.folded", "new.folded", "-o", "x.svg", "--title", "Both <of> them")
        #expect(outcome.code == 0)
        #expect(outcome.errors.isEmpty, "there is one sample type alone")
        let svg = try program.read("x.svg")
        #expect(svg.hasPrefix("<?xml") || svg.hasPrefix("<svg"))
        #expect(svg.contains("Both &lt;of&gt; them") && svg.contains("hash (30 samples, 60.00%)"))
    }

    @Test func standardInputAndOutput() throws {
        defer { program.remove() }
        let outcome = try program.run("flamegraph", "-", "--icicle", "--min-width", "0.5%", input: "main;work 5\n")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("<svg") && outcome.output.contains("work (5 samples, 100%)"))
        let html = try program.run("flamegraph", "base.folded", "-o", "x.html", "--inverted", "--minwidth", "2")
        #expect(html.code == 0)
        #expect(try program.read("x.html").lowercased().hasPrefix("<!doctype html>"))
    }

    @Test func warningsAreSaidAndTheRestIsDrawn() throws {
        defer { program.remove() }
        try program.write("main 1\noops\nmain;a 2\n", to: "some.folded")
        let outcome = try program.run("flamegraph", "some.folded", "-o", "x.svg")
        #expect(outcome.code == 0)
        #expect(
            outcome.errors
                == "hearth: warning: some.folded: 1 malformed line left out, the first is line 2: oops\n")
        try program.write("main 1\nmain;a -2\n", to: "negative.folded")
        #expect(
            try program.run("flamegraph", "negative.folded", "-o", "x.svg").errors
                == "hearth: warning: negative.folded: 1 malformed line left out, the first is line 2 (its count is below 0): "
                + "main;a -2\n")
    }

    @Test func aTotalBeyondTheLimitIsSaid() throws {
        defer { program.remove() }
        try program.write("main;a \(Int64.max)\nmain;b \(Int64.max)\n", to: "huge.folded")
        let warning =
            "hearth: warning: the values of huge.folded for samples add up to more than 64 bits hold: sums stop at "
            + "9223372036854775807\n"
        let outcome = try program.run("top", "huge.folded", "--sort", "total", "-n", "1")
        #expect(outcome.code == 0 && outcome.errors == warning)
        #expect(outcome.output.hasPrefix("samples: 9,223,372,036,854,775,807, 1 of 3 functions\n"))
        for arguments in [["convert", "huge.folded", "-o", "x.pb.gz"], ["flamegraph", "huge.folded", "-o", "x.svg"]] {
            #expect(try program.run(arguments).errors == warning)
        }
    }

    @Test func anUnknownLabelIsAnsweredWithThoseThatThereAre() throws {
        defer { program.remove() }
        for (command, output) in [("top", "x.txt"), ("flamegraph", "x.svg"), ("convert", "x.pb.gz")] {
            let outcome = try program.run(command, "labelled.pb.gz", "--group-by", "nodee", "-o", output)
            #expect(outcome.code == 2 && outcome.output.isEmpty)
            #expect(outcome.errors == "hearth: labelled.pb.gz has no label 'nodee'; there are: node\n")
        }
        // A label that came with the change is on one side only.
        let diff = try program.run(
            "diff", "base.folded", "labelled.pb.gz", "-o", "x.folded", "--group-by", "node", "--sample-type", "samples")
        #expect(diff.code == 0)
        #expect(try program.read("x.folded").contains("store;main;insert(_:) 0 60"))
    }

    @Test func hidingSomeIsNoHidingOfAll() throws {
        defer { program.remove() }
        let all = try program.run("top", "labelled.pb.gz", "--group-by", "node", "--hide", ".")
        #expect(all.code == 1 && all.errors == "hearth: nothing is left of labelled.pb.gz after --hide '.'\n")
        #expect(try program.run("top", "labelled.pb.gz", "--hide", "main|hash").code == 0)
    }

    // MARK: diff

    @Test func diffAsStacks() throws {
        defer { program.remove() }
        let outcome = try program.run("diff", "base.folded", "new.folded", "-o", "diff.folded")
        #expect(outcome.code == 0)
        #expect(
            try program.read("diff.folded") == """
                # hearth differential: base, new; samples count
                main;idle 7 0
                main;new 0 7
                main;work 3 3
                main;work;hash 10 20

                """)
    }

    @Test func diffAsPictureAndJSON() throws {
        defer { program.remove() }
        #expect(try program.run("diff", "base.folded", "new.folded", "-o", "diff.svg").code == 0)
        #expect(try program.read("diff.svg").contains("<svg"))
        #expect(
            try program.run(
                "diff", "--base", "base.folded", "base.folded", "--new", "new.folded", "-o", "diff.json", "--normalize",
                "absolute"
            ).code == 0)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(try program.read("diff.json").utf8)) as? [String: Any])
        #expect(json["base"] as? Int == 40 && json["new"] as? Int == 30)
        let functions = try #require(json["functions"] as? [[String: Any]])
        #expect(Set(functions.compactMap { $0["function"] as? String }) == ["main", "work", "hash", "idle", "new"])
        let frames = try #require(json["frames"] as? [[String: Any]])
        let lines = frames.map { frame in
            let caller = frame["caller"] as? Int ?? -2
            let (own, total) = (frame["self"] as? [String: Any] ?? [:], frame["total"] as? [String: Any] ?? [:])
            return "\(frame["function"] ?? "") under \(caller < 0 ? "all" : frames[caller]["function"] ?? ""): "
                + "\(own["base"] ?? "") \(own["new"] ?? ""), \(total["base"] ?? "") \(total["new"] ?? "")"
        }
        #expect(
            Set(lines) == [
                "main under all: 0 0, 40 30", "work under main: 6 3, 26 23", "hash under work: 20 20, 20 20",
                "idle under main: 14 0, 14 0", "new under main: 0 7, 0 7",
            ])
        #expect(frames.allSatisfy { (($0["total"] as? [String: Any])?["interval"] as? [Double])?.count == 2 })
        #expect(frames.allSatisfy { ($0["total"] as? [String: Any])?["verdict"] is String })
    }

    /// Counts of one kind with different numbers of digits after the point.
    @Test func fractionsMeetWholeNumbers() throws {
        defer { program.remove() }
        try program.write("a;b 3\nc 7\n", to: "whole.folded")
        try program.write("a;b 3.25\nc 7\n", to: "fraction.folded")
        #expect(try program.run("merge", "whole.folded", "fraction.folded", "-o", "sum.folded").code == 0)
        #expect(try program.read("sum.folded").hasSuffix("a;b 6.25\nc 14\n"))
        let diff = try program.run("diff", "whole.folded", "fraction.folded", "-o", "x.folded")
        #expect(diff.code == 0, "\(diff.errors)")
        #expect(try program.read("x.folded").hasSuffix("a;b 3 3.25\nc 7 7\n"))
    }

    @Test func whatDoesNotApplyToADifferenceIsSaid() throws {
        defer { program.remove() }
        for (arguments, message) in [
            (["-o", "x.svg", "--reverse"], "--reverse is for .html"),
            (["-o", "x.svg", "--colors", "hash"], "--colors does not"),
            (["-o", "x.html", "--widths", "new"], "--widths is for .svg"),
        ] {
            let outcome = try program.run(["diff", "base.folded", "new.folded"] + arguments)
            #expect(outcome.code == 2 && outcome.errors.hasPrefix("hearth: \(message)"), "\(outcome.errors)")
        }
    }

    /// Two recordings far apart in one file are no million of time blocks.
    @Test func blocksFarApartAreNoHang() throws {
        defer { program.remove() }
        let sample = { (time: String) in "p 1 \(time): 1 cpu-clock:\n\t1000 a (/x)\n\n" }
        try program.write(sample("1.000000") + sample("4000000000.000000"), to: "far.perf")
        let outcome = try program.run("diff", "far.perf", "far.perf", "-o", "x.json", "--input-format", "perf-script")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try program.read("x.json").contains("single run"))
    }

    /// Five runs of unequal length whose costs a second are all but the same.
    @Test func longerRunsCountForMore() throws {
        defer { program.remove() }
        var sides: [[String]] = []
        for (side, cost) in [("base", 1_000), ("new", 1_100)] {
            var names: [String] = []
            for (run, seconds) in [10, 40, 10, 40, 10].enumerated() {
                var profile = Profile(sampleTypes: [.samples], duration: Int64(seconds) * 1_000_000_000)
                for (name, rate) in [("hot", cost), ("other", 500)] {
                    let stack = profile.push(profile.intern(frameNamed: name), on: .empty)
                    profile.add(.init(stack: stack), values: [Int64(rate * seconds)])
                }
                names.append("\(side)-\(run).pb.gz")
                try profile.write(to: path(names[run]))
            }
            sides.append(names)
        }
        let arguments = ["diff", "--base"] + sides[0] + ["--new"] + sides[1] + ["--normalize", "time", "-o", "x.json"]
        #expect(try program.run(arguments).code == 0)
        let json = try JSONSerialization.jsonObject(with: Data(try program.read("x.json").utf8)) as? [String: Any]
        let functions = json?["functions"] as? [[String: Any]] ?? []
        let changes = functions.map { "\($0["function"] ?? "") \(($0["self"] as? [String: Any])?["verdict"] ?? "")" }
        #expect(changes == ["hot grew", "other noise"])
        // A run that says nothing of its length is named.
        var silent = Profile(sampleTypes: [.samples])
        silent.add(.init(stack: silent.push(silent.intern(frameNamed: "hot"), on: .empty)), values: [5])
        try silent.write(to: path("silent.pb.gz"))
        let outcome = try program.run(
            ["diff", "--base", sides[0][0], "silent.pb.gz", "--new"] + sides[1] + [
                "--normalize", "time", "-o", "x.json",
            ])
        #expect(outcome.code == 1 && outcome.errors.contains("silent.pb.gz does not say how long"), "\(outcome.errors)")
    }

    @Test func diffByTimeAndByWidth() throws {
        defer { program.remove() }
        for (name, seconds) in [("short", 10), ("long", 40)] {
            var profile = labelled()
            profile.duration = Int64(seconds) * 1_000_000_000
            try profile.write(to: path("\(name).pb.gz"))
        }
        let arguments = ["diff", "short.pb.gz", "long.pb.gz", "--normalize", "time"]
        #expect(try program.run(arguments + ["-o", "x.svg", "--widths", "base"]).code == 0)
        let svg = try program.read("x.svg")
        #expect(svg.contains("234 ms → 58.5 ms a second · 10.0 s → 40.0 s"))
        #expect(svg.contains("as wide as in the base"))
        #expect(try program.run(arguments + ["-o", "x.json"]).code == 0)
        let json = try JSONSerialization.jsonObject(with: Data(try program.read("x.json").utf8)) as? [String: Any]
        #expect(json?["normalization"] as? String == "time")
        #expect(json?["seconds"] as? [String: Double] == ["base": 10, "new": 40])
        #expect(
            try program.run("diff", "base.folded", "new.folded", "-o", "x.svg", "--normalize", "time").errors
                == "hearth: --normalize time: base.folded does not say how long it was recorded; --normalize share compares "
                + "shares\n")
    }

    @Test func sidesOfDifferentTypesGetAnAnswer() throws {
        defer { program.remove() }
        let outcome = try program.run("diff", "labelled.pb.gz", "new.folded", "-o", "x.svg")
        #expect(outcome.code == 2)
        #expect(
            outcome.errors
                == "hearth: labelled.pb.gz shows cpu, which new.folded has not; compare what both have: --sample-type "
                + "samples\n")
        #expect(
            try program.run("diff", "labelled.pb.gz", "new.folded", "-o", "x.svg", "--sample-type", "samples").code == 0
        )
        let same = try program.run("diff", "labelled.pb.gz", "labelled.pb.gz", "-o", "x.svg")
        #expect(same.code == 0 && same.errors == "hearth: sample type: cpu (nanoseconds); also there: samples, wall\n")
    }

    @Test func oneSideMayBeFilteredOut() throws {
        defer { program.remove() }
        let outcome = try program.run("diff", "base.folded", "new.folded", "-o", "x.folded", "--focus", "^new$")
        #expect(outcome.code == 0)
        #expect(try program.read("x.folded").hasSuffix("main;new 0 7\n"))
    }

    // MARK: merge, convert

    @Test func mergeAddsUp() throws {
        defer { program.remove() }
        #expect(try program.run("merge", "base.folded", "new.folded", "-o", "sum.folded").code == 0)
        #expect(
            try program.read("sum.folded")
                == "# hearth sample-type: samples count\nmain;idle 7\nmain;new 7\nmain;work 6\nmain;work;hash 30\n")
    }

    @Test func mergeKeepsTheSampleTypesThatAllHave() throws {
        defer { program.remove() }
        let outcome = try program.run("merge", "labelled.pb.gz", "base.folded", "-o", "sum.pb.gz")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "hearth: warning: left out, since not all profiles have it: cpu, wall\n")
        let asked = ["top", "labelled.pb.gz", "base.folded", "--sample-type", "samples"]
        #expect(try program.run(asked).errors.isEmpty)
        let sum = try Profile(contentsOf: path("sum.pb.gz"))
        #expect(sum.sampleTypes == [.samples])
        #expect(sum.total(column: 0) == 254)
        try program.write("# hearth sample-type: alloc bytes\nmain 5\n", to: "alloc.folded")
        let none = try program.run("merge", "base.folded", "alloc.folded", "-o", "x.folded")
        #expect(none.code == 1)
        #expect(
            none.errors
                == "hearth: the profiles cannot be added up: sample types differ: samples/count and alloc/bytes\n")
    }

    @Test func convertKeepsWhatTheFormatHolds() throws {
        defer { program.remove() }
        for name in ["a.pb.gz", "a.pb", "a.speedscope.json", "a.folded"] {
            let outcome = try program.run("convert", "labelled.pb.gz", "-o", name)
            #expect(outcome.code == 0)
            #expect(
                outcome.errors
                    == (name == "a.folded" ? "hearth: sample type: cpu (nanoseconds); also there: samples, wall\n" : "")
            )
            let back = try Profile(contentsOf: path(name))
            let column = try #require(back.column(ofType: "cpu"))
            #expect(back.total(column: column) == 2_340_000_000)
            #expect(back.sampleTypes.count == (name == "a.folded" ? 1 : 3))
        }
        #expect(try program.run("convert", "labelled.pb.gz", "--sample-type", "wall", "-o", "w.pb.gz").code == 0)
        #expect(try Profile(contentsOf: path("w.pb.gz")).sampleTypes == [.wall])
    }

    @Test func convertSplitsByALabel() throws {
        defer { program.remove() }
        struct File: Decodable {
            struct Part: Decodable {
                var name: String
                var unit: String
                var endValue: Int64
            }
            var profiles: [Part]
        }
        let all = try program.run("convert", "labelled.pb.gz", "--split-by", "node", "-o", "x.speedscope.json")
        #expect(all.code == 0 && all.errors.isEmpty)
        let names = try JSONDecoder().decode(File.self, from: Data(program.read("x.speedscope.json").utf8)).profiles
        #expect(names.map(\.name).prefix(4) == ["embed (samples)", "embed (cpu)", "embed (wall)", "store (samples)"])
        #expect(names.count == 9 && names.last?.name == "[no node] (wall)")
        // One column, and a filter before the split.
        let one = try program.run(
            "merge", "labelled.pb.gz", "labelled.pb.gz", "--sample-type", "cpu", "--ignore", "insert", "--split-by",
            "node", "--format", "speedscope")
        let parts = try JSONDecoder().decode(File.self, from: Data(one.output.utf8)).profiles
        #expect(parts.map(\.name) == ["embed", "[no node]"])
        #expect(parts.map(\.endValue) == [3_400_000_000, 80_000_000])
        #expect(parts.allSatisfy { $0.unit == "nanoseconds" })
        #expect(try program.run("top", "x.speedscope.json", "--where", "node=store").output.hasPrefix("cpu: 600 ms"))
    }

    @Test func valuesAreScaled() throws {
        defer { program.remove() }
        let half = try program.run("convert", "base.folded", "--scale", "0.5", "--format", "collapsed")
        #expect(half.output == "# hearth sample-type: samples count\nmain;idle 3\nmain;work 2\nmain;work;hash 5\n")
        let average = try program.run(
            "merge", "base.folded", "base.folded", "base.folded", "--scale", "1/3", "-o", "x.pb.gz")
        #expect(average.code == 0)
        #expect(try Profile(contentsOf: path("x.pb.gz")).total(column: 0) == 20)
        #expect(try program.run("top", "base.folded", "--scale", "100").output.hasPrefix("samples: 2,000, "))
    }

    @Test func whatIsCalledGzipIsGzip() throws {
        defer { program.remove() }
        let commands = [
            ["convert", "base.folded", "-o", "x.folded.gz"], ["merge", "base.folded", "-o", "x.speedscope.json.gz"],
            ["flamegraph", "base.folded", "-o", "x.svg.gz"], ["diff", "base.folded", "new.folded", "-o", "x.json.gz"],
            ["top", "base.folded", "-o", "x.txt.gz"],
        ]
        for command in commands {
            #expect(try program.run(command).code == 0)
            let bytes = try Data(contentsOf: program.folder.appendingPathComponent(command.last ?? ""))
            #expect(bytes.starts(with: [0x1F, 0x8B]), "\(command)")
        }
        #expect(try program.run("top", "x.folded.gz").output.hasPrefix("samples: 20, 4 functions\n"))
    }

    @Test func whatPprofHasBelowZeroIsLeftOutOfStacks() throws {
        defer { program.remove() }
        var profile = Profile(sampleTypes: [.samples])
        for (name, value) in [("grew", Int64(3)), ("shrank", -3)] {
            let stack = profile.push(profile.intern(frameNamed: name), on: .empty)
            profile.add(Profile.Sample(stack: stack), values: [value])
        }
        try profile.write(to: path("negative.pb.gz"))
        let outcome = try program.run("convert", "negative.pb.gz", "--format", "collapsed")
        #expect(outcome.output == "# hearth sample-type: samples count\ngrew 3\n")
        #expect(outcome.errors == "hearth: warning: 1 value below 0 left out: collapsed stacks hold none\n")
    }

    @Test func eventsOfPerfAreNamed() throws {
        defer { program.remove() }
        let text = [("cpu-clock", 250), ("page-faults", 3)].map { event, period in
            "app 1 1.5: \(period) \(event):\n\t401136 f+0x1 (/a)\n\n"
        }
        let outcome = try program.run("top", "-", input: text.joined())
        #expect(outcome.errors == "hearth: sample type: cpu (nanoseconds); also there: samples, page-faults\n")
        #expect(outcome.output.hasPrefix("cpu: 250 ns, 1 functions\n"))
    }

    @Test func convertFiltersAndWritesToStandardOutput() throws {
        defer { program.remove() }
        let outcome = try program.run(
            "convert", "labelled.pb.gz", "--sample-type", "samples", "--group-by", "node", "--format", "collapsed")
        #expect(
            outcome.output == """
                # hearth sample-type: samples count
                [no node];main 4
                embed;main;embed(text:) 30
                embed;main;embed(text:);hash 140
                store;main;insert(_:) 60

                """)
    }

    @Test func mangledNamesOfOtherToolsAreReadable() throws {
        defer { program.remove() }
        let names = "main;$s3App4workyyF;_ZN3app4fastEi;$snot a name;_Z;plain"
        let outcome = try program.run("convert", "-", "--format", "collapsed", input: names + " 3\n")
        #expect(outcome.output.hasSuffix("\nmain;App.work();app::fast;$snot a name;_Z;plain 3\n"), "\(outcome.output)")
    }

    /// However far names unfold, all together are no longer than some megabytes and one.
    @Test func demanglingStopsAtALimit() {
        defer { program.remove() }
        var profile = Profile(sampleTypes: [.samples])
        let names = (0..<9).map { "$s3App5work\($0)yyF" }
        let frames = names.map { profile.intern(frameNamed: $0) }
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [1])
        let whole = profile.demanglingNames()
        #expect(whole.strings[whole.frames[8].name] == "App.work8()")
        let limited = profile.demanglingNames(upTo: 20)
        let shown = limited.frames.map { limited.strings[$0.name] }
        #expect(shown[0] == "App.work0()")
        #expect(shown[1] == "App.work1()", "20 bytes are left when it is looked at")
        #expect(Array(shown[2...]) == Array(names[2...]))
    }

    // MARK: Help

    @Test func helpAndVersion() throws {
        defer { program.remove() }
        let version = try program.run("--version")
        #expect(version.code == 0 && version.output == "\(hearthVersion)\n")
        for command in ["flamegraph", "top", "diff", "gate", "merge", "convert"] {
            let help = try program.run(command, "--help")
            #expect(help.code == 0 && help.errors.isEmpty)
            #expect(help.output.contains("  hearth \(command) "), "an example in the help of \(command)")
        }
        // A line that is broken a second time, by the parser's 80 columns, leaves a ragged one behind it.
        let all = HearthCommand.configuration.subcommands.map { ($0.configuration, $0.configuration.commandName) }
        for (configuration, command) in all + [(HearthCommand.configuration, nil)] {
            let help = try program.run([command, "--help"].compactMap { $0 }).output.split(separator: "\n")
            for line in configuration.discussion.split(separator: "\n") { #expect(help.contains(line)) }
            #expect(!configuration.discussion.isEmpty)
        }
        let bare = try program.run()
        #expect(bare.code == 0 && bare.output.contains("SUBCOMMANDS"))
    }

    @Test func theProgramIsAFunctionToo() throws {
        defer { program.remove() }
        #expect(HearthProgram.run(["convert", path("base.folded"), "-o", path("x.pb.gz")]) == 0)
        #expect(try Profile(contentsOf: path("x.pb.gz")).total(column: 0) == 20)
    }
}
