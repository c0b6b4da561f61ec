internal import HearthProfile

/// The nodes of a tree in the order of the page: each before what it calls, siblings by function, which is by name.
struct TreeOrder {
    /// Nodes of the tree, the root first.
    let nodes: [UInt32]
    /// For each node of the tree its place in `nodes`.
    let places: [UInt32]

    /// O(nodes + functions).
    init(_ tree: CallTree) {
        // Sorted by function, then without losing that by caller, by counting both times.
        let byFunction = Self.sorted(
            (1..<UInt32(max(tree.count, 1))).map { $0 }, groups: tree.functions.count
        ) { Int(tree.nodeFunctions[$0]) }
        let children = Self.sorted(byFunction, groups: tree.count) { Int(tree.parents[$0]) }
        var starts = Array(repeating: 0, count: tree.count + 1)
        for child in children { starts[Int(tree.parents[Int(child)]) + 1] += 1 }
        for node in 0..<tree.count { starts[node + 1] += starts[node] }

        var nodes: [UInt32] = []
        nodes.reserveCapacity(tree.count)
        var places = Array(repeating: UInt32(0), count: tree.count)
        var pending: [UInt32] = [0]
        while let node = pending.popLast() {
            places[Int(node)] = UInt32(nodes.count)
            nodes.append(node)
            pending.append(contentsOf: children[starts[Int(node)]..<starts[Int(node) + 1]].reversed())
        }
        self.nodes = nodes
        self.places = places
    }

    private static func sorted(_ nodes: [UInt32], groups: Int, by group: (Int) -> Int) -> [UInt32] {
        var starts = Array(repeating: 0, count: groups + 1)
        for node in nodes { starts[group(Int(node)) + 1] += 1 }
        for index in 0..<groups { starts[index + 1] += starts[index] }
        var result = nodes
        for node in nodes {
            let index = group(Int(node))
            result[starts[index]] = node
            starts[index] += 1
        }
        return result
    }

    /// Writes the shape: for each node but the root how many levels are left before it, 0 for a callee of the node before, and
    /// its function. O(nodes).
    func write(_ tree: CallTree, to stream: inout ByteStream) {
        var depths = Array(repeating: UInt32(0), count: tree.count)
        var previous = 0
        for node in nodes.dropFirst().map({ Int($0) }) {
            depths[node] = depths[Int(tree.parents[node])] + 1
            stream.varint(Int(depths[previous] + 1 - depths[node]))
            stream.varint(Int(tree.nodeFunctions[node]))
            previous = node
        }
    }
}
