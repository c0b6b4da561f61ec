/// A graph made ready to run: made once, walked for every batch.
///
/// Columns live in slots: the sources first, then one a step.
public struct ExecutionPlan: Hashable, Sendable {
    /// One node in its place.
    public struct Step: Hashable, Sendable {
        public let name: String
        /// 0 for nodes that read sources only.
        public let level: Int
        /// The slots that the node reads, in the order of its inputs.
        public let inputs: [Int]
        public let output: ColumnType
        /// Slots that no later step reads, and that nobody asked to keep.
        public let releases: [Int]
    }

    public let sources: [Graph.Source]
    /// By level, within a level by declaration.
    public let steps: [Step]
    /// The steps of every level; those of one level do not depend on each other.
    public let levels: [Range<Int>]
    /// The steps whose columns outlive the batch: nobody reads them, or they were asked for.
    public let results: [Int]

    init(graph: Graph, inputs: [[Int]], levels nodeLevels: [Int], keeping: Set<String>) {
        let order = graph.nodes.indices.sorted { (nodeLevels[$0], $0) < (nodeLevels[$1], $1) }
        let base = graph.sources.count
        var slotOfNode = Array(repeating: 0, count: graph.nodes.count)
        for (step, node) in order.enumerated() { slotOfNode[node] = base + step }
        let stepInputs = order.map { node in inputs[node].map { $0 < base ? $0 : slotOfNode[$0 - base] } }

        var lastReader: [Int?] = Array(repeating: nil, count: base + order.count)
        for (step, slots) in stepInputs.enumerated() {
            for slot in slots { lastReader[slot] = step }
        }
        var releases: [[Int]] = Array(repeating: [], count: order.count)
        var results: [Int] = []
        for (slot, reader) in lastReader.enumerated() {
            let node = slot < base ? nil : order[slot - base]
            if let node, reader == nil || keeping.contains(graph.nodes[node].name) {
                results.append(slot - base)
            } else if let reader {
                releases[reader].append(slot)
            }
        }

        sources = graph.sources
        steps = order.enumerated().map { step, node in
            Step(
                name: graph.nodes[node].name, level: nodeLevels[node], inputs: stepInputs[step],
                output: graph.nodes[node].output, releases: releases[step])
        }
        var ranges: [Range<Int>] = []
        for (index, step) in steps.enumerated() {
            if step.level == ranges.count {
                ranges.append(index..<index + 1)
            } else {
                ranges[step.level] = ranges[step.level].lowerBound..<index + 1
            }
        }
        levels = ranges
        self.results = results
    }

    /// The name of a source or step by its slot.
    public func name(ofSlot slot: Int) -> String {
        slot < sources.count ? sources[slot].name : steps[slot - sources.count].name
    }
}

extension ExecutionPlan: CustomStringConvertible {
    /// One line a step: level, name and type, what it reads, what is released after it.
    public var description: String {
        var lines = sources.map { "source   \($0.name): \($0.type)" }
        for step in steps {
            var line = "level \(step.level)  \(step.name): \(step.output)"
            line += " ← " + step.inputs.map(name(ofSlot:)).joined(separator: ", ")
            if !step.releases.isEmpty {
                line += "; releases " + step.releases.map(name(ofSlot:)).joined(separator: ", ")
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}
