public import HearthGraph

/// What every kind of body says of itself.
public protocol NodeSignature: Sendable {
    /// What it reads, in order.
    var inputs: [ColumnType] { get }
    var output: ColumnType { get }
    /// What the runtime may do with it beyond calling it with whole batches. Nothing, unless it says so.
    var traits: NodeTraits { get }
}

extension NodeSignature {
    public var traits: NodeTraits { [] }
}

/// What the runtime may rely on.
public struct NodeTraits: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An item's value follows from that item's inputs alone, and making it has no side effect: items may be evaluated one by
    /// one, and values remembered.
    public static let itemwise = NodeTraits(rawValue: 1)
    /// Making a value costs much more than hashing what it is made from: worth remembering. Implies ``itemwise``.
    public static let costly = NodeTraits(rawValue: 2 | 1)
    /// Batches come one after the other, in their order, and whole: ``itemwise`` counts for nothing beside it.
    public static let ordered = NodeTraits(rawValue: 4)
}

/// What a node does with a batch: whole columns in, one column out.
///
/// One body may be called for several batches at once and from any thread. It computes and does not wait; what waits is an
/// ``AsyncNodeBody``.
public protocol NodeBody: NodeSignature {
    /// Makes the node's column of a batch, with a value (or null) for every item.
    ///
    /// What is wrong with one item goes into ``NodeOutput/rejections``. An error thrown here fails the run.
    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput
}

/// A body that waits for something: another service, a queue, a model. Under a parallel schedule what does not need it goes on
/// meanwhile, once it has been seen to take longer than a task costs.
public protocol AsyncNodeBody: NodeSignature {
    /// As ``NodeBody/evaluate(_:)``.
    func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput
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
