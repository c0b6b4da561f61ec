import Foundation
import HearthFlameGraph
import HearthProfile
import HearthRandom
import Testing

/// The page's data, read back.
@Suite struct ViewerDataTests {
    /// By path and labels, the values of all columns.
    private func expected(_ profile: Profile) -> [String: [UInt64]] {
        var sums: [String: [UInt64]] = [:]
        for (row, sample) in profile.samples.enumerated() {
            let values = profile.values(row: row).map { UInt64(max($0, 0)) }
            guard values.contains(where: { $0 > 0 }) else { continue }
            let path = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }.reversed()
            let labels = profile.labels[sample.labels].map { "\($0)=\($1)" }.sorted()
            let key = path.joined(separator: ";") + " " + labels.joined(separator: ",")
            sums[key] = zip(sums[key] ?? values.map { _ in 0 }, values).map { $0 + $1 }
        }
        return sums
    }

    private func found(_ page: DecodedPage) -> [String: [UInt64]] {
        let labels = page.settings["labels"] as? [[String: Any]] ?? []
        let sets = page.settings["sets"] as? [[Int]] ?? []
        var sums: [String: [UInt64]] = [:]
        for row in page.rows {
            let texts = zip(labels, sets[row.set]).compactMap { label, value -> String? in
                guard value > 0, let values = label["values"] as? [String] else { return nil }
                return "\(label["key"] ?? "")=\(values[value - 1])"
            }
            let key = page.path(to: row.node).joined(separator: ";") + " " + texts.sorted().joined(separator: ",")
            #expect(sums[key] == nil, "\(key) has one row")
            sums[key] = row.values
        }
        return sums
    }

    @Test func everySampleIsThere() throws {
        let profile = SampleProfiles.ingestion()
        let page = try DecodedPage(FlameGraph(profile).html())
        #expect(found(page) == expected(profile))
        #expect(page.int("column") == 1)
        for column in profile.sampleTypes.indices {
            #expect(page.rows.reduce(0) { $0 + $1.values[column] } == UInt64(profile.total(column: column)))
        }
        #expect((page.settings["fullNames"] as? [String])?.count == page.names.count)
        #expect((page.settings["imageOf"] as? [Int])?.count == page.names.count)
        #expect((page.settings["kinds"] as? String)?.count == page.names.count)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func anyProfileComesBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var profile = Profile(sampleTypes: [.samples, .cpu, .wall])
        for _ in 0..<random.below(300) {
            let frames = (0..<random.below(12)).map { _ in
                profile.intern(frameNamed: "f\(random.below(9))", kind: random.oneIn(20) ? .label : .function)
            }
            var labels: [String: LabelValue] = [:]
            if random.oneIn(2) { labels["node"] = .text("n\(random.below(3))") }
            if random.oneIn(3) { labels["bytes"] = .number(Int64(random.below(4)), unit: "bytes") }
            let sample = Profile.Sample(
                stack: profile.stack(rootFirst: frames), labels: profile.intern(labels: labels),
                block: random.oneIn(2) ? UInt32(random.below(5)) : nil)
            let large = Int64(1) << Int64(random.below(50))
            profile.add(sample, values: [Int64(random.below(3)), large, Int64(random.below(2)) - 1])
        }
        let page = try DecodedPage(FlameGraph(profile).html())
        // A label and a function of one name are two nodes, but one path here.
        let labelled = profile.frames.contains { $0.kind == .label }
        if labelled {
            #expect(page.rows.reduce(0) { $0 + $1.values[1] } == UInt64(profile.total(column: 1)))
        } else {
            #expect(found(page) == expected(profile))
        }
        for (place, node) in page.nodes.enumerated().dropFirst() { #expect(node.parent < place) }
    }

    @Test func nothingAndNextToNothing() throws {
        let empty = try DecodedPage(FlameGraph(Profile(sampleTypes: [.cpu])).html())
        #expect(empty.nodes.count == 1 && empty.rows.isEmpty && empty.names.isEmpty)
        let one = try DecodedPage(FlameGraph(SampleProfiles.collapsed("a 5\nb -3\nc 0\n")).html())
        #expect(one.rows == [.init(node: 1, set: 0, values: [5])])
        #expect(one.path(to: 1) == ["a"])
        var bare = Profile(sampleTypes: [.samples])
        bare.add(.init(stack: .empty), values: [.max])
        #expect(try DecodedPage(FlameGraph(bare).html()).rows == [.init(node: 0, set: 0, values: [UInt64(Int64.max)])])
    }

    @Test func siblingsStandInTheOrderOfTheirNames() throws {
        let page = try DecodedPage(FlameGraph(SampleProfiles.collapsed("z 1\nb;y 1\na 1\nb;c 1\n")).html())
        let paths = (1..<page.nodes.count).map { page.path(to: $0).joined(separator: ";") }
        #expect(paths == ["a", "b", "b;c", "b;y", "z"])
    }

    @Test func labelsOfTooManyValuesAreLeftOut() throws {
        var profile = Profile(sampleTypes: [.samples])
        let stack = profile.stack(rootFirst: [profile.intern(frameNamed: "f")])
        for index in 0..<600 {
            let labels = profile.intern(labels: ["trace_id": .text("t\(index)"), "node": .text("n\(index % 2)")])
            profile.add(.init(stack: stack, labels: labels), values: [1])
        }
        let page = try DecodedPage(FlameGraph(profile).html())
        #expect(page.settings["leftOut"] as? [String] == ["trace_id"])
        #expect(page.settings["sets"] as? [[Int]] == [[1], [2]])
        #expect(page.rows.map(\.values) == [[300], [300]], "rows that differ in nothing else are one")
    }

    @Test func anyNameIsSafe() throws {
        let names = [
            "</script><script>alert(1)</script>", "<!--", "]]>", "\"'\\", "\u{0}\u{1}\u{7F}\u{85}", "\u{2028}\u{2029}",
            "日本語🔥", "&amp;", "a\tb\nc", "\u{FFFE}",
        ]
        var profile = Profile(sampleTypes: [.init(type: "</script>", unit: "<!--")], attributes: ["service": "</p>"])
        for name in names {
            let image = profile.intern(Image(path: "/x/" + name))
            let frame = profile.intern(
                Frame(name: profile.intern(name), fullName: profile.intern("full " + name), image: image))
            let labels = profile.intern(labels: [name: .text(name)])
            profile.add(.init(stack: profile.push(frame, on: .empty), labels: labels), values: [1])
        }
        let html = FlameGraph(profile, options: .init(title: names.joined(), subtitle: names.joined())).html()
        let page = try DecodedPage(html)
        #expect(Set(page.names) == Set(names))
        // Of the page's own tags there are three scripts, and no name adds to them.
        #expect(html.ranges(of: "<script").count == 3 && html.ranges(of: "</script").count == 3)
        let script = try #require(html.range(of: "id=\"settings\">")).upperBound
        #expect(!html.contains("<!--") && !html[script...].unicodeScalars.contains("\u{2028}"))
        let diff = try ProfileDiff(base: profile, new: profile)
        #expect(try Set(DecodedPage(diff.html()).names) == Set(names))
    }

    @Test func aFrameCostsFewBytes() throws {
        var random = SeededGenerator(seed: 7)
        var profile = Profile(sampleTypes: [.samples, .cpu])
        let frames = (0..<3_000).map { profile.intern(frameNamed: "function \($0)") }
        var stacks = [StackID.empty]
        for _ in 0..<20_000 {
            let caller = stacks[random.below(stacks.count)]
            stacks.append(profile.push(frames[random.below(frames.count)], on: caller))
        }
        for stack in stacks.dropFirst() {
            let samples = Int64(1 + random.below(40))
            profile.add(.init(stack: stack), values: [samples, samples * 10_000_000])
        }
        let page = try DecodedPage(FlameGraph(profile).html())
        // Each frame has a row here, with two values.
        #expect(Double(page.size) / Double(page.nodes.count) < 12)
    }

    @Test func thunksAreHidden() throws {
        var profile = Profile(sampleTypes: [.samples])
        let frames = ["a", "thunk", "b"].map { profile.intern(frameNamed: $0) }
        let thunk = profile.intern(Frame(name: profile.intern("thunk"), thunk: .bare))
        profile.add(.init(stack: profile.stack(rootFirst: [frames[0], thunk, frames[2]])), values: [1])
        let page = try DecodedPage(FlameGraph(profile).html())
        #expect(page.path(to: page.nodes.count - 1) == ["a", "b"])
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        #expect(FlameGraph(SampleProfiles.ingestion()).html() == FlameGraph(SampleProfiles.ingestion()).html())
        let diffs = try (0..<2).map { _ in
            try ProfileDiff(base: SampleProfiles.ingestion(), new: SampleProfiles.ingestion { $1 + 7 }).html()
        }
        #expect(diffs[0] == diffs[1])
    }

    @Test func verdictsAreThoseOfTheDifference() throws {
        let base = SampleProfiles.ingestion()
        let new = SampleProfiles.ingestion { name, milliseconds in
            name == "sqlite3VdbeExec" ? milliseconds * 30 : milliseconds
        }
        let diff = try ProfileDiff(base: base, new: new, normalization: .absolute)
        let page = try DecodedPage(diff.html())
        let grown = page.verdicts.filter { $0.color < 4 }
        #expect(!grown.isEmpty)
        for verdict in page.verdicts {
            #expect(verdict.color < 4 ? verdict.low > 0 : verdict.high < 0)
        }
        #expect(grown.contains { page.path(to: $0.node).last == "sqlite3VdbeExec" })
        #expect(page.functionRows == diff.rows().count)
        for (side, total) in [diff.baseTotal, diff.newTotal].enumerated() {
            #expect(page.rows.reduce(0) { $0 + $1.values[side] } == UInt64(total))
        }
    }
}
