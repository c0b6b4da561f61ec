/// Builds a ``StackTable`` of one value a stack from batches of stacks.
package struct StackTrie: Sendable {
    private static let noValue: Int64 = -1

    /// The stacks, labelled with frames.
    private var nodes = NodeTable()
    /// Sum of each stack's values, below 0 where there was none.
    private var values: [Int64] = []

    private struct Step {
        var stack: UInt32
        var hash: UInt32

        static let root = Step(stack: 0, hash: NodeTable.rootHash)
    }

    package init() {}

    /// Stacks, the empty one included.
    package var count: Int { nodes.count }

    /// Adds up stacks; sums stop at `Int64.max`. O(frames) on average.
    package mutating func add(_ batch: StackBatch) {
        // As if every frame made a stack of its own.
        nodes.reserve(count + batch.frames.count)
        // Of the line before: its stacks from the root on.
        var path = Array(repeating: Step.root, count: batch.depth + 1)
        var hashes: [UInt32] = []
        var lines = 0..<0
        while lines.upperBound < batch.ends.count {
            let start = batch.start(of: lines.upperBound)
            var end = lines.upperBound + 1
            while end < batch.ends.count, batch.ends[end] - start <= NodeTable.ahead { end += 1 }
            lines = lines.upperBound..<end
            let frames = batch.ends[end - 1] - start
            if hashes.count < frames { hashes = Array(repeating: 0, count: frames) }
            unsafe path.withUnsafeMutableBufferPointer { path in
                unsafe hashes.withUnsafeMutableBufferPointer { hashes in
                    unsafe readAhead(batch, lines, path, hashes)
                    unsafe walk(batch, lines, path, hashes)
                }
            }
        }
    }

    /// Finds the hash of every frame of some lines, and reads from its place.
    @unsafe private mutating func readAhead(
        _ batch: StackBatch, _ lines: Range<Int>, _ path: UnsafeMutableBufferPointer<Step>,
        _ hashes: UnsafeMutableBufferPointer<UInt32>
    ) {
        let start = batch.start(of: lines.lowerBound)
        var place = start
        for line in lines {
            var depth = batch.shared[line]
            var hash = unsafe path[depth].hash
            while place < batch.ends[line] {
                hash = NodeTable.hash(hash, calling: batch.frames[place])
                nodes.readAhead(hash)
                depth += 1
                unsafe path[depth].hash = hash
                unsafe hashes[place - start] = hash
                place += 1
            }
        }
    }

    @unsafe private mutating func walk(
        _ batch: StackBatch, _ lines: Range<Int>, _ path: UnsafeMutableBufferPointer<Step>,
        _ hashes: UnsafeMutableBufferPointer<UInt32>
    ) {
        let start = batch.start(of: lines.lowerBound)
        var place = start
        for line in lines {
            var depth = batch.shared[line]
            var stack = unsafe path[depth].stack
            while place < batch.ends[line] {
                let hash = unsafe hashes[place - start]
                stack = nodes.child(of: stack, calling: batch.frames[place], hash: hash)
                depth += 1
                unsafe path[depth].stack = stack
                place += 1
            }
            add(batch.values[line], to: Int(stack))
        }
    }

    private mutating func add(_ value: Int64, to stack: Int) {
        if stack >= values.count {
            values.append(contentsOf: repeatElement(Self.noValue, count: stack + 1 - values.count))
        }
        values[stack] = saturatingSum(max(values[stack], 0), value)
    }

    /// Multiplies all values; they stop at `Int64.max`. O(stacks).
    package mutating func multiply(by factor: Int64) {
        for index in values.indices where values[index] > 0 {
            let (product, overflow) = values[index].multipliedReportingOverflow(by: factor)
            values[index] = overflow ? .max : product
        }
    }

    /// The table, and a value for each stack, below 0 where there is none; nothing is left here. O(stacks).
    package mutating func finish() -> (stacks: StackTable, values: [Int64]) {
        values.append(contentsOf: repeatElement(Self.noValue, count: count - values.count))
        let values = values
        let (parents, frames) = nodes.finish()
        self = StackTrie()
        let stacks = StackTable(
            parents: parents.map { StackID(rawValue: $0) }, frames: frames.map { FrameID(rawValue: $0) })
        return (stacks, values)
    }
}
