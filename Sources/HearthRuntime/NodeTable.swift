/// What every node of a run did, and where its time went.
public struct NodeTable: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public let name: String
        public let level: Int
        /// The model that the node wants.
        public let model: String?
        /// Calls of the body; of a model, calls in which it took part.
        public var calls = 0
        public var items = 0
        public var rejected = 0
        /// In the node's own code.
        public var code = Duration.zero
        /// In its model. A call that several share is split by the values that each asked for.
        public var inModel = Duration.zero
        /// Making columns of what goes to the next node, and reading them: nothing but the passing of a reference, or JSON.
        public var handOff = Duration.zero
        /// Standing still: for a model to load, for a coalescer, for its turn.
        public var waiting = Duration.zero
        /// Values that were looked for among those remembered.
        public var memoAsked = 0
        public var memoHits = 0
        /// Values asked of the model, and how many of these it was called with; the difference are duplicates, also of other
        /// nodes.
        public var valuesAsked = 0
        public var valuesEvaluated = 0

        /// All that the node took.
        public var wall: Duration { code + inModel + handOff + waiting }
    }

    /// In the order of the plan.
    public internal(set) var rows: [Row]
    /// Over all batches: what the caller waited for, nodes and runtime together.
    public internal(set) var batchWall = Duration.zero
    /// What tasks of the run were at work or stood still: more than ``batchWall`` where nodes run at once.
    public internal(set) var taskWall = Duration.zero
    public internal(set) var batches = 0
    public internal(set) var items = 0
    public internal(set) var smallestBatch = 0
    public internal(set) var largestBatch = 0
    /// The most bytes of columns that were there at once.
    public internal(set) var peakBytes = 0

    init(_ plan: some Sequence<(name: String, level: Int, model: String?)>) {
        rows = plan.map { Row(name: $0.name, level: $0.level, model: $0.model) }
    }

    /// A row's share of the time of all nodes, 0 to 1.
    public func share(_ row: Row) -> Double {
        let total = rows.reduce(0) { $0 + $1.wall.seconds }
        return total > 0 ? row.wall.seconds / total : 0
    }

    /// Where the time of all tasks went: models, the nodes' own code, hand-off, waiting, and what remains, which is the
    /// runtime's own.
    public var split: (models: Duration, code: Duration, handOff: Duration, waiting: Duration, runtime: Duration) {
        var (models, code, handOff, waiting) = (Duration.zero, Duration.zero, Duration.zero, Duration.zero)
        for row in rows {
            models += row.inModel
            code += row.code
            handOff += row.handOff
            waiting += row.waiting
        }
        return (models, code, handOff, waiting, max(.zero, taskWall - models - code - handOff - waiting))
    }

    /// Adds the nodes of a run that came after this one, with their times; its batches are not counted.
    public mutating func append(_ later: NodeTable) {
        rows += later.rows
        batchWall += later.batchWall
        taskWall += later.taskWall
        peakBytes = max(peakBytes, later.peakBytes)
    }

    mutating func count(batchOf items: Int, wall: Duration) {
        smallestBatch = batches == 0 ? items : min(smallestBatch, items)
        largestBatch = max(largestBatch, items)
        batches += 1
        self.items += items
        batchWall += wall
    }
}

extension Duration {
    /// As floating point, for shares and rates.
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
