public import HearthGraph

/// A graph with a body for every node: checked and planned once, safe to run from several tasks.
public struct Pipeline: Sendable {
    /// A node by its name, what it reads and what it does.
    public struct Node: Sendable {
        public let name: String
        public let inputs: [String]
        public let body: any NodeBody

        public init(_ name: String, reads inputs: [String], _ body: any NodeBody) {
            self.name = name
            self.inputs = inputs
            self.body = body
        }
    }

    public let plan: ExecutionPlan
    /// In the order of the plan's steps.
    let bodies: [any NodeBody]

    /// - Throws: `GraphError` that names the nodes at fault.
    public init(sources: [Graph.Source], nodes: [Node], keeping: Set<String> = []) throws(GraphError) {
        var graph = Graph(sources: sources, nodes: [])
        for node in nodes {
            let types = node.body.inputs
            guard types.count == node.inputs.count else {
                throw GraphError.inputCount(node: node.name, expected: types.count, found: node.inputs.count)
            }
            let inputs = zip(node.inputs, types).map { Graph.Node.Input($0, $1) }
            graph.nodes.append(Graph.Node(node.name, inputs: inputs, output: node.body.output))
        }
        plan = try graph.plan(keeping: keeping)
        // The plan has checked that names are unique.
        let bodyByName = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.body) })
        bodies = plan.steps.compactMap { bodyByName[$0.name] }
    }
}

/// Columns that come in together, and items known to be bad before any node has seen them.
public struct Batch: Sendable {
    public var columns: [String: Column]
    public var count: Int
    public var rejections: [ItemError]

    public init(columns: [String: Column], count: Int, rejections: [ItemError] = []) {
        self.columns = columns
        self.count = count
        self.rejections = rejections
    }
}

/// What a pipeline made of a batch.
public struct BatchResult: Sendable {
    public let batch: Int
    public let count: Int
    /// The columns of the plan's results, by node.
    public let columns: [String: Column]
    /// By item, each item once; the same ones under every schedule.
    public let rejections: [Rejection]
}
