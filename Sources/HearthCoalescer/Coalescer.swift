internal import Synchronization

/// Makes batches of what is asked one at a time: callers await a value of their item each, and a closure evaluates many
/// items at once.
///
/// ```swift
/// let embeddings = Coalescer(maximumBatch: 32, maximumWait: .milliseconds(2)) { (texts: [String]) in
///     try await model.embed(texts)
/// }
/// let vector = try await embeddings.evaluate("a text")  // from any number of tasks
/// ```
///
/// - **When a batch goes out.** As soon as `maximumBatch` items wait, or when the oldest has waited `maximumWait`,
///   whichever comes first, with all that wait then, up to the maximum. While `concurrentBatches` are being evaluated,
///   items wait for longer: what is due goes out as soon as one of them ends, as full as it can be.
/// - **Order.** A batch holds items in the order in which they arrived, and values go to the callers of their items.
/// - **Failures.** An item that fails does not fail the others of its batch; see
///   ``init(maximumBatch:maximumWait:concurrentBatches:isolatedFailures:clock:observe:evaluate:)`` for what a throwing
///   closure costs.
/// - **Cancellation.** A caller whose task is cancelled gets `CancellationError` at once. Its item is dropped if it has
///   not gone out, and the others notice nothing. When nobody waits for a batch any more, the task that evaluates it is
///   cancelled.
/// - **What is at rest.** One timer serves the coalescer. It ends by itself at most `maximumWait` after the last item;
///   with nothing waiting and nothing evaluated there are no tasks. Callers hold the coalescer; the timer does not.
///
/// The closure runs in a task of its own, which has the task-local values of none of the callers. It must not ask the
/// coalescer that runs it and wait: with all of `concurrentBatches` doing so, nothing would go on.
///
/// A call costs an uncontended lock, a look at the clock and a suspension. Everything is safe to use from any thread.
public final class Coalescer<Item: Sendable, Value: Sendable>: Sendable {
    /// The two forms of what a caller of this library brings.
    enum Evaluation: Sendable {
        case whole(@Sendable ([Item]) async throws -> [Value])
        case each(@Sendable ([Item]) async throws -> [Result<Value, any Error>])
    }

    let schedule: Schedule
    let isolatedFailures: Int
    let observe: (@Sendable (CoalescedBatch) -> Void)?
    let evaluation: Evaluation

    /// A coalescer whose closure succeeds or throws for a batch as a whole.
    ///
    /// When the closure throws, the batch is evaluated again in halves, then the halves that threw in theirs, and so on
    /// until single items fail, each with the error that it caused by itself; values that are there go to their callers
    /// meanwhile. So an item is evaluated up to ⌈log₂ n⌉ + 1 times in a batch of n in which another one is bad. To tell
    /// b bad items takes at most 1 + 2b⌈log₂ n⌉ calls.
    ///
    /// This ends when 2 × `isolatedFailures` + 1 more calls have failed than succeeded: then what is left fails with
    /// the error of the smallest group that it was in. Up to `isolatedFailures` bad items a batch are always told from
    /// the good ones, of whatever size the batch is, and when all fails, as when a server is out of reach, a batch
    /// costs at most 2 × `isolatedFailures` + 1 calls, 17 unless told otherwise. With 0 a batch that throws is not
    /// tried again.
    ///
    /// - Parameters:
    ///   - maximumBatch: The most items of a batch, 1 or more.
    ///   - maximumWait: How long an item may wait for others; zero for batches that go out at the next opportunity, and hold what
    ///     came while the last one was evaluated.
    ///   - concurrentBatches: How many batches may be evaluated at the same time, 1 or more.
    ///   - isolatedFailures: How many bad items of a batch are told from the good ones for sure, 0 or more.
    ///   - clock: Tells the time and sleeps. It must not call the coalescer.
    ///   - observe: Is told of each batch as it goes out, before it is evaluated, in the task that evaluates it.
    ///   - evaluate: Values for items, as many and in the same order. Another number of values fails the group that was asked for with
    ///     ``CoalescerError/wrongCount(items:values:)``, and is not tried again.
    public convenience init(
        maximumBatch: Int, maximumWait: Duration, concurrentBatches: Int = 1, isolatedFailures: Int = 8,
        clock: some Clock<Duration> = ContinuousClock(), observe: (@Sendable (CoalescedBatch) -> Void)? = nil,
        evaluate: @escaping @Sendable ([Item]) async throws -> [Value]
    ) {
        precondition((0...Int.max / 4).contains(isolatedFailures), "a number of failures, from 0")
        let schedule = Schedule(
            maximumBatch: maximumBatch, maximumWait: maximumWait, concurrentBatches: concurrentBatches,
            clock: ElapsedTime(of: clock))
        self.init(schedule, isolatedFailures, observe, .whole(evaluate))
    }

    /// A coalescer whose closure says for each item whether it failed.
    ///
    /// Nothing is tried again: each item is evaluated at most once. An error that the closure throws fails the whole
    /// batch, and so does ``CoalescerError/wrongCount(items:values:)``.
    ///
    /// The parameters are those of
    /// ``init(maximumBatch:maximumWait:concurrentBatches:isolatedFailures:clock:observe:evaluate:)``.
    public convenience init(
        maximumBatch: Int, maximumWait: Duration, concurrentBatches: Int = 1,
        clock: some Clock<Duration> = ContinuousClock(), observe: (@Sendable (CoalescedBatch) -> Void)? = nil,
        evaluateEach: @escaping @Sendable ([Item]) async throws -> [Result<Value, any Error>]
    ) {
        let schedule = Schedule(
            maximumBatch: maximumBatch, maximumWait: maximumWait, concurrentBatches: concurrentBatches,
            clock: ElapsedTime(of: clock))
        self.init(schedule, 0, observe, .each(evaluateEach))
    }

    private init(
        _ schedule: Schedule, _ isolatedFailures: Int, _ observe: (@Sendable (CoalescedBatch) -> Void)?,
        _ evaluation: Evaluation
    ) {
        self.schedule = schedule
        self.isolatedFailures = isolatedFailures
        self.observe = observe
        self.evaluation = evaluation
    }

    /// The value of an item, evaluated in a batch with those of other callers.
    ///
    /// - Throws: `CancellationError` as soon as the caller's task is cancelled; what the closure threw, or gave, for
    ///   this item; ``CoalescerError``.
    public func evaluate(_ item: Item) async throws -> Value {
        let mark = Atomic<UInt64>(Ticket.none)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let caller = ItemCaller(item, continuation)
                if !schedule.enqueue(caller, mark, for: self) { caller.fail(CancellationError()) }
            }
        } onCancel: {
            // Before, during or after the item is put into the queue: whoever comes second sees the mark of the first.
            if let ticket = Ticket(mark.exchange(Ticket.cancelled, ordering: .acquiringAndReleasing)) {
                schedule.cancel(ticket)
            }
        }
    }

    /// Sends out what waits now, without waiting for more, as soon as the limit of concurrent batches lets it; does not
    /// wait for the values.
    public func flush() { schedule.flush(for: self) }

    /// What was done so far, and what is there now.
    public var statistics: CoalescerStatistics { schedule.statistics }
}
