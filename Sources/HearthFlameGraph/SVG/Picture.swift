internal import HearthProfile

/// A laid-out graph as an SVG file: frames as flamegraph.pl's files have them, a style sheet for light and dark pages,
/// and a script that knows no other part of the page.
struct Picture {
    var tree: CallTree
    var layout: FlameLayout
    var options: FlameGraphOptions
    var title: String
    var subtitle: String
    var quantity: Quantity
    /// Said in the place of frames when there are none.
    var empty: String
    /// For each box what stands in brackets after its name, and a line more for its tooltip.
    var captions: (_ box: Int) -> (title: String, note: String?)
    /// A style class for each box.
    var colors: [String]
    var styles: PaletteStyles
    var isDiff: Bool

    static let margin = 12.0
    static let rowHeight = 18.0
    /// Above the frames: title, subtitle, and on a narrow picture a row for the controls.
    static let header = 72.0
    /// Below the frames.
    static let footer = 14.0

    /// Pixels between the margins.
    static func width(_ options: FlameGraphOptions) -> Double {
        Double(min(max(options.width, 320), 100_000)) - 2 * margin
    }

    private var fullWidth: Double { Self.width(options) + 2 * Self.margin }
    private var height: Double { Self.header + Double(layout.depth + 1) * Self.rowHeight + Self.footer }
    private var isEmpty: Bool { layout.boxes.first.map { $0.weight == 0 } ?? true }

    func markup() -> [UInt8] {
        // The identifier is a hash of what is drawn: the same input gives the same bytes, two graphs differ.
        let names = fullNames()
        let frames = framesMarkup(fullNames: names.index)
        var identity: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in frames.bytes { identity = (identity ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(identity >> 32 ^ identity & 0xFFFF_FFFF, radix: 16)

        var svg = MarkupWriter()
        svg.reserve(frames.bytes.count + 40_000)
        svg.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        svg.raw(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"hearth-\(digits)\" class=\"hearth\" version=\"1.1\" width=\""
        )
        svg.coordinate(fullWidth)
        svg.raw("\" height=\"")
        svg.coordinate(height)
        svg.raw("\" viewBox=\"0 0 ")
        svg.coordinate(fullWidth)
        svg.raw(" ")
        svg.coordinate(height)
        svg.raw("\">\n<title>")
        svg.text(title)
        svg.raw("</title>\n<style><![CDATA[\n")
        svg.raw(PictureStyle.sheet(styles))
        svg.raw("]]></style>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n")
        heading(&svg)
        svg.raw(frames.bytes)
        script(&svg, fullNames: names.list)
        svg.raw("</svg>\n")
        return svg.bytes
    }

    private var subtitleLine: String {
        guard layout.prunedFrames > 0 else { return subtitle }
        let threshold = Double(layout.threshold) / Double(max(layout.boxes[0].weight, 1)) * 100
        let limit = threshold < 0.005 ? "less than 0.01%" : "less than \(decimal(threshold, places: 2))%"
        let count = thousands(Int64(layout.prunedFrames))
        let pruned = "\(count) \(layout.prunedFrames == 1 ? "frame" : "frames") of \(limit) summed up"
        return subtitle.isEmpty ? pruned : "\(subtitle) · \(pruned)"
    }

    private func heading(_ svg: inout MarkupWriter) {
        svg.raw("<text class=\"heading\" x=\"12\" y=\"28\">")
        svg.text(Self.cut(title, columns: Int((fullWidth - 24) / 9)))
        svg.raw("</text>\n<text class=\"subtitle\" x=\"12\" y=\"53\">")
        svg.text(Self.cut(subtitleLine, columns: Int((fullWidth - 24) / 6.2)))
        svg.raw("</text>\n")
    }

    private static func cut(_ text: String, columns: Int) -> String {
        text.count <= columns ? text : text.prefix(max(columns - 1, 0)) + "…"
    }

    private func script(_ svg: inout MarkupWriter, fullNames: [String]) {
        svg.raw("<script><![CDATA[\n(")
        svg.raw(PictureScript.source)
        svg.raw(")({icicle:\(options.orientation == .icicle),diff:\(isDiff),chart:\(tree.isChronological)")
        svg.raw(",steps:\(quantity.script),names:[")
        for (index, name) in fullNames.enumerated() {
            if index > 0 { svg.raw(",\n") }
            svg.raw(scriptString(name))
        }
        svg.raw("]});\n]]></script>\n")
    }

    /// Whole names that differ from the short ones, each once; and for each box the index of its own, -1 without.
    private func fullNames() -> (list: [String], index: [Int]) {
        var list: [String] = []
        var known: [UInt32: Int] = [:]
        let index = layout.boxes.map { box in
            guard case .node(let node) = box.content, node != 0 else { return -1 }
            let number = tree.nodeFunctions[node]
            let function = tree.functions[Int(number)]
            guard function.fullName != function.name else { return -1 }
            if let seen = known[number] { return seen }
            known[number] = list.count
            list.append(function.fullName)
            return list.count - 1
        }
        return (list, index)
    }

    private func framesMarkup(fullNames: [Int]) -> MarkupWriter {
        var svg = MarkupWriter()
        svg.reserve(layout.boxes.count * 280)
        svg.raw("<g class=\"frames\">\n")
        if isEmpty {
            svg.raw("<text class=\"empty\" text-anchor=\"middle\" x=\"")
            svg.coordinate(fullWidth / 2)
            svg.raw("\" y=\"")
            svg.coordinate(Self.header + 13)
            svg.raw("\">")
            svg.text(empty)
            svg.raw("</text>\n</g>\n")
            return svg
        }
        let scale = Self.width(options) / Double(layout.boxes[0].weight)
        for (index, box) in layout.boxes.enumerated() {
            frame(&svg, box, captions(index), color: colors[index], fullName: fullNames[index], scale: scale)
        }
        svg.raw("</g>\n")
        return svg
    }

    private func frame(
        _ svg: inout MarkupWriter, _ box: FlameLayout.Box, _ caption: (title: String, note: String?), color: String,
        fullName: Int, scale: Double
    ) {
        let name = name(of: box)
        svg.raw("<g class=\"frame\" data-v=\"\(box.depth),\(box.weight)")
        if box.ownWeight > 0 || tree.isChronological { svg.raw(",\(box.ownWeight)") }
        if tree.isChronological { svg.raw(",\(box.start)") }
        svg.raw("\"")
        if fullName >= 0 { svg.raw(" data-f=\"\(fullName)\"") }
        if let note = caption.note {
            svg.raw(" data-note=\"")
            svg.text(note)
            svg.raw("\"")
        }
        svg.raw("><title>")
        svg.text(name)
        svg.raw(" (")
        svg.text(caption.title)
        svg.raw(")</title><rect class=\"\(color)\" x=\"")

        // Sums that stopped at the largest number may pass the right edge: the edge holds.
        let right = Self.margin + Self.width(options)
        let x = min(Self.margin + Double(box.start) * scale, right)
        let width = min(Double(box.weight) * scale, right - x)
        let row = options.orientation == .icicle ? box.depth : layout.depth - box.depth
        let y = Self.header + Double(row) * Self.rowHeight
        svg.coordinate(x)
        svg.raw("\" y=\"")
        svg.coordinate(y)
        svg.raw("\" width=\"")
        svg.coordinate(Self.drawnWidth(width))
        svg.raw("\" height=\"17\"/>")
        let label = FrameLabel.fit(name, columns: FrameLabel.columns(inWidth: width))
        if !label.isEmpty {
            svg.raw("<text x=\"")
            svg.coordinate(x + FrameLabel.inset)
            svg.raw("\" y=\"")
            svg.coordinate(y + 12.5)
            svg.raw("\">")
            svg.text(label)
            svg.raw("</text>")
        }
        svg.raw("</g>\n")
    }

    /// A frame leaves a gap to its neighbour where it can spare one.
    private static func drawnWidth(_ width: Double) -> Double { width > 3 ? width - 0.7 : width * 0.8 }

    private func name(of box: FlameLayout.Box) -> String {
        switch box.content {
        case .node(0): "all"
        case .node(let node): tree.functions[Int(tree.nodeFunctions[node])].name
        case .pruned(let frames): "[other: \(thousands(Int64(frames))) \(frames == 1 ? "frame" : "frames")]"
        }
    }
}
