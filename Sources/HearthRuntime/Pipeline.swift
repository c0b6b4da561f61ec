public import HearthGraph

/// A graph with a body for every node: checked and planned once, safe to run from several tasks.
public struct Pipeline: Sendable {
    /// A node by its name, what it reads and what it does.
    public struct Node: Sendable {
        public let name: String
        public let inputs: [String]
        let work: NodeWork
        /// Of its column.
        public var output: ColumnType { work.output }

        @inlinable
        public init<Body: NodeBody>(_ name: String, reads inputs: [String], _ body: Body) {
            let type = BodyType { address, input in try unsafe address.cell(of: Body.self).pointee.evaluate(input) }
            self.init(name: name, inputs: inputs, body: body, type: type)
        }

        public init(_ name: String, reads inputs: [String], _ body: some AsyncNodeBody) {
            self.init(name: name, inputs: inputs, work: .waiting(body))
        }

        /// A node that is nothing but a model's value of what it reads.
        public init(_ name: String, reads input: String, model: ModelReference) {
            self.init(name: name, inputs: [input], work: .model(model))
        }

        @usableFromInline
        init(name: String, inputs: [String], body: any NodeBody, type: BodyType) {
            self.init(name: name, inputs: inputs, work: .body(body, type))
        }

        private init(name: String, inputs: [String], work: NodeWork) {
            self.name = name
            self.inputs = inputs
            self.work = work
        }
    }

    public let plan: ExecutionPlan
    let program: Program

    /// - Parameters:
    ///   - sources: the columns that come with every batch.
    ///   - nodes: in any order; that of their declaration decides among nodes of one level.
    ///   - keeping: nodes whose columns the caller wants, beside those that no other node reads.
    /// - Throws: `GraphError` that names the nodes at fault.
    public init(sources: [Graph.Source], nodes: [Node], keeping: Set<String> = []) throws(GraphError) {
        var graph = Graph(sources: sources, nodes: [])
        graph.nodes.reserveCapacity(nodes.count)
        for node in nodes {
            let types = node.work.inputs
            guard types.count == node.inputs.count else {
                throw GraphError.inputCount(node: node.name, expected: types.count, found: node.inputs.count)
            }
            let inputs = zip(node.inputs, types).map { Graph.Node.Input($0, $1) }
            graph.nodes.append(
                Graph.Node(node.name, inputs: inputs, output: node.work.output, model: node.work.model?.name))
        }
        let plan = try graph.plan(keeping: keeping)
        // The plan has checked that names are unique.
        let workByName = Dictionary(uniqueKeysWithValues: nodes.lazy.map { ($0.name, $0.work) })
        self.plan = plan
        program = Program(plan, work: plan.steps.compactMap { workByName[$0.name] })
    }
}

/// What a node does.
enum NodeWork: Sendable {
    case body(any NodeBody, BodyType)
    case waiting(any AsyncNodeBody)
    case model(ModelReference)

    var inputs: [ColumnType] {
        switch self {
        case .body(let body, _): body.inputs
        case .waiting(let body): body.inputs
        case .model(let model): [model.input]
        }
    }

    var output: ColumnType {
        switch self {
        case .body(let body, _): body.output
        case .waiting(let body): body.output
        case .model(let model): model.output
        }
    }

    var traits: NodeTraits {
        switch self {
        case .body(let body, _): body.traits
        case .waiting(let body): body.traits
        case .model: .costly
        }
    }

    var model: ModelReference? {
        if case .model(let model) = self { model } else { nil }
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

    /// Whether all columns have its items, and only these are set aside.
    var isWhole: Bool {
        columns.values.allSatisfy { $0.count == count }
            && rejections.allSatisfy { (0..<max(0, count)).contains($0.item) }
    }

    /// Of its columns.
    public var byteCount: Int { columns.values.reduce(0) { $0 + $1.byteCount } }

    /// Some of the items, sharing the memory.
    func slice(_ range: Range<Int>) -> Batch {
        var bad: [ItemError] = []
        for error in rejections where range.contains(error.item) {
            bad.append(ItemError(item: error.item - range.lowerBound, reason: error.reason, byte: error.byte))
        }
        return Batch(columns: columns.mapValues { $0.slice(range) }, count: range.count, rejections: bad)
    }
}

/// What a pipeline made of a batch.
public struct BatchResult: Sendable {
    /// Running number of the batch, from 0.
    public let batch: Int
    public let count: Int
    /// Of the plan's results.
    public let columns: ResultColumns
    /// By item, each item once; the same ones under every choice of options.
    public let rejections: [Rejection]
}
