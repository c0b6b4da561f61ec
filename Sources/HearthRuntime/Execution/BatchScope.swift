/// The batch within which a task is, and the ones around that: a body may put batches through other pipelines, and those through others.
final class BatchScope: Sendable {
    @TaskLocal static var current: BatchScope?

    private let core: RunCore
    private let batch: Int
    private let outer: BatchScope?

    init(_ core: RunCore, _ batch: Int, _ outer: BatchScope?) {
        self.core = core
        self.batch = batch
        self.outer = outer
    }

    /// The innermost batch of a run.
    func batch(of core: RunCore) -> Int? { self.core === core ? batch : outer?.batch(of: core) }
}
