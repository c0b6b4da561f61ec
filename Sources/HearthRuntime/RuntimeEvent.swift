/// What happened in a run, for whoever wants to know.
public enum RuntimeEvent: Hashable, Sendable {
    case batchStarted(batch: Int, items: Int)
    case nodeStarted(node: String, batch: Int)
    case nodeFinished(node: String, batch: Int, items: Int, rejected: Int, wall: Duration)
    /// What a node threw, or under ``ErrorPolicy/fail`` the item that it refused; its batch fails.
    case nodeFailed(node: String, batch: Int, reason: String)
    /// A model was called once, with `values` of what these nodes asked.
    case modelCalled(model: String, nodes: [String], batch: Int, values: Int, wall: Duration)
    /// Of `asked` values `hits` were remembered from before.
    case memoHits(node: String, batch: Int, asked: Int, hits: Int)
    /// Of what these nodes asked of a model, `removed` values were asked twice.
    case duplicatesRemoved(model: String, nodes: [String], batch: Int, asked: Int, removed: Int)
    case modelLoaded(model: String, wall: Duration)
    case modelLoadFailed(model: String, reason: String)
    /// A task of the run stood still.
    case waited(for: WaitReason, batch: Int, wall: Duration)
    case batchFinished(batch: Int, items: Int, rejected: Int, wall: Duration)
    /// A batch that ended before its end: a node failed, it did not fit, its task was cancelled, or one before it in its stream failed.
    case batchFailed(batch: Int, reason: String, wall: Duration)
}

/// What a run waits for.
public enum WaitReason: Hashable, Sendable {
    /// That a model is loaded, by this run or by somebody else.
    case model(String)
    /// That the coalescer's batch goes out and comes back.
    case coalescer(String)
    /// That an earlier batch is through a node that takes batches in order.
    case order(node: String)
    /// That memory in flight goes below its bound.
    case memory
}

/// Is told of events as they happen, from the tasks where they happen: several at once under a parallel schedule.
public protocol RuntimeObserver: Sendable {
    func record(_ event: RuntimeEvent)
}
