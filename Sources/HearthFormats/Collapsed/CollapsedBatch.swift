internal import HearthProfile

/// Lines of a piece of text, as numbers.
struct CollapsedBatch: Sendable {
    var stacks = StackBatch()
    /// Digits after the point that the values have.
    var digits = 0
}

/// The sum of batches.
struct CollapsedSum: Sendable {
    /// About: with its place in the index, and arrays that have grown to twice what they hold.
    static let bytesOfStack = 48

    private(set) var trie = StackTrie()
    private(set) var digits = 0

    /// Gives all values so many digits after the point.
    mutating func raise(to digits: Int) {
        guard digits > self.digits else { return }
        trie.multiply(by: DecimalScale(digits: digits - self.digits).factor)
        self.digits = digits
    }

    /// O(frames).
    mutating func add(_ batch: CollapsedBatch) {
        raise(to: batch.digits)
        trie.add(batch.stacks)
    }

    /// The stacks, and a value for each, below 0 where there is none; nothing is left here. O(stacks).
    mutating func finish() -> (stacks: StackTable, values: [Int64]) { trie.finish() }
}
