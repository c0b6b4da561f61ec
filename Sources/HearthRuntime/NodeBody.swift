public import HearthGraph

/// What a node does with a batch: whole columns in, one column out.
///
/// One body may be called for several batches at once and from any thread.
public protocol NodeBody: Sendable {
    /// What it reads, in order.
    var inputs: [ColumnType] { get }
    var output: ColumnType { get }

    /// Makes the node's column of a batch, with a value (or null) for every item.
    ///
    /// What is wrong with one item goes into ``NodeOutput/rejections``. An error thrown here fails the run.
    func evaluate(_ input: NodeInput) async throws -> NodeOutput
}

/// What a body is given.
public struct NodeInput: Sendable {
    /// In the order of the node's inputs, ``count`` items each.
    public let columns: [Column]
    /// Items of the batch.
    public let count: Int
    /// Items that a node before this one set aside, by item; their values here mean nothing.
    public let rejections: [Rejection]
    /// Running number of the batch, from 0.
    public let batch: Int
    public let run: String

    public init(columns: [Column], count: Int, rejections: [Rejection] = [], batch: Int = 0, run: String = "run") {
        self.columns = columns
        self.count = count
        self.rejections = rejections
        self.batch = batch
        self.run = run
    }
}

/// What a body gives.
public struct NodeOutput: Sendable {
    public var column: Column
    /// Items that the node cannot make a value of.
    public var rejections: [ItemError]

    public init(_ column: Column, rejections: [ItemError] = []) {
        self.column = column
        self.rejections = rejections
    }
}

/// What is wrong with one item of a batch.
public struct ItemError: Error, Hashable, Sendable {
    /// Place in the batch.
    public var item: Int
    public var reason: String
    /// Place within the item, where that is known.
    public var byte: Int?

    public init(item: Int, reason: String, byte: Int? = nil) {
        self.item = item
        self.reason = reason
        self.byte = byte
    }
}

/// An item set aside: where, by which node, why. The rest of its batch goes on.
public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    public var node: String
    public var run: String
    public var error: ItemError

    public var item: Int { error.item }

    public init(node: String, run: String, error: ItemError) {
        self.node = node
        self.run = run
        self.error = error
    }

    public var description: String { "run '\(run)', node '\(node)', item \(error.item): \(error.reason)" }
}
