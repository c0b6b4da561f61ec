import Synchronization

/// Async functions whose callers are known: each has one, named in `callers`.
enum AsyncCases {
    static let all: [StepCase] = [
        StepCase(name: "async: calls", isDoneBefore: true) { run { await awaiting() } },
        StepCase(name: "async: errors", isDoneBefore: true) { run { await failing() } },
        StepCase(name: "async: generics, witnesses", isDoneBefore: true) { run { await dispatching() } },
        StepCase(name: "async: closures", isDoneBefore: true) { run { await closing() } },
        StepCase(name: "async: child tasks", isDoneBefore: true) { run { await spawning() } },
        StepCase(name: "async: actors", isDoneBefore: true) { run { await acting() } },
        StepCase(name: "async: sequences", isDoneBefore: true) { run { await iterating() } },
        StepCase(name: "async: many arguments", isDoneBefore: true) { run { await crowding() } },
        StepCase(name: "async: continuations", isDoneBefore: true) { run { await continuing() } },
    ]

    /// Runs a task to its end on this thread alone.
    static func run(_ body: @escaping @Sendable () async -> Void) {
        let executor = OneThreadExecutor()
        let done = Atomic(false)
        withExtendedLifetime(executor) {
            unsafe withUnsafePointer(to: done) { pointer in
                nonisolated(unsafe) let flag = unsafe pointer
                Task(executorPreference: executor) {
                    await body()
                    unsafe flag.pointee.store(true, ordering: .releasing)
                }
                executor.run { unsafe flag.pointee.load(ordering: .acquiring) }
            }
        }
    }

    /// Who awaits whom, by short names; nil for what begins a task. Thunks, witnesses and the library's functions may stand
    /// between.
    static let callers: [String: String?] = [
        task: nil, body: task,
        "AsyncCases.awaiting()": body, "AsyncCases.middle(_:)": "AsyncCases.awaiting()",
        "AsyncCases.leaf(_:)": "AsyncCases.middle(_:)",
        "AsyncCases.failing()": body, "AsyncCases.risky(_:)": "AsyncCases.failing()",
        "AsyncCases.typed(_:)": "AsyncCases.risky(_:)",
        "AsyncCases.dispatching()": body, "AsyncCases.take(_:)": "AsyncCases.dispatching()",
        "AsyncCases.Numbers.next(_:)": "AsyncCases.take(_:)", "AsyncCases.takeAny(_:)": "AsyncCases.dispatching()",
        "AsyncCases.takeText(_:)": "AsyncCases.takeAny(_:)", "AsyncCases.Texts.next(_:)": "AsyncCases.takeText(_:)",
        "AsyncCases.overridden(_:)": "AsyncCases.dispatching()",
        "AsyncCases.Derived.value()": "AsyncCases.overridden(_:)",
        "AsyncCases.Base.value()": "AsyncCases.Derived.value()",
        "AsyncCases.closing()": body, "AsyncCases.apply(_:_:)": "AsyncCases.closing()",
        "closure 1 in AsyncCases.closing()": "AsyncCases.apply(_:_:)",
        "AsyncCases.stored(_:)": "AsyncCases.closing()",
        "AsyncCases.spawning()": body, "AsyncCases.grouped(_:)": "closure 1 in closure 1 in AsyncCases.spawning()",
        "closure 1 in closure 1 in AsyncCases.spawning()": nil,
        "closure 1 in AsyncCases.spawning()": "AsyncCases.spawning()",
        "AsyncCases.child(_:)": asyncLet,
        asyncLet: nil,
        "AsyncCases.acting()": body, "AsyncCases.Counter.add(_:)": "AsyncCases.acting()",
        "AsyncCases.iterating()": body, "AsyncCases.Countdown.next()": "AsyncCases.iterating()",
        "AsyncCases.crowding()": body, "AsyncCases.wide(_:_:)": "AsyncCases.crowding()",
        "AsyncCases.crowded(_:_:_:_:_:_:_:_:_:_:)": "AsyncCases.wide(_:_:)",
        "AsyncCases.continuing()": body, "AsyncCases.later()": "AsyncCases.continuing()",
    ]
    private static let task = "closure 1 in closure 1 in closure 1 in AsyncCases.run(_:)"
    private static let asyncLet = "async let in AsyncCases.spawning()"
    private static let body = "closure in AsyncCases.all"

    /// The key in `callers` of a short name.
    static func key(_ name: String) -> String? {
        if name.hasPrefix("closure"), name.hasSuffix("initial value of AsyncCases.all") { return body }
        if name.hasPrefix("implicit closure"), name.hasSuffix("AsyncCases.spawning()") { return asyncLet }
        return callers[name] != nil ? name : nil
    }

    // MARK: Plain calls

    @inline(never) static func work(_ value: Int) -> Int {
        var state = value | 1
        for _ in 0..<3 { state = state &* 6_364_136_223_846_793_005 &+ 1 }
        return state
    }

    @inline(never) static func awaiting() async {
        for turn in 0..<2 { keep(await middle(turn)) }
    }

    @inline(never) static func middle(_ value: Int) async -> Int {
        let first = await leaf(value)
        return await leaf(value &+ 1) &+ first
    }

    @inline(never) static func leaf(_ value: Int) async -> Int {
        let before = work(value)
        await Task.yield()
        return before &+ work(value &+ 3)
    }

    // MARK: Errors

    struct Trouble: Error {}

    @inline(never) static func failing() async {
        for turn in 0..<3 {
            do { keep(try await risky(turn)) } catch { keep(1) }
        }
    }

    @inline(never) static func risky(_ value: Int) async throws -> Int {
        let first = try await typed(value)
        if value == 1 { throw CancellationError() }
        return first &+ work(value)
    }

    @inline(never) static func typed(_ value: Int) async throws(Trouble) -> Int {
        await Task.yield()
        if value == 2 { throw Trouble() }
        return work(value)
    }

    // MARK: Generics and witnesses

    protocol Source {
        associatedtype Value
        func next(_ seed: Int) async -> Value
    }

    struct Numbers: Source {
        @inline(never) func next(_ seed: Int) async -> Int {
            await Task.yield()
            return AsyncCases.work(seed)
        }
    }

    final class Texts: Source {
        @inline(never) func next(_ seed: Int) async -> String {
            await Task.yield()
            return "\(AsyncCases.work(seed))"
        }
    }

    class Base {
        @inline(never) func value() async -> Int { 1 }
    }
    final class Derived: Base {
        @inline(never) override func value() async -> Int {
            await Task.yield()
            return await super.value() &+ 1
        }
    }

    @_optimize(none) @inline(never) static func take<S: Source>(_ source: S) async -> S.Value { await source.next(3) }

    @_optimize(none) @inline(never) static func takeAny(_ source: any Source) async -> Any { await takeText(source) }

    @_optimize(none) @inline(never) static func takeText<S: Source>(_ source: S) async -> S.Value {
        await source.next(4)
    }

    @_optimize(none) @inline(never) static func overridden(_ object: Base) async -> Int { await object.value() }

    @inline(never) static func dispatching() async {
        keep(await take(Numbers()))
        keep("\(await takeAny(Texts()))".count)
        keep(await overridden(Derived()))
    }

    // MARK: Closures

    @_optimize(none) @inline(never) static func apply<Value>(_ value: Value, _ body: (Value) async throws -> Value)
        async rethrows
        -> Value
    {
        try await body(try await body(value))
    }

    @inline(never) static func closing() async {
        var count = 0
        let applied = await apply(3) { value in
            await Task.yield()
            count += 1
            return work(value)
        }
        keep(applied)
        let all: [@Sendable (Int) async -> Int] = [stored, { await stored($0) &+ 1 }]
        for body in all { keep(await body(count)) }
    }

    @inline(never) static func stored(_ value: Int) async -> Int {
        await Task.yield()
        return work(value)
    }

    // MARK: Child tasks

    @inline(never) static func spawning() async {
        async let first = child(1)
        async let second = child(2)
        keep(await first &+ second)
        let sum = await withTaskGroup(of: Int.self) { group in
            for index in 0..<3 { group.addTask { await grouped(index) } }
            var sum = 0
            for await value in group { sum &+= value }
            return sum
        }
        keep(sum)
    }

    @inline(never) static func child(_ value: Int) async -> Int {
        await Task.yield()
        return work(value)
    }

    @inline(never) static func grouped(_ value: Int) async -> Int {
        await Task.yield()
        return work(value)
    }

    // MARK: Actors

    actor Counter {
        private var count = 0

        @inline(never) func add(_ value: Int) async -> Int {
            count &+= AsyncCases.work(value)
            await Task.yield()
            return count
        }
    }

    @inline(never) static func acting() async {
        let counter = Counter()
        keep(await counter.add(1))
        keep(await counter.add(2))
    }

    // MARK: Sequences

    struct Countdown: AsyncSequence, AsyncIteratorProtocol {
        var left = 4

        func makeAsyncIterator() -> Countdown { self }

        @inline(never) mutating func next() async throws -> Int? {
            if left == 0 { return nil }
            left -= 1
            await Task.yield()
            return AsyncCases.work(left)
        }
    }

    @inline(never) static func iterating() async {
        do {
            for try await value in Countdown() { keep(value) }
            for try await value in Countdown().map({ $0 &+ 1 }).filter({ $0 & 1 == 0 }) { keep(value) }
        } catch { keep(1) }
    }

    // MARK: Arguments on the stack

    struct Wide {
        var a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12
    }

    @inline(never) static func crowded(
        _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ e: Int, _ f: Int, _ g: Int, _ h: Int, _ i: Double, _ j: Int
    ) async -> (Int, Int, Int, Int, Int, Double) {
        await Task.yield()
        return (work(a &+ b), c &+ d, e &+ f, g &+ h, work(j), i)
    }

    @inline(never) static func wide(_ wide: Wide, _ more: Wide) async -> Wide {
        let result = await crowded(wide.a, wide.b, wide.c, wide.d, wide.e, wide.f, wide.g, more.h, 1.5, more.l)
        var copy = wide
        copy.a = result.0 &+ result.4
        return copy
    }

    @inline(never) static func crowding() async {
        keep(await wide(Wide(), Wide()).a)
        keep(await wide(Wide(a: 5), Wide()).a)
    }

    // MARK: Continuations

    @inline(never) static func continuing() async {
        let resumed = await withCheckedContinuation { $0.resume(returning: work(3)) }
        keep(resumed)
        keep(await later())
    }

    @inline(never) static func later() async -> Int {
        unsafe await withUnsafeContinuation { unsafe $0.resume(returning: work(5)) }
    }
}

/// Runs jobs on the thread that calls `run`, and on no other.
final class OneThreadExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    func run(until isDone: () -> Bool) {
        while !isDone() {
            let next = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let next { unsafe next.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
