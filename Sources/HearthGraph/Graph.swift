/// A directed acyclic graph of named nodes over named sources; a pure value, which knows nothing of what nodes do.
///
/// ``plan(keeping:)`` checks it and says in which order it runs.
public struct Graph: Hashable, Sendable {
    /// A column that the caller brings with each batch.
    public struct Source: Hashable, Sendable {
        public var name: String
        public var type: ColumnType

        public init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// A column that is made from others.
    public struct Node: Hashable, Sendable {
        /// An edge: the source or node that is read, and the type that is expected of it.
        public struct Input: Hashable, Sendable {
            public var name: String
            public var type: ColumnType

            public init(_ name: String, _ type: ColumnType) {
                self.name = name
                self.type = type
            }
        }

        public var name: String
        public var inputs: [Input]
        public var output: ColumnType
        /// The model that makes the column, where nothing else does: nodes that want one model can meet.
        public var model: String?

        public init(_ name: String, inputs: [Input], output: ColumnType, model: String? = nil) {
            self.name = name
            self.inputs = inputs
            self.output = output
            self.model = model
        }
    }

    public var sources: [Source]
    /// In the order of their declaration, which decides among nodes of one level.
    public var nodes: [Node]

    public init(sources: [Source], nodes: [Node]) {
        self.sources = sources
        self.nodes = nodes
    }

    /// Checks the graph and plans it: levels, what runs together, in which order, and how
    /// long each column lives. O(nodes + edges).
    ///
    /// - Parameter keeping: nodes whose columns the caller wants, beside those that no other node reads.
    /// - Throws: ``GraphError``, naming the nodes at fault.
    public func plan(keeping: Set<String> = []) throws(GraphError) -> ExecutionPlan {
        let inputs = try resolvedInputs()
        if let source = keeping.intersection(sources.lazy.map(\.name)).min() { throw GraphError.keptSource(source) }
        if let unknown = keeping.subtracting(nodes.lazy.map(\.name)).min() { throw GraphError.unknownName(unknown) }
        return ExecutionPlan(graph: self, inputs: inputs, levels: try levels(inputs: inputs), keeping: keeping)
    }
}
