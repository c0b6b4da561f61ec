/// A graph made ready to run: made once, walked for every batch. A value; safe to read from many threads.
///
/// Columns live in slots: the sources first, then one a step.
public struct ExecutionPlan: Hashable, Sendable {
    /// One node in its place.
    public struct Step: Hashable, Sendable {
        public let name: String
        /// 0 for nodes that read sources only.
        public let level: Int
        /// The slots that the node reads, in the order of its inputs.
        public let inputs: ArraySlice<Int>
        public let output: ColumnType
        /// The model that the node wants, where it is nothing but that.
        public let model: String?
        /// The unit that it runs in.
        public internal(set) var unit = 0
    }

    /// Steps that run together: what a schedule starts, waits for and gives a task.
    public struct Unit: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// A step after the other, each read by the next one only.
            case chain
            /// Steps that want one model, and none of which needs another: they meet, and the model is called once.
            case dispatch(model: String)
        }

        public let kind: Kind
        /// In the order in which they run.
        public let steps: ArraySlice<Int>
        /// The units that must be done before; each once.
        public internal(set) var predecessors: ArraySlice<Int> = []
        /// The units that wait for this one; each once.
        public internal(set) var successors: ArraySlice<Int> = []
        /// The number of steps on the longest way from the start of this unit to the end of the graph.
        public internal(set) var height = 0
    }

    public let sources: [Graph.Source]
    /// By level, within a level by declaration.
    public internal(set) var steps: [Step]
    /// The steps of every level; those of one level do not depend on each other.
    public let levels: [Range<Int>]
    /// In an order in which they can run one after the other.
    public let units: [Unit]
    /// The steps whose columns outlive the batch: nobody reads them, or they were asked for.
    public let results: [Int]
    /// For every slot how many steps read it, each counted once.
    public let readers: [Int]
    /// For every slot when its column is there, as places in the order of the units' steps: from the step that makes it (0 for a
    /// source) to the last one that reads it, or to the end.
    public let lifetimes: [ClosedRange<Int>]

    /// The steps in the order of the units.
    public var order: [Int] { units.flatMap(\.steps) }

    /// The name of a source or step by its slot.
    public func name(ofSlot slot: Int) -> String {
        slot < sources.count ? sources[slot].name : steps[slot - sources.count].name
    }

    /// The most columns that are there at once when the units run one after the other. O(slots).
    public var peakColumns: Int {
        var changes = Array(repeating: 0, count: steps.count + 2)
        for lifetime in lifetimes {
            changes[lifetime.lowerBound] += 1
            changes[lifetime.upperBound + 1] -= 1
        }
        var (present, peak) = (0, 0)
        for change in changes {
            present += change
            peak = max(peak, present)
        }
        return peak
    }

    /// The dearest way through the graph: however many run at once, it takes no less. O(nodes + edges).
    ///
    /// - Parameter costs: of every step, in whatever unit; without them each costs the same.
    public func criticalPath(costs: [Double] = []) -> [Int] {
        var total = Array(repeating: 0.0, count: steps.count)
        var before: [Int?] = Array(repeating: nil, count: steps.count)
        // Levels rise along every edge.
        for (index, step) in steps.enumerated() {
            let inputs = step.inputs.lazy.filter { $0 >= sources.count }.map { $0 - sources.count }
            before[index] = inputs.max { (total[$0], $1) < (total[$1], $0) }
            total[index] = (before[index].map { total[$0] } ?? 0) + (costs.isEmpty ? 1 : costs[index])
        }
        var path: [Int] = []
        var next = steps.indices.max { (total[$0], $1) < (total[$1], $0) }
        while let step = next {
            path.append(step)
            next = before[step]
        }
        return path.reversed()
    }
}
