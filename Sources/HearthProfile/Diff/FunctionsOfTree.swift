/// Which nodes of a tree count for which function: the self value of a node for the innermost function it stands in, the total
/// of a node for its function where that does not stand further out too, so that recursion counts once.
struct FunctionsOfTree: Sendable {
    private static let nothing = UInt32.max

    let count: Int
    /// Index of the innermost function, over nodes.
    private let owners: [UInt32]
    /// Nodes whose totals count, each with its function.
    private let outermost: [(node: UInt32, function: UInt32)]

    /// O(sum of the nodes' depths).
    init(_ tree: CallTree) {
        count = tree.functions.count
        let isFunction = tree.functions.map { $0.kind == .function || $0.kind == .inlined }
        var owners = Array(repeating: Self.nothing, count: tree.count)
        var outermost: [(node: UInt32, function: UInt32)] = []
        for node in 1..<max(tree.count, 1) {
            let function = tree.nodeFunctions[node]
            guard isFunction[Int(function)] else {
                owners[node] = owners[Int(tree.parents[node])]
                continue
            }
            owners[node] = function
            var caller = Int(tree.parents[node])
            while caller != 0, tree.nodeFunctions[caller] != function { caller = Int(tree.parents[caller]) }
            if caller == 0 { outermost.append((UInt32(node), function)) }
        }
        self.owners = owners
        self.outermost = outermost
    }

    /// The self value of each function, of those of the nodes; sums stop at `Int64.max`. O(nodes).
    func selfValues(_ own: [Int64]) -> [Int64] {
        var sums = Array(repeating: Int64(0), count: count)
        for node in own.indices where own[node] != 0 && owners[node] != Self.nothing {
            sums[Int(owners[node])] = saturatingSum(sums[Int(owners[node])], own[node])
        }
        return sums
    }

    /// The total of each function, of those of the nodes; sums stop at `Int64.max`. O(nodes).
    func totals(_ inclusive: [Int64]) -> [Int64] {
        var sums = Array(repeating: Int64(0), count: count)
        for (node, function) in outermost where inclusive[Int(node)] != 0 {
            sums[Int(function)] = saturatingSum(sums[Int(function)], inclusive[Int(node)])
        }
        return sums
    }
}
