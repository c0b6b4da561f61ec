import Foundation

/// The page that `hearth flamegraph -o x.html` writes, in a headless Chromium: how long it takes until it can be seen, and until a
/// search or a zoom can.
struct ViewerBench {
    /// Frames, and how many stacks of the synthetic kind have about as many.
    static let sizes = [("10k", 3_480), ("50k", 17_300), ("200k", 69_800)]
    private static let repeats = 5

    func run() throws {
        if try SyntheticInput.isWriter() { return }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("stacks.folded").path
        let page = folder.appendingPathComponent("page.html")
        for (name, count) in Self.sizes {
            _ = try SyntheticInput.write(count, bench: "viewer", to: input)
            let written = try MeasuredProgram.best(of: 1, "hearth", ["flamegraph", input, "-o", page.path])
            var html = try String(contentsOf: page, encoding: .utf8)
            let size = html.utf8.count
            let data = html.range(of: "id=\"data\">").map {
                html[$0.upperBound...].utf8.prefix { $0 != UInt8(ascii: "<") }
            }
            html += "<script>\(Self.script)</script>"
            try html.write(to: page, atomically: true, encoding: .utf8)
            let runs = try (0..<Self.repeats).map { _ in try HeadlessPage.figures(of: page, in: folder) }
            for key in ["load", "search", "zoom", "reversed", "table"] {
                printFigure("viewer.\(name).\(key)", runs.compactMap { $0[key] }.quantile(0.5), "s", digits: 3)
            }
            let frames = runs[0]["frames"] ?? 0
            printFigure("viewer.\(name).frames", frames, "frames")
            printFigure("viewer.\(name).size", Double(size) / 1e3, "kB")
            // Before base64, which takes a third more.
            printFigure("viewer.\(name).data", Double(data?.count ?? 0) * 0.75 / frames, "bytes/frame", digits: 1)
            printFigure("viewer.\(name).write", written.wall, "s", digits: 3)
        }
    }

    /// Works the page by its own controls, and takes the time until the browser has painted what came of it.
    private static let script = #"""
        (async () => {
          const painted = () => new Promise((done) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port2.onmessage = () => done(performance.now());
            port1.postMessage(0);
          }));
          const graph = document.querySelector("#graph"), search = document.querySelector("#search");
          const figures = { load: await painted() / 1000 };
          const timed = async (key, work) => {
            const start = performance.now();
            work();
            figures[key] = (await painted() - start) / 1000;
            await new Promise((done) => setTimeout(done, 100));
          };
          const settings = JSON.parse(document.querySelector("#settings").textContent);
          figures.frames = settings.nodes - 1;
          await timed("search", () => {
            search.value = "vector";
            search.dispatchEvent(new Event("input"));
          });
          search.value = "";
          search.dispatchEvent(new Event("input"));
          const box = graph.getBoundingClientRect();
          await timed("zoom", () => graph.dispatchEvent(new MouseEvent("click", {
            bubbles: true, clientX: box.left + box.width / 2, clientY: box.bottom - 10 - 2 * 18 - 9,
          })));
          if (!location.hash.includes("zoom=")) throw new Error("no frame was there to zoom in on");
          await timed("reversed", () => document.querySelector("[data-view=reversed]").click());
          await timed("table", () => document.querySelector("[data-view=table]").click());
          console.log("hearth-figures " + JSON.stringify(figures));
        })().catch((error) => console.log("hearth-failure " + error));
        """#
}

/// A page in a headless Chromium that is read by what it logs.
enum HeadlessPage {
    /// What the page logs after `hearth-figures`: a JSON object of numbers.
    static func figures(of page: URL, in folder: URL) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
            "--disable-background-networking", "--window-size=1280,720", "--enable-logging=stderr",
            "--user-data-dir=\(folder.path)/chromium-\(UUID().uuidString)", "--remote-debugging-port=0",
            page.absoluteString,
        ]
        let log = Pipe()
        process.standardError = log
        process.standardOutput = FileHandle.nullDevice
        do { try process.run() } catch { throw BenchFailure(reason: "chromium does not start: \(error)") }
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        // A browser that hangs is not waited for: its end closes the pipe.
        let watchdog = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
        defer { watchdog.cancel() }
        var text = ""
        while true {
            let chunk = log.fileHandleForReading.availableData
            if chunk.isEmpty { throw BenchFailure(reason: "chromium ended without figures: \(text.suffix(500))") }
            text += String(decoding: chunk, as: UTF8.self)
            if let failure = text.range(of: "hearth-failure ") {
                throw BenchFailure(reason: "the page failed: \(text[failure.upperBound...].prefix { $0 != "\n" })")
            }
            guard let start = text.range(of: "hearth-figures "), let end = text[start.upperBound...].firstIndex(of: "}")
            else { continue }
            // Quotes come as they are; the line goes on with the source.
            let json = text[start.upperBound...end]
            return try JSONDecoder().decode([String: Double].self, from: Data(json.utf8))
        }
    }
}
