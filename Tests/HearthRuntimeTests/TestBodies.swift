import HearthGraph
import HearthRuntime
import Synchronization

/// Adds up its number columns, times a factor, plus a constant; nulls count as 0.
struct SumBody: NodeBody {
    let inputs: [ColumnType]
    let output = ColumnType.number
    let traits = NodeTraits.itemwise
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

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let columns = try (0..<input.columnCount).map { try input.numbers($0) }
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
    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { throw Broken() }
}

/// Says one thing and does another.
struct LyingBody: NodeBody {
    let inputs: [ColumnType] = [.number]
    let output = ColumnType.number
    let given: NodeOutput
    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { given }
}

/// Waits until another body has come as far, which it does only where both run at once.
struct MeetingBody: AsyncNodeBody {
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

    func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
        await place.meet()
        return NodeOutput(input[0])
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
            case .nodeFailed(let node, let batch, let reason): "\(node) \(batch) failed: \(reason)"
            case .batchFailed(let batch, let reason, _): "batch \(batch) failed: \(reason)"
            case .modelCalled(let model, let nodes, let batch, let values, _):
                "\(model) for \(nodes.joined(separator: ",")) \(batch) of \(values)"
            case .memoHits(let node, let batch, let asked, let hits): "\(node) \(batch) remembered \(hits) of \(asked)"
            case .duplicatesRemoved(let model, let nodes, let batch, let asked, let removed):
                "\(model) for \(nodes.joined(separator: ",")) \(batch) twice \(removed) of \(asked)"
            case .modelLoaded(let model, _): "\(model) loaded"
            case .modelLoadFailed(let model, let reason): "\(model) not loaded: \(reason)"
            case .waited(let reason, let batch, _): "waited for \(reason) \(batch)"
            }
        }
    }
}

/// A number → its double plus one; refuses some. Counts its calls.
final class DoublingModel: Model {
    let byteCount = 1_000
    let refused: Double?
    private let log = Mutex<[Int]>([])

    init(refused: Double? = nil) { self.refused = refused }

    /// How many values each call had.
    var calls: [Int] { log.withLock(\.self) }

    func evaluate(_ values: Column) async throws -> NodeOutput {
        guard case .number(let numbers) = values.content else { throw RuntimeError.missingSource("numbers") }
        log.withLock { $0.append(numbers.count) }
        let rejections = (0..<numbers.count).compactMap { item in
            refused != nil && numbers[item] == refused ? ItemError(item: item, reason: "no model of it") : nil
        }
        let results = (0..<numbers.count).map { numbers[$0].map { 2 * $0 + 1 } }
        return NodeOutput(.number(NumberColumn(results)), rejections: rejections)
    }

    func reference(_ name: String = "doubling") -> ModelReference {
        ModelReference(name, input: .number, output: .number) { self }
    }
}

extension RunOptions {
    init(_ schedule: Schedule, _ evaluation: Evaluation = .batched) {
        self.init()
        self.schedule = schedule
        self.evaluation = evaluation
    }

    /// Every combination of choices.
    static var all: [RunOptions] {
        var all: [RunOptions] = []
        for evaluation in Evaluation.allCases {
            for schedule in Schedule.allCases {
                for transfer in Transfer.allCases {
                    for models in ModelSharing.allCases {
                        for memo in [nil, 1 << 20, 600] as [Int?] {
                            for removesDuplicates in [false, true] {
                                var options = RunOptions(schedule, evaluation)
                                options.transfer = transfer
                                options.models = models
                                options.memoBytes = memo
                                options.removesDuplicates = removesDuplicates
                                options.keepsTable = removesDuplicates
                                all.append(options)
                            }
                        }
                    }
                }
            }
        }
        return all
    }
}

func batch(_ numbers: [Double?], rejections: [ItemError] = []) -> Batch {
    Batch(columns: ["in": .number(NumberColumn(numbers))], count: numbers.count, rejections: rejections)
}
