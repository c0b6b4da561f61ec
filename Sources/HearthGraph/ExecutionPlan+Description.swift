extension ExecutionPlan: CustomStringConvertible {
    /// A line a source and step, in the order in which they run: level, name and type, what it reads, what is let go after it;
    /// then what meets, the longest way, and how many columns are there at once.
    public var description: String {
        var lines = sources.map { "source   \($0.name): \($0.type)" }
        var released: [Int: [Int]] = [:]
        let kept = Set(results.map { $0 + sources.count })
        for (slot, lifetime) in lifetimes.enumerated() where !kept.contains(slot) {
            released[lifetime.upperBound, default: []].append(slot)
        }
        var place = 0
        for unit in units {
            for (index, step) in unit.steps.enumerated() {
                lines.append(line(steps[step], isFused: index > 0 && unit.kind == .chain, released[place] ?? []))
                place += 1
            }
        }
        for case let unit in units where unit.steps.count > 1 {
            guard case .dispatch(let model) = unit.kind else { continue }
            lines.append("meet at \(model): \(unit.steps.map { steps[$0].name }.joined(separator: ", "))")
        }
        lines.append("longest way: \(criticalPath().map { steps[$0].name }.joined(separator: " → "))")
        lines.append("columns at once: \(peakColumns) of \(lifetimes.count)")
        return lines.joined(separator: "\n")
    }

    private func line(_ step: Step, isFused: Bool, _ released: [Int]) -> String {
        var line = "level \(step.level)  \(isFused ? "↳ " : "")\(step.name): \(step.output)"
        if !step.inputs.isEmpty { line += " ← " + step.inputs.map(name(ofSlot:)).joined(separator: ", ") }
        if let model = step.model { line += " by \(model)" }
        if !released.isEmpty { line += "; releases " + released.map(name(ofSlot:)).joined(separator: ", ") }
        return line
    }
}

extension ExecutionPlan {
    /// The graph in the language of Graphviz: a box a node, those that meet at a model in one frame, the longest way bold.
    public var dot: String {
        let critical = criticalPath()
        let isCritical = Set(critical)
        let bold = Set(zip(critical, critical.dropFirst()).map { [$0 + sources.count, $1 + sources.count] })
        var lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
        for (slot, source) in sources.enumerated() {
            lines.append("  n\(slot) [label=\(Self.quoted("\(source.name)\n\(source.type)")), style=dashed];")
        }
        for (number, unit) in units.enumerated() {
            let nodes = unit.steps.map { step in
                let label = Self.quoted("\(steps[step].name)\n\(steps[step].output)")
                return "n\(step + sources.count) [label=\(label)\(isCritical.contains(step) ? ", penwidth=2" : "")];"
            }
            switch unit.kind {
            case .dispatch(let model):
                lines.append(
                    "  subgraph cluster_\(number) { label=\(Self.quoted(model)); \(nodes.joined(separator: " ")) }")
            case .chain: lines.append(contentsOf: nodes.map { "  \($0)" })
            }
        }
        for (index, step) in steps.enumerated() {
            for slot in step.inputs {
                let isBold = bold.contains([slot, index + sources.count])
                lines.append("  n\(slot) -> n\(index + sources.count)\(isBold ? " [penwidth=2]" : "");")
            }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"", "\\": result += "\\\(character)"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }
}

extension ExecutionPlan.Step: CustomStringConvertible, CustomDebugStringConvertible {
    /// The name: what a log says for nothing.
    public var description: String { name }

    /// All of it.
    public var debugDescription: String {
        "\(name): \(output), level \(level), unit \(unit), reads slots \(Array(inputs))\(model.map { ", by \($0)" } ?? "")"
    }
}
