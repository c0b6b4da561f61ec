import HearthGraph
import HearthRuntime
import Synchronization

/// Adds up its number columns, times a factor, plus a constant; nulls count as 0.
struct SumBody: NodeBody {
    let inputs: [ColumnType]
    let output = ColumnType.number
    var factor = 1.0
    var constant = 0.0
    /// Items of this value are refused.
    var refused: Double?

    init(_ count: Int, factor: Double = 1, constant: Double = 0, refused: Double? = nil) {
        inputs = Array(repeating: .number, count: count)
        self.factor = factor
        self.constant = constant
        self.refused = refused
    }

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        let columns = input.columns.compactMap { column -> NumberColumn? in
            if case .number(let numbers) = column { numbers } else { nil }
        }
        var rejections: [ItemError] = []
        var sums: [Double?] = []
        for item in 0..<input.count {
            let sum = columns.reduce(constant) { $0 + factor * ($1[item] ?? 0) }
            if let refused, columns.first?[item] == refused {
                rejections.append(ItemError(item: item, reason: "is \(refused)"))
            }
            sums.append(sum)
        }
        return NodeOutput(.number(NumberColumn(sums)), rejections: rejections)
    }
}

struct ThrowingBody: NodeBody {
    struct Broken: Error {}
    let inputs: [ColumnType] = [.number]
    let output = ColumnType.number
    func evaluate(_ input: NodeInput) async throws -> NodeOutput { throw Broken() }
}

/// Says one thing and does another.
struct LyingBody: NodeBody {
    let inputs: [ColumnType] = [.number]
    let output = ColumnType.number
    let given: NodeOutput
    func evaluate(_ input: NodeInput) async throws -> NodeOutput { given }
}

/// Waits until another body has come as far, which it does only where both run at once.
struct MeetingBody: NodeBody {
    final class Place: Sendable {
        private let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)

        func meet() async {
            await withCheckedContinuation { arrived in
                let other = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
                    guard let other = waiting else {
                        waiting = arrived
                        return nil
                    }
                    return other
                }
                guard let other else { return }
                other.resume()
                arrived.resume()
            }
        }
    }

    let inputs: [ColumnType] = [.number]
    let output = ColumnType.number
    let place: Place

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        await place.meet()
        return NodeOutput(input.columns[0])
    }
}

final class EventLog: RuntimeObserver {
    private let log = Mutex<[RuntimeEvent]>([])

    func record(_ event: RuntimeEvent) { log.withLock { $0.append(event) } }

    var events: [RuntimeEvent] { log.withLock { $0 } }

    /// What ran in which order, without the times.
    var lines: [String] {
        events.map { event in
            switch event {
            case .batchStarted(let batch, let items): "batch \(batch) of \(items)"
            case .nodeStarted(let node, let batch): "\(node) \(batch)"
            case .nodeFinished(let node, let batch, let items, let rejected, _):
                "\(node) \(batch) done \(items) rejected \(rejected)"
            case .batchFinished(let batch, let items, let rejected, _):
                "batch \(batch) of \(items) done rejected \(rejected)"
            }
        }
    }
}

func batch(_ numbers: [Double?], rejections: [ItemError] = []) -> Batch {
    Batch(columns: ["in": .number(NumberColumn(numbers))], count: numbers.count, rejections: rejections)
}
