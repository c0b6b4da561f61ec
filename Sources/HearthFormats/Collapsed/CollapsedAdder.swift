internal import Dispatch
internal import HearthProfile
internal import Synchronization

/// Adds up batches of lines, one after the other, while the next are read.
final class CollapsedAdder: Sendable {
    /// Batches that may wait.
    private static let batchesAhead = 4

    private let limits: ReadLimits
    private let sum = Mutex(CollapsedSum())
    private let queue = DispatchQueue(label: "hearth.collapsed")
    private let room = DispatchSemaphore(value: batchesAhead)
    private let problem = Mutex<ProfileReadError.Reason?>(nil)

    init(limits: ReadLimits) { self.limits = limits }

    /// Adds a batch now, or soon.
    ///
    /// - Throws: what an earlier one has met.
    func add(_ batch: CollapsedBatch, soon: Bool) throws(ProfileReadError.Reason) {
        if let problem = problem.withLock({ $0 }) { throw problem }
        guard soon else { return addNow(batch) }
        room.wait()
        queue.async { [self] in
            addNow(batch)
            room.signal()
        }
    }

    private func addNow(_ batch: CollapsedBatch) {
        let count = sum.withLock { sum in
            sum.add(batch)
            return sum.trie.count
        }
        let reason: ProfileReadError.Reason? =
            if count > limits.stacks {
                .tooManyStacks(limit: limits.stacks)
            } else if count * CollapsedSum.bytesOfStack > limits.memoryBytes {
                .tooMuchMemory(limit: limits.memoryBytes)
            } else {
                nil
            }
        if let reason { problem.withLock { $0 = reason } }
    }

    /// The sum of all batches; nothing is added after that.
    ///
    /// - Throws: what one of them has met.
    func finish() throws(ProfileReadError.Reason) -> CollapsedSum {
        queue.sync {}
        if let problem = problem.withLock({ $0 }) { throw problem }
        return sum.withLock { sum in
            let result = sum
            sum = CollapsedSum()
            return result
        }
    }
}
