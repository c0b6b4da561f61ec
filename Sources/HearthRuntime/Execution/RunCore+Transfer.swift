internal import HearthGraph

/// How columns get from a node to the next: by reference, or in the slow form written as JSON by the one and read by each other.
extension RunCore {
    /// What a step reads, where that is not simply what is in the frame; and how long reading it took.
    func transferred(to step: Int, _ frame: BatchFrame) throws -> (columns: [Column]?, wall: Duration) {
        guard options.transfer == .json else { return (nil, .zero) }
        let start = now()
        let plan = program.plan
        let columns = try plan.steps[step].inputs.map { slot in
            let column = frame.column(slot)
            // Sources come from outside, and not from a node.
            guard slot >= program.base else { return column }
            return try JSONTransfer.decode(column, as: plan.steps[slot - program.base].output)
        }
        return (columns, start.elapsed)
    }

    /// What is put in the frame of what a step gave.
    func handedOver(_ column: Column, by step: Int) throws -> Column {
        options.transfer == .json ? try JSONTransfer.encode(column) : column
    }

    /// A result as its caller wants it.
    func received(_ column: Column, from step: Int) throws -> Column {
        guard options.transfer == .json else { return column }
        return try JSONTransfer.decode(column, as: program.plan.steps[step].output)
    }
}
