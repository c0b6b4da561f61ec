/// Stacks of one or two profiles folded into a tree of functions: what a flame graph draws.
///
/// Nodes are told apart by display name, so that two addresses of one function are one node. Everything is an array over
/// node numbers: parents stand before their children, and node 0 is the root, which no frame stands for.
package struct CallTree: Sendable {
    /// What a node calls: a display name with what else is known of it.
    package struct Function: Hashable, Sendable {
        package var name: String
        /// The whole name; the same as `name` where there is no longer one.
        package var fullName: String
        /// Name of the program or library; empty when not known.
        package var image: String
        /// Functions and inlined functions of one name are one entry, an inlined one only where all are.
        package var kind: Frame.Kind
    }

    /// Ordered by name in UTF-8, so that comparing two numbers orders siblings.
    package internal(set) var functions: [Function] = []
    /// The caller's node; that of the root is the root.
    package internal(set) var parents: [UInt32] = [0]
    /// Index in `functions`; that of the root means nothing.
    package internal(set) var nodeFunctions: [UInt32] = [0]
    /// For each side the value of the samples that end in the node.
    package internal(set) var selfValues: [[Int64]] = []
    /// For each side the value of the samples that go through the node; sums stop at `Int64.max`.
    package internal(set) var totals: [[Int64]] = []

    /// Of a flame chart, where each node begins: the sum of all values before it. Empty of other trees.
    package internal(set) var starts: [Int64] = []

    /// Whether siblings stand in the order of their numbers, which is that of time, and not in that of their names.
    package var isChronological: Bool { !starts.isEmpty }

    package var count: Int { parents.count }

    /// The tree of one column. Negative values count as nothing: a width cannot show them.
    /// O(stacks + samples), or O(sum of depths) when `reversed` puts the leaves at the root.
    package init(_ profile: Profile, column: Int, reversed: Bool = false) {
        if !reversed, let tree = CallTreeBuilder.direct(profile, column: column) {
            self = tree
        } else {
            self.init([(profile, column)], reversed: reversed)
        }
    }

    /// The tree that several profiles have in common, one side each.
    package init(_ sides: [(profile: Profile, column: Int)], reversed: Bool = false) {
        var builder = CallTreeBuilder(sides: sides.count)
        for (side, source) in sides.enumerated() {
            builder.add(source.profile, column: source.column, side: side, reversed: reversed)
        }
        self = builder.finish()
    }

    init(empty: Void) {}

    /// The tree of all columns of a profile, a side each, and for each stack its node; 0 for the empty stack and for those that lead
    /// to no value. O(columns × (stacks + samples)).
    package static func ofAllColumns(_ profile: Profile) -> (tree: CallTree, nodeOfStack: [UInt32]) {
        var builder = CallTreeBuilder(sides: profile.sampleTypes.count)
        var nodeOfStack = Array(repeating: UInt32(0), count: profile.stacks.count)
        for column in profile.sampleTypes.indices {
            let nodes = builder.add(profile, column: column, side: column)
            for (stack, node) in nodes.enumerated() where node != 0 { nodeOfStack[stack] = node }
        }
        return (builder.finish(), nodeOfStack)
    }

    /// Names from the root to `node`, the root left out. O(depth).
    package func path(to node: Int) -> [String] {
        var names: [String] = []
        var current = node
        while current != 0 {
            names.append(functions[Int(nodeFunctions[current])].name)
            current = Int(parents[current])
        }
        names.reverse()
        return names
    }

    /// Sums of `own` over every node's subtree; they stop at `Int64.max`. O(nodes).
    package func inclusive(_ own: [Int64]) -> [Int64] {
        var sums = own
        for node in stride(from: sums.count - 1, to: 0, by: -1) {
            let parent = Int(parents[node])
            sums[parent] = saturatingSum(sums[parent], sums[node])
        }
        return sums
    }
}
