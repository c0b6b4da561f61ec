internal import Dispatch
internal import HearthFiles
internal import HearthHTTP
internal import Logging
internal import Synchronization

/// Holds the pushes that wait and sends them, one at a time, in a task of its own. Thread-safe.
final class Deliverer: Sendable {
    private struct State {
        var queue: DeliveryQueue
        var statistics = ExportStatistics()
        var task: Task<Void, Never>?
        var lastTime: UInt64 = 0
    }

    private let pusher: Pusher
    private let spool: Spool?
    private let clock: ExportClock
    private let log: MinuteLog
    private let state: Mutex<State>
    private let wakeUp = WakeUp()
    /// Whose threads wait for the disk.
    private let disk = DispatchQueue(label: "hearth.spool", qos: .utility)
    private let salt = UInt32.random(in: 0 ... .max)

    init(_ pusher: Pusher, clock: ExportClock, backOff: BackOff, logger: Logger) {
        self.pusher = pusher
        self.clock = clock
        log = MinuteLog(logger, clock: clock)
        spool = pusher.settings.spoolFolder.map { Spool(folder: $0) }
        state = Mutex(State(queue: DeliveryQueue(backOff: backOff)))
    }

    var statistics: ExportStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.waiting = state.queue.entries.count
            statistics.spoolFiles = state.queue.entries.count { $0.body == nil }
            statistics.spoolBytes = state.queue.fileBytes
            return statistics
        }
    }

    func count(_ change: (inout ExportStatistics) -> Void) { state.withLock { change(&$0.statistics) } }

    /// Finds what an earlier process left. Waits for the disk.
    func open() {
        guard let spool else { return }
        do {
            let found = try spool.open()
            state.withLock { state in
                for file in found { state.queue.insert(file.key, size: file.size, body: nil) }
                state.statistics.recovered += found.count
                state.lastTime = max(state.lastTime, found.last?.key.time ?? 0)
            }
            trim()
            if !found.isEmpty { start() }
        } catch {
            complain("the spool of profiles cannot be used: \(error); what cannot be sent is kept in memory")
        }
    }

    /// Takes a push. Waits for the disk where others wait already.
    func add(_ body: [UInt8]) {
        let (key, isStuck) = state.withLock { state in
            // In order also where the clock stands, or was set back.
            state.lastTime = max(state.lastTime + 1, clock.wallTime())
            return (PushKey(time: state.lastTime, salt: salt), state.queue.isStuck)
        }
        let size = isStuck ? write(body, key) : nil
        state.withLock { $0.queue.insert(key, size: size ?? body.count, body: size == nil ? body : nil) }
        trim()
        start()
        wakeUp.signal()
    }

    /// Tries to send what there is until the deadline; what is left then is in the spool.
    func finish(by deadline: ContinuousClock.Instant) async {
        state.withLock { $0.queue.beginFinishing() }
        await onDisk { self.spoolAll() }
        if let task = state.withLock({ $0.task }) {
            wakeUp.signal()
            let ending = Task {
                try? await Task.sleep(until: deadline, clock: .continuous)
                task.cancel()
            }
            await task.value
            ending.cancel()
        }
        await onDisk { self.spool?.close() }
    }

    private func start() {
        state.withLock { state in
            if state.task == nil { state.task = Task.detached(priority: .utility) { await self.run() } }
        }
    }

    // MARK: Sending

    private func run() async {
        while !Task.isCancelled {
            let (next, isFinishing) = state.withLock { ($0.queue.next(now: clock.now()), $0.queue.isFinishing) }
            switch next {
            case .idle:
                if isFinishing { return }
                await wakeUp.wait(atMost: nil, clock)
            case .wait(let time): await wakeUp.wait(atMost: time, clock)
            case .send(let key): await send(key)
            }
        }
    }

    private func send(_ key: PushKey) async {
        guard let entry = state.withLock({ $0.queue.entry(key) }) else { return }
        guard let body = await body(of: entry) else {
            state.withLock { state in
                state.queue.remove(key)
                state.statistics.lost[.damaged, default: 0] += 1
            }
            await onDisk { self.spool?.remove(key) }
            return complain("a push in the spool is damaged or gone, and is left out")
        }
        if entry.tries > 1 { count { $0.retried += 1 } }
        let outcome = await push(body)
        let done = state.withLock { state in settle(&state, key, outcome, size: body.count) }
        await onDisk {
            for key in done { self.spool?.remove(key) }
            if !outcome.isFinal { self.spoolAll() }
        }
        explain(outcome)
    }

    private func push(_ body: [UInt8]) async -> PushOutcome {
        let token: Result<HTTPSecret?, FileError> = await onDisk {
            do throws(FileError) { return .success(try self.pusher.readToken()) } catch { return .failure(error) }
        }
        switch token {
        case .success(let token): return await pusher.push(body, token: token)
        case .failure(let error): return .unreachable("its token: \(error)")
        }
    }

    private func body(of entry: DeliveryQueue.Entry) async -> [UInt8]? {
        if let body = entry.body { return body }
        return await onDisk { self.spool?.read(entry.key) }
    }

    /// Returns whose files are of no more use.
    private func settle(_ state: inout State, _ key: PushKey, _ outcome: PushOutcome, size: Int) -> [PushKey] {
        let poison = state.queue.settle(key, outcome, now: clock.now())
        if !poison.isEmpty { state.statistics.lost[.poison, default: 0] += poison.count }
        switch outcome {
        case .accepted:
            state.statistics.sent += 1
            state.statistics.bytes += size
        case .refused: state.statistics.lost[.refused, default: 0] += 1
        default: return poison
        }
        return poison + [key]
    }

    // MARK: The spool

    private func spoolAll() {
        let waiting = state.withLock { $0.queue.entries.filter { $0.body != nil } }
        for entry in waiting {
            guard let body = entry.body, let size = write(body, entry.key) else { break }
            if !state.withLock({ $0.queue.markSpooled(entry.key, size: size) }) { spool?.remove(entry.key) }
        }
        trim()
    }

    /// - Returns: the size of the file, nil where there is none.
    private func write(_ body: [UInt8], _ key: PushKey) -> Int? {
        guard let spool else { return nil }
        do {
            let size = try spool.write(body, key)
            count { $0.spooled += 1 }
            return size
        } catch {
            complain("a push cannot be written to the spool: \(error); it is kept in memory")
            return nil
        }
    }

    private func trim() {
        let settings = pusher.settings
        let gone = state.withLock { state in
            let gone = state.queue.trim(fileBytes: settings.spoolBytes, memoryBytes: settings.memoryBytes)
            if !gone.files.isEmpty { state.statistics.lost[.spoolFull, default: 0] += gone.files.count }
            if gone.memory > 0 { state.statistics.lost[.memoryFull, default: 0] += gone.memory }
            return gone
        }
        for key in gone.files { spool?.remove(key) }
        if gone.memory + gone.files.count > 0 { complain("more profiles wait than may be kept: the oldest are lost") }
    }

    private func onDisk<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            disk.async { continuation.resume(returning: body()) }
        }
    }

    // MARK: The log

    private func explain(_ outcome: PushOutcome) {
        switch outcome {
        case .accepted, .cancelled: break
        case .refused(_, let text): complain("a profile was refused, and is lost: \(text)")
        case .busy(_, let text), .failing(let text), .unreachable(let text):
            complain("profiles cannot be pushed now: \(text)")
        }
    }

    private func complain(_ text: String) {
        log.warn("\(pusher.settings.url): \(text); \(statistics.lostInAll) lost so far")
    }
}

extension PushOutcome {
    /// Whether the push is done with.
    fileprivate var isFinal: Bool {
        switch self {
        case .accepted, .refused: true
        default: false
        }
    }
}
