extension Graph {
    /// For every node the slots that it reads: sources come first, then nodes in the order of their declaration.
    func resolvedInputs() throws(GraphError) -> [[Int]] {
        var slots: [String: Int] = [:]
        var types: [ColumnType] = []
        for (name, type) in sources.map({ ($0.name, $0.type) }) + nodes.map({ ($0.name, $0.output) }) {
            guard !name.isEmpty else { throw GraphError.emptyName }
            guard slots.updateValue(types.count, forKey: name) == nil else { throw GraphError.duplicateName(name) }
            types.append(type)
        }
        var resolved: [[Int]] = []
        for node in nodes {
            var inputs: [Int] = []
            for input in node.inputs {
                guard let slot = slots[input.name] else {
                    throw GraphError.missingInput(node: node.name, input: input.name)
                }
                guard types[slot] == input.type else {
                    throw GraphError.typeMismatch(
                        node: node.name, input: input.name, expected: input.type, found: types[slot])
                }
                inputs.append(slot)
            }
            resolved.append(inputs)
        }
        return resolved
    }

    /// The length of the longest way from a source, for every node: what it reads stands on lower levels.
    func levels(inputs: [[Int]]) throws(GraphError) -> [Int] {
        var level = Array(repeating: 0, count: nodes.count)
        var waiting = Array(repeating: 0, count: nodes.count)
        var readers: [[Int]] = Array(repeating: [], count: nodes.count)
        for (node, slots) in inputs.enumerated() {
            for slot in slots where slot >= sources.count {
                waiting[node] += 1
                readers[slot - sources.count].append(node)
            }
        }
        var ready = nodes.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < ready.count {
            let node = ready[next]
            next += 1
            for reader in readers[node] {
                level[reader] = max(level[reader], level[node] + 1)
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        guard ready.count == nodes.count else { throw GraphError.cycle(cycle(waiting: waiting, inputs: inputs)) }
        return level
    }

    /// One cycle among the nodes that never became ready. Each of them reads another such node, so that walking from one to
    /// what it waits for must come back to a node already passed.
    private func cycle(waiting: [Int], inputs: [[Int]]) -> [String] {
        guard var node = waiting.firstIndex(where: { $0 > 0 }) else { return [] }
        var position: [Int: Int] = [:]
        var path: [Int] = []
        while position[node] == nil {
            position[node] = path.count
            path.append(node)
            let blocked = inputs[node].first { $0 >= sources.count && waiting[$0 - sources.count] > 0 }
            guard let blocked else { break }
            node = blocked - sources.count
        }
        return path[(position[node] ?? 0)...].reversed().map { nodes[$0].name }
    }
}
