/// What happened in a run, for whoever wants to know.
public enum RuntimeEvent: Hashable, Sendable {
    case batchStarted(batch: Int, items: Int)
    case nodeStarted(node: String, batch: Int)
    case nodeFinished(node: String, batch: Int, items: Int, rejected: Int, wall: Duration)
    case batchFinished(batch: Int, items: Int, rejected: Int, wall: Duration)
}

/// Is told of events as they happen, from the tasks where they happen: several at once under a parallel schedule.
public protocol RuntimeObserver: Sendable {
    func record(_ event: RuntimeEvent)
}
