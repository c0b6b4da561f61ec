extension ExecutionPlan {
    /// The plan as a picture that stands alone: what runs first is on the left; those that meet at a model are in one frame, nodes of
    /// a chain follow each other without a gap in colour, the longest way is bold. Light and dark follow the reader's settings.
    ///
    /// For graphs of up to some hundred nodes. O(nodes² + edges × levels).
    public func svg(title: String = "Execution plan") -> String {
        let drawing = PlanDrawing(self)
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(number(drawing.width)) \#(number(drawing.height))" "#
                + #"width="\#(number(drawing.width))" height="\#(number(drawing.height))" role="img">"#,
            "<title>\(escaped(title))</title>",
            """
            <style>
            .box { fill: #fff4e0; stroke: #b45309; } .source { fill: #f3f4f6; stroke: #6b7280; stroke-dasharray: 4 3; }
            .model { fill: #fde2d3; stroke: #b91c1c; } .line { fill: none; stroke: #9ca3af; }
            .way { stroke: #b91c1c; stroke-width: 2; } .frame { fill: none; stroke: #b91c1c; stroke-dasharray: 2 3; }
            text { font: 12px system-ui, sans-serif; fill: #1f2937; } .detail, .meets { font-size: 10px; fill: #6b7280; }
            @media (prefers-color-scheme: dark) {
            .box { fill: #3b2a12; stroke: #f59e0b; } .source { fill: #1f2937; stroke: #9ca3af; }
            .model { fill: #45211a; stroke: #f87171; } .line { stroke: #6b7280; } .way { stroke: #f87171; }
            .frame { stroke: #f87171; } text { fill: #f3f4f6; } .detail, .meets { fill: #9ca3af; }
            }
            </style>
            """,
        ]
        for frame in drawing.frames {
            lines.append(
                #"<rect class="frame" x="\#(number(frame.x))" y="\#(number(frame.y))" width="\#(number(frame.width))" "#
                    + #"height="\#(number(frame.height))" rx="8"/>"#)
            lines.append(
                #"<text class="meets" x="\#(number(frame.x + 8))" y="\#(number(frame.y + 11))">\#(escaped(frame.title))</text>"#
            )
        }
        for line in drawing.lines { lines.append(path(line)) }
        for box in drawing.boxes { lines.append(contentsOf: self.lines(of: box)) }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func path(_ line: PlanDrawing.Line) -> String {
        guard let first = line.points.first else { return "" }
        var path = "M\(number(first.x)) \(number(first.y))"
        var last = first
        for point in line.points.dropFirst() {
            let bend = (point.x - last.x) / 2
            path += "C\(number(last.x + bend)) \(number(last.y)) \(number(point.x - bend)) \(number(point.y)) "
            path += "\(number(point.x)) \(number(point.y))"
            last = point
        }
        return #"<path class="line\#(line.isCritical ? " way" : "")" d="\#(path)"/>"#
    }

    private func lines(of box: PlanDrawing.Box) -> [String] {
        let step = box.slot < sources.count ? nil : steps[box.slot - sources.count]
        let kind = step == nil ? "source" : step?.model == nil ? "box" : "model"
        let middle = number(box.x + box.width / 2)
        let about = step.map { step in
            "\(step.name): level \(step.level), reads \(step.inputs.map(name(ofSlot:)).joined(separator: ", "))"
        }
        return [
            "<g><title>\(escaped(about ?? "\(box.title): a source"))</title>"
                + #"<rect class="\#(kind)" x="\#(number(box.x))" y="\#(number(box.y))" width="\#(number(box.width))" "#
                + #"height="\#(number(PlanDrawing.Box.height))" rx="6"/>"#,
            #"<text text-anchor="middle" x="\#(middle)" y="\#(number(box.y + 16))">\#(escaped(box.title))</text>"#,
            #"<text class="detail" text-anchor="middle" x="\#(middle)" y="\#(number(box.y + 30))">\#(escaped(box.detail))</text></g>"#,
        ]
    }

    private func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            // XML has no other control characters, however they are written.
            case "\0"..."\u{8}", "\u{B}"..."\u{C}", "\u{E}"..."\u{1F}": result += "\u{FFFD}"
            default: result.append(character)
            }
        }
        return result
    }
}
