/// How the values of a batch are made.
public enum Evaluation: String, Hashable, Sendable, CaseIterable {
    /// Item by item, each value when it is asked for, and as often: the plain way to write it.
    case perItem = "per-item"
    /// Item by item, many items at once, whose calls of a model are held for a moment and go out together.
    case coalesced
    /// Whole columns, in the order of the plan; nodes that want one model meet.
    case batched
}

/// How the nodes of a batch are ordered in time.
public enum Schedule: String, Hashable, Sendable, CaseIterable {
    /// One after the other, in the order of the plan.
    case sequential
    /// A node starts when its inputs are there, in a task of its own where its measured cost is worth one.
    case parallel
}

/// How columns get from node to node.
public enum Transfer: String, Hashable, Sendable, CaseIterable {
    /// As JSON: every node's column is written, and read by each that wants it.
    case json
    /// By reference.
    case columnar
}

/// Who loads a model.
public enum ModelSharing: String, Hashable, Sendable, CaseIterable {
    /// Each node its own copy.
    case perNode = "per-node"
    case shared
}

/// What becomes of an item that a node refuses. (An error that a body throws ends the run in any case: it is nobody's item's.)
public enum ErrorPolicy: Hashable, Sendable {
    /// The run ends.
    case fail
    /// The item is set aside, and the rest of its batch goes on.
    case setAside
}

/// How a pipeline is run. Every choice gives the same values.
public struct RunOptions: Hashable, Sendable {
    public var evaluation = Evaluation.batched
    public var schedule = Schedule.parallel
    public var transfer = Transfer.columnar
    public var models = ModelSharing.shared
    public var errors = ErrorPolicy.setAside
    /// Bytes of values to remember for a run; nil remembers none. Item by item every value is looked for; in batches those of
    /// models, and of nodes that call themselves costly.
    public var memoBytes: Int? = 64 << 20
    /// Whether a value that several items or nodes want of a model in one batch is made once.
    public var removesDuplicates = true
    /// A coalescer's batch goes out when it has so many values…
    public var coalescedValues = 256
    /// …or when the first of them has waited so long.
    public var coalescedWait = Duration.milliseconds(2)
    /// Batches of a stream that are under way at once.
    public var batchesInFlight = 2
    /// Bytes of columns in flight above which no further batch of a stream begins; nil without a bound. A batch that alone is
    /// above it is cut.
    public var bytesInFlight: Int?
    /// Whether every node's calls are counted and timed: two readings of the clock a call.
    public var keepsTable = true

    public init() {}

    /// Everything the plain way: item by item, one after the other, nothing remembered, a model a node, JSON between nodes.
    public static var naive: RunOptions {
        var options = RunOptions()
        options.evaluation = .perItem
        options.schedule = .sequential
        options.transfer = .json
        options.models = .perNode
        options.memoBytes = nil
        options.removesDuplicates = false
        return options
    }
}
