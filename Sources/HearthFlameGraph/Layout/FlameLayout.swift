internal import HearthProfile

/// Where the boxes of a graph lie: pure arithmetic on a tree and a weight per node, in the weights' own unit.
struct FlameLayout {
    /// One frame as drawn.
    struct Box: Equatable {
        enum Content: Equatable {
            /// A node of the tree; 0 is the root.
            case node(Int)
            /// What was too narrow to be drawn on its own: this many frames of one caller, with all that they call.
            case pruned(frames: Int)
        }

        var content: Content
        /// Callers between the root and this box; 0 for the root.
        var depth: Int
        /// Weight left of the box.
        var start: Int64
        var weight: Int64
        /// Part of `weight` that ends here.
        var ownWeight: Int64
    }

    /// Callers before what they call, siblings by name in UTF-8 order, what is pruned last; of a chart all by time.
    private(set) var boxes: [Box] = []
    /// Depth of the deepest box.
    private(set) var depth = 0
    /// Nodes lighter than this were summed up; 0 when every node is drawn.
    private(set) var threshold: Int64 = 0
    /// Nodes that have no box of their own.
    private(set) var prunedFrames = 0

    /// - Parameters:
    ///   - ownWeights: for each node what ends there, none of it negative.
    ///   - minimumShare: a node with less of the total than this is pruned.
    ///   - frameBudget: at most so many boxes, sums of pruned ones included; the root and one sum are always drawn.
    ///
    /// O(nodes + wide nodes × log wide nodes).
    init(_ tree: CallTree, ownWeights: [Int64], minimumShare: Double, frameBudget: Int) {
        self.init(
            tree, ownWeights: ownWeights, weights: tree.inclusive(ownWeights), minimumShare: minimumShare,
            frameBudget: frameBudget)
    }

    /// The same where the sums of the nodes' subtrees are known.
    init(_ tree: CallTree, ownWeights: [Int64], weights: [Int64], minimumShare: Double, frameBudget: Int) {
        let total = weights[0]
        // A box needs some weight, whatever the least share.
        let share = minimumShare.isFinite ? min(max(minimumShare, 0), 1) : 0
        let minimum = max(1, Int64((Double(total) * share).rounded(.up), clampedTo: total))
        // In a chart each frame that is drawn may have a sum of others beside it.
        let lightest = Self.lightestDrawn(
            tree, ownWeights, weights, minimum: minimum,
            budget: max(tree.isChronological ? frameBudget / 2 : frameBudget, 1))
        if tree.isChronological {
            placeInOrder(tree, ownWeights, weights, atLeast: lightest, drawnFrom: minimum)
            threshold = prunedFrames > 0 ? min(lightest, max(total, 1)) : 0
            return
        }
        let selection = Selection(tree, weights, atLeast: lightest, drawnFrom: minimum)
        place(tree, ownWeights, weights, selection, drawnFrom: minimum)
        prunedFrames = selection.prunedNodes
        threshold = prunedFrames > 0 ? min(selection.threshold, max(total, 1)) : 0
    }

    /// The lowest weight, `minimum` at least, at which the boxes of all nodes from there up fit the budget.
    private static func lightestDrawn(
        _ tree: CallTree, _ ownWeights: [Int64], _ weights: [Int64], minimum: Int64, budget: Int
    ) -> Int64 {
        // Heaviest first, callers before what they call. Drawing one more node takes its weight out of its caller's sum
        // of pruned frames and begins a sum of its own, either of which may gain or lose a box.
        var candidates = weights.indices.dropFirst().filter { weights[$0] >= minimum }
        // Each node has at most one sum: so few fit in any case.
        if candidates.count < budget / 2 { return minimum }
        candidates.sort { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }
        var pruned = [0: weights[0] - ownWeights[0]]
        var boxes = weights[0] - ownWeights[0] >= minimum ? 2 : 1
        var best = Int64.max
        for (position, node) in candidates.enumerated() {
            let parent = Int(tree.parents[node])
            let before = pruned[parent] ?? 0
            let after = max(0, before - weights[node])
            let below = weights[node] - ownWeights[node]
            pruned[parent] = after
            pruned[node] = below
            boxes += 1 + (below >= minimum ? 1 : 0)
            if before >= minimum && after < minimum { boxes -= 1 }
            if position + 1 > budget { break }
            let isLastOfItsWeight =
                position + 1 == candidates.count || weights[candidates[position + 1]] != weights[node]
            if isLastOfItsWeight && boxes <= budget { best = weights[node] }
        }
        // All of them fit, if the lightest does.
        return best == candidates.last.map { weights[$0] } ? minimum : best
    }

    /// Of a chart: every frame where its time is, and what is pruned summed up with its neighbours, where theirs begins.
    private mutating func placeInOrder(
        _ tree: CallTree, _ ownWeights: [Int64], _ weights: [Int64], atLeast lightest: Int64, drawnFrom minimum: Int64
    ) {
        struct Open {
            var node: Int
            var depth: Int
            /// Neighbours below it that are pruned.
            var start: Int64 = 0
            var weight: Int64 = 0
            var frames = 0
        }
        var path: [Open] = []
        func closeRun(_ open: inout Open, _ boxes: inout [Box]) {
            if open.weight >= minimum {
                boxes.append(
                    Box(
                        content: .pruned(frames: open.frames), depth: open.depth + 1, start: open.start,
                        weight: open.weight, ownWeight: 0))
                depth = max(depth, open.depth + 1)
            }
            (open.weight, open.frames) = (0, 0)
        }
        // Callers stand before what they call, and what they call in the order of time.
        for node in 0..<tree.count {
            let caller = Int(tree.parents[node])
            let isDrawn = node == 0 || weights[node] >= lightest
            if !isDrawn { prunedFrames += 1 }
            // Below one that is pruned all are.
            guard isDrawn || caller == 0 || weights[caller] >= lightest else {
                if !path.isEmpty { path[path.count - 1].frames += 1 }
                continue
            }
            while node > 0, let last = path.last, last.node != caller {
                closeRun(&path[path.count - 1], &boxes)
                path.removeLast()
            }
            if isDrawn {
                if !path.isEmpty { closeRun(&path[path.count - 1], &boxes) }
                let own = Open(node: node, depth: path.count)
                depth = max(depth, own.depth)
                boxes.append(
                    Box(
                        content: .node(node), depth: own.depth, start: tree.starts[node], weight: weights[node],
                        ownWeight: ownWeights[node]))
                path.append(own)
            } else {
                if path[path.count - 1].frames == 0 { path[path.count - 1].start = tree.starts[node] }
                path[path.count - 1].frames += 1
                path[path.count - 1].weight = saturatingSum(path[path.count - 1].weight, weights[node])
            }
        }
        while !path.isEmpty {
            closeRun(&path[path.count - 1], &boxes)
            path.removeLast()
        }
    }

    private mutating func place(
        _ tree: CallTree, _ ownWeights: [Int64], _ weights: [Int64], _ selection: Selection, drawnFrom minimum: Int64
    ) {
        // By caller, then name backwards: pushed in this order, siblings come off the stack in theirs.
        let ordered = selection.nodes.dropFirst().sorted { left, right in
            if tree.parents[left] != tree.parents[right] { return tree.parents[left] < tree.parents[right] }
            return tree.nodeFunctions[left] > tree.nodeFunctions[right]
        }
        var childrenOf: [Int: Range<Int>] = [:]
        var first = 0
        while first < ordered.count {
            let parent = tree.parents[ordered[first]]
            let end = ordered[first...].firstIndex { tree.parents[$0] != parent } ?? ordered.count
            childrenOf[Int(parent)] = first..<end
            first = end
        }

        boxes.reserveCapacity(selection.boxes)
        var next: [Int64] = []  // for each depth on the way down, where its next box starts
        var pending: [(content: Box.Content, depth: Int, weight: Int64)] = [(.node(0), 0, weights[0])]
        while let item = pending.popLast() {
            let start = item.depth == 0 ? 0 : next[item.depth]
            if item.depth > 0 { next[item.depth] = saturatingSum(start, item.weight) }
            depth = max(depth, item.depth)
            guard case .node(let node) = item.content else {
                boxes.append(
                    Box(content: item.content, depth: item.depth, start: start, weight: item.weight, ownWeight: 0))
                continue
            }
            boxes.append(
                Box(
                    content: item.content, depth: item.depth, start: start, weight: item.weight,
                    ownWeight: ownWeights[node]))
            next.removeLast(max(0, next.count - item.depth - 1))
            while next.count < item.depth + 2 { next.append(start) }
            let pruned = selection.prunedWeights[node]
            if pruned >= minimum {
                pending.append((.pruned(frames: Int(selection.prunedCounts[node])), item.depth + 1, pruned))
            }
            for child in childrenOf[node].map({ ordered[$0] }) ?? [] {
                pending.append((.node(child), item.depth + 1, weights[child]))
            }
        }
    }
}

/// Which nodes a threshold leaves, and what it takes away under each of them.
private struct Selection {
    /// In the order of the tree, the root first.
    var nodes: [Int] = []
    /// For each node that is left, the weight of what it calls and is not, and how many nodes that is.
    var prunedWeights: [Int64]
    var prunedCounts: [UInt32]
    var prunedNodes = 0
    var threshold: Int64
    /// Boxes that will be drawn: the nodes, and sums that are wide enough.
    var boxes = 0

    init(_ tree: CallTree, _ weights: [Int64], atLeast threshold: Int64, drawnFrom minimum: Int64) {
        self.threshold = threshold
        prunedWeights = Array(repeating: 0, count: weights.count)
        prunedCounts = Array(repeating: 0, count: weights.count)
        // Children come after their parents: from the end, the count of a subtree is complete when its root is met.
        for node in stride(from: weights.count - 1, to: 0, by: -1) where weights[node] < threshold && weights[node] > 0
        {
            prunedNodes += 1
            let parent = Int(tree.parents[node])
            prunedCounts[parent] += prunedCounts[node] + 1
            if parent == 0 || weights[parent] >= threshold {
                prunedWeights[parent] = saturatingSum(prunedWeights[parent], weights[node])
            }
        }
        for node in weights.indices where node == 0 || weights[node] >= threshold {
            nodes.append(node)
            boxes += prunedWeights[node] >= minimum ? 2 : 1
        }
    }
}

extension Int64 {
    /// The whole number nearest to `value` that lies in 0…`limit`.
    init(_ value: Double, clampedTo limit: Int64) {
        self = value >= Double(limit) ? limit : (value > 0 ? Int64(value) : 0)
    }
}
