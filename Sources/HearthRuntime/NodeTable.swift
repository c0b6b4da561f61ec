/// What every node of a run did and took.
public struct NodeTable: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public let name: String
        public let level: Int
        public var calls = 0
        public var items = 0
        public var rejected = 0
        public var wall = Duration.zero
    }

    /// In the order of the plan.
    public internal(set) var rows: [Row]
    /// Over all batches: what the caller waited for, nodes and runtime together.
    public internal(set) var batchWall = Duration.zero
    public internal(set) var batches = 0
    public internal(set) var items = 0
    public internal(set) var smallestBatch = 0
    public internal(set) var largestBatch = 0

    /// A row's share of the time of all nodes, 0 to 1.
    public func share(_ row: Row) -> Double {
        let total = rows.reduce(0) { $0 + $1.wall.seconds }
        return total > 0 ? row.wall.seconds / total : 0
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
