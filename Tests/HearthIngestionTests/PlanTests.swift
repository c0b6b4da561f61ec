import Foundation
import HearthGraph
import HearthIngestion
import Testing

/// The plan of the pipeline as its users see it.
@Suite struct PlanTests {
    private var images: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Docs/Images")
    }

    @Test func embeddingsMeetAndChainsAreFused() throws {
        let plan = try DocumentPipeline().plan()
        let met = plan.units.compactMap { unit -> [String]? in
            guard case .dispatch = unit.kind else { return nil }
            return unit.steps.map { plan.steps[$0].name }
        }
        #expect(met == [["embed-description", "embed-name", "embed-relations"]])
        #expect(plan.units.contains { $0.steps.map { plan.steps[$0].name } == ["combine", "store"] } == false)
        #expect(plan.criticalPath().map { plan.steps[$0].name }.suffix(2) == ["combine", "store"])
        #expect(plan.peakColumns < plan.steps.count)
    }

    @Test func thePictureOfTheDocumentsIsThePlansOwn() throws {
        let file = images.appendingPathComponent("plan.svg")
        let drawn = try DocumentPipeline().plan().svg(title: "hearth-ingest: how documents go through the pipeline")
        if ProcessInfo.processInfo.environment["HEARTH_UPDATE_GOLDEN"] == "1" {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == drawn, "draw it anew with HEARTH_UPDATE_GOLDEN=1")
    }

    @Test func namesOfNodesCannotBreakThePicture() throws {
        let graph = Graph(
            sources: [.init("a<b", .text)],
            nodes: [.init("\"x\" & y", inputs: [.init("a<b", .text)], output: .vector(dimension: 3), model: "<m>")])
        let svg = try graph.plan().svg(title: "<t>")
        let parser = XMLCheck()
        #expect(parser.isWellFormed(svg))
        #expect(svg.contains("&quot;x&quot; &amp; y") && svg.contains("a&lt;b") && svg.contains("&lt;m&gt;"))
        #expect(try graph.plan().dot.contains(#""\"x\" & y\nvector(3)""#))
    }

    /// Boxes do not lie on each other, and lines go from left to right.
    @Test func nothingLiesOnAnother() throws {
        let svg = try DocumentPipeline().plan().svg()
        let boxes = svg.matches(
            of: /<rect class="(?:box|model|source)" x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)"/
        )
        .map { [$0.1, $0.2, $0.3, $0.4].map { Double($0) ?? 0 } }
        #expect(boxes.count == 24)
        for (index, a) in boxes.enumerated() {
            for b in boxes[..<index] {
                let apart = a[0] + a[2] < b[0] || b[0] + b[2] < a[0] || a[1] + a[3] < b[1] || b[1] + b[3] < a[1]
                #expect(apart)
            }
        }
        for line in svg.matches(of: /class="line[^"]*" d="M([0-9.]+) [0-9.]+C.*?([0-9.]+) [0-9.]+"/) {
            #expect(Double(line.1) ?? 0 < Double(line.2) ?? 0)
        }
    }
}

/// Tags that open and close in order: enough for a picture without entities of its own.
private struct XMLCheck {
    func isWellFormed(_ text: String) -> Bool {
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z]+)[^<>]*?(\/?)>/) {
            if !tag.3.isEmpty { continue }
            if tag.1.isEmpty { open.append(tag.2) } else if open.popLast() != tag.2 { return false }
        }
        return open.isEmpty
    }
}
