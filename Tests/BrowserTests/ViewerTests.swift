import Foundation
import HearthFlameGraph
import HearthProfile
import Testing

/// The page of flame graphs in a real browser, with real clicks and keys.
@Suite(.serialized) final class ViewerTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "hearth-viewer-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func open(_ html: String, width: Int = 1280, height: Int = 720, dark: Bool = false) throws -> BrowserPage {
        let file = folder.appendingPathComponent("\(UUID().uuidString).html")
        try html.write(to: file, atomically: true, encoding: .utf8)
        return try BrowserPage(Browser(), file, width: width, height: height, dark: dark)
    }

    private func profile(_ stacks: [([String], Int64)]) -> Profile {
        var profile = Profile(sampleTypes: [.samples])
        for (names, value) in stacks { add(names, [value], to: &profile) }
        return profile
    }

    private func add(_ names: [String], _ values: [Int64], _ labels: [String: String] = [:], to profile: inout Profile)
    {
        let frames = names.map { profile.intern(frameNamed: $0) }
        let set = profile.intern(labels: labels.mapValues { .text($0) })
        profile.add(.init(stack: profile.stack(rootFirst: frames), labels: set), values: values)
    }

    /// a: 60, of which b 40 (of which a again 10) and c 20; d: 40.
    private var small: Profile {
        profile([(["a", "b"], 30), (["a", "b", "a"], 10), (["a", "c"], 20), (["d"], 40)])
    }

    /// Two sample types, and a label on most samples.
    private var labelled: Profile {
        var profile = Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1)
        add(["run", "read"], [1, 10_000_000], ["node": "parse", "state": "running"], to: &profile)
        add(["run", "hash"], [3, 50_000_000], ["node": "embed", "state": "running"], to: &profile)
        add(["run", "read"], [2, 20_000_000], ["node": "embed", "state": "waiting"], to: &profile)
        add(["idle"], [2, 20_000_000], to: &profile)
        return profile
    }

    /// Points at the frame that holds `share` of the width, `level` rows from the root of a graph that grows upwards.
    private func point(_ page: BrowserPage, _ share: Double, level: Int) throws -> BrowserPage.Point {
        let edge = try page.evaluate(
            "(box => [box.left, box.width, box.bottom])(document.querySelector('#graph').getBoundingClientRect())")
        let numbers = (edge as? [NSNumber] ?? []).map(\.doubleValue)
        return .init(x: numbers[0] + 12 + share * (numbers[1] - 24), y: numbers[2] - 10 - Double(level) * 18 - 9)
    }

    /// The tooltip of what is there; empty where nothing is.
    private func tip(_ page: BrowserPage, _ share: Double, level: Int) throws -> String {
        try page.move(to: point(page, share, level: level))
        return try page.text("(tip => tip.hidden ? '' : tip.innerText)(document.querySelector('.tip'))")
    }

    private func name(_ page: BrowserPage, _ share: Double, level: Int) throws -> String {
        String(try tip(page, share, level: level).prefix { $0 != "\n" })
    }

    private func color(_ page: BrowserPage, _ share: Double, level: Int) throws -> String {
        let place = try point(page, share, level: level)
        try page.move(to: .init(x: 1, y: 1))
        // The frame after the next one has been painted.
        try page.evaluate(
            "window.painted = false; requestAnimationFrame(() => requestAnimationFrame(() => painted = true))")
        try page.wait(until: "window.painted")
        return try page.text(
            """
            (() => {
              const canvas = document.querySelector('canvas'), box = canvas.getBoundingClientRect();
              const pixel = canvas.getContext('2d').getImageData(\(place.x) - box.left, \(place.y) - box.top - 6, 1, 1).data;
              return '#' + [...pixel].slice(0, 3).map(n => n.toString(16).padStart(2, '0')).join('');
            })()
            """)
    }

    private func press(_ id: String, _ page: BrowserPage) throws {
        try page.evaluate("document.querySelector('\(id)').click()")
    }

    private func choose(_ value: String, in id: String, _ page: BrowserPage) throws {
        try page.evaluate(
            "(list => { list.value = '\(value)'; list.dispatchEvent(new Event('change')); })(document.querySelector('\(id)'))"
        )
    }

    private let matched = "document.querySelector('.matched').textContent"
    private let detail = "document.querySelector('.detail').textContent"
    private let firstRow =
        "[...document.querySelectorAll('tbody tr:not(.filler)')].map(r => r.cells[0].textContent).join()"

    // MARK: Graph

    @Test(arguments: [false, true]) func opensWithoutComplaintAndFetchesNothing(dark: Bool) throws {
        let pages = [
            FlameGraph(labelled).html(), FlameGraph(Profile(sampleTypes: [.cpu])).html(),
            FlameGraph(profile([(["a"], 1)])).html(),
            FlameGraph(labelled, options: .init(colors: .label, orientation: .icicle, reverse: true)).html(),
            try ProfileDiff(base: labelled, new: labelled).html(),
        ]
        for html in pages {
            let page = try open(html, dark: dark)
            for view in ["r", "s", "t", "g"] { try page.press(view) }
            #expect(page.problems() == [])
            #expect(try page.number("performance.getEntriesByType('resource').length") == 0)
        }
    }

    @Test func darkPagesAreDark() throws {
        let page = try open(FlameGraph(small).html())
        let background = "getComputedStyle(document.body).backgroundColor"
        #expect(try page.text(background) == "rgb(253, 252, 250)")
        #expect(try color(page, 0.5, level: 0) == "#e7e3db")
        try page.prefer(dark: true)
        #expect(try page.text(background) == "rgb(26, 25, 23)")
        #expect(try color(page, 0.5, level: 0) == "#3b3936")
        #expect(page.problems() == [])
    }

    @Test func anEmptyPageSaysSo() throws {
        let page = try open(FlameGraph(Profile(sampleTypes: [.cpu])).html())
        #expect(try page.text("document.querySelector('.empty:not([hidden])').textContent") == "no samples")
    }

    @Test func clickZoomsAndALinkLeadsBack() throws {
        let page = try open(FlameGraph(small).html())
        #expect(try name(page, 0.3, level: 1) == "a")
        #expect(try tip(page, 0.9, level: 1) == "d\n40 samples, 40.00% of all\nself 40 samples, 40.00%")
        try page.click(point(page, 0.15, level: 2))
        #expect(
            try page.text(detail) == "b40 samples, 40.00% of all · 100% of the zoomed frame · self 30 samples, 30.00%")
        #expect(try name(page, 0.95, level: 2) == "b")
        #expect(try name(page, 0.95, level: 1) == "a", "callers stay below")
        #expect(
            try tip(page, 0.1, level: 3)
                == "a\n10 samples, 10.00% of all · 25.00% of the zoomed frame\nself 10 samples, 10.00%")
        #expect(try page.text("location.hash").hasPrefix("#zoom="))
        _ = try page.screenshot("viewer-zoomed")

        // In a new document too.
        let other = try BrowserPage(page.browser, #require(URL(string: try page.text("location.href"))))
        #expect(try name(other, 0.95, level: 2) == "b")
        #expect(other.problems() == [])

        try page.press("Escape")
        #expect(try name(page, 0.9, level: 1) == "d")
        #expect(try page.text("location.hash") == "")
        // Back in the browser is the zoom again.
        try page.evaluate("history.back()")
        try page.wait(until: "location.hash !== ''")
        #expect(try name(page, 0.95, level: 2) == "b")
        #expect(page.problems() == [])
    }

    @Test func searchCountsNestedMatchesOnce() throws {
        let page = try open(FlameGraph(small).html())
        try page.press("f", control: true)
        try page.type("a")
        #expect(try page.text(matched) == "60.00% in 2 frames")
        #expect(try color(page, 0.3, level: 1) == "#cf9bff")
        try page.press("Escape")
        #expect(try page.text(matched) == "")
        try page.press("/")
        try page.type("[cd]")
        #expect(try page.text(matched) == "0.00% in 0 frames")
        try press("#expression", page)
        #expect(try page.text(matched) == "60.00% in 2 frames")
        #expect(try page.text("location.hash").contains("search="))
        try page.evaluate("document.querySelector('#search').focus()")
        try page.type("(")
        #expect(try page.evaluate("document.querySelector('#search').classList.contains('bad')") as? Bool == true)
        #expect(page.problems() == [])
    }

    @Test func focusesHidesDropsAndUndoes() throws {
        let page = try open(FlameGraph(small).html())
        _ = try tip(page, 0.15, level: 2)
        try page.press("f")
        #expect(try tip(page, 0.5, level: 1) == "a\n40 samples, 100% of what is shown")
        #expect(try page.text("document.querySelector('.chips').textContent") == "only b")
        _ = try tip(page, 0.5, level: 1)
        try page.press("h")
        #expect(try name(page, 0.5, level: 1) == "b", "what is hidden leaves its callees to its callers")
        #expect(try tip(page, 0.5, level: 1).contains("self 40 samples"))
        try page.press("u")
        try page.press("u")
        #expect(try name(page, 0.9, level: 1) == "d")
        try page.press("x")
        #expect(try tip(page, 0.9, level: 1) == "a\n60 samples, 100% of what is shown")
        // A chip takes its filter away.
        try press(".chips button", page)
        #expect(try name(page, 0.9, level: 1) == "d")
        #expect(page.problems() == [])
    }

    @Test func recursionIsMerged() throws {
        let page = try open(FlameGraph(small).html())
        try page.press("m")
        #expect(try tip(page, 0.3, level: 1) == "a\n60 samples, 60.00% of all\nself 10 samples, 10.00%")
        #expect(try tip(page, 0.01, level: 3) == "")
        try page.press("m")
        #expect(try name(page, 0.01, level: 3) == "a")
    }

    @Test func keysWalkZoomFlipAndCopy() throws {
        let page = try open(FlameGraph(small).html())
        try page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        for (key, shown) in [
            ("ArrowUp", "all"), ("ArrowUp", "a"), ("ArrowRight", "d"), ("ArrowLeft", "a"), ("ArrowUp", "b"),
            ("ArrowRight", "c"), ("ArrowDown", "a"), ("ArrowUp", "b"),
        ] {
            try page.press(key)
            #expect(try page.text("document.querySelector('.detail b').textContent") == shown, "\(key)")
        }
        try page.press("c")
        try page.wait(until: "window.copied === 'b\\na\\n'")
        #expect(try page.text(detail) == "Copied 2 frames.")
        try page.press("Enter")
        #expect(try name(page, 0.95, level: 2) == "b")
        try page.press("Escape")
        try page.press("i")
        let top = try page.number("document.querySelector('#graph').getBoundingClientRect().top")
        try page.move(to: .init(x: 1_200, y: top + 10 + 18 + 9))
        #expect(try page.text("document.querySelector('.tip b').textContent") == "d", "callers are above now")
        try page.press("?")
        #expect(try page.evaluate("document.querySelector('#help').hidden") as? Bool == false)
        #expect(page.problems() == [])
    }

    @Test func theTabKeyReachesEverything() throws {
        let page = try open(FlameGraph(labelled).html())
        var reached: Set<String> = []
        for _ in 0..<20 {
            try page.press("Tab")
            reached.insert(try page.text("(e => e.id || e.dataset.view || e.tagName)(document.activeElement)"))
        }
        for wanted in [
            "search", "expression", "graph", "reversed", "sandwich", "table", "type", "group", "where", "scheme",
            "flip", "collapse", "keys", "reset",
        ] {
            #expect(reached.contains(wanted), "\(wanted) is out of reach")
        }
    }

    // MARK: Other views

    @Test func reversedBeginsAtTheLeaves() throws {
        let page = try open(FlameGraph(small).html())
        try page.press("r")
        // Self values: a 10, b 30, c 20, d 40.
        #expect(try tip(page, 0.2, level: 1).hasPrefix("b\n30 samples, 30.00% of all"))
        #expect(try name(page, 0.2, level: 2) == "a")
        #expect(try name(page, 0.05, level: 2) == "b")
        #expect(try name(page, 0.05, level: 3) == "a")
        try page.click(point(page, 0.2, level: 2))
        #expect(try name(page, 0.9, level: 2) == "a")
        let other = try BrowserPage(page.browser, #require(URL(string: try page.text("location.href"))))
        #expect(try name(other, 0.9, level: 1) == "b")
        #expect(page.problems() == [] && other.problems() == [])
    }

    @Test func aSandwichHasCallersAboveAndCalleesBelow() throws {
        let page = try open(FlameGraph(small).html())
        _ = try tip(page, 0.15, level: 2)
        try page.press("s")
        #expect(try page.text("document.querySelector('#function').value") == "b")
        #expect(
            try page.text("document.querySelector('#chosen-total').textContent")
                == "40 samples, 40.00% with all that it calls")
        let top = try page.number("document.querySelector('#graph').getBoundingClientRect().top")
        func name(_ x: Double, _ y: Double) throws -> String {
            try page.move(to: .init(x: x, y: top + y))
            return try page.text("document.querySelector('.tip b').textContent")
        }
        #expect(try name(600, 33) == "a", "the caller, above")
        #expect(try name(600, 56) == "b")
        #expect(try name(100, 74) == "a", "the callee, below: a quarter of it")
        try page.move(to: .init(x: 600, y: top + 74))
        #expect(try page.evaluate("document.querySelector('.tip').hidden") as? Bool == true)
        _ = try page.screenshot("viewer-sandwich")
        // Recursive: each stack counts once.
        try choose("a", in: "#function", page)
        #expect(
            try page.text("document.querySelector('#chosen-total').textContent")
                == "60 samples, 60.00% with all that it calls")
        let other = try BrowserPage(page.browser, #require(URL(string: try page.text("location.href"))))
        #expect(try other.text("document.querySelector('#function').value") == "a")
        #expect(page.problems() == [] && other.problems() == [])
    }

    @Test func theTableSortsFiltersAndFinds() throws {
        let page = try open(FlameGraph(small).html())
        try page.press("t")
        #expect(try page.text(firstRow) == "d,b,c,a", "by self")
        #expect(
            try page.text(
                "[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].slice(2).map(c => c.textContent).join('|')).join()"
            )
                == "40 samples|40.00%|40 samples|40.00%,30 samples|30.00%|40 samples|40.00%,"
                + "20 samples|20.00%|20 samples|20.00%,10 samples|10.00%|60 samples|60.00%")
        try press("th.total button", page)
        #expect(try page.text(firstRow) == "a,b,d,c")
        #expect(try page.text("document.querySelector('th.total').ariaSort") == "descending")
        try press("th.total button", page)
        #expect(try page.text(firstRow) == "c,b,d,a")
        try press("th.name button", page)
        #expect(try page.text(firstRow) == "a,b,c,d")
        try page.press("/")
        try page.type("b")
        #expect(try page.text(firstRow) == "b")
        try press("tbody button", page)
        #expect(try page.text(matched) == "40.00% in 1 frame")
        #expect(try name(page, 0.15, level: 2) == "b")
        #expect(page.problems() == [])
    }

    @Test func aLongTableHoldsOnlyWhatIsInTheWindow() throws {
        let many = profile((0..<5_000).map { (["f\($0)"], Int64($0 + 1)) })
        let page = try open(FlameGraph(many).html())
        try page.press("t")
        #expect(try page.number("document.querySelectorAll('tbody tr').length") < 100)
        #expect(try page.text("document.querySelector('table').ariaRowCount") == "5001")
        try page.evaluate("document.querySelector('#table').scrollTop = 1e9")
        try page.wait(until: "[...document.querySelectorAll('tbody button')].pop().textContent === 'f0'")
        #expect(try page.number("document.querySelectorAll('tbody tr').length") < 100)
    }

    // MARK: Types and labels

    @Test func sampleTypesAndLabelsAreChosen() throws {
        let page = try open(FlameGraph(labelled).html())
        #expect(
            try tip(page, 0.5, level: 0) == "all\n100 ms, 100% of all\nself 0 ns".replacing("\nself 0 ns", with: ""))
        try choose("0", in: "#type", page)
        #expect(try tip(page, 0.5, level: 0) == "all\n8 samples, 100% of all")
        #expect(try page.text("document.querySelector('h1').textContent") == "Samples")
        #expect(try page.text("document.querySelector('.subtitle').textContent") == "8 samples")
        try choose("node", in: "#group", page)
        // In the order of the values, those without first.
        #expect(try tip(page, 0.1, level: 1) == "[no node]\n2 samples, 25.00% of all")
        #expect(try tip(page, 0.5, level: 1) == "embed\n5 samples, 62.50% of all")
        #expect(try name(page, 0.5, level: 2) == "run")
        #expect(try name(page, 0.95, level: 1) == "parse")
        try choose("1/0", in: "#where", page)
        #expect(try page.text("document.querySelector('.chips').textContent") == "state = running")
        #expect(try tip(page, 0.5, level: 0) == "all\n4 samples, 100% of what is shown")
        try choose("0/0", in: "#where", page)
        #expect(try name(page, 0.5, level: 3) == "hash")
        let other = try BrowserPage(page.browser, #require(URL(string: try page.text("location.href"))))
        #expect(try tip(other, 0.5, level: 3).hasPrefix("hash\n3 samples"))
        _ = try other.screenshot("viewer-labels")
        try press("#reset", page)
        #expect(try name(page, 0.1, level: 1) == "idle")
        #expect(page.problems() == [] && other.problems() == [])
    }

    // MARK: Differences

    private func difference(_ normalization: ProfileDiff.Normalization) throws -> ProfileDiff {
        let base = profile([
            (["main", "steady"], 5_000), (["main", "slower"], 1_000), (["main", "gone"], 800), (["main", "few"], 3),
        ])
        let new = profile([
            (["main", "steady"], 5_000), (["main", "slower"], 2_000), (["main", "born"], 600), (["main", "few"], 4),
        ])
        return try ProfileDiff(base: base, new: new, normalization: normalization)
    }

    @Test func differencesAreColouredByVerdict() throws {
        let page = try open(try difference(.absolute).html())
        // Widths are the larger sides: born 600, few 4, gone 800, slower 2,000, steady 5,000.
        let born = try tip(page, 0.03, level: 2)
        #expect(born.hasPrefix("born\n600 samples, 7.89% · new\nwas 0 samples, 0.00%\n+600 samples · grew: +"))
        #expect(try tip(page, 0.12, level: 2).contains("gone\n0 samples, 0.00%\nwas 800 samples, 11.76% · gone"))
        #expect(try tip(page, 0.3, level: 2).contains("+1,000 samples · grew"))
        #expect(try tip(page, 0.8, level: 2).contains("may be chance"))
        #expect(try color(page, 0.3, level: 2) == "#f4775d", "the strongest")
        #expect(try color(page, 0.12, level: 2).hasSuffix("ff") || color(page, 0.12, level: 2) == "#59a7ee")
        #expect(try color(page, 0.8, level: 2) == "#e9e7e2")
        _ = try page.screenshot("viewer-difference")

        // By one side alone.
        try press("[data-side=base]", page)
        #expect(try name(page, 0.05, level: 2) == "gone", "what is new has no width")
        try press("[data-side=new]", page)
        #expect(try name(page, 0.05, level: 2) == "born")
        #expect(page.problems() == [])
    }

    @Test func theTableOfADifferenceHasIntervals() throws {
        for normalization in [.absolute, .share, .work(base: 100, new: 110)] as [ProfileDiff.Normalization] {
            let diff = try difference(normalization)
            let page = try open(diff.html())
            try page.press("t")
            let cells = try page.text(
                "[...[...document.querySelectorAll('tbody tr')].find(r => r.cells[0].textContent === 'slower').cells].map(c => c.textContent).join(' | ')"
            )
            #expect(cells.hasSuffix("| grew") && cells.contains(" … +"), "\(cells)")
            let row = try #require(diff.rows().first { $0.name == "slower" })
            if normalization == .absolute {
                #expect(cells.hasPrefix("slower | 1,000 samples | 2,000 samples | +1,000 samples | "))
                let low = Int(row.selfChange.interval.lowerBound.rounded()),
                    high = Int(row.selfChange.interval.upperBound.rounded())
                #expect(
                    cells.contains(
                        "| +\(low) samples … +\(high.formatted(.number.locale(.init(identifier: "en_US")))) samples |"))
            }
            try press("[data-value=total]", page)
            #expect(try page.text(firstRow).contains("main"))
            for view in ["r", "s", "g"] { try page.press(view) }
            #expect(page.problems() == [])
        }
    }

    // MARK: Odd input

    @Test func anyNameIsShownAsItIs() throws {
        let names = [
            "</script><script>document.title='no'</script>", "a & b", "\"quoted\" 'name'", "emoji 🧑‍🚀🔥", "日本語の関数名",
            "<!-- x", "]]>",
            "\u{2028}line", "\\u0041", "${x} `y`", "__proto__", "constructor", String(repeating: "long.", count: 400),
        ]
        let page = try open(FlameGraph(profile(names.enumerated().map { ([$1], Int64(100 - $0)) })).html())
        let ordered = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let total = names.indices.reduce(0.0) { $0 + Double(100 - $1) }
        var start = 0.0
        for shown in ordered {
            let value = Double(100 - (names.firstIndex(of: shown) ?? 0))
            try page.move(to: point(page, (start + value / 2) / total, level: 1))
            #expect(try page.text("document.querySelector('.tip b').textContent") == shown)
            start += value
        }
        try page.press("t")
        #expect(try page.number("document.querySelectorAll('tbody tr').length") == Double(names.count))
        #expect(try page.text("document.title") == "Samples")
        #expect(page.problems() == [])
    }

    @Test func fractionalCountsReadAsSuch() throws {
        var profile = Profile(sampleTypes: [ValueType(type: "samples", unit: "count/100")])
        for (name, value) in [("half", Int64(150)), ("whole", 300)] { add([name], [value], to: &profile) }
        let page = try open(FlameGraph(profile).html())
        #expect(try tip(page, 0.1, level: 1) == "half\n1.5 samples, 33.33% of all\nself 1.5 samples, 33.33%")
    }

    @Test func deepStacksAreScrolled() throws {
        let deep = profile([((0..<400).map { "level \($0)" }, 7), (["shallow"], 3)])
        let page = try open(FlameGraph(deep).html())
        #expect(try page.number("document.querySelector('#graph').scrollTop") > 5_000, "begins where the callers are")
        #expect(try name(page, 0.9, level: 1) == "shallow")
        for _ in 0..<60 { try page.press("ArrowUp") }
        #expect(try page.text("document.querySelector('.detail b').textContent") == "level 58")
        #expect(page.problems() == [])
    }

    @Test func manyNarrowFramesAreOneBox() throws {
        let wide = profile([(["wide"], 1_000_000)] + (0..<20_000).map { (["narrow", "f\($0)"], 1) })
        let page = try open(FlameGraph(wide).html())
        #expect(try tip(page, 0.01, level: 2).hasPrefix("20,000 frames too narrow to be drawn\n20,000 samples, 1.96%"))
        #expect(page.problems() == [])
    }

    @Test func staysUsableWhenNarrow() throws {
        for width in [800, 480] {
            let page = try open(FlameGraph(labelled).html(), width: width, height: 600)
            #expect(try page.number("document.documentElement.scrollWidth") <= Double(width))
            #expect(
                try page.number(
                    "Math.max(...[...document.querySelectorAll('nav button, nav select, header input')].map(e => e.getBoundingClientRect().right))"
                )
                    <= Double(width))
            #expect(try page.number("document.querySelector('#graph').clientHeight") > 300)
            #expect(page.problems() == [])
        }
        let table = try open(try difference(.share).html(), width: 800, height: 600)
        try table.press("t")
        try table.evaluate("document.querySelector('#table').scrollLeft = 1000")
        let name = "document.querySelector('td.name').getBoundingClientRect()"
        #expect(try table.number("\(name).left") >= 0 && table.number("\(name).width") >= 200, "names stay")
    }
}
