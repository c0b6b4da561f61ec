public import CoreMetrics
public import HearthRuntime
internal import Synchronization

/// Tells swift-metrics what happens in runs: `PipelineRun(pipeline, observers: [RuntimeMetrics()])`. Safe to use from many tasks, and
/// by several runs.
///
/// | name | kind | dimensions |
/// |---|---|---|
/// | `hearth_runtime_batches_total`, `_items_total`, `_rejected_total` | counter | |
/// | `hearth_runtime_batches_failed_total` | counter | |
/// | `hearth_runtime_node_failures_total` | counter | `node` |
/// | `hearth_runtime_batch_seconds` | timer | |
/// | `hearth_runtime_batch_items` | recorder | |
/// | `hearth_runtime_node_seconds` | timer | `node` |
/// | `hearth_runtime_model_seconds` | timer | `model` |
/// | `hearth_runtime_model_values_total` | counter | `model` |
/// | `hearth_runtime_memo_asked_total`, `_memo_hits_total` | counter | `node` |
/// | `hearth_runtime_duplicates_removed_total` | counter | `model` |
/// | `hearth_runtime_model_loads_total`, `_model_load_failures_total` | counter | `model` |
/// | `hearth_runtime_wait_seconds` | timer | `for`: model, coalescer, order or memory |
public final class RuntimeMetrics: RuntimeObserver {
    private struct Handles {
        var counters: [String: Counter] = [:]
        var timers: [String: Timer] = [:]
    }

    private let factory: any MetricsFactory
    private let handles = Mutex(Handles())
    private let batchItems: Recorder

    /// - Parameter factory: gets the numbers; the one that the process was bootstrapped with, unless told otherwise.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        batchItems = Recorder(label: "hearth_runtime_batch_items", factory: factory)
    }

    public func record(_ event: RuntimeEvent) {
        switch event {
        case .batchStarted, .nodeStarted: break
        case .nodeFinished(let node, _, _, _, let wall): time("node_seconds", wall, ("node", node))
        case .modelCalled(let model, _, _, let values, let wall):
            time("model_seconds", wall, ("model", model))
            count("model_values_total", values, ("model", model))
        case .memoHits(let node, _, let asked, let hits):
            count("memo_asked_total", asked, ("node", node))
            count("memo_hits_total", hits, ("node", node))
        case .duplicatesRemoved(let model, _, _, _, let removed):
            count("duplicates_removed_total", removed, ("model", model))
        case .modelLoaded(let model, _): count("model_loads_total", 1, ("model", model))
        case .modelLoadFailed(let model, _): count("model_load_failures_total", 1, ("model", model))
        case .waited(let reason, _, let wall): time("wait_seconds", wall, ("for", Self.name(reason)))
        case .nodeFailed(let node, _, _): count("node_failures_total", 1, ("node", node))
        case .batchFailed: count("batches_failed_total", 1)
        case .batchFinished(_, let items, let rejected, let wall):
            count("batches_total", 1)
            count("items_total", items)
            count("rejected_total", rejected)
            time("batch_seconds", wall)
            batchItems.record(items)
        }
    }

    private static func name(_ reason: WaitReason) -> String {
        switch reason {
        case .model: "model"
        case .coalescer: "coalescer"
        case .order: "order"
        case .memory: "memory"
        }
    }

    // MARK: Handles are made once a name

    private func count(_ name: String, _ value: Int, _ dimension: (String, String)? = nil) {
        let counter = handles.withLock { handles in
            let key = Self.key(name, dimension)
            if let known = handles.counters[key] { return known }
            let new = Counter(
                label: "hearth_runtime_\(name)", dimensions: dimension.map { [$0] } ?? [], factory: factory)
            handles.counters[key] = new
            return new
        }
        counter.increment(by: value)
    }

    private func time(_ name: String, _ wall: Duration, _ dimension: (String, String)? = nil) {
        let timer = handles.withLock { handles in
            let key = Self.key(name, dimension)
            if let known = handles.timers[key] { return known }
            let new = Timer(
                label: "hearth_runtime_\(name)", dimensions: dimension.map { [$0] } ?? [], factory: factory)
            handles.timers[key] = new
            return new
        }
        timer.recordNanoseconds(wall.components.seconds * 1_000_000_000 + wall.components.attoseconds / 1_000_000_000)
    }

    private static func key(_ name: String, _ dimension: (String, String)?) -> String {
        dimension.map { "\(name) \($0.0) \($0.1)" } ?? name
    }
}
