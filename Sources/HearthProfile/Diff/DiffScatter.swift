/// How values scatter over the runs of a comparison. For each node or function the sum, over all runs of both sides, of the
/// square of its samples in a run ÷ the size of the run: with the sums of the values themselves, all that a variance needs.
struct DiffScatter: Sendable {
    /// Over nodes: of what goes through them.
    private(set) var nodes: [Double]
    /// Over functions.
    private(set) var functionSelf: [Double]
    private(set) var functionTotal: [Double]

    init(_ tree: CallTree) {
        nodes = Array(repeating: 0, count: tree.count)
        functionSelf = Array(repeating: 0, count: tree.functions.count)
        functionTotal = functionSelf
    }

    /// Adds all runs of a side. O(samples + runs × nodes).
    ///
    /// - Parameters:
    ///   - nodeOfStack: for each of the side's profiles.
    ///   - weight: how much of a value one sample stands for.
    ///   - sizes: of the runs.
    mutating func add(
        _ runs: DiffRuns, nodeOfStack: [[UInt32]], weight: Double, sizes: [Double], in tree: CallTree,
        _ functions: FunctionsOfTree
    ) {
        let rows = runs.rowsByRun()
        for run in sizes.indices where sizes[run] > 0 {
            var own = Array(repeating: Int64(0), count: tree.count)
            for row in rows[run] {
                let profile = runs.profiles[row.profile]
                let value = profile.value(row: row.index, column: runs.column)
                guard value > 0 else { continue }
                let node = Int(nodeOfStack[row.profile][Int(profile.samples[row.index].stack.rawValue)])
                own[node] = saturatingSum(own[node], value)
            }
            let factor = 1 / (weight * weight * sizes[run])
            let inclusive = tree.inclusive(own)
            Self.add(inclusive, factor, to: &nodes)
            Self.add(functions.selfValues(own), factor, to: &functionSelf)
            Self.add(functions.totals(inclusive), factor, to: &functionTotal)
        }
    }

    private static func add(_ values: [Int64], _ factor: Double, to squares: inout [Double]) {
        for index in values.indices where values[index] != 0 {
            let value = Double(values[index])
            squares[index] += value * value * factor
        }
    }
}
