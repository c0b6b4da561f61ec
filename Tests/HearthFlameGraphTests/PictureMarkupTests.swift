import Foundation
import HearthFiles
import HearthProfile
import Testing

@testable import HearthFlameGraph

@Suite struct PictureMarkupTests {
    private func titles(_ profile: Profile, column: Int? = nil, options: FlameGraphOptions = .init()) throws -> [String]
    {
        try expectWellFormed(FlameGraph(profile, column: column, options: options).svg())
    }

    @Test func titlesReadAsThoseOfFlamegraphFiles() throws {
        let profile = SampleProfiles.collapsed("a;b 1234\na;c 766\n")
        #expect(
            try titles(profile) == [
                "all (2,000 samples, 100%)", "a (2,000 samples, 100%)", "b (1,234 samples, 61.70%)",
                "c (766 samples, 38.30%)",
            ])
    }

    @Test func valuesAreInTheirUnit() throws {
        let time = SampleProfiles.collapsed("a 12345678\nb 4000000000\nc 999\n", type: .cpu)
        #expect(
            try titles(time)
                == [
                    "all (4.01 s, 100%)", "a (12.3 ms, 0.31%)", "b (4.00 s, 99.69%)",
                    "[other: 1 frame] (999 ns, 0.00%)",
                ].filter { !$0.hasPrefix("[other") })
        let memory = SampleProfiles.collapsed("a 1536\nb 20000000\n", type: .init(type: "alloc_space", unit: "bytes"))
        #expect(try titles(memory).last == "b (19.1 MiB, 99.99%)")
        let other = SampleProfiles.collapsed("a 12345\n", type: .init(type: "work", unit: "requests"))
        #expect(try titles(other).last == "a (12,345 requests, 100%)")
    }

    @Test func figuresAreRoundedOnce() {
        let time = Quantity(unit: "nanoseconds")
        #expect(
            [0, 999, 1_000, 9_994, 9_996, 99_949, 99_960, 999_499, 1_500_000_000, 12_345_000_000_000].map(time.text)
                == [
                    "0 ns", "999 ns", "1.00 µs", "9.99 µs", "10.0 µs", "99.9 µs", "100 µs", "999 µs", "1.50 s",
                    "12,345 s",
                ])
        #expect(thousands(.min) == "-9,223,372,036,854,775,808")
        #expect(percent(1, of: 0) == "0.00%")
        #expect(percent(0, of: 0) == "0.00%")
        #expect(decimal(-0.004, places: 2) == "0.00")
        #expect(decimal(-12.346, places: 2) == "-12.35")
    }

    @Test func fractionalCountsReadAsSuch() throws {
        let hundredths = Quantity(unit: "count/100")
        #expect(
            [150, 100, 5, -5, -150, 123_456, 0].map(hundredths.number)
                == ["1.5", "1", "0.05", "-0.05", "-1.5", "1,234.56", "0"])
        #expect(hundredths.text(150) == "1.5 samples")
        #expect(Quantity(unit: "nanoseconds/1000").text(1_500_000_000) == "1.50 ms")
        #expect(Quantity(unit: "requests/10").text(15) == "1.5 requests")
        let profile = SampleProfiles.collapsed("a 150\nb 50\n", type: .init(type: "samples", unit: "count/100"))
        #expect(
            try titles(profile) == ["all (2 samples, 100%)", "a (1.5 samples, 75.00%)", "b (0.5 samples, 25.00%)"])
    }

    @Test func anyNameIsWellFormed() throws {
        let names = [
            "a & b", "<b>", "]]>", "\"'", "--", "\u{0}\u{1}\u{B}\u{1F}\u{7F}", "\u{85}\u{9F}\u{A0}",
            "\u{FFFE}\u{FFFF}\u{FFFD}", "🔥é日",
            "\u{2028}\u{2029}", "\u{10FFFF}", "a\tb\nc\rd", "&#0;", "</title></svg>", "\u{200D}\u{FEFF}\u{202E}",
            String(repeating: "x", count: 100_000),
        ]
        var profile = Profile(
            sampleTypes: [.init(type: "<&]]>\u{1}", unit: "\"]]></script>\u{2028}")],
            attributes: ["service": "]]>&\u{1}"])
        for (index, name) in names.enumerated() {
            let full = profile.intern("full " + name + "</script>")
            let frame = profile.intern(
                Frame(name: profile.intern(name), fullName: full, image: profile.intern(Image(path: "/x/" + name))))
            profile.add(.init(stack: profile.push(frame, on: .empty)), values: [Int64(index + 50)])
        }
        for colors in ColorScheme.allCases {
            let options = FlameGraphOptions(title: names.joined(), subtitle: names.joined(), colors: colors)
            let titles = try titles(profile, options: options)
            #expect(titles.count == names.count + 1)
            #expect(titles.contains { $0.hasPrefix("]]> (") })
            #expect(titles.contains { $0.hasPrefix("a b c d (") })
            #expect(titles.contains { $0.hasPrefix("\u{FFFD}\u{FFFD}\u{FFFD} (") })
        }
        try expectWellFormed(ProfileDiff(base: profile, new: profile).svg(options: .init(title: names.joined())))
    }

    @Test func anEmptyProfileSaysSo() throws {
        for profile in [Profile(sampleTypes: [.cpu]), SampleProfiles.collapsed("a 0\nb -5\n")] {
            let svg = FlameGraph(profile).svg()
            try expectWellFormed(svg)
            #expect(svg.contains(">no samples</text>"))
        }
    }

    @Test func aSampleWithoutFramesIsTheRootAlone() throws {
        var profile = Profile(sampleTypes: [.samples])
        profile.add(.init(stack: .empty), values: [5])
        #expect(try titles(profile) == ["all (5 samples, 100%)"])
    }

    @Test func aColumnOutOfRangeIsTheDefault() throws {
        var profile = SampleProfiles.ingestion()
        profile.defaultSampleType = 99
        #expect(try titles(profile, column: -1)[0].contains("samples"))
        #expect(try titles(profile, column: 1)[0].contains(" s, 100%"))
    }

    @Test func oddOptionsAreBroughtIntoRange() throws {
        let profile = SampleProfiles.collapsed("a;b 3\nc 4\n")
        for width in [Int.min, -1, 0, 5, Int.max] {
            for minWidth in [
                MinimumWidth.pixels(-1), .pixels(.nan), .pixels(.infinity), .percent(1e300), .percent(-0.0),
            ] {
                let options = FlameGraphOptions(width: width, minWidth: minWidth, frameBudget: .min)
                #expect(try titles(profile, options: options).first == "all (7 samples, 100%)")
            }
        }
    }

    @Test func leastWidthsAreRead() {
        #expect(MinimumWidth("0.5") == .pixels(0.5))
        #expect(MinimumWidth("2%") == .percent(2))
        for wrong in ["", "%", "-1", "x", "nan", "inf", "101%", "1 px"] {
            #expect(MinimumWidth(wrong) == nil, "\(wrong)")
        }
        #expect(MinimumWidth(MinimumWidth.percent(0.25).description) == .percent(0.25))
    }

    @Test func whatIsPrunedIsSaid() throws {
        let svg = FlameGraph(SampleProfiles.collapsed("a;b 9999\na;c 1\n"), options: .init(minWidth: .percent(1))).svg()
        #expect(svg.contains("1 frame of less than 1.00% summed up"))
    }

    /// Reading a column of a profile does not write into another's picture: no clock, no address, no random number.
    @Test func theSameInputGivesTheSameBytes() throws {
        #expect(FlameGraph(SampleProfiles.ingestion()).svg() == FlameGraph(SampleProfiles.ingestion()).svg())
    }

    @Test func filesAreWrittenByExtension() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-flame-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let graph = FlameGraph(SampleProfiles.ingestion())
        let picture = folder.appendingPathComponent("a.svg").path
        try graph.write(to: picture)
        #expect(try readFile(picture) == Array(graph.svg().utf8))
        let page = folder.appendingPathComponent("a.html").path
        try graph.write(to: page)
        #expect(try String(decoding: readFile(page), as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
        #expect(throws: FileError.self) { try graph.write(to: folder.appendingPathComponent("no/a.svg").path) }
    }

    @Test(arguments: [
        ("Array<Int>.append(_:)", 40, "Array<Int>.append(_:)"),
        ("Array<Dictionary<String, Int>>.append(_:)", 22, "Array<…>.append(_:)"),
        ("HearthIngestion.Pipeline.run(document:options:)", 31, "HearthIngestion.Pipeline.run(…)"),
        ("HearthIngestion.Pipeline.run(document:options:)", 30, "HearthIngestion.Pipeline.run"),
        ("HearthIngestion.Pipeline.run(document:options:)", 20, "Pipeline.run"),
        ("HearthIngestion.Pipeline.run(document:options:)", 8, "run"),
        ("ParseNode.evaluate(_:)", 21, "ParseNode.evaluate(…)"),
        ("ParseNode.evaluate(_:)", 20, "ParseNode.evaluate"),
        ("ParseNode.evaluate(_:)", 17, "evaluate"), ("ParseNode.evaluate(_:)", 7, "evalua…"),
        ("closure 1 in NIOPosix.Selector.whenReady(_:)", 33, "closure 1 in Selector.whenReady"),
        ("closure 1 in NIOPosix.Selector.whenReady(_:)", 24, "closure 1 in whenReady"),
        ("closure 1 in NIOPosix.Selector.whenReady(_:)", 9, "whenReady"),
        ("closure 1 in NIOPosix.Selector.whenReady(_:)", 6, "whenR…"),
        ("App.main()", 9, "App.main"), ("App.main()", 4, "main"), ("(a b)", 3, "(…)"),
        ("Parser::operator()(int)", 12, "operator()"),
        ("Parser::operator()", 11, "operator()"), ("f(int)::inner(x)", 9, "inner"),
        ("std::vector<int, std::allocator<int>>::push_back(int const&)", 20, "vector<…>::push_back"),
        ("libc.so.6+0x1234", 8, "libc.so…"),
        ("..<(_:_:)", 6, "..<(…)"),
        ("operator->()", 8, "operato…"),
        ("f() -> Array<A -> B>.x", 20, "f() -> Array<…>.x"),
        ("日本語の関数名", 8, "日本語…"),
        ("Vector.+ infix(_:_:)", 10, "Vector.+ …"),
        ("ab", 2, ""),
        ("abcd", 3, "ab…"),
        ("abc", 3, "abc"),
        ("a<b", 3, "a<b"),
        ("unbalanced<(x.y", 12, "unbalanced<…"),
        ("main.swift.", 5, "swif…"),
    ])
    func labelsKeepWhatSaysMost(name: String, columns: Int, label: String) {
        #expect(FrameLabel.fit(name, columns: columns) == label)
    }

    @Test(arguments: [
        ("HearthIngestion.Pipeline.run() async throws -> ()", "HearthIngestion"),
        ("closure #1 (Swift.Int) -> Swift.String in App.main()", "App"),
        ("generic specialization <Swift.Int> of Swift.Array.append(__owned A) -> ()", "Swift"),
        ("(extension in Foundation):Swift.String.data() -> ()", "Foundation"),
        ("static Module.Type.== infix(Module.Type, Module.Type) -> Swift.Bool", "Module"),
        ("partial apply forwarder for closure #1 in Module.f()", "Module"),
        ("(2) await resume partial function for NIOCore.EventLoopFuture.get() async throws -> A", "NIOCore"),
        ("closure #1 () -> () in (extension in _RegexParser):Swift.Unicode.f() -> ()", "_RegexParser"),
        ("partial apply forwarder for closure #2 (A) -> () in NIOPosix.(f in _DBF766BF34E8)() -> ()", "NIOPosix"),
        ("merged protocol witness for Swift.Error.f() -> A in conformance GRDB.Failure : Swift.Error in GRDB", "GRDB"),
        ("function signature specialization <Arg[0] = Dead> of generic specialization <A> of GRDB.f(A) -> ()", "GRDB"),
        ("outlined copy of GRDB.Row", "GRDB"), ("destroy value witness for NIOCore.IOData", "NIOCore"),
        ("lazy protocol witness table accessor for type X.A and conformance X.A : Y.B in X", "X"),
        ("GRDB.(Statement in _0F9264DCC779).step() -> Swift.Bool with unmangled suffix \".8\"", "GRDB"),
        ("helper #1 (Swift.Int) -> () in _Collections.f() -> ()", "_Collections"),
        ("simdjson::dom::parser::parse(char const*)", "simdjson"),
        ("malloc", ""), ("_int_malloc.cold.1", ""), ("", ""), ("libx.so`f", "libx.so"), (".", ""), ("a.", ""),
    ])
    func modulesAreReadOffNames(name: String, module: String) {
        #expect(CodeOrigin.module(of: name) == module)
    }
}
