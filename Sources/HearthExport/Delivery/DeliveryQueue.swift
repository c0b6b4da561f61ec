/// The pushes that wait, in order of age, and which is next. Pure: times go in, decisions come out.
///
/// Who is at fault for a failure shows only by the others. Where nobody answers, or the receiver is busy, all wait, and the
/// oldest goes first afterwards. Where the receiver fails at one, the next is tried: if that is taken, the first is the one at
/// fault. Ten of those, and it is given up; it never keeps the others back.
struct DeliveryQueue {
    struct Entry {
        let key: PushKey
        /// Bytes where it is now.
        var size: Int
        /// Nil when it is in the spool.
        var body: [UInt8]?
        var tries = 0
        /// Tries in a row that found the receiver busy.
        var busyTries = 0
        /// Failures at this one, in a row.
        var failures = 0
        /// Failures at this one while others were taken.
        var rejections = 0
        var notBefore: Duration = .zero
    }

    enum Next: Equatable {
        case idle
        case wait(Duration)
        case send(PushKey)
    }

    private(set) var entries: [Entry] = []
    private(set) var fileBytes = 0
    private(set) var memoryBytes = 0
    private var pausedUntil: Duration = .zero
    private var failuresInARow = 0
    /// Failed since the last push that was taken.
    private var passedOver: Set<PushKey> = []
    private var inFlight: PushKey?
    private(set) var isFinishing = false
    let backOff: BackOff

    static let mostRejections = 10
    /// After so many busy answers to one push another is tried: it may be at fault after all.
    private static let mostBusyTries = 3
    /// Pushes of some windows wait in memory for their turn; more is a jam.
    private static let jam = 6

    init(backOff: BackOff) { self.backOff = backOff }

    /// Whether what comes should be written down.
    var isStuck: Bool { failuresInARow > 0 || !passedOver.isEmpty || entries.count >= Self.jam }

    func entry(_ key: PushKey) -> Entry? { entries.first { $0.key == key } }

    /// Puts a push where its age says.
    mutating func insert(_ key: PushKey, size: Int, body: [UInt8]?) {
        let place = entries.lastIndex { $0.key < key }.map { $0 + 1 } ?? 0
        entries.insert(Entry(key: key, size: size, body: body), at: place)
        if body == nil { fileBytes += size } else { memoryBytes += size }
    }

    @discardableResult mutating func remove(_ key: PushKey) -> Entry? {
        guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let entry = entries.remove(at: place)
        if entry.body == nil { fileBytes -= entry.size } else { memoryBytes -= entry.size }
        passedOver.remove(key)
        return entry
    }

    /// What is in a file now need not be in memory. False when it is gone meanwhile.
    mutating func markSpooled(_ key: PushKey, size: Int) -> Bool {
        guard let place = entries.firstIndex(where: { $0.key == key }), entries[place].body != nil else { return false }
        entries[place].body = nil
        memoryBytes -= entries[place].size
        entries[place].size = size
        fileBytes += size
        return true
    }

    /// Takes the oldest out until the rest fits; what is being sent stays.
    mutating func trim(fileBytes fileLimit: Int, memoryBytes memoryLimit: Int) -> (files: [PushKey], memory: Int) {
        var files: [PushKey] = []
        var memory = 0
        while fileBytes > fileLimit, let oldest = oldest(inFile: true) {
            remove(oldest)
            files.append(oldest)
        }
        while memoryBytes > memoryLimit, let oldest = oldest(inFile: false) {
            remove(oldest)
            memory += 1
        }
        return (files, memory)
    }

    private func oldest(inFile: Bool) -> PushKey? {
        entries.first { ($0.body == nil) == inFile && $0.key != inFlight }?.key
    }

    // MARK: Turns

    mutating func next(now: Duration) -> Next {
        guard !entries.isEmpty else { return .idle }
        if pausedUntil > now { return .wait(pausedUntil - now) }
        if !entries.contains(where: { !passedOver.contains($0.key) && $0.notBefore <= now }) {
            // Everybody had a turn: the oldest is next again.
            passedOver = []
        }
        if let place = entries.firstIndex(where: { !passedOver.contains($0.key) && $0.notBefore <= now }) {
            inFlight = entries[place].key
            entries[place].tries += 1
            return .send(entries[place].key)
        }
        return .wait((entries.map(\.notBefore).min() ?? now) - now)
    }

    /// - Returns: what is given up.
    mutating func settle(_ key: PushKey, _ outcome: PushOutcome, now: Duration) -> [PushKey] {
        inFlight = nil
        switch outcome {
        case .accepted:
            remove(key)
            return receiverTookOne(now: now)
        case .refused:
            remove(key)
            failuresInARow = 0
            return []
        case .cancelled:
            return []
        case .unreachable:
            pause(nil, now: now)
        case .busy(let retryAfter, _):
            pause(retryAfter, now: now)
            update(key) { $0.busyTries += 1 }
            if let entry = entry(key), entry.busyTries >= Self.mostBusyTries {
                update(key) { $0.busyTries = 0 }
                passedOver.insert(key)
            }
        case .failing:
            passedOver.insert(key)
            let (own, shared) = (wait(after: (entry(key)?.failures ?? 0) + 1), wait(after: passedOver.count))
            update(key) { entry in
                entry.failures += 1
                entry.notBefore = now + own
            }
            pausedUntil = now + shared
        }
        return []
    }

    /// From here on waits are short: there is a deadline.
    mutating func beginFinishing() {
        isFinishing = true
        pausedUntil = .zero
        for place in entries.indices { entries[place].notBefore = .zero }
    }

    private mutating func receiverTookOne(now: Duration) -> [PushKey] {
        failuresInARow = 0
        pausedUntil = .zero
        var poison: [PushKey] = []
        for key in passedOver.sorted() {
            update(key) { $0.rejections += 1 }
            guard let entry = entry(key) else { continue }
            if entry.rejections >= Self.mostRejections {
                poison.append(key)
            } else {
                let wait = wait(after: entry.rejections)
                update(key) { $0.notBefore = max($0.notBefore, now + wait) }
            }
        }
        for key in poison { remove(key) }
        passedOver = []
        return poison
    }

    private mutating func pause(_ asked: Duration?, now: Duration) {
        failuresInARow += 1
        pausedUntil = now + (isFinishing ? BackOff.shortest : max(asked ?? .zero, wait(after: failuresInARow)))
    }

    private func wait(after failures: Int) -> Duration {
        isFinishing ? BackOff.shortest : backOff.wait(after: failures)
    }

    private mutating func update(_ key: PushKey, _ body: (inout Entry) -> Void) {
        if let place = entries.firstIndex(where: { $0.key == key }) { body(&entries[place]) }
    }
}
