extension ExecutionPlan {
    init(graph: Graph, inputs: [[Int]], levels nodeLevels: [Int], keeping: Set<String>) {
        let order = Self.byLevel(nodeLevels)
        let base = graph.sources.count
        var slotOfNode = Array(repeating: 0, count: graph.nodes.count)
        for (step, node) in order.enumerated() { slotOfNode[node] = base + step }

        var builder = UnitBuilder(base: base, count: order.count)
        for node in order {
            builder.append(
                inputs: inputs[node].map { $0 < base ? $0 : slotOfNode[$0 - base] }, model: graph.nodes[node].model)
        }
        builder.formUnits()
        let units = builder.units

        var steps: [Step] = []
        steps.reserveCapacity(order.count)
        for (step, node) in order.enumerated() {
            steps.append(
                Step(
                    name: graph.nodes[node].name, level: nodeLevels[node], inputs: builder.inputs(step),
                    output: graph.nodes[node].output, model: graph.nodes[node].model, unit: builder.unitOf[step]))
        }
        var ranges: [Range<Int>] = []
        for (index, step) in steps.enumerated() {
            if step.level == ranges.count {
                ranges.append(index..<index + 1)
            } else {
                ranges[step.level] = ranges[step.level].lowerBound..<index + 1
            }
        }
        var place = Array(repeating: 0, count: order.count)
        for (position, step) in units.lazy.flatMap(\.steps).enumerated() { place[step] = position }
        var last = Array(repeating: -1, count: base + order.count)
        for step in steps.indices {
            for slot in builder.inputs(step) { last[slot] = max(last[slot], place[step]) }
        }
        var results: [Int] = []
        lifetimes = last.enumerated().map { slot, end in
            let made = slot < base ? 0 : place[slot - base]
            guard slot >= base, end < 0 || keeping.contains(graph.nodes[order[slot - base]].name) else {
                return made...max(made, end)
            }
            results.append(slot - base)
            return made...max(made, order.count - 1)
        }
        sources = graph.sources
        self.steps = steps
        levels = ranges
        self.units = units
        self.results = results
        readers = builder.readers
    }

    /// Nodes by level, within a level by declaration. O(nodes).
    private static func byLevel(_ levels: [Int]) -> [Int] {
        var starts = Array(repeating: 0, count: (levels.max() ?? -1) + 2)
        for level in levels { starts[level + 1] += 1 }
        for level in starts.indices.dropFirst() { starts[level] += starts[level - 1] }
        var order = Array(repeating: 0, count: levels.count)
        for (node, level) in levels.enumerated() {
            order[starts[level]] = node
            starts[level] += 1
        }
        return order
    }
}

/// Finds which steps run together, and in which order.
private struct UnitBuilder {
    private let base: Int
    private var inputStarts = [0]
    private var inputSlots: [Int] = []
    private var models: [String?] = []
    private(set) var readers: [Int]
    private(set) var unitOf: [Int]
    private(set) var units: [ExecutionPlan.Unit] = []
    /// For every slot the last step that was seen to read it, so that a node that reads one twice counts once.
    private var lastReader: [Int]

    init(base: Int, count: Int) {
        self.base = base
        readers = Array(repeating: 0, count: base + count)
        lastReader = Array(repeating: -1, count: base + count)
        unitOf = Array(repeating: -1, count: count)
        inputStarts.reserveCapacity(count + 1)
        models.reserveCapacity(count)
    }

    /// The next step in the order of levels.
    mutating func append(inputs: [Int], model: String?) {
        inputSlots.append(contentsOf: inputs)
        inputStarts.append(inputSlots.count)
        for slot in inputs where lastReader[slot] != models.count {
            lastReader[slot] = models.count
            readers[slot] += 1
        }
        models.append(model)
    }

    func inputs(_ step: Int) -> ArraySlice<Int> { inputSlots[inputStarts[step]..<inputStarts[step + 1]] }

    mutating func formUnits() {
        let members = dispatches() + chains()
        for (unit, steps) in members.enumerated() {
            for step in steps { unitOf[step] = unit }
        }
        sort(members)
    }

    /// The steps that want one model, by how many models stand before them on the longest way: none of a group needs
    /// another, and no two groups need each other, since that number grows from a group to whatever needs it.
    private func dispatches() -> [ArraySlice<Int>] {
        var models = 0
        var modelsBefore = Array(repeating: 0, count: self.models.count)
        var groups: [String: [Int: [Int]]] = [:]
        for (step, model) in self.models.enumerated() {
            for slot in inputs(step) where slot >= base {
                let input = slot - base
                modelsBefore[step] = max(modelsBefore[step], modelsBefore[input] + (self.models[input] == nil ? 0 : 1))
            }
            guard let model else { continue }
            models += 1
            groups[model, default: [:]][modelsBefore[step], default: []].append(step)
        }
        return groups.values.flatMap(\.values).map { $0[...] }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }

    private func chains() -> [ArraySlice<Int>] {
        // The step that may follow each one inline: its only reader, which reads nothing else.
        var next: [Int] = Array(repeating: -1, count: models.count)
        var isFollower = Array(repeating: false, count: models.count)
        for step in models.indices where models[step] == nil {
            let slots = inputs(step)
            guard let slot = slots.first, slot >= base, slots.allSatisfy({ $0 == slot }), readers[slot] == 1,
                models[slot - base] == nil
            else { continue }
            next[slot - base] = step
            isFollower[step] = true
        }
        // Every chain end to end, so that a million of them share one array.
        var steps: [Int] = []
        steps.reserveCapacity(models.count)
        var bounds: [Range<Int>] = []
        for head in models.indices where models[head] == nil && !isFollower[head] {
            let start = steps.count
            var step = head
            while step >= 0 {
                steps.append(step)
                step = next[step]
            }
            bounds.append(start..<steps.count)
        }
        return bounds.map { steps[$0] }
    }

    /// Sorts units by how many stand before them, links them, and finds their heights.
    private mutating func sort(_ members: [ArraySlice<Int>]) {
        var edges = edges(members)
        var waiting = edges.before.indices.map { edges.before[$0].count }
        var level = Array(repeating: 0, count: members.count)
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < ready.count {
            let unit = ready[next]
            next += 1
            for successor in edges.after[unit] {
                level[successor] = max(level[successor], level[unit] + 1)
                waiting[successor] -= 1
                if waiting[successor] == 0 { ready.append(successor) }
            }
        }
        precondition(ready.count == members.count, "units of a graph without cycles have none")
        let order = members.indices.sorted {
            (level[$0], members[$0].first ?? 0) < (level[$1], members[$1].first ?? 0)
        }
        var number = Array(repeating: 0, count: order.count)
        for (place, unit) in order.enumerated() { number[unit] = place }
        edges.renumber(number)
        units = order.map { unit in
            let steps = members[unit]
            let kind = steps.first.flatMap { models[$0] }.map(ExecutionPlan.Unit.Kind.dispatch(model:)) ?? .chain
            return ExecutionPlan.Unit(
                kind: kind, steps: steps, predecessors: edges.before[unit], successors: edges.after[unit])
        }
        for step in unitOf.indices { unitOf[step] = number[unitOf[step]] }
        for unit in units.indices.reversed() {
            let below = units[unit].successors.reduce(0) { max($0, units[$1].height) }
            // Those of a dispatch run at once.
            let own = if case .chain = units[unit].kind { units[unit].steps.count } else { 1 }
            units[unit].height = own + below
        }
    }

    private struct Edges {
        var before: [ArraySlice<Int>]
        var after: [ArraySlice<Int>]

        mutating func renumber(_ number: [Int]) {
            for unit in before.indices {
                before[unit] = before[unit].map { number[$0] }.sorted()[...]
                after[unit] = after[unit].map { number[$0] }.sorted()[...]
            }
        }
    }

    private func edges(_ members: [ArraySlice<Int>]) -> Edges {
        var before: [[Int]] = Array(repeating: [], count: members.count)
        var after = before
        var lastSeen = Array(repeating: -1, count: members.count)
        for (unit, steps) in members.enumerated() {
            for step in steps {
                for slot in inputs(step) where slot >= base {
                    let other = unitOf[slot - base]
                    if other != unit, lastSeen[other] != unit {
                        lastSeen[other] = unit
                        before[unit].append(other)
                        after[other].append(unit)
                    }
                }
            }
        }
        return Edges(before: before.map { $0[...] }, after: after.map { $0[...] })
    }
}
