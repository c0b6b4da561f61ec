import Foundation
import HearthFlameGraph
import HearthProfile
import Testing

/// The pictures in a real browser, with real clicks and keys.
@Suite(.serialized) final class PictureTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "hearth-pictures-\(UUID().uuidString)")
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("HearthFlameGraphTests/Golden")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func open(_ name: String, dark: Bool = false) throws -> BrowserPage {
        try BrowserPage(Browser(), Self.golden.appendingPathComponent(name), dark: dark)
    }

    private func open(markup: String, as name: String) throws -> BrowserPage {
        let file = folder.appendingPathComponent(name)
        try markup.write(to: file, atomically: true, encoding: .utf8)
        return try BrowserPage(Browser(), file)
    }

    private func profile(_ stacks: [([String], Int64)]) -> Profile {
        var profile = Profile(sampleTypes: [.samples])
        for (names, value) in stacks {
            let frames = names.map { profile.intern(frameNamed: $0) }
            profile.add(.init(stack: profile.stack(rootFirst: frames)), values: [value])
        }
        return profile
    }

    /// a: 60, of which b 40 (of which a again 10) and c 20; d: 40.
    private var small: Profile {
        profile([(["a", "b"], 30), (["a", "b", "a"], 10), (["a", "c"], 20), (["d"], 40)])
    }

    @Test(arguments: [false, true]) func opensWithoutComplaint(dark: Bool) throws {
        for name in [
            "pipeline", "difference", "difference-time", "pruned", "label", "warm", "empty", "reversed", "chart",
        ] {
            let page = try open("\(name).svg", dark: dark)
            #expect(page.problems() == [])
            #expect(try page.screenshot("\(name)-\(dark ? "dark" : "light")").count > 1_000)
        }
    }

    @Test func darkPagesAreDark() throws {
        let page = try open("pipeline.svg")
        let fill = "getComputedStyle(document.querySelector('.page')).fill"
        #expect(try page.text(fill) == "rgb(253, 252, 250)")
        try page.prefer(dark: true)
        #expect(try page.text(fill) == "rgb(26, 25, 23)")
        #expect(try page.text("getComputedStyle(document.querySelector('.frame text')).fill") == "rgb(246, 243, 238)")
    }

    @Test func clickZoomsAndEscapeResets() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "zoom.svg")
        #expect(try page.rectangle(ofFrame: "a").width == 1256 * 0.6 - 0.7)
        try page.click(page.center(ofFrame: "b"))
        let b = try page.rectangle(ofFrame: "b")
        #expect(abs(b.x - 12) < 0.01 && abs(b.width - 1255.3) < 0.01)
        #expect(try page.rectangle(ofFrame: "a").width == b.width, "a caller is as wide as what is zoomed")
        #expect(try page.isShown("d") == false)
        #expect(try page.isShown("c") == false)
        #expect(try page.text("document.querySelector('.status').textContent").hasPrefix("zoomed to 40.00%"))
        let link = try page.text("location.href")
        #expect(try page.text("location.hash").hasPrefix("#hearth-"))
        _ = try page.screenshot("zoomed")

        try page.press("Escape")
        #expect(try page.rectangle(ofFrame: "a").width == 1256 * 0.6 - 0.7)
        #expect(try page.isShown("d"))
        #expect(try page.text("location.hash") == "")

        // The link leads back to the frame, in a new document too.
        let other = try BrowserPage(page.browser, #require(URL(string: link)))
        #expect(abs(try other.rectangle(ofFrame: "b").width - 1255.3) < 0.01)
        #expect(page.problems() == [] && other.problems() == [])
    }

    @Test func backLeavesTheZoomAndTheButtonResets() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "back.svg")
        try page.click(page.center(ofFrame: "c"))
        #expect(try page.isShown("d") == false)
        try page.evaluate("history.back()")
        try page.wait(until: "location.hash === '' && !document.querySelectorAll('.frame[display=none]').length")
        try page.click(page.center(ofFrame: "c"))
        try page.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent === 'Reset').click()")
        #expect(try page.isShown("d"))
    }

    @Test func searchCountsNestedMatchesOnce() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "search.svg")
        try page.press("f", control: true)
        try page.type("a")
        let matched = "document.querySelector('.matched').textContent"
        #expect(try page.text(matched) == "60.00% in 2 frames")
        #expect(try page.number("document.querySelectorAll('.hit').length") == 2)
        _ = try page.screenshot("searched")
        try page.press("Escape")
        #expect(try page.text(matched) == "")
        #expect(try page.number("document.querySelectorAll('.hit').length") == 0)

        // A regular expression; a wrong one is marked and finds nothing.
        try page.press("/")
        try page.type("[cd]")
        #expect(try page.text(matched) == "0.00% in 0 frames")
        try page.evaluate("document.querySelector('button[aria-pressed]').click()")
        #expect(try page.text(matched) == "60.00% in 2 frames")
        try page.evaluate("document.querySelector('input').focus()")
        try page.type("(")
        #expect(try page.evaluate("document.querySelector('input').classList.contains('bad')") as? Bool == true)
        #expect(try page.text(matched) == "")
        #expect(page.problems() == [])
    }

    @Test func hidesAndFocuses() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "hide.svg")
        try page.move(to: page.center(ofFrame: "d"))
        try page.press("h")
        #expect(try page.isShown("d") == false)
        #expect(try page.rectangle(ofFrame: "a").width == 1255.3, "the rest takes the room")
        #expect(try page.text("document.querySelector('.status').textContent").contains("1 hidden"))
        try page.press("u")
        #expect(try page.isShown("d"))

        try page.move(to: page.center(ofFrame: "b"))
        try page.press("f")
        #expect(try page.isShown("c") == false)
        #expect(try page.rectangle(ofFrame: "b").width == 1255.3)
        try page.move(to: page.center(ofFrame: "b"))
        #expect(
            try page.text("document.querySelector('.tip').textContent").contains("40 samples, 100% of what is shown"))
        try page.press("Escape")
        #expect(try page.isShown("c"))
        #expect(page.problems() == [])
    }

    @Test func keysWalkTheFrames() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "keys.svg")
        let chosen = "document.querySelector('.frames').getAttribute('aria-label')"
        try page.press("ArrowUp")
        #expect(try page.text(chosen) == "all (100 samples, 100%)")
        try page.press("ArrowUp")
        #expect(try page.text(chosen) == "a (60 samples, 60.00%)")
        try page.press("ArrowRight")
        #expect(try page.text(chosen) == "d (40 samples, 40.00%)")
        try page.press("ArrowLeft")
        try page.press("ArrowUp")
        try page.press("ArrowRight")
        #expect(try page.text(chosen) == "c (20 samples, 20.00%)")
        try page.press("Enter")
        #expect(abs(try page.rectangle(ofFrame: "c").width - 1255.3) < 0.01)
        try page.press("ArrowDown")
        #expect(try page.text(chosen) == "a (60 samples, 60.00%)")
        #expect(page.problems() == [])
    }

    @Test func theTabKeyReachesFramesAndControls() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "tab.svg")
        var reached: [String] = []
        for _ in 0..<5 {
            try page.press("Tab")
            reached.append(
                try page.text("(e => e.textContent.length < 9 && e.textContent || e.tagName)(document.activeElement)"))
        }
        #expect(reached == ["g", "input", ".*", "Reverse", "Flip"])
        try page.press("Enter")
        #expect(page.problems() == [])
    }

    /// The heading stays while a tall picture is scrolled, and the picture begins where the callers are.
    @Test func tallPicturesKeepTheirHeading() throws {
        let deep = profile([((0..<90).map { "level \($0)" }, 7), (["shallow"], 3)])
        let page = try open(markup: FlameGraph(deep).svg(), as: "tall.svg")
        let controls = "document.querySelector('.controls').getBoundingClientRect().top"
        try page.wait(until: "window.scrollY > 0 && \(controls) === 8")
        #expect(try page.number("document.querySelector('rect.a').getBoundingClientRect().bottom") <= 720)
        _ = try page.screenshot("tall")
        // Arrow keys bring what they choose into view.
        for _ in 0..<90 { try page.press("ArrowUp") }
        #expect(try page.text("document.querySelector('.frames').getAttribute('aria-label')").hasPrefix("level 88 "))
        try page.wait(
            until:
                "(box => box.top > 72 && box.bottom < 720)(document.querySelector('.chosen rect').getBoundingClientRect())"
        )
        #expect(page.problems() == [])
    }

    @Test func turnsAround() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "turn.svg")
        let shown = """
            [...document.querySelectorAll('.frame')].filter(g => g.getAttribute('display') !== 'none').length
            """
        let before = try page.number(shown)
        let whole = try page.rectangle(ofFrame: "all").width
        try page.press("r")
        #expect(try page.text("document.querySelector('.status').textContent").hasPrefix("reversed · "))
        try page.press("ArrowUp")
        try page.press("ArrowUp")
        let chosen = "document.querySelector('.frames').getAttribute('aria-label')"
        #expect(try page.text(chosen) == "d (40 samples, 40.00%)")
        for _ in 0..<2 { try page.press("ArrowLeft") }
        #expect(try page.text(chosen) == "b (30 samples, 30.00%)")
        try page.press("ArrowUp")
        #expect(try page.text(chosen) == "a (30 samples, 30.00%)")
        _ = try page.screenshot("turned")
        // A link leads to the same frame, the same way around.
        try page.press("Enter")
        let link = try page.text("location.hash")
        #expect(link.contains("=r"))
        try page.press("Escape")
        #expect(try page.text("location.hash").isEmpty)
        try page.press("r")
        #expect(try page.number(shown) == before)
        _ = try page.text("(location.hash = '\(link)', '')")
        try page.wait(until: "document.querySelector('.status').textContent.startsWith('reversed · zoomed')")
        try page.press("r")
        #expect(abs(try page.rectangle(ofFrame: "all").width - whole) < 0.01)
        #expect(try page.number(shown) == before)
        #expect(page.problems() == [])
        // Both sides of a difference are not known of a frame that was not drawn.
        let diff = try open(markup: ProfileDiff(base: small, new: small).svg(), as: "diff.svg")
        try diff.press("r")
        #expect(
            try diff.number("[...document.querySelectorAll('button')].filter(b => b.textContent === 'Reverse').length")
                == 0)
        #expect(diff.problems() == [])
    }

    /// The same stack stands in several places of a chart: a link leads to the one that was meant, and hiding moves nothing.
    @Test func aChartKeepsItsTime() throws {
        let page = try open("chart.svg", dark: false)
        for _ in 0..<3 { try page.press("ArrowUp") }
        try page.press("Enter")
        let zoomed = "document.querySelector('.status').textContent.startsWith('zoomed to 41.67%')"
        try page.wait(until: zoomed)
        let link = try page.text("location.hash")
        try page.press("Escape")
        _ = try page.text("(location.hash = '\(link)', '')")
        try page.wait(until: zoomed)
        try page.press("Escape")
        let before = try page.rectangle(ofFrame: "hash")
        for _ in 0..<3 { try page.press("ArrowUp") }
        try page.press("h")
        #expect(try page.text("document.querySelector('.status').textContent").contains("1 hidden"))
        #expect(try page.rectangle(ofFrame: "hash") == before)
        #expect(page.problems() == [])
    }

    @Test func flips() throws {
        let page = try open(markup: FlameGraph(small).svg(), as: "flip.svg")
        #expect(try page.rectangle(ofFrame: "all").y > page.rectangle(ofFrame: "a").y)
        try page.press("i")
        #expect(try page.rectangle(ofFrame: "all").y < page.rectangle(ofFrame: "a").y)
        #expect(try page.rectangle(ofFrame: "a").y < page.rectangle(ofFrame: "b").y)
    }

    @Test func tooltipsSayAllOfIt() throws {
        let page = try open("pipeline.svg")
        try page.move(to: page.center(ofFrame: "DocumentStore.upsert(_:)"))
        let tip = try page.text("document.querySelector('.tip').innerText")
        #expect(tip.contains("HearthIngestion.DocumentStore.upsert(_: HearthIngestion.Batch) async throws"))
        #expect(tip.contains("% of all"))
        #expect(tip.contains("self 6.00 ms"))
        _ = try page.screenshot("tooltip")
        try page.click(page.center(ofFrame: "DatabasePool.write(_:)"))
        try page.move(to: page.center(ofFrame: "sqlite3VdbeExec"))
        #expect(try page.text("document.querySelector('.tip').innerText").contains("% of the zoomed frame"))
        _ = try page.screenshot("tooltip-zoomed")
        #expect(page.problems() == [])
    }

    @Test func severalShareAPageAndLeaveItAlone() throws {
        let first = FlameGraph(small).svg()
        let second = FlameGraph(profile([(["x", "y"], 5), (["z"], 5)])).svg()
        let html = """
            <!DOCTYPE html><meta charset="utf-8"><title>two</title><p class="frame heading">text</p>
            <div id="one">\(first.drop { $0 != "\n" })</div><div id="two">\(second.drop { $0 != "\n" })</div>
            <div id="three">\(first.drop { $0 != "\n" })</div>
            """
        let page = try open(markup: html, as: "two.html")
        let before = try page.text("Object.keys(window).join()")
        try page.evaluate("document.querySelector('#one').scrollIntoView()")
        try page.click(page.center(ofFrame: "b", in: "#one"))
        #expect(try page.isShown("d", in: "#one") == false)
        #expect(try page.isShown("d", in: "#three"), "the same picture twice is two pictures")
        #expect(try page.isShown("x", in: "#two"))
        try page.evaluate("document.querySelector('#two').scrollIntoView()")
        try page.click(page.center(ofFrame: "x", in: "#two"))
        #expect(try page.text("location.hash").split(separator: "&").count == 2)
        #expect(try page.isShown("z", in: "#two") == false)
        #expect(try page.isShown("d", in: "#one") == false)
        #expect(try page.text("Object.keys(window).join()") == before, "no global of ours")
        #expect(try page.text("getComputedStyle(document.querySelector('p')).cursor") == "auto")
        let ids = "(all => all.length - new Set(all).size)([...document.querySelectorAll('[id]')].map(e => e.id))"
        #expect(try page.number(ids) == 0)
        #expect(page.problems() == [])
        _ = try page.screenshot("several")
    }

    @Test func anyNameIsShownAsItIs() throws {
        let names = [
            "a & b", "<script>alert(1)</script>", "]]>", "\"quoted\" 'name'", "emoji 🧑‍🚀🔥", "日本語の関数名", "bidi \u{202E}txt",
            "\u{1}\u{8}control", "tab\tand\nline", "\u{FFFE}\u{FFFF}\u{85}", "combining e\u{301}", "&amp; &#0;",
            "\\u0041 \\",
            "${x} `y`", "--><!--", "operator <=>(_:_:)", "func(a) (1 samples, 2%)", " leading",
            String(repeating: "long.", count: 400),
        ]
        let page = try open(
            markup: FlameGraph(profile(names.enumerated().map { (["root", $1], Int64(30 + $0)) })).svg(),
            as: "names.svg")
        #expect(page.problems() == [])
        #expect(try page.number("document.querySelectorAll('.frame').length") == Double(names.count + 2))
        for shown in names where !shown.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 0xFFFE }) {
            try page.evaluate("document.querySelector('.frames').dispatchEvent(new Event('pointerleave'))")
            try page.move(to: page.center(ofFrame: shown))
            #expect(try page.text("document.querySelector('.tip b').textContent") == shown)
        }
        _ = try page.screenshot("names")
    }

    /// The labels that the script fits are those that were written: one rule in two languages.
    @Test(arguments: ["pipeline.svg", "label.svg", "difference.svg"]) func labelsAreFittedByOneRule(_ name: String)
        throws
    {
        let svg = try String(contentsOf: Self.golden.appendingPathComponent(name), encoding: .utf8)
        let html = "<!DOCTYPE html><meta charset='utf-8'><body style='margin:0'>\(svg.drop { $0 != "\n" })"
        let page = try open(markup: html, as: "labels.html")
        let labels =
            "[...document.querySelectorAll('.frame')].map(g => g.querySelector('text')?.textContent ?? '').join('|')"
        let written = try page.text(labels)
        // Flipped twice, every label is fitted anew.
        for _ in 0..<2 {
            try page.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent === 'Flip').click()")
        }
        #expect(try page.text(labels) == written)
        #expect(written.contains("node: store"))
        #expect(written.contains("|words|"), "the argument list goes first")
    }

    @Test func fractionalCountsReadAsSuch() throws {
        var profile = Profile(sampleTypes: [ValueType(type: "samples", unit: "count/100")])
        for (name, value) in [("half", Int64(150)), ("whole", 300)] {
            profile.add(.init(stack: profile.push(profile.intern(frameNamed: name), on: .empty)), values: [value])
        }
        let page = try open(markup: FlameGraph(profile).svg(), as: "fractions.svg")
        for (name, text) in [("half", "self 1.5 samples, 33.33%"), ("whole", "self 3 samples, 66.67%")] {
            try page.move(to: page.center(ofFrame: name))
            #expect(try page.text("document.querySelector('.tip').textContent").contains(text))
        }
    }

    @Test func staysUsableWhenNarrow() throws {
        let page = try BrowserPage(
            Browser(), Self.golden.appendingPathComponent("pipeline.svg"), width: 420, height: 600)
        #expect(try page.number("document.querySelector('.controls').getBoundingClientRect().left") >= 0)
        #expect(try page.number("document.querySelector('.controls').getBoundingClientRect().right") <= 420)
        #expect(try page.number("document.documentElement.scrollWidth") <= 420)
        _ = try page.screenshot("narrow")
        #expect(page.problems() == [])
    }
}
